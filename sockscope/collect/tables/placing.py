"""Where a newcomer belongs among sorted classes: searched for, or handed on by another process that has sorted too."""

from collections.abc import Sequence

from sockscope.collect.tables.classes import Class, Slot
from sockscope.collect.tables.compared import LOWER, ComparedClasses


class PlacedClasses(ComparedClasses):
    """Find the place of descriptors, and enter them there."""

    def _search(self, kind: str, slot: Slot) -> None:
        """Place a descriptor by binary search, its class from before asked first."""
        if self._returns(kind, slot):
            return
        classes = self._orders.setdefault(kind, [])
        below: Slot | None = None
        above: Slot | None = None
        low, high = 0, len(classes)
        while low < high:
            middle = (low + high) // 2
            answer = self._order(slot, classes[middle])
            if answer is None:
                del classes[middle]
                high -= 1
                continue
            order, member = answer
            if order == 0:
                self._join(kind, classes[middle], slot, (member,))
                return
            if order == LOWER:
                high, above = middle, member
            else:
                low, below = middle + 1, member
        self._found(kind, low, slot, tuple(one for one in (below, above) if one is not None))

    def _returns(self, kind: str, slot: Slot) -> bool:
        """Let a descriptor go back to the class that it was taken out of, if it belongs there."""
        group = self._named.get(self._before.get(slot, ("", ""))[1])
        if group is None or not group.members or self._of[group.first][0] != kind:
            return False
        answer = self._order(slot, group)
        if answer is None or answer[0] != 0:
            return False
        self._join(kind, group, slot, (answer[1],))
        return True

    def _merge(self, kind: str, slots: Sequence[Slot], position: int, below: Slot | None) -> tuple[int, Slot | None]:
        """Enter one object at `position` or behind it; return where the next one may stand and who is below that."""
        classes = self._orders.setdefault(kind, [])
        above = None
        if below is not None and not self._is_above(slots[0], below):
            return position, below
        while position < len(classes):
            try:
                answer = self._order(slots[0], classes[position])
            except OSError:
                return position, below
            if answer is None:
                del classes[position]
                continue
            order, member = answer
            if order == 0:
                self._join(kind, classes[position], slots[0], (member,))
                self._join_all(kind, classes[position], slots)
                return position + 1, slots[0]
            if order == LOWER:
                above = member
                break
            position, below = position + 1, member
        group = self._found(kind, position, slots[0], tuple(one for one in (below, above) if one is not None))
        self._join_all(kind, group, slots)
        return position + 1, slots[0]

    def _join_all(self, kind: str, group: Class, slots: Sequence[Slot]) -> None:
        for slot in slots[1:]:
            self._join(kind, group, slot, (slots[0],))
