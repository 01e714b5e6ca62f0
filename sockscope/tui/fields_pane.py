"""Decoded fields of fdinfo as lines of the pane."""

from sockscope.model.descriptor import Fields
from sockscope.model.kinds.quantities import duration
from sockscope.tui.section import PaneLine, text_line, wrapped_field

MAX_NAME = 20
"""Cells; a longer name pushes its own value aside."""
MINOR_BITS = 20
"""Of a device as the kernel writes it."""
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
            lines += wrapped_field(name, _named_text(name, value), width, name_width=name_width)
    return lines


def _named_text(name: str, value: object) -> str:
    """Write a value by what its name says of it: a device as major and minor, nanoseconds as a duration."""
    if name == "dev" and isinstance(value, int):
        return f"{value >> MINOR_BITS}:{value & (1 << MINOR_BITS) - 1}"
    if name.endswith("_ns") and isinstance(value, int) and value >= 0:
        return duration(value)
    return field_text(value)


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
            return "  ".join(f"{name} {_named_text(name, entry)}" for name, entry in value.items())
        case _:
            return str(value)


def _records(name: str, records: list[object], width: int, name_width: int) -> list[PaneLine]:
    lines: list[PaneLine] = []
    for index, record in enumerate(records[:MAX_ENTRIES]):
        lines += wrapped_field("" if index else name, field_text(record), width, name_width=name_width)
    if len(records) > MAX_ENTRIES:
        lines.append(text_line(f"… and {len(records) - MAX_ENTRIES:,} more", "dim"))
    return lines
