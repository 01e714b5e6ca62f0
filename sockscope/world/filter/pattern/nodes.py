"""A regular expression as a tree in normal form: equal languages mostly get equal trees, which keeps automata small."""

from collections.abc import Iterable
from dataclasses import dataclass

BEGIN, END = "\x02", "\x03"
"""Stand before and after every text that is searched, for `^` and `$`; cleaned text has no control characters."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of ranges, or out of all others."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False
    edges: bool = False
    """Whether a negated set has the edges of the text in it, which only the search itself wants."""

    def accepts(self, char: str) -> bool:
        """Whether the character, in either case, is in the set."""
        if char in {BEGIN, END} and self.negated:
            return self.edges
        found = any(self._has(form) for form in {char, char.lower(), char.upper()})
        return found is not self.negated

    def _has(self, char: str) -> bool:
        return any(low <= char <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; of none, the empty text."""

    parts: "tuple[Node, ...]" = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of several; of none, nothing at all."""

    parts: "frozenset[Node]" = frozenset()


@dataclass(frozen=True, slots=True)
class Repeat:
    """Any number of times, none included."""

    inner: "Node"


Node = Chars | Sequence | Either | Repeat
EMPTY = Sequence()
NOTHING = Either()
ANY = Chars((), negated=True)
ANYTHING = Repeat(Chars((), negated=True, edges=True))


def sequence(parts: Iterable[Node]) -> Node:
    """Join in order; nothing anywhere makes nothing of the whole."""
    flat: list[Node] = []
    for part in parts:
        if part == NOTHING:
            return NOTHING
        flat.extend(part.parts if isinstance(part, Sequence) else (part,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def either(parts: Iterable[Node]) -> Node:
    """Join alternatives; equal ones are one, and their order means nothing."""
    flat: set[Node] = set()
    for part in parts:
        flat.update(part.parts if isinstance(part, Either) else (part,))
    return flat.pop() if len(flat) == 1 else Either(frozenset(flat))


def repeat(inner: Node) -> Node:
    """Repeat; repeating a repetition changes nothing."""
    return inner if isinstance(inner, Repeat) or inner == EMPTY else Repeat(inner)


def literal(char: str) -> Chars:
    """Make the set of one character."""
    return Chars(((char, char),))
