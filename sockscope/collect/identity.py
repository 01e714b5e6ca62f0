"""Which anonymous descriptors are one kernel object: classes kept sorted by the order of kcmp(2).

All epolls, eventfds, timerfds … of a machine sit on one inode, so nothing in `/proc` tells them apart.
kcmp orders open files; each kind keeps a sorted list of its classes and a new descriptor is placed by
binary search, 2 µs a step.
"""

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from sockscope.kernel import kcmp

Slot = tuple[int, int]
"""(pid, fd)."""

_LOWER, _HIGHER = 1, 2
"""Answers of kcmp(2): the first sorts below, or above, the second."""
_DENIED = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH, errno.EBADF})


@dataclass(slots=True, eq=False)
class _Class:
    object: str
    members: dict[Slot, None] = field(default_factory=dict)
    below: "_Class | None" = None
    above: "_Class | None" = None


class IdentityRegistry:
    """Hand out one object identity per kernel object of the kinds that only kcmp can compare."""

    def __init__(self) -> None:
        """Start without any class."""
        self._classes: dict[str, list[_Class]] = {}
        self._of: dict[Slot, tuple[str, _Class]] = {}
        self._numbers = count(1)
        self.comparisons = 0
        """kcmp calls made so far."""

    def place(self, kind: str, slot: Slot) -> str | None:
        """Return the object that a descriptor leads to now, or None where kcmp is denied.

        An object keeps its identity for as long as one of its descriptors is placed again.
        """
        known = self._of.get(slot)
        if known is not None and (known[0] != kind or not self._still_member(known[1], slot)):
            self.forget([slot])
            known = None
        if known is not None:
            return known[1].object
        try:
            return self._insert(kind, slot).object
        except OSError as error:
            if error.errno in _DENIED:
                return None
            raise

    def sorted(self) -> dict[str, list[list[Slot]]]:
        """Return the descriptors of each object, in the order of kcmp, by kind: what `merge` takes."""
        return {kind: [list(group.members) for group in groups] for kind, groups in self._classes.items()}

    def merge(self, kind: str, objects: Iterable[Sequence[Slot]]) -> None:
        """Take over objects that another process has found and sorted.

        The order is the kernel's, so one comparison a step is enough where a search takes a dozen. What
        cannot be compared any more is left out: `place` finds out why.
        """
        place = 0
        for slots in objects:
            place = self._merge(kind, slots, place)

    def _merge(self, kind: str, slots: Sequence[Slot], place: int) -> int:
        """Enter one object at `place` or behind it, and return where the next one may stand."""
        while place < len(classes := self._classes.setdefault(kind, [])):
            group = classes[place]
            try:
                order = self._order(slots[0], group)
            except OSError:
                return place
            if order == 0:
                self._join_all(kind, group, slots)
                return place + 1
            if order == _LOWER:
                break
            if order is None:
                self.forget(list(group.members))
            else:
                place += 1
        self._join_all(kind, self._found(kind, place, slots[0]), slots)
        return place + 1

    def _join_all(self, kind: str, group: _Class, slots: Iterable[Slot]) -> None:
        for slot in slots:
            self._join(kind, group, slot)

    def forget(self, slots: Iterable[Slot]) -> None:
        """Drop descriptors that are closed or whose process has ended."""
        emptied: dict[str, set[_Class]] = {}
        for slot in slots:
            known = self._of.pop(slot, None)
            if known is None:
                continue
            kind, group = known
            group.members.pop(slot, None)
            if not group.members:
                emptied.setdefault(kind, set()).add(group)
                _link(group.below, group.above)
        for kind, groups in emptied.items():
            self._classes[kind] = [group for group in self._classes[kind] if group not in groups]

    def object(self, slot: Slot) -> str | None:
        """Return the object that a descriptor was last placed at."""
        known = self._of.get(slot)
        return known[1].object if known is not None else None

    def objects(self, kind: str) -> list[tuple[str, Slot]]:
        """List the objects of a kind, each with one descriptor that leads to it."""
        return [(group.object, next(iter(group.members))) for group in self._classes.get(kind, ())]

    def kinds(self) -> list[str]:
        """List the kinds that have objects."""
        return list(self._classes)

    def _still_member(self, group: _Class, slot: Slot) -> bool:
        """Tell whether a placed descriptor still belongs where it stands: its number may have been reused."""
        other = next((member for member in group.members if member != slot), None)
        try:
            if other is not None:
                return self._compare(slot, other) == 0
            return self._between_neighbours(group, slot)
        except OSError:
            return False

    def _between_neighbours(self, group: _Class, slot: Slot) -> bool:
        """Check the place of a class with one member, which cannot be compared with itself.

        A successor on the same number that happens to fall between the same neighbours keeps the
        identity: still one object, still different from all others.
        """
        below, above = group.below, group.above
        if below is not None and self._order(slot, below) != _HIGHER:
            return False
        return above is None or self._order(slot, above) == _LOWER

    def _insert(self, kind: str, slot: Slot) -> _Class:
        # Asked about itself first: a descriptor that may not be compared must not found a class.
        self._compare(slot, slot)
        while True:
            found, place = self._search(kind, slot)
            if found is None:
                return self._found(kind, place, slot)
            if found.members:
                return self._join(kind, found, slot)

    def _search(self, kind: str, slot: Slot) -> tuple[_Class | None, int]:
        """Find the class of a descriptor, or the place for a new one; a class in the way that has ended is dropped.

        Such a class comes back without members: the search has to begin again.
        """
        classes = self._classes.setdefault(kind, [])
        low, high = 0, len(classes)
        while low < high:
            middle = (low + high) // 2
            group = classes[middle]
            order = self._order(slot, group)
            if order is None:
                self.forget(list(group.members))
                return group, middle
            if order == 0:
                return group, middle
            low, high = (low, middle) if order == _LOWER else (middle + 1, high)
        return None, low

    def _found(self, kind: str, place: int, slot: Slot) -> _Class:
        classes = self._classes[kind]
        group = _Class(f"{kind}:{next(self._numbers)}")
        _link(classes[place - 1] if place else None, group)
        _link(group, classes[place] if place < len(classes) else None)
        classes.insert(place, group)
        return self._join(kind, group, slot)

    def _join(self, kind: str, group: _Class, slot: Slot) -> _Class:
        group.members[slot] = None
        self._of[slot] = (kind, group)
        return group

    def _order(self, slot: Slot, group: _Class) -> int | None:
        """Compare with a class through the first member that can still be asked; None when none can.

        Raises:
            OSError: the descriptor itself is gone or denied.
        """
        for member in group.members:
            try:
                return self._compare(slot, member)
            except OSError:
                self._compare(slot, slot)
        return None

    def _compare(self, one: Slot, other: Slot) -> int:
        self.comparisons += 1
        return kcmp.compare_files(one[0], one[1], other[0], other[1])


def _link(below: _Class | None, above: _Class | None) -> None:
    if below is not None:
        below.above = above
    if above is not None:
        above.below = below
