"""What can be done in a menu, besides choosing by letter."""

from typing import TYPE_CHECKING

from sockscope.tui.commands.command import Command

if TYPE_CHECKING:
    from sockscope.tui.widgets.menu import Menu

MENU: tuple[Command["Menu"], ...] = (
    Command("menu.close", "escape,q", "Close", lambda menu: menu.dismiss(None)),
    Command("menu.up", "up,k", "Up", lambda menu: menu.list.move(-1)),
    Command("menu.down", "down,j", "Down", lambda menu: menu.list.move(1)),
    Command("menu.choose", "enter,space", "Choose", lambda menu: menu.choose()),
)
