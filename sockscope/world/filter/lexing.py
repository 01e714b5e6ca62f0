"""The words of a filter, each with its place, so that an error can point at it."""

from typing import Literal

from msgspec import Struct

from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.values import BREAKING

MAX_LENGTH = 4096
"""Characters of a filter."""


class Piece(Struct, frozen=True):
    """A part of a filter that means one thing."""

    sort: Literal["bare", "quoted", "pattern", "bar", "open", "close", "minus"]
    text: str
    """What it says, without quotes and escapes."""
    start: int
    end: int

    @property
    def width(self) -> int:
        """Characters it takes in the filter."""
        return self.end - self.start


def lex(text: str) -> list[Piece]:
    """Take a filter apart.

    Raises:
        FilterError: it is too long, or a quote is not closed.
    """
    if len(text) > MAX_LENGTH:
        raise FilterError(f"a filter has at most {MAX_LENGTH} characters", MAX_LENGTH)  # noqa: EM102
    pieces: list[Piece] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        piece = _piece(text, position, glued=bool(pieces) and pieces[-1].end == position)
        pieces.append(piece)
        position = piece.end
    return pieces


def _piece(text: str, start: int, *, glued: bool) -> Piece:
    char = text[start]
    if char in "|()":
        sort: Literal["bar", "open", "close"] = {"|": "bar", "(": "open", ")": "close"}[char]  # type: ignore[assignment]  # a dict of literals is one of str
        return Piece(sort, char, start, start + 1)
    if char == '"':
        content, end = _quoted(text, start)
        return Piece("quoted", content, start, end)
    if char == "~":
        return _pattern(text, start)
    if char == "-" and not (glued and _inside_word(text, start)):
        return Piece("minus", char, start, start + 1)
    return _bare(text, start)


def _inside_word(text: str, start: int) -> bool:
    """Whether a character continues what stands before it: a minus sign there negates nothing."""
    return start > 0 and text[start - 1] not in "|(-"


def _bare(text: str, start: int) -> Piece:
    """Read a word up to a breaking character; after the colon of a key a quote or pattern begins a piece of its own."""
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in BREAKING:
        if text[end] == "~" and text[end - 1] == ":":
            break
        end += 1
    return Piece("bare", text[start:end], start, end)


def _quoted(text: str, start: int) -> tuple[str, int]:
    content: list[str] = []
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == '"':
            return "".join(content), position + 1
        if char == "\\" and text[position + 1 : position + 2] in {'"', "\\"}:
            position += 1
            char = text[position]
        content.append(char)
        position += 1
    msg = "the quote is not closed"
    raise FilterError(msg, start, len(text) - start)


def _pattern(text: str, start: int) -> Piece:
    """Read `~word` up to white space or a parenthesis that it did not open, or `~"…"`."""
    if text[start + 1 : start + 2] == '"':
        content, end = _quoted(text, start + 1)
        return Piece("pattern", content, start, end)
    depth = 0
    position = start + 1
    while position < len(text) and not text[position].isspace():
        char = text[position]
        if char == "\\":
            position += 1
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            break
        position += 1
    end = min(position, len(text))
    return Piece("pattern", text[start + 1 : end], start, end)
