r"""Reading a regular expression: literals, `.`, `[a-z]`, `\d \w \s`, `( )`, `|`, `* + ? {m,n}`, `^`, `$`.

Back-references and look-around are no regular expressions in the strict sense and are refused.
"""

from collections.abc import Iterator

from sockscope.world.filter.pattern.nodes import (
    ANY,
    BEGIN,
    EMPTY,
    END,
    Chars,
    Either,
    Node,
    Repeat,
    Sequence,
    either,
    literal,
    repeat,
    sequence,
)

MAX_SIZE = 100
"""Parts a pattern may have once its counted repetitions are written out."""
MAX_DEPTH = 20
MAX_COUNT = 100
DIGITS = (("0", "9"),)
WORD = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"), ("\xaa", "\U0010ffff"))
SPACE = ((" ", " "),)
CLASSES = {
    "d": Chars(DIGITS),
    "D": Chars(DIGITS, negated=True),
    "w": Chars(WORD),
    "W": Chars(WORD, negated=True),
    "s": Chars(SPACE),
    "S": Chars(SPACE, negated=True),
}


class PatternError(ValueError):
    """The text is no pattern that can be searched in bounded time."""

    def __init__(self, message: str, position: int) -> None:
        """Blame the character at `position`."""
        super().__init__(message)
        self.position = position


def read_pattern(text: str) -> Node:
    """Read a pattern.

    Raises:
        PatternError: it is malformed, too large, or needs back-references or look-around.
    """
    reader = _Reader(text)
    node = reader.alternatives(0)
    if reader.position < len(text):
        msg = "unbalanced ) in the pattern"
        raise reader.fail(msg)
    return node


class _Reader:
    """A cursor over the text of a pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def take(self) -> str:
        char = self.peek()
        self.position += 1
        return char

    def fail(self, message: str, position: int | None = None) -> PatternError:
        return PatternError(message, min(self.position if position is None else position, len(self.text)))

    def alternatives(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            msg = "the pattern is nested too deeply"
            raise self.fail(msg)
        branches = [self.branch(depth)]
        while self.peek() == "|":
            self.take()
            branches.append(self.branch(depth))
        return self.bounded(either(branches))

    def branch(self, depth: int) -> Node:
        parts = []
        while self.peek() not in {"", "|", ")"}:
            parts.append(self.counted(depth))
        return sequence(parts)

    def counted(self, depth: int) -> Node:
        node = self.atom(depth)
        while (sign := self.peek()) and sign in "*+?{":
            start = self.position
            self.take()
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self.counts(start)
            optional = [either((node, EMPTY))] * ((high or low) - low)
            node = self.bounded(sequence([node] * low + ([repeat(node)] if high is None else optional)), start)
        return node

    def counts(self, start: int) -> tuple[int, int | None]:
        """Read `m}`, `m,}`, `,n}` or `m,n}`."""
        end = self.text.find("}", self.position)
        low, comma, high = self.text[self.position : max(end, self.position)].partition(",")
        words = [word for word in (low, high) if word]
        if end < 0 or not words or not all(word.isascii() and word.isdecimal() for word in words):
            msg = "{ needs a count such as {3} or {1,3}; a brace itself is \\{"
            raise self.fail(msg, start)
        least = min(int(low or 0), MAX_COUNT + 1)
        most = None if comma and not high else min(int(high or low), MAX_COUNT + 1)
        if max(least, most or 0) > MAX_COUNT or (most is not None and most < least):
            msg = f"a count must rise and be at most {MAX_COUNT}"
            raise self.fail(msg, start)
        self.position = end + 1
        return least, most

    def atom(self, depth: int) -> Node:
        start = self.position
        char = self.take()
        if char == "(":
            return self.group(depth, start)
        if char == "[":
            return self.char_set(start)
        if char in "*+?{":
            msg = f"nothing to repeat before {char}"
            raise self.fail(msg, start)
        if char == "\\":
            return self.escape(start)
        return {".": ANY, "^": literal(BEGIN), "$": literal(END)}.get(char) or literal(char)

    def group(self, depth: int, start: int) -> Node:
        if self.peek() == "?":
            if self.text[self.position : self.position + 2] != "?:":
                msg = "look-around and flags are not part of this language"
                raise self.fail(msg, start)
            self.position += 2
        node = self.alternatives(depth + 1)
        if self.take() != ")":
            msg = "missing ) in the pattern"
            raise self.fail(msg, start)
        return node

    def escape(self, start: int) -> Chars:
        char = self.take()
        if char in CLASSES:
            return CLASSES[char]
        if not char or char.isalnum():
            msg = f"\\{char} is not part of this language"
            raise self.fail(msg, start)
        return literal(char)

    def char_set(self, start: int) -> Chars:
        negated = self.peek() == "^"
        self.position += negated
        ranges: list[tuple[str, str]] = []
        first = True
        while first or self.peek() != "]":
            if not self.peek():
                msg = "missing ] in the pattern"
                raise self.fail(msg, start)
            ranges.extend(self.range())
            first = False
        self.take()
        return Chars(tuple(sorted(ranges)), negated=negated)

    def range(self) -> tuple[tuple[str, str], ...]:
        """Read one character, one range or one class of a set."""
        start = self.position
        low = self.set_char()
        if isinstance(low, Chars):
            return low.ranges
        if self.peek() != "-" or self.text[self.position + 1 : self.position + 2] in {"]", ""}:
            return ((low, low),)
        self.take()
        high = self.set_char()
        if isinstance(high, Chars) or high < low:
            msg = "a range in [ ] must rise"
            raise self.fail(msg, start)
        return ((low, high),)

    def set_char(self) -> str | Chars:
        start = self.position
        char = self.take()
        if char != "\\":
            return char
        found = self.escape(start)
        if found.negated:
            msg = "a negated class cannot stand inside [ ]"
            raise self.fail(msg, start)
        return found if found in CLASSES.values() else found.ranges[0][0]

    def bounded(self, node: Node, position: int | None = None) -> Node:
        """Refuse a tree that has grown too large."""
        for count, _ in enumerate(_walk(node)):
            if count > MAX_SIZE:
                msg = "the pattern is too large"
                raise self.fail(msg, position)
        return node


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Repeat):
        yield from _walk(node.inner)
    elif isinstance(node, (Sequence, Either)):
        for part in node.parts:
            yield from _walk(part)
