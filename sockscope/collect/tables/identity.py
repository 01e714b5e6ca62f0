"""Which descriptors are one open file, where nothing but kcmp(2) tells: classes kept sorted, and what each rests on.

All epolls, timerfds, inotify instances … of a machine sit on one inode, so nothing in `/proc` tells them apart. kcmp
orders open files, 2 µs a question, and two questions are two moments: a number may mean another file between them. So
a look reads tables first and compares then, in three steps:

1. What may have changed since it was placed is confirmed where it stands: with a fellow of its class, or else between
   its neighbours. Whatever does not fit leaves the list, which is sorted again then.
2. What is new, or has left, is placed by binary search. However a search went, its end is two neighbours on either
   side of the newcomer, each compared with it, or one class that it is equal to. These are its witnesses.
3. Whoever was compared, or was a witness, has to have stood still since its table was read. Who has not is taken out,
   and what it was a witness for is asked again.

At the end every neighbour was compared with the next in a time in which neither moved, and one pair after the other
the whole list is in order: two classes are two files, and members of one class are one.
"""

import errno
from collections.abc import Callable, Collection, Iterable, Sequence

from sockscope.collect.tables.classes import Class, Slot, is_numbered
from sockscope.collect.tables.compared import LOWER
from sockscope.collect.tables.placing import PlacedClasses
from sockscope.kernel import kcmp

Moved = Callable[[Collection[int]], Collection[int]]
"""Which of some processes may have changed their tables since these were read."""

ROUNDS = 6
"""Times that a look asks again for those who have run meanwhile; each is as large as what moved in the one before."""
DENIED = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH, errno.EBADF})
_UNABLE = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS})


class IdentityRegistry(PlacedClasses):
    """Hand out one object identity per open file of the kinds that only kcmp can compare.

    A kind may be one of a number that the kernel gives to one living object at a time, see `numbered`: then who is
    alone with it needs no comparison.
    """

    def __init__(self, compare: Callable[[Slot, Slot], int] | None = None) -> None:
        """Start without any class; compare open files, or whatever else `compare` orders as kcmp does."""
        super().__init__(compare or _compare_files)
        self._asked: dict[Slot, str] = {}
        self._look: dict[Slot, str] = {}
        """What is being settled."""
        self.displaced: set[int] = set()
        """Processes with descriptors that were settled before and hold no longer: they are to be walked again."""
        self.denied: set[Slot] = set()
        """What could not be compared when it was last asked about: it is closed, or kcmp denied."""

    def expect(self, kind: str, slot: Slot) -> str:
        """Take note of a descriptor that a table shows; return the object it led to so far, "" for none.

        It is settled with all others by `settle`.
        """
        known = self._of.get(slot)
        if known is not None and known[0] == kind:
            if slot in self._doubted:
                self._asked[slot] = kind
            return known[1].object
        if known is not None:
            self._take_out(slot)
        self._asked[slot] = kind
        return ""

    def doubt(self, pid: int) -> None:
        """Take nothing of what a process has for granted, since it has run: what is expected is asked about."""
        self._doubted.update(self._slots.get(pid, {}))

    def trust(self, slots: Iterable[Slot]) -> None:
        """Doubt these no more, though they are not expected again."""
        for slot in slots:
            self._doubted.pop(slot, None)

    def forget(self, slots: Iterable[Slot]) -> None:
        """Drop descriptors that are closed or whose process has ended."""
        for slot in list(slots):
            self._take_out(slot)
            self._before.pop(slot, None)
            self._asked.pop(slot, None)

    def forget_process(self, pid: int) -> None:
        """Drop all descriptors of a process that has ended."""
        self.forget(self._slots.get(pid, {}))

    def settle(self, moved: Moved) -> dict[Slot, str]:
        """Find the object of every descriptor that was expected, "" where it could not be established.

        Descriptors that were doubted and not expected again are closed, and dropped.
        """
        self.forget([slot for slot in self._doubted if slot not in self._asked])
        asked = self._look = dict(self._asked)
        self.denied.clear()
        self.displaced.clear()
        self.sort()
        restless: set[int] = set()
        for _ in range(ROUNDS):
            gone = set(moved(self._parties()))
            if not gone:
                break
            restless |= gone
            self._leave(gone)
            self._confirm()
            self._place({slot: kind for slot, kind in asked.items() if slot[0] not in restless})
        else:
            self._give_up(set(moved(self._parties())))
        self._witnesses.clear()
        self.tidy(asked)
        return {slot: self.object(slot) for slot in asked}

    def sort(self) -> None:
        """Compare what was expected, without asking who has moved meanwhile."""
        self._kept_names.clear()
        self._confirm()
        asked, self._asked = self._asked, {}
        self._place({slot: kind for slot, kind in asked.items() if slot not in self._of})

    def attempt(self, slot: Slot, moved: Moved) -> bool:
        """Place a descriptor that `settle` could not: whether all is settled but that it may have moved itself.

        Whoever asks finds out the latter, and lets it `leave` if it has.
        """
        self._place({slot: self._before[slot][0]} if slot in self._before else {})
        relied, self._witnesses = self._witnesses, {}
        pids = {one[0] for witnesses in relied.values() for one in witnesses} - {slot[0]}
        gone = moved(pids)
        if slot in self._of and not gone:
            return True
        self.leave(slot)
        for pid in gone:
            for one in list(self._slots.get(pid, ())):
                self.displaced.add(pid)
                self._kept_names.add(self.object(one))
                self._take_out(one)
        return False

    def leave(self, slot: Slot) -> None:
        """Take a descriptor out of the list, to be placed again later."""
        self._take_out(slot)

    def merge(self, kind: str, objects: Iterable[Sequence[Slot]]) -> None:
        """Take over objects that another process has found and sorted; what it has compared is checked by `settle`.

        The order is the kernel's, so one comparison a step is enough where a search takes a dozen. What
        cannot be compared any more is left out.
        """
        position, below = 0, None
        for slots in objects:
            self._asked.update(dict.fromkeys(slots, kind))
            position, below = self._merge(kind, slots, position, below)

    # Confirm

    def _confirm(self) -> None:
        doubted, self._doubted = self._doubted, {}
        shaken: dict[Class, list[Slot]] = {}
        kinds: dict[str, None] = {}
        for slot in doubted:
            if slot in self._of:
                kind, group = self._of[slot]
                shaken.setdefault(group, []).append(slot)
                kinds[kind] = None
        for group, slots in shaken.items():
            self._confirm_members(group, slots, doubted)
        for kind in kinds:
            self._confirm_order(kind)

    def _confirm_members(self, group: Class, slots: list[Slot], doubted: Collection[Slot]) -> None:
        """Hold doubted members of a class against another; with none left from before, its place is in doubt too."""
        sure = next((slot for slot in group.members if slot not in doubted and slot not in self._witnesses), None)
        group.unsure = sure is None
        against = sure or next((slot for slot in group.members if slot not in doubted), slots[0])
        if against in doubted:
            self._witnesses.setdefault(against, ())
        for slot in slots:
            if slot != against and not self._is_one(slot, against):
                self._put_back(slot)
            elif slot != against:
                self._witnesses[slot] = (against,)

    def _confirm_order(self, kind: str) -> None:
        """Hold classes in doubt against their neighbours, and across what has left; leave a list that is in order."""
        kept: list[Class] = []
        gap = False
        for group in self._orders[kind]:
            if not group.members:
                gap = True
                continue
            while kept and (gap or group.unsure or kept[-1].unsure):
                ascending = self._ascend(kept[-1], group)
                if ascending:
                    break
                gap = True
                if ascending is None:
                    if not kept[-1].members:
                        kept.pop()
                    if not group.members:
                        break
                    continue
                stays = kept[-1].unsure and not group.unsure
                if stays or not group.unsure:
                    self._put_back_all(kept.pop())
                if not stays:
                    self._put_back_all(group)
                    break
            if group.members:
                kept.append(group)
                gap = False
        for group in kept:
            group.unsure = False
        self._orders[kind] = kept

    def _ascend(self, below: Class, above: Class) -> bool | None:
        """Compare two classes that stand side by side; None where one of them has nobody left who can be asked."""
        while below.members and above.members:
            low, high = below.first, above.first
            try:
                answer = self._compare(low, high)
            except OSError:
                ended = [slot for slot in (low, high) if not self._is_one(slot, slot)]
                for slot in ended:
                    self._take_out(slot)
                if not ended:
                    return False
                continue
            if answer != LOWER:
                return False
            for group, own, other in ((below, low, high), (above, high, low)):
                if group.unsure or not (below.unsure or above.unsure):
                    self._witnesses[own] = (*self._witnesses.get(own, ()), other)
            return True
        return None

    def _put_back_all(self, group: Class) -> None:
        for slot in list(group.members):
            self._put_back(slot)

    def _put_back(self, slot: Slot) -> None:
        """Take a descriptor out to be placed again in this look."""
        kind, group = self._of[slot]
        if slot not in self._look:
            self.displaced.add(slot[0])
            self._kept_names.add(group.object)
        self._asked.setdefault(slot, kind)
        self._take_out(slot)

    # Place

    def _place(self, slots: dict[Slot, str]) -> None:
        """Place descriptors, and those that did not stand where they were. One that may not be compared is left out."""
        again, self._asked = self._asked, {}
        for slot, kind in (again | slots).items():
            if slot in self._of:
                continue
            try:
                self._insert(kind, slot)
            except OSError as error:
                if error.errno not in DENIED:
                    raise
                self.denied.add(slot)

    def _insert(self, kind: str, slot: Slot) -> None:
        if not is_numbered(kind):
            # Asked about itself first: a descriptor that may not be compared must not found a class.
            self._compare(slot, slot)
        try:
            self._search(kind, slot)
        except OSError as error:
            if not is_numbered(kind) or error.errno not in _UNABLE:
                raise
            # The number itself tells, for as long as both stand still: two living objects never have it at once.
            group = next(group for group in self._orders[kind] if group.members)
            self._join(kind, group, slot, (group.first,))

    # Who has moved

    def _parties(self) -> set[int]:
        """List the processes whose descriptors were compared. Who is alone was compared with nobody."""
        compared = {slot[0] for slot, witnesses in self._witnesses.items() if witnesses}
        return compared | {slot[0] for witnesses in self._witnesses.values() for slot in witnesses}

    def _leave(self, gone: Collection[int]) -> None:
        """Take out all of those who have moved, and doubt what they were witnesses for."""
        relied = {slot for witnesses in self._witnesses.values() for slot in witnesses}
        for pid in gone:
            for slot in list(self._slots.get(pid, ())):
                if self._witnesses.get(slot) == () and slot not in relied:
                    continue
                if slot not in self._look:
                    # It is shown as it was when this look began, and nothing else may be called so.
                    self.displaced.add(pid)
                    self._kept_names.add(self._of[slot][1].object)
                self._take_out(slot)
        for slot, witnesses in list(self._witnesses.items()):
            if any(one[0] in gone for one in witnesses):
                del self._witnesses[slot]
                self._doubted[slot] = None

    def _give_up(self, gone: Collection[int]) -> None:
        """Leave out what still could not be settled, and all that relied on it."""
        self._leave(gone)
        lost = dict(self._doubted)
        while lost:
            for slot in lost:
                self._take_out(slot)
            lost = {slot: None for slot, witnesses in self._witnesses.items() if not lost.keys().isdisjoint(witnesses)}


def _compare_files(one: Slot, other: Slot) -> int:
    return kcmp.compare_files(one[0], one[1], other[0], other[1])
