"""What can be done in the tree."""

from typing import TYPE_CHECKING

from sockscope.tui.commands.command import Command

if TYPE_CHECKING:
    from sockscope.tui.widgets.tree import DescriptorTree

TREE: tuple[Command["DescriptorTree"], ...] = (
    Command("tree.up", "up,k", "Up", lambda tree: tree.move(-1)),
    Command("tree.down", "down,j", "Down", lambda tree: tree.move(1)),
    Command("tree.page_up", "pageup,ctrl+b", "Page up", lambda tree: tree.page(-1)),
    Command("tree.page_down", "pagedown,ctrl+f", "Page down", lambda tree: tree.page(1)),
    Command("tree.half_up", "ctrl+u", "Half a page up", lambda tree: tree.half_page(-1)),
    Command("tree.half_down", "ctrl+d", "Half a page down", lambda tree: tree.half_page(1)),
    Command("tree.first", "home", "First row", lambda tree: tree.to_first()),
    Command("tree.last", "end,G", "Last row", lambda tree: tree.to_last()),
    Command("tree.fold", "left,h", "Fold, or to the branch above", lambda tree: tree.fold()),
    Command("tree.unfold", "right,l", "Unfold, or into the branch", lambda tree: tree.unfold()),
    Command("tree.toggle", "space", "Fold or unfold", lambda tree: tree.toggle_fold()),
    Command("tree.unfold_level", "plus", "Unfold one level everywhere", lambda tree: tree.unfold_level()),
    Command("tree.fold_level", "minus", "Fold one level everywhere", lambda tree: tree.fold_level()),
    Command("tree.toggle_all", "asterisk", "Unfold or fold everything", lambda tree: tree.toggle_all()),
    Command("tree.activate", "enter", "Follow, or fold", lambda tree: tree.activate()),
    Command("tree.to_pane", "tab", "To the side pane", lambda tree: tree.screen.focus_next()),
)
