"""The stop of a tour: where it is, the key to press, and what to look at, in as many lines as that takes."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from sockscope.tui.panes.section import wrapped
from sockscope.tui.widgets.ink import Inked, Span

MOST = 3
"""Lines at most: a window too small for more shows what the stop is about."""


class TourBar(Inked):
    """One stop, its text wrapped beside what stands before it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start blank."""
        super().__init__(id=id)
        self._lines: list[list[Span]] = []

    def write(self, head: Sequence[Span], text: str, width: int) -> None:
        """Show a text of our own behind `head` on a screen of `width` cells."""
        indent = sum(cell_len(said) for said, _ in head)
        first, *rest = [line.spans for line in wrapped(text, width - indent - 1)][:MOST]
        lines = [[*head, *first], *([(" " * indent, ""), *spans] for spans in rest)]
        if lines != self._lines:
            self._lines = lines
            self.styles.height = len(lines)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        return self.strip(self._lines[y] if y < len(self._lines) else [], self.size.width)
