"""Searching by derivatives: a state is what is left of the pattern after the characters read so far.

Brzozowski, "Derivatives of Regular Expressions" (1964). States are made when a text first asks for
them and kept; every character of a text costs one step, whatever the pattern.
"""

from sockscope.world.filter.pattern.nodes import (
    ANYTHING,
    BEGIN,
    EMPTY,
    END,
    NOTHING,
    Chars,
    Either,
    Node,
    Repeat,
    Sequence,
    either,
    sequence,
)

MAX_STATES = 2000
"""States kept; then all are forgotten and made again as they are needed."""
MAX_TEXT = 4096
"""Characters of a text that are searched."""


class State(dict[str, "State"]):
    """What is left of a pattern, and where each character leads that was met here."""

    __slots__ = ("_automaton", "accepting", "rest")

    def __init__(self, automaton: "Automaton", rest: Node) -> None:
        """Start with no way out known."""
        super().__init__()
        self._automaton = automaton
        self.rest = rest
        self.accepting = nullable(rest)

    def __missing__(self, char: str) -> "State":
        """Find the way out once; what was found stays found whatever follows."""
        following = self if self.accepting else self._automaton.state(derivative(self.rest, char))
        self[char] = following
        return following


class Automaton:
    """A pattern ready to be searched for."""

    def __init__(self, pattern: Node) -> None:
        """Look for the pattern anywhere."""
        self._pattern = sequence((ANYTHING, pattern))
        self._states: dict[Node, State] = {}

    def search(self, text: str) -> bool:
        """Whether the pattern is found in the first `MAX_TEXT` characters."""
        state = self.state(self._pattern)[BEGIN]
        for char in text[:MAX_TEXT]:
            state = state[char]
        return state[END].accepting

    def state(self, rest: Node) -> State:
        """Return the state of what is left of a pattern."""
        state = self._states.get(rest)
        if state is None:
            if len(self._states) >= MAX_STATES:
                # Forgotten states must not be reachable from those that are kept.
                for known in self._states.values():
                    known.clear()
                self._states.clear()
            state = self._states[rest] = State(self, rest)
        return state


def nullable(node: Node) -> bool:
    """Whether the empty text fits."""
    if isinstance(node, Chars):
        return False
    if isinstance(node, Repeat):
        return True
    return (all if isinstance(node, Sequence) else any)(nullable(part) for part in node.parts)


def derivative(node: Node, char: str) -> Node:
    """What is left of a pattern when a text begins with this character."""
    if isinstance(node, Chars):
        return EMPTY if node.accepts(char) else NOTHING
    if isinstance(node, Repeat):
        return sequence((derivative(node.inner, char), node))
    if isinstance(node, Either):
        return either(derivative(part, char) for part in node.parts)
    return _of_sequence(node, char)


def _of_sequence(node: Sequence, char: str) -> Node:
    ways: list[Node] = []
    for position, part in enumerate(node.parts):
        ways.append(sequence((derivative(part, char), *node.parts[position + 1 :])))
        if not nullable(part):
            break
    return either(ways)
