"""Drawing with the characters of ASCII only: for the Linux console, and wherever fonts have no others."""

from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from sockscope.abi.ascii_signs import SIGNS

CONSOLE = "linux"
"""`TERM` of the Linux console, whose fonts have 512 characters at most (console_codes(4))."""


def needs_ascii(environment: Mapping[str, str]) -> bool:
    """Whether the terminal has no font for our signs, as far as it says what it is."""
    return environment.get("TERM", "") == CONSOLE


@lru_cache(maxsize=4096)
def to_ascii(text: str) -> str:
    """Write a text with ASCII only, in as many cells; what has no likeness becomes a question mark."""
    if text.isascii():
        return text
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text.translate(SIGNS))


class AsciiFilter(LineFilter):
    """Does this to every line of the screen, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - as Textual calls it
        """Replace what is not ASCII."""
        return [
            segment if segment.text.isascii() else Segment(to_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]
