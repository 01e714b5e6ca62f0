"""Rows on the screen: draws those that are visible, and keeps what is looked at where it is while the list changes."""

from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip

from sockscope.tui.rows.columns import Columns
from sockscope.tui.rows.row import Row
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.row_spans import row_spans
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.tui.widgets.ink import InkedView


class RowView(InkedView):
    """A list of rows, as it stands."""

    def __init__(self, rows: Rows, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Show `rows`."""
        super().__init__(id=id)
        self.rows = rows
        self.placeholder = "looking …"
        """What stands in an empty list."""
        self.chosen: tuple[str, ...] = ()
        """Columns that were added, by name."""
        self.columns = Columns.fitting(rows.world, 80)
        """Where each column stands."""
        self._dimmed = False
        self._content_epoch = 0
        self._drawn_lines: dict[int, Strip] = {}
        self._strip_cache: LRUCache[object, Strip] = LRUCache(2048)

    def render_line(self, y: int) -> Strip:
        """Draw the line `y` cells below the top of the widget."""
        strip = self._line(y)
        self._drawn_lines[y] = strip
        return strip

    def _line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        width = self.line_width
        if line >= self.rows.contents.length:
            empty = self.rows.contents.length == 0 and y == 0
            return self.strip(((f"  {self.placeholder}", "dim"),) if empty else (), width)
        row = self.rows.row(line)
        over = "related" if row.sign else ""
        if row.key == self.rows.cursor:
            over = "cursor" if self.has_focus else "cursor-blurred"
        key = (row, over, width, self.columns, self.style_epoch, self._content_epoch, self._dimmed)
        strip = self._strip_cache.get(key)
        if strip is None:
            strip = self.strip(self._spans(row), width, over)
            self._strip_cache[key] = strip
        return strip

    def _spans(self, row: Row) -> list[tuple[str, str]]:
        spans = row_spans(self.rows, row, self.columns)
        return [(text, "faint") for text, _ in spans] if self._dimmed else spans

    def repaint_lines(self) -> None:
        """Bring the screen up to date: the line count, the scrollbar, and those lines that look different."""
        size = Size(1, self.rows.contents.length)
        if size != self.virtual_size:
            self.virtual_size = size
        for y in range(self.line_count):
            if self._drawn_lines.get(y) != self._line(y):
                self.refresh_line(y + self.scroll_offset.y)

    def redraw_marks(self) -> None:
        """Draw the lines whose sign has changed."""
        self.repaint_lines()

    def redraw_content(self) -> None:
        """Draw what the rows say anew."""
        self.forget_content()
        self.repaint_lines()

    def forget_content(self) -> None:
        """Ask what the rows say when they are drawn again."""
        self._content_epoch += 1

    def refit(self) -> None:
        """Draw every line anew at another size."""
        self.fit_columns()
        self._drawn_lines.clear()

    def fit_columns(self) -> None:
        """Choose where each column stands for the pids there are, and for the width of the list."""
        self.columns = Columns.fitting(self.rows.world, self.line_width, self.chosen)

    def dim(self, *, dimmed: bool) -> None:
        """Draw the rows as what was found before, while something else is being found; or as they are."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.repaint_lines()

    def name_emptiness(self) -> None:
        """Choose what stands in an empty list."""
        if self.rows.contents.scope.filter_hits is not None:
            self.placeholder = "nothing matches the filter"
        else:
            selected = self.rows.contents.selection.pids
            self.placeholder = "none of the selected processes is left" if selected else "no process"

    # What is looked at

    def shown(self) -> list[RowKey]:
        """List the rows on the screen."""
        top = self.scroll_offset.y
        return [
            self.rows.contents.key_at(line)
            for line in range(top, min(top + self.line_count, self.rows.contents.length))
        ]

    def held_row(self) -> tuple[RowKey | None, int]:
        """Return a row that has to stay where it is, and how far below the top of the screen that is."""
        top = self.scroll_offset.y
        line = self.rows.cursor_line
        if line is not None and top <= line < top + max(1, self.line_count):
            return self.rows.cursor, line - top
        return (self.rows.contents.key_at(top), 0) if top < self.rows.contents.length else (None, 0)

    def hold_row(self, held: tuple[RowKey | None, int]) -> None:
        """Put a row, or the cursor where that is gone, as far below the top of the screen as it was."""
        key, below = held
        line = None if key is None else self.rows.contents.line_of(key)
        if line is None:
            line = self.rows.cursor_line
        self.virtual_size = Size(1, self.rows.contents.length)
        if line is not None:
            self.scroll_to_line(line - below)
        self.repaint_lines()

    def scroll_to_line(self, line: int) -> None:
        """Put a line at the top of the screen, at once."""
        self.scroll_to(y=max(0, line), animate=False, force=True, immediate=True)
