"""What can be done in a side pane, and on a page, whose lines are those of a side pane."""

from typing import TYPE_CHECKING

from sockscope.tui.commands.command import Command

if TYPE_CHECKING:
    from sockscope.tui.widgets.side_pane import SidePane

PANE: tuple[Command["SidePane"], ...] = (
    Command("pane.up", "up,k", "Previous line that leads somewhere", lambda pane: pane.move(-1)),
    Command("pane.down", "down,j", "Next line that leads somewhere", lambda pane: pane.move(1)),
    Command("pane.page_up", "pageup,ctrl+b", "Page up", lambda pane: pane.page(-1)),
    Command("pane.page_down", "pagedown,ctrl+f", "Page down", lambda pane: pane.page(1)),
    Command("pane.half_up", "ctrl+u", "Half a page up", lambda pane: pane.half_page(-1)),
    Command("pane.half_down", "ctrl+d", "Half a page down", lambda pane: pane.half_page(1)),
    Command("pane.first", "home", "First line", lambda pane: pane.to_end(-1)),
    Command("pane.last", "end,G", "Last line", lambda pane: pane.to_end(1)),
    Command("pane.follow", "enter", "Follow", lambda pane: pane.follow()),
    Command("pane.fold", "space", "Fold or unfold the section", lambda pane: pane.fold()),
    Command("pane.close", "left,h", "Fold the section", lambda pane: pane.fold(closed=True)),
    Command("pane.open", "right,l", "Unfold the section", lambda pane: pane.fold(closed=False)),
    Command("pane.close_all", "minus", "Fold all sections", lambda pane: pane.fold_all(closed=True)),
    Command("pane.open_all", "plus", "Unfold all sections", lambda pane: pane.fold_all(closed=False)),
    Command("pane.to_tree", "tab", "To the tree, or to the next pane", lambda pane: pane.screen.focus_next()),
)
