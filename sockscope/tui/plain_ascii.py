"""Drawing with the characters of ASCII only: for the Linux console, and wherever fonts have no others."""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

SIGNS = str.maketrans(
    {
        "●": "*", "◆": "#", "◉": "@", "▾": "v", "▸": ">", "▶": ">", "⊘": "!", "×": "x", "−": "-", "…": "~",
        "·": "-", "⇄": "=", "→": ">", "←": "<", "»": ">", "–": "-", "“": '"', "”": '"', "’": "'", "↵": "E",
        "⌫": "B", "↑": "^", "↓": "v", "└": "`", "─": "-", "│": "|", "╭": "+", "╮": "+", "╯": "+", "╰": "+", "┌": "+",
        "┐": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+", "━": "-", "┃": "|", "▌": "|", "▐": "|",
        "█": " ", "▔": "-", "▎": "|", "▊": "|", "▕": "|", "▏": "|", "■": "#", "µ": "u",
        **dict.fromkeys("▁▂▃▄▅▆▇", " "),
    }
)  # fmt: skip
"""Characters of ours, and of the frames, scrollbars and inputs that Textual draws."""


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
