"""Whose table is read in which look, while the first picture of a crowded machine is put together.

Who was asked for comes first, then whoever comes until a slice of work is done; the others wait for the next look. Each
slice is twice as large as the one before, so that a picture stands soon and the rest of it needs few more. Where
somebody was asked for in a crowd, there is a small one before all others.
"""

from collections.abc import Iterable

from sockscope.collect.allowance import Allowance

SLICE = 1 << 14
"""Work of the first slice, in units of `allowance`: on most machines everything there is."""
EARLY = SLICE >> 3
"""Work of the small one."""
EACH = 4
"""Work that a descriptor takes at the least, where its fdinfo is read."""


class Turns:
    """Tell who is read in a look that has not been read, or not to the end."""

    def __init__(self, first: int = 0, early: int = 0) -> None:
        """Begin with a slice of `first`; 0 to let everybody have his turn at once. `early` is that of the small one."""
        self._slice = first
        self._early = early
        self._room = first
        """The slice of this look."""
        self._done = 0
        self.preferred: dict[int, None] = {}
        """Processes that come before all others, in this order."""

    def prefer(self, pids: Iterable[int]) -> None:
        """Let some processes come before all others, in this order."""
        self.preferred = dict.fromkeys(pids)

    def expect(self, descriptors: int) -> None:
        """Say how many descriptors there are; where the first slice has room for all, nobody is made to wait."""
        if descriptors * EACH <= self._slice:
            self._early = 0

    def order(self, pids: list[int]) -> list[int]:
        """Put the preferred first, and begin a look."""
        self._done = 0
        self._room = self._early if self._early and self.preferred else self._slice
        self._early = 0
        if not self._slice or not self.preferred:
            return pids
        there = set(pids)
        first = [pid for pid in self.preferred if pid in there]
        return first + [pid for pid in pids if pid not in self.preferred]

    def has_come(self, descriptors: int) -> bool:
        """Tell whether there is room in this look for so many descriptors; there always is for the first process."""
        return not self._slice or not self._done or self._done + descriptors <= self._room

    def took(self, allowed: Allowance) -> None:
        """Count what reading a process for the first time has taken."""
        self._done += allowed.spent

    def end(self, waiting: int) -> None:
        """End a look after which so many processes wait; with nobody left, all have their turn from now on."""
        self._slice = 2 * self._slice if waiting else 0
