"""Which descriptors are the file that an epoll registration watches: candidates by inode, proof by `KCMP_EPOLL_TFD`.

The number in a registration is what its adder called the file when it was added. It lies after close and reuse, and
after fork; so it is where to look first, and no more. kcmp orders a registration among open files as it orders these
among each other, so in a sorted list the watched file is found by binary search.
"""

import errno
from collections.abc import Iterable, Mapping, Sequence, Set

from sockscope.collect.tables.candidates import MAX_HELD, Candidates, Fitting, Order, can_be_compared
from sockscope.collect.tables.classes import Slot
from sockscope.kernel import kcmp
from sockscope.kinds.epoll import TargetLine
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import Target, TargetStatus

_UNABLE = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS})


MOST_QUESTIONS = 1 << 17
"""Questions about the registrations of one instance in one look: half a second. The rest waits for the next look."""


class RegistrationGoneError(Exception):
    """There is no such registration any more."""


class Instance:
    """One epoll instance, by its holders."""

    def __init__(self, slots: Sequence[Slot], walked: Set[int]) -> None:
        """Take the descriptors of an instance, and the processes whose tables were walked in this refresh."""
        self.slots = slots
        self.pids = frozenset(pid for pid, _ in slots)
        self.ran = not self.pids.isdisjoint(walked)
        """Whether its registrations may be others although fdinfo says the same of them."""


class Prover:
    """Find the descriptors behind the registrations of one epoll instance."""

    def __init__(
        self,
        instance: Instance,
        candidates: Candidates,
        before: Mapping[tuple[int, int, int, int], Target],
        news: Set[int | str],
    ) -> None:
        """Take over from `before` what rests on nothing that is in the `news`."""
        self._instance = instance
        self._slots = list(instance.slots)
        self._candidates = candidates
        self._known = candidates.known
        self._before = before
        self._news = news
        self._denied = False
        self.asked = 0
        """Questions to the kernel about registrations so far."""
        self.left = 0
        """Registrations that were left for a later look."""
        self.next = 0
        """The position of the first of them."""
        self.missed = False
        """Whether nobody was found to hold what one of them watches."""

    def targets(self, lines: Iterable[TargetLine], first: int = 0) -> tuple[Target, ...]:
        """Describe the registrations in the order of fdinfo; those that have ended meanwhile are left out.

        The kernel is asked about that at position `first` before others: where more were left than one look asks about.
        """
        offsets: dict[int, int] = {}
        numbered = []
        for line in lines:
            offset = offsets.get(line.fd, 0)
            offsets[line.fd] = offset + 1
            numbered.append((line, offset))
        found: dict[int, Target] = {}
        for position in (*range(first, len(numbered)), *range(min(first, len(numbered)))):
            left = self.left
            try:
                found[position] = self._target(*numbered[position])
            except RegistrationGoneError:
                continue
            if self.left > left == 0:
                self.next = position
        return tuple(found[position] for position in sorted(found))

    def again(self, target: Target) -> Target:
        """Describe a registration once more.

        Raises:
            RegistrationGoneError: there is none any more.
        """
        line = TargetLine(target.fd, target.events, target.data, pos=0, ino=target.ino, dev=target.dev)
        return self._target(line, target.offset)

    def _target(self, line: TargetLine, offset: int) -> Target:
        self._denied = False
        before = self._before.get((line.fd, line.ino, line.dev, offset))
        confidence: Confidence = "proven"
        if before is not None and self._holds(before):
            holders, confidence = list(before.held_by), before.confidence
        elif self.asked >= MOST_QUESTIONS:
            self.left += 1
            return Target(line.fd, line.events, line.data, line.ino, line.dev, offset)
        else:
            holders = self._proven(line, offset, before)
            self.missed |= not holders
            self._denied |= not holders and not self._candidates.settled
        if not holders and self._denied:
            # What fits by inode and was not compared is likely, but may be another file on that inode.
            holders = [] if line.ino == self._known.shared_inode else self._fitting(line).slots[:MAX_HELD]
            confidence = "inferred" if holders else "unknown"
        elif not holders and not self._candidates.whole:
            confidence = "unknown"
        found = self._known.at(holders[0]) if holders else None
        object_ = found.object if found is not None else ""
        status = self._status(line, found, holders, confidence)
        return Target(
            line.fd, line.events, line.data, line.ino, line.dev, offset, status, object_, tuple(holders), confidence
        )  # fmt: skip

    def _holds(self, before: Target) -> bool:
        """Tell whether what was found before is so still: a socket is one file, and so is what nobody has touched."""
        place = before.object if before.object and before.ino == self._known.shared_inode else before.ino
        if place in self._news or before.confidence != "proven":
            return False
        first = self._known.at(before.held_by[0]) if before.held_by else None
        return not self._instance.ran or (first is not None and first.kind == "socket")

    def _proven(self, line: TargetLine, offset: int, before: Target | None) -> list[Slot]:
        """Find the descriptors that are the watched file, those that were it before and the registered number first.

        A socket or anonymous object is one file, so the first proof stands for all its descriptors;
        a pipe, FIFO or terminal may have several files on one inode, and each is asked about.
        """
        own = [(pid, line.fd) for pid in self._instance.pids]
        shared = line.ino == self._known.shared_inode
        slots, several, _ = ([], False, False) if shared else self._fitting(line)
        order, inode = self._order(line, offset), (line.ino, line.dev)
        if not several:
            for slot in dict.fromkeys([*(before.held_by if before is not None else ()), *own]):
                if self._candidates.fits(slot, inode) and order(slot) == 0:
                    return [slot]
        if shared:
            return self._candidates.on_shared_inode(order)
        return self._candidates.on_inode(inode, slots, order, own, several=several)

    def _status(
        self, line: TargetLine, found: Descriptor | None, holders: list[Slot], confidence: Confidence
    ) -> TargetStatus:
        if found is None:
            return "unknown" if confidence == "unknown" else "closed"
        if self._candidates.is_reopened(holders[0]):
            live = any(fd == line.fd and pid in self._instance.pids for pid, fd in holders)
        else:
            named = (self._known.at((pid, line.fd)) for pid in self._instance.pids)
            live = any(one is not None and one.object == found.object for one in named)
        return "live" if live else "moved"

    def _fitting(self, line: TargetLine) -> Fitting:
        """Return the descriptors on the inode of a registration."""
        found = self._candidates.fitting((line.ino, line.dev))
        self._denied |= found.crowded
        return found

    def _order(self, line: TargetLine, offset: int) -> Order:
        return lambda slot: self._compare(slot, line, offset)

    def _compare(self, slot: Slot, line: TargetLine, offset: int) -> int | None:
        """Ask the kernel how a descriptor sorts against the file of a registration.

        Raises:
            RegistrationGoneError: there is none any more.
        """
        self.asked += 1
        while self._slots:
            self._candidates.counters.asked += 1
            try:
                return kcmp.compare_registered(*slot, *self._slots[0], line.fd, offset)
            except OSError as error:
                if error.errno == errno.ENOENT:
                    raise RegistrationGoneError from error
                self._denied |= error.errno in _UNABLE
            if not can_be_compared(slot):
                return None
            # The epoll's holder has ended or closed it: ask through the next one from now on.
            del self._slots[0]
        return None


def key_of(target: Target) -> tuple[int, int, int, int]:
    """Return what a registration is called from one refresh to the next."""
    return target.fd, target.ino, target.dev, target.offset
