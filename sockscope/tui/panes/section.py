"""Sections as the side pane shows them: broken to its width, in the colours of their kinds."""

import re
from collections.abc import Callable, Iterable

from msgspec.structs import replace
from rich.cells import cell_len, chop_cells

from sockscope.report.sections.section import (
    CONFIDENCE_ROLES,
    OF_KIND,
    Line,
    Section,
    Span,
    Voice,
    evidence,
    field_line,
)
from sockscope.tui.widgets.ink import kind_role

__all__ = ["CONFIDENCE_ROLES", "PaneLine", "Section", "evidence", "field_line"]

PaneLine = Line
_KEY_OF = "key of "
"""Begins the role of a span that names a command; the pane puts its key there. No text from outside has a role."""


def key_span(id_: str, role: str) -> Span:
    """Name a command in a text: the pane shows its key, whatever that is by now, in `role`."""
    return id_, _KEY_OF + role


VOICE = Voice(
    lines=300,
    rest=(key_span("app.next_related", "dim"), (" walks through them", "dim")),
    inside=(key_span("app.look_inside", "dim"), (" reads it, once", "dim")),
)
"""What the pane says of what is many; the rows themselves are never cut short."""
NEIGHBOURS = Voice(lines=200, rest=VOICE.rest)
"""Of neighbours, which take two lines and more."""


def with_keys(section: Section, key_of: Callable[[str], str]) -> Section:
    """Put keys in the place of the commands that are named; `key_of` tells the key of an id."""
    lines = tuple(
        replace(line, spans=_keyed(line.spans, key_of)) if _names_key(line.spans) else line for line in section.lines
    )
    return replace(section, lines=lines, evidence=_keyed(section.evidence, key_of))


def _names_key(spans: Iterable[Span]) -> bool:
    return any(role.startswith(_KEY_OF) for _, role in spans)


def _keyed(spans: tuple[Span, ...], key_of: Callable[[str], str]) -> tuple[Span, ...]:
    return tuple(
        (key_of(text), role.removeprefix(_KEY_OF)) if role.startswith(_KEY_OF) else (text, role) for text, role in spans
    )


def fitted(sections: Iterable[Section], width: int) -> list[Section]:
    """Break what may be broken to `width` cells, and give kinds their colours."""
    return [
        Section(one.name, tuple(line for whole in one.lines for line in _fitted(whole, width)), one.count, one.evidence)
        for one in sections
    ]


def _fitted(line: Line, width: int) -> list[Line]:
    spans = tuple((text, _coloured(role)) for text, role in line.spans)
    if not line.breaks or cell_len(line.text) <= width:
        return [Line(spans, line.follow)]
    if len(spans) == 1:
        ((text, role),) = spans
        return wrapped(text, width, role)
    return [Line(broken.spans, line.follow) for broken in wrapped_spans(spans, width)]


def _coloured(role: str) -> str:
    return kind_role(role.removeprefix(OF_KIND)) if role.startswith(OF_KIND) else role


def text_line(text: str, role: str = "") -> Line:
    """Return a line of one role that leads nowhere."""
    return Line(((text, role),))


def wrapped(text: str, width: int, role: str = "") -> list[Line]:
    """Break a text at its spaces into lines of at most `width` cells; longer words are cut into pieces."""
    return [text_line(line, role) for line in _wrap(text, max(8, width))]


def wrapped_spans(spans: Iterable[Span], width: int) -> list[Line]:
    """Break spans at their spaces into lines of at most `width` cells; a longer word stands alone."""
    lines: list[list[Span]] = [[]]
    room = width
    for text, role in spans:
        for word in re.findall(r"\S+\s*|\s+", text):
            if cell_len(word.rstrip()) > room and lines[-1]:
                lines.append([])
                room = width
            lines[-1].append((word, role))
            room -= cell_len(word)
    return [Line(tuple(line)) for line in lines]


def wrapped_field(name: str, text: str, width: int, role: str = "", name_width: int = 10) -> list[Line]:
    """Return a name with a value of any length beside it."""
    first, *rest = _wrap(text, max(8, width - name_width - 1)) or [""]
    blank = " " * (name_width + 1)
    return [field_line(name, (first, role), name_width=name_width), *(text_line(blank + line, role) for line in rest)]


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(text.split(" "), width):
        joined = f"{line} {piece}" if line else piece
        if line and cell_len(joined) > width:
            lines.append(line)
            line = piece
        else:
            line = joined
    return [*lines, line] if line else lines


def _pieces(words: Iterable[str], width: int) -> Iterable[str]:
    for word in words:
        if cell_len(word) <= width:
            yield word
        else:
            yield from chop_cells(word, width)
