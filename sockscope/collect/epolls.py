"""What each epoll instance watches, and which descriptors are the watched files now."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass

from sockscope.collect.identity import IdentityRegistry, Slot
from sockscope.collect.work import Work
from sockscope.kernel import kcmp
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.kinds.epoll import TargetLine, parse_targets
from sockscope.kernel.procfs import Procfs
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target, TargetStatus

FDINFO_LIMIT = 16 << 20
"""Bytes; an instance with 100,000 registrations has 8 MB of fdinfo."""
MAX_CANDIDATES = 4096
"""Descriptors on one inode that are compared one by one with a registration; sockets need only one."""


SEVERAL_FILES = frozenset({"pipe", "fifo", "tty", "char-device", "mqueue", "file"})
"""Kinds of which one inode may be open as several files (open file descriptions)."""


@dataclass(slots=True)
class Descriptors:
    """The descriptors of the machine as the search for watched files needs them."""

    shared_inode: int
    """The inode of all anonymous files (fs/anon_inodes.c)."""
    by_slot: dict[Slot, Descriptor]
    by_inode: dict[int, list[Descriptor]]
    """Descriptors on inodes of their own."""


@dataclass(slots=True)
class _Seen:
    lines: list[TargetLine]
    instance: EpollInstance


class EpollCollector:
    """Read registrations and prove them, again only when something they depend on has changed."""

    def __init__(self, procfs: Procfs, registry: IdentityRegistry, work: Work) -> None:
        """Prove with the classes of `registry`."""
        self._procfs = procfs
        self._registry = registry
        self._work = work
        self._seen: dict[str, _Seen] = {}

    def refresh(
        self, holders: dict[str, list[Slot]], known: Descriptors, fresh: set[int], changed: set[int]
    ) -> dict[str, EpollInstance]:
        """Describe every epoll instance by object.

        Args:
            holders: descriptors of each instance.
            known: all descriptors that may be watched.
            fresh: pids whose tables were walked in this refresh.
            changed: inodes of descriptors that were opened or closed in this refresh.
        """
        seen: dict[str, _Seen] = {}
        for object_, slots in holders.items():
            before = self._seen.get(object_)
            lines = before.lines if before and fresh.isdisjoint(pid for pid, _ in slots) else None
            if lines is None:
                lines = self._read(slots)
            if lines is None:
                seen[object_] = _Seen([], EpollInstance(object_, (), "its fdinfo could not be read"))
            elif before and lines == before.lines and not _touched(lines, changed):
                seen[object_] = before
            else:
                prover = _Prover(known, self._registry, slots)
                instance = EpollInstance(object_, tuple(prover.targets(lines)))
                same = before is not None and before.instance == instance
                seen[object_] = _Seen(lines, before.instance if before and same else instance)
        self._seen = seen
        return {object_: entry.instance for object_, entry in seen.items()}

    def _read(self, slots: Iterable[Slot]) -> list[TargetLine] | None:
        for pid, fd in slots:
            self._work.fdinfo += 1
            try:
                raw = self._procfs.read(pid, f"fdinfo/{fd}", FDINFO_LIMIT)
            except OSError:
                continue
            return parse_targets(parse_fdinfo(raw).lines)
        return None


def _touched(lines: list[TargetLine], changed: set[int]) -> bool:
    return bool(changed) and any(line.ino in changed for line in lines)


class _Prover:
    """Find the descriptors behind the registrations of one epoll instance."""

    def __init__(self, known: Descriptors, registry: IdentityRegistry, slots: list[Slot]) -> None:
        self._known = known
        self._registry = registry
        self._slots = slots
        self._denied = False

    def targets(self, lines: list[TargetLine]) -> list[Target]:
        """Describe the registrations in the order of fdinfo."""
        offsets: dict[int, int] = {}
        found = []
        for line in lines:
            offset = offsets.get(line.fd, 0)
            offsets[line.fd] = offset + 1
            found.append(self._target(line, offset))
        return found

    def _target(self, line: TargetLine, offset: int) -> Target:
        candidates = self._candidates(line)
        self._denied = False
        holders = self._proven(candidates, line, offset)
        confidence: Confidence = "proven"
        if not holders and self._denied:
            # Without kcmp what fits by inode is likely, but may be another file on that inode.
            holders = [slot for slot in candidates if line.ino != self._known.shared_inode]
            confidence = "inferred" if holders else "unknown"
        object_ = self._known.by_slot[holders[0]].object if holders else ""
        status = self._status(line, object_, holders, confidence)
        return Target(
            line.fd, line.events, line.data, line.ino, line.dev, offset, status, object_, tuple(holders), confidence
        )  # fmt: skip

    def _proven(self, candidates: list[Slot], line: TargetLine, offset: int) -> list[Slot]:
        """Keep the candidates that are the watched file.

        A socket or anonymous object is one file, so the first proof stands for all its descriptors;
        a pipe, FIFO or terminal may have several files on one inode, and each is asked about.
        """
        holders = []
        for slot in candidates:
            if self._is_watched(slot, line, offset):
                holders.append(slot)
                if self._known.by_slot[slot].kind not in SEVERAL_FILES:
                    break
        return holders

    def _status(self, line: TargetLine, object_: str, holders: list[Slot], confidence: Confidence) -> TargetStatus:
        if not holders:
            return "unknown" if confidence == "unknown" else "closed"
        for pid, _ in self._slots:
            named = self._known.by_slot.get((pid, line.fd))
            if named is None or named.object != object_:
                continue
            if named.kind not in SEVERAL_FILES or (pid, line.fd) in holders:
                return "live"
        return "moved"

    def _candidates(self, line: TargetLine) -> list[Slot]:
        """List the descriptors that may be the watched file, those with the registered number first."""
        by_slot = self._known.by_slot
        own = [slot for pid, _ in self._slots if (slot := (pid, line.fd)) in by_slot]
        if line.ino != self._known.shared_inode:
            same = self._known.by_inode.get(line.ino, ())
            fitting = {(one.pid, one.fd) for one in same if not one.dev or not line.dev or one.dev == line.dev}
            first = [slot for slot in own if slot in fitting]
            return [*first, *sorted(fitting.difference(first))][:MAX_CANDIDATES]
        # One descriptor of each anonymous object stands for it.
        objects = [slot for kind in self._registry.kinds() for _, slot in self._registry.objects(kind)]
        return [slot for slot in dict.fromkeys([*own, *objects]) if slot in by_slot]

    def _is_watched(self, slot: Slot, line: TargetLine, offset: int) -> bool:
        """Ask the kernel whether a descriptor is the file of a registration."""
        for epoll_pid, epoll_fd in self._slots:
            try:
                return kcmp.is_registered(slot[0], slot[1], epoll_pid, epoll_fd, line.fd, offset)
            except OSError as error:
                # Anything else means that one of the two has ended or was closed: ask through the next.
                self._denied |= error.errno in {errno.EPERM, errno.EACCES, errno.ENOSYS}
        return False
