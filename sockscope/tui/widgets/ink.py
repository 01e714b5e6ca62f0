"""Pieces of text and what they are: every colour of the explorer goes through a role named here.

A role is a component class, so that themes and style sheets decide what it looks like. Text from outside
only ever becomes the text of a `Segment`; nothing parses it.
"""

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from sockscope.kinds.registry import COLOURS

CUT = "…"
Span = tuple[str, str]
"""Text, and the role it plays; role "" is plain text."""

ROLES = (
    "title",
    "heading",
    "group",
    "process",
    "dim",
    "faint",
    "accent",
    "good",
    "warn",
    "bad",
    "same",
    "other-end",
    "watch",
    "past",
    "shared",
    "hit",
    "cap",
    "new",
    "changed",
    "gone",
    "rule",
    "key",
    "related",
    "cursor",
    "cursor-blurred",
    "kind-net",
    "kind-unix",
    "kind-pipe",
    "kind-event",
    "kind-tty",
    "kind-file",
    "kind-other",
)


def kind_role(label: str) -> str:
    """Return the role in which a kind of descriptor is written."""
    return f"kind-{COLOURS.get(label, 'other')}"


@lru_cache(maxsize=4096)
def _segment(text: str, style: Style) -> Segment:
    return Segment(text, style)


INK = {f"ink--{role}" for role in ROLES}
"""Component classes of every screen: what a role looks like is resolved once for all widgets on it."""


class Inked(Widget):
    """A widget that draws its lines from spans, on a screen that has the component classes `INK`."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start without styles: they are known once the style sheet is."""
        super().__init__(id=id)
        self._ink_styles: dict[str, Style] = {}
        self.style_epoch = 0
        """Counts changes of theme: whatever was drawn before one is stale."""

    def notify_style_update(self) -> None:
        """Drop the resolved styles: the theme or a pseudo-class has changed."""
        super().notify_style_update()
        self._ink_styles = {}
        self.style_epoch += 1

    def ink(self, role: str) -> Style:
        """Return the style of a role, resolved once."""
        style = self._ink_styles.get(role)
        if style is None:
            style = self.screen.get_component_rich_style(f"ink--{role}", partial=True) if role else self.rich_style
            self._ink_styles[role] = style
        return style

    def strip(self, spans: Iterable[Span], width: int, over: str = "") -> Strip:
        """Draw one line, cut or filled to `width` cells; `over` is the role of the whole line (the cursor)."""
        base = self.ink("")
        top = self.ink(over) if over else Style.null()
        segments = [_segment(text, base + self.ink(role) + top if role else base + top) for text, role in spans if text]
        strip = Strip(segments)
        if strip.cell_length <= width:
            return strip.adjust_cell_length(width, base + top)
        cut = Segment(CUT, base + self.ink("faint") + top)
        return Strip([*strip.crop(0, max(0, width - 1)).adjust_cell_length(max(0, width - 1), base + top), cut])


class InkedView(Inked, ScrollView):
    """A scrolled list of lines."""

    @property
    def line_width(self) -> int:
        """Cells a line has, the scrollbar not included."""
        return self.scrollable_content_region.width

    @property
    def line_count(self) -> int:
        """Lines on the screen."""
        return self.scrollable_content_region.height
