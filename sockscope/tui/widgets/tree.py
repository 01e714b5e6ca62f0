"""The tree on the screen: turns refreshes, keys and clicks into moves of the cursor and of what is in view."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.events import Blur, Click, Focus, Resize
from textual.geometry import Size
from textual.message import Message

from sockscope.model.keys import DescriptorKey
from sockscope.tui.commands.command import bindings, carry_out
from sockscope.tui.commands.tree import TREE
from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.ghosts import Departed
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.row_spans import copied_text, depth_of
from sockscope.tui.rows.rowkeys import RowKey, UnheldKey
from sockscope.tui.widgets.row_view import RowView
from sockscope.world.changes import Changes


class DescriptorTree(RowView, can_focus=True):
    """Process groups, processes and descriptors as one virtual list."""

    BINDING_GROUP_TITLE = "Tree"
    BINDINGS: ClassVar[list[BindingType]] = bindings(TREE)

    @dataclass
    class CursorMoved(Message):
        """Another row is selected, or none."""

        key: RowKey | None

    @dataclass
    class Activated(Message):
        """The row of a descriptor, or of a socket nobody holds, was chosen with Enter or a double click."""

        key: DescriptorKey | UnheldKey

    class Refitted(Message):
        """The columns have been fitted to another width."""

    def __init__(self, rows: Rows, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Show `rows`."""
        super().__init__(rows, id=id)
        self._announced: RowKey | None = None

    def row_text(self) -> str:
        """Return the row under the cursor as it is copied."""
        line = self.rows.cursor_line
        return "" if line is None else copied_text(self.rows, self.rows.row(line), self.columns)

    # A refresh

    def settle(self, changes: Changes, departed: Departed) -> None:
        """Follow a refresh without moving what is being looked at: the top, or the cursor."""
        held = None if self.rows.passing and not self.scroll_offset.y else self.held_row()
        self.rows.settle(changes, departed)
        self.name_emptiness()
        self.forget_content()
        self.fit_columns()
        if held is None:
            self.scroll_to_line(0)
            self.repaint_lines()
        else:
            self.hold_row(held)
        self._announce()

    # Moving

    def go_to(self, key: RowKey) -> bool:
        """Unfold what hides a row, put the cursor on it and bring it into view.

        Returns:
            False when the row is gone.
        """
        if not self.rows.folds.reveal(key):
            return False
        self.rows.select(key)
        self.follow_cursor(centre=True)
        return True

    def follow_cursor(self, *, centre: bool = False) -> None:
        """Scroll as little as needed to show the cursor, or `centre` it if it is out of sight."""
        self.virtual_size = Size(1, self.rows.contents.length)
        line, top, height = self.rows.cursor_line, self.scroll_offset.y, max(1, self.line_count)
        if line is not None and not top <= line < top + height:
            if centre:
                self.scroll_to_line(line - height // 3)
            else:
                self.scroll_to_line(line if line < top else line - height + 1)
        self.repaint_lines()
        self._announce()

    def _announce(self) -> None:
        if self.rows.cursor != self._announced:
            self._announced = self.rows.cursor
            self.post_message(self.CursorMoved(self.rows.cursor))

    def action_command(self, id_: str) -> None:
        """Do what a key is bound to."""
        carry_out(TREE, id_, self)

    def move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self.rows.move(lines)
        self.follow_cursor()

    def page(self, pages: int) -> None:
        """Move the cursor by screens, keeping one line in view."""
        self.move(pages * max(1, self.line_count - 1))

    def half_page(self, halves: int) -> None:
        """Move the cursor by halves of a screen."""
        self.move(halves * max(1, self.line_count // 2))

    def to_first(self) -> None:
        """Move to the first row."""
        self.rows.move_to(0)
        self.follow_cursor()

    def to_last(self) -> None:
        """Move to the last row."""
        self.rows.move_to(self.rows.contents.length - 1)
        self.follow_cursor()

    def fold(self) -> None:
        """Fold the branch, or go to the branch above."""
        key = self.rows.cursor
        if key is None:
            return
        above = self.rows.contents.parent(key)
        if key in self.rows.contents.expanded and self.rows.contents.is_branch(key):
            self.rows.folds.close(key)
        elif above is not None:
            self.rows.select(above)
        self.follow_cursor()

    def unfold(self) -> None:
        """Unfold the branch, or go to the first row in it."""
        key = self.rows.cursor
        if key is None or not self.rows.contents.is_branch(key):
            return
        if key in self.rows.contents.expanded:
            self.rows.move(1)
        else:
            self.rows.folds.open(key)
        self.follow_cursor()

    def toggle_fold(self) -> None:
        """Fold or unfold the branch; on a descriptor or a socket, fold the branch above."""
        key = self.rows.cursor
        if key is not None:
            above = self.rows.contents.parent(key)
            self.rows.folds.toggle(above if above is not None and self.rows.contents.is_leaf(key) else key)
            self.follow_cursor()

    def unfold_level(self) -> None:
        """Unfold one level everywhere."""
        self._fold_everywhere(self.rows.folds.unfold_level)

    def fold_level(self) -> None:
        """Fold one level everywhere."""
        self._fold_everywhere(self.rows.folds.fold_level)

    def toggle_all(self) -> None:
        """Unfold everything, or fold everything."""
        self._fold_everywhere(self.rows.folds.toggle_all)

    def _fold_everywhere(self, fold: Callable[[], None]) -> None:
        _, below = self.held_row()
        fold()
        self.hold_row((self.rows.cursor, below))
        self.follow_cursor()

    def activate(self) -> None:
        """Fold or unfold a branch; ask to follow a descriptor."""
        key = self.rows.cursor
        if isinstance(key, DescriptorKey | UnheldKey) and self.rows.contents.is_leaf(key):
            self.post_message(self.Activated(key))
        else:
            self.toggle_fold()

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
        held = self.held_row()
        change()
        self.name_emptiness()
        self.forget_content()
        self.hold_row((self.rows.cursor, held[1]))
        self.follow_cursor(centre=True)

    def show_columns(self, chosen: tuple[str, ...]) -> None:
        """Add columns, by name; none for the usual ones."""
        self.chosen = chosen
        self.fit_columns()
        self.redraw_content()

    # Finding

    def filter(self, hits: FilterHits | None) -> None:
        """List only what a filter lets through; None for everything."""
        self.rearrange(lambda: self.rows.filter(hits))

    def search(self, hits: FilterHits | None) -> None:
        """Mark what is searched for; None for nothing."""
        self.rows.search = hits
        self.redraw_content()

    def unfold_only(self, keys: set[RowKey]) -> None:
        """Have these branches unfolded and no others."""
        if keys != self.rows.contents.expanded:
            self.rearrange(lambda: self.rows.folds.unfold_only(keys))

    def mark(self, keys: Iterable[RowKey]) -> None:
        """Show which rows are marked."""
        self.rows.marks = set(keys)
        self.repaint_lines()

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
        if line >= self.rows.contents.length:
            return
        key = self.rows.contents.key_at(line)
        self.rows.move_to(line)
        self.follow_cursor()
        if event.chain > 1:
            self.activate()
        elif event.x in self.columns.folds(depth_of(key)) and not self.rows.contents.is_leaf(key):
            self.toggle_fold()

    def on_resize(self, _event: Resize) -> None:
        """Fit the columns, and keep the cursor in view."""
        self.refit()
        self.post_message(self.Refitted())
        self.call_after_refresh(self.follow_cursor)

    def on_focus(self, _event: Focus) -> None:
        """Draw the cursor as active."""
        self.repaint_lines()

    def on_blur(self, _event: Blur) -> None:
        """Draw the cursor as resting."""
        self.repaint_lines()
