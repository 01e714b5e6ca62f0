"""One row of the tree as it stands in the list."""

from typing import NamedTuple

from sockscope.tui.rows.highlight import Inside
from sockscope.tui.rows.rowkeys import RowKey


class Row(NamedTuple):
    """How one row stands in the list; what it says is asked of the world."""

    key: RowKey
    opened: bool | None
    """Whether the branch is unfolded; None for a row with nothing below it."""
    sign: str
    """● ◆ ◉ for a related descriptor, or ""."""
    inside: Inside
    """Related descriptors folded away below this row."""
    change: str
    """`new`, `changed` or `gone` for one refresh, or ""."""
    guest: bool
    """Listed although the selection does not contain it, because it was followed to."""
    hit: bool = False
    """Searched for."""
    marked: bool = False
    """Marked by the user."""
