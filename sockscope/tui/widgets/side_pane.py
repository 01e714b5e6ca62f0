"""The side pane on the screen: what is known of the selected row, every named thing one key away."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.events import Blur, Click, Focus, Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from sockscope.tui.commands.command import bindings, carry_out
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.pane import PANE
from sockscope.tui.panes.section import PaneLine, Section, with_keys, wrapped_spans
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.tui.signs import CLOSED
from sockscope.tui.widgets.ink import InkedView, Span

GAP = 2
"""Cells between a title and what stands beside it."""
Spot = tuple[str, RowKey | None, int]
"""Where the pane's cursor is: section, target, and which of several lines with that target."""


class SidePane(InkedView, can_focus=True):
    """Sections about one row, drawn line by line."""

    BINDING_GROUP_TITLE = "Side pane"
    BINDINGS: ClassVar[list[BindingType]] = bindings(PANE)

    @dataclass
    class Followed(Message):
        """A line that names a row was chosen."""

        key: RowKey

    def __init__(self, keys: KeyNames, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start empty; texts that name a command show its key by `keys`."""
        super().__init__(id=id)
        self._key_names = keys
        self.sections: list[Section] = []
        self.folded: set[str] = set()
        """Sections that are folded, whichever row they are about."""
        self._pane_lines: list[PaneLine] = []
        self._titles: dict[int, str] = {}
        """Lines on which sections begin."""
        self._spots: dict[int, Spot] = {}
        """Lines for the cursor, in order: those that lead somewhere, and titles of sections without such lines."""
        self._cursor: int | None = None
        self._drawn: dict[int, Strip] = {}

    # Content

    @property
    def text_width(self) -> int:
        """Cells that a line of text may take."""
        return max(1, self.line_width - 2)

    def show(self, sections: list[Section], *, afresh: bool) -> None:
        """Take new content; `afresh` when it is about another row, so that scroll and cursor start over."""
        spot = None if afresh or self._cursor is None else self._spots.get(self._cursor)
        self.sections = [with_keys(section, self._key_names.of) for section in sections]
        self._lay_out()
        self._cursor = self._find(spot)
        self.virtual_size = Size(1, len(self._pane_lines))
        if afresh:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._repaint()

    def _lay_out(self) -> None:
        self._pane_lines = []
        self._spots = {}
        self._titles = {}
        earlier: Counter[tuple[str, RowKey]] = Counter()
        for section in self.sections:
            closed = section.name in self.folded
            if section.name:
                self._pane_lines.append(PaneLine(()))
                self._titles[len(self._pane_lines)] = section.name
                if closed or all(line.follow is None for line in section.lines):
                    self._spots[len(self._pane_lines)] = (section.name, None, 0)
                self._pane_lines += self._title(section, closed=closed)
            for line in () if closed else section.lines:
                if line.follow is not None:
                    # Counted, not searched for: a socket may have a thousand holders, each a line.
                    spot = section.name, line.follow
                    self._spots[len(self._pane_lines)] = (*spot, earlier[spot])
                    earlier[spot] += 1
                self._pane_lines.append(line)

    def _title(self, section: Section, *, closed: bool) -> list[PaneLine]:
        """Write the evidence at the right edge, or below the title where both do not fit side by side."""
        count = "" if section.count is None else f" {section.count:,}"
        sign: tuple[Span, ...] = ((f"{CLOSED} ", "dim"),) if closed else ()
        left: tuple[Span, ...] = (*sign, (section.name, "heading"), (count, "accent"))
        if closed:
            return [PaneLine(left)]
        space = self.text_width - sum(cell_len(text) for text, _ in (*left, *section.evidence))
        if section.evidence and space < GAP:
            return [PaneLine(left), *wrapped_spans(section.evidence, self.text_width)]
        return [PaneLine((*left, (" " * space, ""), *section.evidence))]

    def _find(self, spot: Spot | None) -> int | None:
        same = next((line for line, known in self._spots.items() if known == spot), None)
        if same is not None:
            return same
        section = "" if spot is None else spot[0]
        there = (line for line, known in self._spots.items() if section and known[0] == section)
        leading = (line for line, known in self._spots.items() if known[1] is not None)
        return next(chain(there, leading, self._spots), None)

    def text(self) -> str:
        """Return everything in the pane as plain text."""
        return "\n".join("".join(text for text, _ in line.spans).rstrip() for line in self._pane_lines)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the line `y` cells below the top of the widget."""
        strip = self._line(y)
        self._drawn[y] = strip
        return strip

    def _line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        width = self.line_width
        if line >= len(self._pane_lines):
            return Strip.blank(width, self.ink(""))
        over = "cursor" if self.has_focus and line == self._cursor else ""
        return self.strip(((" ", ""), *self._pane_lines[line].spans), width, over)

    def _repaint(self) -> None:
        for y in range(self.line_count):
            if self._drawn.get(y) != self._line(y):
                self.refresh_line(y + self.scroll_offset.y)

    # Moving

    def action_command(self, id_: str) -> None:
        """Do what a key is bound to."""
        carry_out(PANE, id_, self)

    def move(self, step: int) -> None:
        """Go to the next line that leads somewhere; scroll where there is none."""
        lines = list(self._spots)
        if self._cursor is None or not lines:
            self._scroll(step)
            return
        index = lines.index(self._cursor) + step
        if 0 <= index < len(lines):
            self._put_cursor(lines[index])
        else:
            self._scroll(step)

    def _put_cursor(self, line: int) -> None:
        self._cursor = line
        top, height = self.scroll_offset.y, max(1, self.line_count)
        if line < top:
            self.scroll_to(y=max(0, line - 2), animate=False, force=True, immediate=True)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False, force=True, immediate=True)
        self._repaint()

    def page(self, pages: int) -> None:
        """Scroll by screens, keeping one line in view."""
        self._scroll(pages * max(1, self.line_count - 1))

    def half_page(self, halves: int) -> None:
        """Scroll by halves of a screen."""
        self._scroll(halves * max(1, self.line_count // 2))

    def _scroll(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False, force=True, immediate=True)

    def to_end(self, side: int) -> None:
        """Go to the first or last line that leads somewhere, and to that end of the text."""
        lines = list(self._spots)
        if lines:
            self._put_cursor(lines[0] if side < 0 else lines[-1])
        top = 0 if side < 0 else len(self._pane_lines)
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def follow(self) -> None:
        """Ask to go where the line leads."""
        spot = None if self._cursor is None else self._spots.get(self._cursor)
        if spot is not None and spot[1] is not None:
            self.post_message(self.Followed(spot[1]))
        elif spot is not None:
            self.fold()

    def fold(self, *, closed: bool | None = None) -> None:
        """Fold the section with the cursor, or unfold it; it stays so whatever row is selected."""
        spot = None if self._cursor is None else self._spots.get(self._cursor)
        if spot is not None and spot[0]:
            self._fold({spot[0]}, closed=spot[0] not in self.folded if closed is None else closed)

    def fold_all(self, *, closed: bool) -> None:
        """Fold or unfold all sections."""
        self._fold({section.name for section in self.sections if section.name}, closed=closed)

    def _fold(self, names: set[str], *, closed: bool) -> None:
        self.folded = self.folded | names if closed else self.folded - names
        self.show(self.sections, afresh=False)
        if self._cursor is not None:
            self._put_cursor(self._cursor)

    # Events

    def on_click(self, event: Click) -> None:
        """Select the line that was clicked, and follow it on a double click; fold on a title."""
        line = event.y + self.scroll_offset.y
        if line in self._titles:
            name = self._titles[line]
            self._fold({name}, closed=name not in self.folded)
        elif line in self._spots:
            self._put_cursor(line)
            if event.chain > 1:
                self.follow()

    def on_resize(self, _event: Resize) -> None:
        """Draw everything anew."""
        self._drawn.clear()

    def on_focus(self, _event: Focus) -> None:
        """Show the cursor."""
        self._repaint()

    def on_blur(self, _event: Blur) -> None:
        """Hide the cursor."""
        self._repaint()
