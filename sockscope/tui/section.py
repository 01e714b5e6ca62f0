"""What the side pane is made of: titled sections of lines, some of which lead somewhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

from sockscope.model.confidence import Confidence
from sockscope.tui.ink import Span
from sockscope.tui.rowkeys import RowKey

CONFIDENCE_ROLES: dict[Confidence, str] = {"proven": "good", "inferred": "warn", "unknown": "bad"}


@dataclass(frozen=True, slots=True)
class PaneLine:
    """One line of the pane."""

    spans: tuple[Span, ...]
    follow: RowKey | None = None
    """The row that Enter leads to, None for a line that only says something."""


@dataclass(frozen=True, slots=True)
class Section:
    """A title with lines below it."""

    name: str
    """Also its identity: what is folded stays folded by name. "" for what stands above all sections."""
    lines: tuple[PaneLine, ...]
    count: int | None = None
    evidence: tuple[Span, ...] = ()
    """How the lines are known, and how sure that is; stands beside the title."""


def evidence(confidence: Confidence, how: str = "") -> tuple[Span, ...]:
    """Say how sure a statement is, and which kernel interface it comes from."""
    said: tuple[Span, ...] = ((confidence, CONFIDENCE_ROLES[confidence]),)
    return (*said, (f", {how}", "dim")) if how else said


def text_line(text: str, role: str = "") -> PaneLine:
    """Return a line of one role that leads nowhere."""
    return PaneLine(((text, role),))


def field_line(name: str, *spans: Span, follow: RowKey | None = None, name_width: int = 10) -> PaneLine:
    """Return a line with a name and a value in columns."""
    return PaneLine(((f"{name:<{name_width}} ", "dim"), *spans), follow)


def wrapped(text: str, width: int, role: str = "") -> list[PaneLine]:
    """Break a text at its spaces into lines of at most `width` cells; longer words are cut into pieces."""
    return [text_line(line, role) for line in _wrap(text, max(8, width))]


def wrapped_spans(spans: Iterable[Span], width: int) -> list[PaneLine]:
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
    return [PaneLine(tuple(line)) for line in lines]


def wrapped_field(name: str, text: str, width: int, role: str = "", name_width: int = 10) -> list[PaneLine]:
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
