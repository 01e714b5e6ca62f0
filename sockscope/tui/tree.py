"""The tree on the screen: draws the rows that are visible, and turns keys and clicks into moves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.events import Blur, Click, Focus, Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.columns import Columns, depth_of, row_spans
from sockscope.tui.ghosts import Departed
from sockscope.tui.ink import InkedView
from sockscope.tui.row import Row
from sockscope.tui.rowkeys import RowKey, UnheldKey
from sockscope.tui.rows import Rows
from sockscope.tui.sieve import Sieve
from sockscope.world.changes import Changes


class DescriptorTree(InkedView, can_focus=True):
    """Process groups, processes and descriptors as one virtual list."""

    BINDING_GROUP_TITLE = "Tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="tree.up", show=False),
        Binding("down,j", "move(1)", "Down", id="tree.down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="tree.page_up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="tree.page_down", show=False),
        Binding("home", "first", "First row", id="tree.first", show=False),
        Binding("end,G", "last", "Last row", id="tree.last", show=False),
        Binding("left,h", "fold", "Fold, or to the branch above", id="tree.fold", show=False),
        Binding("right,l", "unfold", "Unfold, or into the branch", id="tree.unfold", show=False),
        Binding("space", "toggle_fold", "Fold or unfold", id="tree.toggle", show=False),
        Binding("plus", "unfold_level", "Unfold one level everywhere", id="tree.unfold_level", show=False),
        Binding("minus", "fold_level", "Fold one level everywhere", id="tree.fold_level", show=False),
        Binding("asterisk", "toggle_all", "Unfold or fold everything", id="tree.toggle_all", show=False),
        Binding("enter", "activate", "Follow, or fold", id="tree.activate", show=False),
        Binding("tab", "app.focus_next", "To the side pane", id="tree.to_pane", show=False),
    ]

    @dataclass
    class CursorMoved(Message):
        """Another row is selected, or none."""

        key: RowKey | None

    @dataclass
    class Activated(Message):
        """The row of a descriptor, or of a socket nobody holds, was chosen with Enter or a double click."""

        key: DescriptorKey | UnheldKey

    def __init__(self, rows: Rows, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Show `rows`."""
        super().__init__(id=id)
        self.rows = rows
        self.waits: dict[ProcessKey, str] = {}
        """What the threads of a process wait in, where that is known now."""
        self.placeholder = "looking …"
        """What stands in an empty list."""
        self.chosen: tuple[str, ...] = ()
        """Columns that were added, by name."""
        self._columns = Columns.fitting(rows.world, 80)
        self._content_epoch = 0
        self._announced: RowKey | None = None
        self._drawn_lines: dict[int, Strip] = {}
        self._strip_cache: LRUCache[object, Strip] = LRUCache(2048)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw the line `y` cells below the top of the widget."""
        strip = self._line(y)
        self._drawn_lines[y] = strip
        return strip

    def _line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        width = self.line_width
        if line >= self.rows.length:
            empty = self.rows.length == 0 and y == 0
            return self.strip(((f"  {self.placeholder}", "dim"),) if empty else (), width)
        row = self.rows.row(line)
        over = "related" if row.sign else ""
        if row.key == self.rows.cursor:
            over = "cursor" if self.has_focus else "cursor-blurred"
        key = (row, over, width, self._columns, self.style_epoch, self._content_epoch)
        strip = self._strip_cache.get(key)
        if strip is None:
            strip = self.strip(self._spans(row), width, over)
            self._strip_cache[key] = strip
        return strip

    def _spans(self, row: Row) -> list[tuple[str, str]]:
        return row_spans(self.rows, row, self._columns, self.waits)

    def row_text(self) -> str:
        """Return the row under the cursor as it stands on the screen, uncut."""
        line = self.rows.cursor_line
        if line is None:
            return ""
        return " ".join("".join(text for text, _ in self._spans(self.rows.row(line))).split())

    def _repaint(self) -> None:
        """Bring the screen up to date: the line count, the scrollbar, and those lines that look different."""
        size = Size(1, self.rows.length)
        if size != self.virtual_size:
            self.virtual_size = size
        for y in range(self.line_count):
            if self._drawn_lines.get(y) != self._line(y):
                self.refresh_line(y + self.scroll_offset.y)

    def redraw_marks(self) -> None:
        """Draw the lines whose sign has changed."""
        self._repaint()

    def redraw_content(self) -> None:
        """Draw what the rows say anew."""
        self._content_epoch += 1
        self._repaint()

    # A refresh

    def settle(self, changes: Changes, departed: Departed) -> None:
        """Follow a refresh without moving what is being looked at."""
        anchor = self._anchor()
        self.rows.settle(changes, departed)
        self._name_emptiness()
        self._content_epoch += 1
        self._columns = Columns.fitting(self.rows.world, self.line_width, self.chosen)
        self._restore(anchor)
        self._announce()

    def _name_emptiness(self) -> None:
        """Choose what stands in an empty list."""
        if self.rows.scope.sieve is not None:
            self.placeholder = "nothing matches the filter"
        else:
            self.placeholder = "none of the selected processes is left" if self.rows.selection.pids else "no process"

    def _anchor(self) -> tuple[RowKey | None, int]:
        """Return a row that has to stay where it is, and how far below the top of the screen that is."""
        top = self.scroll_offset.y
        line = self.rows.cursor_line
        if line is not None and top <= line < top + max(1, self.line_count):
            return self.rows.cursor, line - top
        return (self.rows.key_at(top), 0) if top < self.rows.length else (None, 0)

    def _restore(self, anchor: tuple[RowKey | None, int]) -> None:
        key, below = anchor
        line = None if key is None else self.rows.line_of(key)
        if line is None:
            line = self.rows.cursor_line
        self.virtual_size = Size(1, self.rows.length)
        if line is not None:
            self._scroll_top(line - below)
        self._repaint()

    def _scroll_top(self, line: int) -> None:
        self.scroll_to(y=max(0, line), animate=False, force=True, immediate=True)

    # Moving

    def go_to(self, key: RowKey) -> bool:
        """Unfold what hides a row, put the cursor on it and bring it into view.

        Returns:
            False when the row is gone.
        """
        if not self.rows.reveal(key):
            return False
        self.rows.select(key)
        self.follow_cursor(centre=True)
        return True

    def follow_cursor(self, *, centre: bool = False) -> None:
        """Scroll as little as needed to show the cursor, or `centre` it if it is out of sight."""
        self.virtual_size = Size(1, self.rows.length)
        line, top, height = self.rows.cursor_line, self.scroll_offset.y, max(1, self.line_count)
        if line is not None and not top <= line < top + height:
            if centre:
                self._scroll_top(line - height // 3)
            else:
                self._scroll_top(line if line < top else line - height + 1)
        self._repaint()
        self._announce()

    def _announce(self) -> None:
        if self.rows.cursor != self._announced:
            self._announced = self.rows.cursor
            self.post_message(self.CursorMoved(self.rows.cursor))

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self.rows.move(lines)
        self.follow_cursor()

    def action_page(self, pages: int) -> None:
        """Move the cursor by screens, keeping one line in view."""
        self.action_move(pages * max(1, self.line_count - 1))

    def action_first(self) -> None:
        """Move to the first row."""
        self.rows.move_to(0)
        self.follow_cursor()

    def action_last(self) -> None:
        """Move to the last row."""
        self.rows.move_to(self.rows.length - 1)
        self.follow_cursor()

    def action_fold(self) -> None:
        """Fold the branch, or go to the branch above."""
        key = self.rows.cursor
        if key is None:
            return
        above = self.rows.parent(key)
        if key in self.rows.expanded and self.rows.is_branch(key):
            self.rows.close(key)
        elif above is not None:
            self.rows.select(above)
        self.follow_cursor()

    def action_unfold(self) -> None:
        """Unfold the branch, or go to the first row in it."""
        key = self.rows.cursor
        if key is None or not self.rows.is_branch(key):
            return
        if key in self.rows.expanded:
            self.rows.move(1)
        else:
            self.rows.open(key)
        self.follow_cursor()

    def action_toggle_fold(self) -> None:
        """Fold or unfold the branch; on a descriptor or a socket, fold the branch above."""
        key = self.rows.cursor
        if key is not None:
            above = self.rows.parent(key)
            self.rows.toggle(above if above is not None and self.rows.is_leaf(key) else key)
            self.follow_cursor()

    def action_unfold_level(self) -> None:
        """Unfold one level everywhere."""
        self._fold_everywhere(self.rows.unfold_level)

    def action_fold_level(self) -> None:
        """Fold one level everywhere."""
        self._fold_everywhere(self.rows.fold_level)

    def action_toggle_all(self) -> None:
        """Unfold everything, or fold everything."""
        self._fold_everywhere(self.rows.toggle_all)

    def _fold_everywhere(self, fold: Callable[[], None]) -> None:
        _, below = self._anchor()
        fold()
        self._restore((self.rows.cursor, below))
        self.follow_cursor()

    def action_activate(self) -> None:
        """Fold or unfold a branch; ask to follow a descriptor."""
        key = self.rows.cursor
        if isinstance(key, DescriptorKey | UnheldKey) and self.rows.is_leaf(key):
            self.post_message(self.Activated(key))
        else:
            self.action_toggle_fold()

    def go_to_related(self, step: int) -> bool:
        """Go to the next or previous related row; return whether there is one."""
        if self.rows.next_related(step) is None:
            return False
        self.follow_cursor(centre=True)
        return True

    def show_kernel_threads(self, *, shown: bool) -> None:
        """List kernel threads, or hide them."""
        self.rearrange(lambda: self.rows.show_kernel_threads(shown=shown))

    def rearrange(self, change: Callable[[], None]) -> None:
        """Let something happen to the list as a whole, keeping the cursor's row where it is on the screen."""
        anchor = self._anchor()
        change()
        self._name_emptiness()
        self._content_epoch += 1
        self._restore((self.rows.cursor, anchor[1]))
        self.follow_cursor(centre=True)

    def show_columns(self, chosen: tuple[str, ...]) -> None:
        """Add columns, by name; none for the usual ones."""
        self.chosen = chosen
        self._columns = Columns.fitting(self.rows.world, self.line_width, chosen)
        self.redraw_content()

    # Finding

    def filter(self, sieve: Sieve | None) -> None:
        """List only what a filter lets through; None for everything."""
        self.rearrange(lambda: self.rows.filter(sieve))

    def search(self, sieve: Sieve | None) -> None:
        """Mark what is searched for; None for nothing."""
        self.rows.search = sieve
        self.redraw_content()

    def unfold_only(self, keys: set[RowKey]) -> None:
        """Have these branches unfolded and no others."""
        if keys != self.rows.expanded:
            self.rearrange(lambda: self.rows.unfold_only(keys))

    def mark(self, keys: Iterable[RowKey]) -> None:
        """Show which rows are marked."""
        self.rows.marks = set(keys)
        self._repaint()

    def look_again(self) -> None:
        """List what filter and search let through by now."""
        self.rearrange(self.rows.look_again)

    def on_hit(self) -> bool:
        """Whether the cursor's row is one that was searched for."""
        line = self.rows.cursor_line
        return line is not None and self.rows.row(line).hit

    def go_to_hit(self, step: int) -> bool:
        """Go to the next or previous row that was searched for; return whether there is one."""
        if self.rows.next_hit(step) is None:
            return False
        self.follow_cursor(centre=True)
        return True

    # Events

    def on_click(self, event: Click) -> None:
        """Select a row; fold on its fold sign, follow on a double click."""
        line = event.y + self.scroll_offset.y
        if line >= self.rows.length:
            return
        key = self.rows.key_at(line)
        self.rows.move_to(line)
        self.follow_cursor()
        if event.chain > 1:
            self.action_activate()
        elif event.x in self._columns.folds(depth_of(key)) and not self.rows.is_leaf(key):
            self.action_toggle_fold()

    def on_resize(self, _event: Resize) -> None:
        """Fit the columns, and keep the cursor in view."""
        self._columns = Columns.fitting(self.rows.world, self.line_width, self.chosen)
        self._drawn_lines.clear()
        self.call_after_refresh(self.follow_cursor)

    def on_focus(self, _event: Focus) -> None:
        """Draw the cursor as active."""
        self._repaint()

    def on_blur(self, _event: Blur) -> None:
        """Draw the cursor as resting."""
        self._repaint()
