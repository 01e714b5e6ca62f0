"""Classes of open files with what their places rest on: who was compared with whom, and what is doubted."""

from collections.abc import Callable

from sockscope.collect.tables.classes import Class, Slot, SortedClasses

LOWER, HIGHER = 1, 2
"""Answers of kcmp(2): the first sorts below, or above, the second."""


class ComparedClasses(SortedClasses):
    """Enter descriptors with their witnesses: those that they were compared with."""

    def __init__(self, compare: Callable[[Slot, Slot], int]) -> None:
        """Start without any class; `compare` orders two descriptors as kcmp(2) does."""
        super().__init__()
        self._ask = compare
        self._doubted: dict[Slot, None] = {}
        """What has to be confirmed where it stands."""
        self._witnesses: dict[Slot, tuple[Slot, ...]] = {}
        """Of what was compared in this look."""
        self.comparisons = 0
        """kcmp calls made so far."""

    def _join(self, kind: str, group: Class, slot: Slot, witnesses: tuple[Slot, ...]) -> None:
        self.enter(kind, group, slot)
        self._witnesses[slot] = witnesses

    def _found(self, kind: str, position: int, slot: Slot, witnesses: tuple[Slot, ...]) -> Class:
        group = self.found(kind, position, slot)
        self._witnesses[slot] = witnesses
        return group

    def _take_out(self, slot: Slot) -> None:
        self._doubted.pop(slot, None)
        self._witnesses.pop(slot, None)
        self.take_out(slot)

    def _is_one(self, slot: Slot, other: Slot) -> bool:
        try:
            return self._compare(slot, other) == 0
        except OSError:
            return False

    def _is_above(self, slot: Slot, other: Slot) -> bool:
        try:
            return self._compare(slot, other) == HIGHER
        except OSError:
            return False

    def _order(self, slot: Slot, group: Class) -> tuple[int, Slot] | None:
        """Compare with a class through the first member that can still be asked; None when none can.

        Raises:
            OSError: the descriptor itself is gone or denied.
        """
        while group.members:
            member = group.first
            try:
                return self._compare(slot, member), member
            except OSError:
                self._compare(slot, slot)
                self._take_out(member)
        return None

    def _compare(self, one: Slot, other: Slot) -> int:
        self.comparisons += 1
        return self._ask(one, other)
