"""Which eventfds are one object: by the number in fdinfo, checked with kcmp where two seem to share it."""

import errno
from collections.abc import Collection
from itertools import count

from sockscope.kernel import kcmp

Slot = tuple[int, int]
"""(pid, fd)."""
WITNESSES = 4
"""Descriptors of one eventfd that are remembered to compare the next one with."""


class EventfdIdentity:
    """Name eventfds.

    `eventfd-id` (Linux 5.2) is unique among the living, but a number is free again once its eventfd is
    gone: between two looks it may have come to another. So a descriptor joins others only when kcmp
    says that they are one; the first of a number needs no call at all.
    """

    def __init__(self) -> None:
        """Start without any eventfd."""
        self._known: dict[int, tuple[str, list[Slot]]] = {}
        self._generations = count(1)

    def name(self, slot: Slot, number: int) -> str:
        """Return the object of an eventfd descriptor whose fdinfo shows a number."""
        known = self._known.get(number)
        if known is None:
            return self._found(f"eventfd-id:{number}", slot, number)
        name, witnesses = known
        if slot in witnesses and len(witnesses) == 1:
            return name
        others = [one for one in witnesses if one != slot]
        if not _one_of(slot, others):
            return self._found(f"eventfd-id:{number}.{next(self._generations)}", slot, number)
        self._known[number] = (name, [*others, slot][-WITNESSES:])
        return name

    def forget(self, slots: Collection[Slot]) -> None:
        """Compare with these no more; what nothing else is known of gets a new name when it is seen again."""
        if not slots:
            return
        unwanted = set(slots)
        for number, (name, witnesses) in list(self._known.items()):
            left = [slot for slot in witnesses if slot not in unwanted]
            if left:
                self._known[number] = (name, left)
            elif witnesses:
                del self._known[number]

    def _found(self, name: str, slot: Slot, number: int) -> str:
        self._known[number] = (name, [slot])
        return name


def _one_of(slot: Slot, others: list[Slot]) -> bool:
    """Tell whether a descriptor is the same open file as the first of the others that can still be asked."""
    for pid, fd in reversed(others):
        try:
            return kcmp.compare_files(slot[0], slot[1], pid, fd) == 0
        except OSError as error:
            if error.errno in {errno.EPERM, errno.EACCES, errno.ENOSYS}:
                return True  # the number is all there is to go by
    return False
