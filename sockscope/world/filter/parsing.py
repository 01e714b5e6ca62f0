"""Reading a filter: a bar binds closer than a space, so `a b | c` asks for `a`, and for `b` or `c`."""

import re
from difflib import get_close_matches

from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.keys import GUESSED, KEYS, Key
from sockscope.world.filter.lexing import Piece, lex
from sockscope.world.filter.reading import read_value, read_words
from sockscope.world.filter.syntax import And, Expression, Field, Not, Or, Words

MAX_DEPTH = 40
"""Parentheses and minus signs within each other."""
_KEYED = re.compile(r"([A-Za-z_][A-Za-z_-]*):")
_COMPARED = re.compile(r"([a-z]+)[<>=]")


def parse(text: str) -> Expression:
    """Read a filter; an empty one accepts everything.

    Raises:
        FilterError: a word of it makes no sense; it says which.
    """
    parser = _Parser(lex(text), len(text))
    expression = parser.all_of(0)
    if parser.current is not None:
        msg = "nothing was opened that ) could close"
        raise parser.wrong(msg)
    return expression


def key_in(word: str) -> str:
    """Return the key that a word begins with, known or not, "" for none."""
    found = _KEYED.match(word)
    return "" if found is None else found[1].lower()


class _Parser:
    """A cursor over the pieces of a filter."""

    def __init__(self, pieces: list[Piece], length: int) -> None:
        self.pieces = pieces
        self.position = 0
        self.length = length

    @property
    def current(self) -> Piece | None:
        return self.pieces[self.position] if self.position < len(self.pieces) else None

    def at(self, sort: str) -> bool:
        return self.current is not None and self.current.sort == sort

    def wrong(self, message: str) -> FilterError:
        """Blame the current piece, or the end."""
        piece = self.current
        return FilterError(message, self.length) if piece is None else FilterError(message, piece.start, piece.width)

    def all_of(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            msg = "the filter is nested too deeply"
            raise self.wrong(msg)
        parts = []
        while self.current is not None and not self.at("close"):
            parts.append(self.one_of(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one_of(self, depth: int) -> Expression:
        parts = [self.term(depth)]
        while self.at("bar"):
            self.position += 1
            parts.append(self.term(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def term(self, depth: int) -> Expression:
        piece = self.current
        if piece is None or piece.sort in {"bar", "close"}:
            msg = "a word is missing here"
            raise self.wrong(msg)
        if piece.sort == "minus":
            return self.negated(piece, depth)
        if piece.sort == "open":
            return self.group(piece, depth)
        if piece.sort == "bare":
            key = key_in(piece.text)
            if key:
                return self.field(piece, key)
            self.refuse_comparison(piece)
        return self.words()

    def negated(self, minus: Piece, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            msg = "the filter is nested too deeply"
            raise self.wrong(msg)
        self.position += 1
        following = self.current
        if following is None or following.start != minus.end:
            msg = 'a minus sign needs a word right after it; to look for the sign itself, quote it: "-"'
            raise FilterError(msg, minus.start)
        return Not(self.term(depth + 1))

    def group(self, opening: Piece, depth: int) -> Expression:
        self.position += 1
        inner = self.all_of(depth + 1)
        if not self.at("close"):
            msg = "this parenthesis is not closed"
            raise FilterError(msg, opening.start)
        if inner == And():
            msg = "there is nothing between the parentheses"
            raise FilterError(msg, opening.start, 2)
        self.position += 1
        return inner

    def refuse_comparison(self, piece: Piece) -> None:
        found = _COMPARED.match(piece.text)
        if found is not None and found[1] in KEYS:
            rest = piece.text[len(found[1]) :].lstrip("=")
            msg = f"a key is followed by a colon: {found[1]}:{rest}"
            raise FilterError(msg, piece.start, piece.width)

    def words(self) -> Words:
        """Read a text or pattern and what is glued to it with bars."""
        piece = self.pieces[self.position]
        values = [read_words(piece)]
        self.position += 1
        while (piece_after := self.glued()) is not None:
            values.append(read_words(piece_after))
        return Words(tuple(values))

    def glued(self) -> Piece | None:
        """Take `|value` when nothing separates it from what stands before, and it is no term of its own."""
        before, bar, after = (*self.pieces[self.position - 1 : self.position + 2], None, None, None)[:3]
        if before is None or bar is None or after is None or bar.sort != "bar":
            return None
        if before.end != bar.start or bar.end != after.start or after.sort in {"bar", "open", "close", "minus"}:
            return None
        if after.sort == "bare" and key_in(after.text) in KEYS:
            return None
        self.position += 2
        return after

    def field(self, piece: Piece, name: str) -> Field:
        key = KEYS.get(name) or _unknown(piece, name)
        values = [read_value(key, self.first_value(piece, key))]
        while (piece_after := self.glued()) is not None:
            values.append(read_value(key, piece_after))
        return Field(key.name, tuple(values))

    def first_value(self, piece: Piece, key: Key) -> Piece:
        """Take what stands right after the colon: in the same word, or a quote or pattern glued to it."""
        self.position += 1
        colon = piece.start + len(key.name) + 1
        if colon < piece.end:
            return Piece("bare", piece.text[len(key.name) + 1 :], colon, piece.end)
        value = self.current
        if value is None or value.start != colon or value.sort not in {"quoted", "pattern"}:
            choices = f", one of {', '.join(key.choices)}" if key.choices else ""
            msg = f"{key.name}: needs a value right after the colon{choices}"
            raise FilterError(msg, piece.start, piece.width)
        self.position += 1
        return value


def _unknown(piece: Piece, name: str) -> Key:
    meant = GUESSED.get(name.replace("-", "_"), ())
    close = [*meant] or get_close_matches(name, KEYS, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(KEYS)}"
    msg = f"no key is called {name}; {hint}"
    raise FilterError(msg, piece.start, len(name))
