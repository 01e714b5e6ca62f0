"""The time bar: one counter of a recording over its time, and where in it the picture stands."""

from collections.abc import Callable, Sequence

from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from sockscope.tui.widgets.ink import Inked, Span

BLOCKS = "▁▂▃▄▅▆▇█"
LETTERS = ".:-=+*#@"
"""The same where there is nothing but ASCII."""


def columns(times: Sequence[float], numbers: Sequence[int], width: int) -> list[int | None]:
    """Return the largest number of each of `width` equal stretches of time, None where there is none.

    Args:
        times: seconds, ascending from 0.
        numbers: one for each time.
        width: cells.
    """
    found: list[int | None] = [None] * width
    for time, number in zip(times, numbers, strict=True):
        at = column_of(time, times, width)
        before = found[at]
        found[at] = number if before is None else max(before, number)
    return found


def column_of(time: float, times: Sequence[float], width: int) -> int:
    """Return the stretch in which a time lies."""
    return min(width - 1, int(time / times[-1] * width)) if times[-1] else 0


def drawn(values: Sequence[int | None], signs: str) -> str:
    """Draw numbers as columns from the smallest to the largest of them; where there is none, nothing."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    steps = len(signs) - 1
    return "".join(
        " " if value is None else signs[round((value - low) / (high - low) * steps) if high > low else 0]
        for value in values
    )


class TimeBar(Inked):
    """Two lines: what is plotted and from where to where, and the plot."""

    class Chosen(Message):
        """Somebody has clicked on a time."""

        def __init__(self, part: float) -> None:
            """The time lies at this part of the whole, from 0 to 1."""
            super().__init__()
            self.part = part

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start blank."""
        super().__init__(id=id)
        self._write: Callable[[int], list[list[Span]]] = lambda _width: []

    def write(self, write: Callable[[int], list[list[Span]]]) -> None:
        """Show the lines that `write` returns for a width in cells."""
        self._write = write
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        lines = self._write(width) if width else []
        return self.strip(lines[y] if y < len(lines) else [], width)

    def on_click(self, event: Click) -> None:
        """Say which time was meant."""
        if self.size.width:
            self.post_message(self.Chosen((event.x + 0.5) / self.size.width))
