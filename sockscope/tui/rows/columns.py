"""Where each column stands: widths for the pids of a machine and the width of a screen.

    change sign fold number  access kind  holders text

Numbers of groups, processes and descriptors end where those below them end. All that is said of descriptors begins
in one column, whether or not others hold the object too; and so does all that is said of processes.
Text that others chose (names, paths, command lines) comes last: whatever width a terminal gives it, nothing
to its right can shift.
"""

from collections.abc import Sequence

from msgspec import Struct

from sockscope.kinds.registry import SHORT, SHORTEST
from sockscope.tui.rows.extra_columns import EXTRAS, KINDS, KINDS_FROM
from sockscope.world.world import World

COMPACT_BELOW = 64
"""Cells. Below this width the columns move together."""
MIN_DIGITS = 5


class Columns(Struct, frozen=True):
    """Widths of the columns in cells."""

    digits: int
    """Of the largest pid."""
    compact: bool
    extras: tuple[str, ...] = ()
    """Columns that were added, by name."""
    kinds: bool = False
    """Whether folded rows say how many descriptors of each kind they hide."""

    @classmethod
    def fitting(cls, world: World, width: int, chosen: Sequence[str] = ()) -> "Columns":
        """Choose widths for the pids of `world` on a screen of `width` cells; `chosen` columns are added."""
        largest = max((key.pid for key in world.processes), default=0)
        extras = tuple(name for name in chosen if name in EXTRAS)
        kinds = KINDS in chosen or (not chosen and width >= KINDS_FROM)
        return cls(max(MIN_DIGITS, len(str(largest))), width < COMPACT_BELOW, extras, kinds)

    @property
    def gap(self) -> str:
        """What stands between two columns."""
        return " " if self.compact else "  "

    @property
    def kind(self) -> int:
        """Width of the kind column."""
        return 8 if self.compact else 10

    @property
    def shared(self) -> int:
        """Width of the column that says how many hold one object; there is none where room is short."""
        return 0 if self.compact else 3

    def folds(self, depth: int) -> range:
        """Return the cells in which a row of this depth has its fold sign."""
        start = (2 if self.compact else 4) + (0 if depth == 0 else 2)
        return range(start, start + 2)

    def short(self, kind: str) -> str:
        """Shorten the name of a kind to the column."""
        return (SHORTEST if self.compact else SHORT).get(kind, kind)[: self.kind]

    def number(self, number: int | str, depth: int) -> str:
        """Place a pgid, pid or fd, or nothing; all end in the same cell, but for the groups' two cells before."""
        return f"{number:>{self.digits}}  " if depth == 0 else f"{number:>{self.digits}}"

    def count(self, count: str, unit: str) -> str:
        """Place a number of things in the kind column."""
        unit = "" if self.compact else f" {unit:<4}"
        return f"{count:>{self.kind - len(unit)}}{unit}"
