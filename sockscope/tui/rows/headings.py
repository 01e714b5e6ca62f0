"""What stands over the columns of the tree, in the cells in which rows have them."""

from sockscope.tui.rows.columns import Columns
from sockscope.tui.rows.extra_columns import EXTRAS, KINDS_WIDTH
from sockscope.tui.widgets.ink import Span

BELOW_GROUPS = 1
"""Depth of the rows that most of the list consists of, by `Columns.folds`."""


def heading_spans(columns: Columns, *, by_object: bool) -> list[Span]:
    """Name the columns: of processes and descriptors, or of kernel objects and their holders."""
    numbers = columns.folds(BELOW_GROUPS).stop + columns.digits
    extras = "".join(f"{name[: EXTRAS[name].width]:<{EXTRAS[name].width}} " for name in columns.extras)
    if by_object:
        kind = f"{'kind, fd':<{2 + len(columns.gap) + columns.kind}}"
        number, text = "holder", "object, command"
    else:
        kind = f"{'st':<2}{columns.gap}{'kind':<{columns.kind}}"
        number = "pid, fd"
        text = f"{'what is open':<{KINDS_WIDTH}}command" if columns.kinds else "command, what is open"
    return [(f"{number:>{numbers}}{columns.gap}{kind} {extras}{text}", "dim")]
