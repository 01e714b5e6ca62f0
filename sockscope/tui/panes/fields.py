"""Decoded fields of fdinfo as lines of the pane."""

from sockscope.kinds.quantities import duration, size
from sockscope.model.descriptor import Fields
from sockscope.tui.panes.section import PaneLine, text_line, wrapped_field

MAX_NAME = 20
"""Cells; a longer name pushes its own value aside."""
NANOSECONDS = {"ns": 1, "us": 1000, "ms": 1_000_000, "s": 1_000_000_000}
MAX_ENTRIES = 100
"""Entries of one list: an inotify may watch a hundred thousand directories."""


def field_lines(fields: Fields, width: int) -> list[PaneLine]:
    """Write named fields one below the other; lists of records get one line a record."""
    name_width = min(MAX_NAME, max((len(name) for name in fields), default=0))
    lines: list[PaneLine] = []
    for name, value in fields.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += _records(name, value, width, name_width)
        else:
            lines += wrapped_field(*_in_units(name, value), width, name_width=name_width)
    return lines


def _in_units(name: str, value: object) -> tuple[str, str]:
    """Write a value in the unit that its name ends with, and the name without it."""
    if not isinstance(value, int) or isinstance(value, bool):
        return name, field_text(value)
    stem, _, unit = name.rpartition("_")
    if unit in NANOSECONDS and value >= 0:
        return stem, duration(value * NANOSECONDS[unit]) if value else "0"
    if unit == "rate" and value >= 0:
        return name, f"{size(value)}/s"
    return name, field_text(value)


def field_text(value: object) -> str:
    """Write one decoded value as a person reads it."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(field_text(entry) for entry in value) or "none"
        case dict():
            return "  ".join(" ".join(_in_units(name, entry)) for name, entry in value.items())
        case _:
            return str(value)


def _records(name: str, records: list[object], width: int, name_width: int) -> list[PaneLine]:
    lines: list[PaneLine] = []
    for index, record in enumerate(records[:MAX_ENTRIES]):
        lines += wrapped_field("" if index else name, field_text(record), width, name_width=name_width)
    if len(records) > MAX_ENTRIES:
        lines.append(text_line(f"… and {len(records) - MAX_ENTRIES:,} more", "dim"))
    return lines
