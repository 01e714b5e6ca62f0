"""All that can be done, by the part of the screen that takes the keys."""

from collections.abc import Mapping
from typing import Any

from sockscope.tui.commands.command import Command
from sockscope.tui.commands.explorer import EXPLORER
from sockscope.tui.commands.menu import MENU
from sockscope.tui.commands.pane import PANE
from sockscope.tui.commands.prompt import PROMPT
from sockscope.tui.commands.tree import TREE
from sockscope.tui.pages.page import closing
from sockscope.tui.pages.registry import PAGES

Commands = tuple[Command[Any], ...]

CLOSING: Commands = tuple(map(closing, PAGES))
"""Leaving each page."""
TABLES: Mapping[str, Commands] = {
    "Tree": TREE,
    "Everywhere": EXPLORER,
    "Side pane": PANE,
    "Typing": PROMPT,
    "Menus and pages": (*MENU, *CLOSING),
}
"""Each under the title that the help gives it."""
ALL: Commands = tuple(command for table in TABLES.values() for command in table)
BY_ID: Mapping[str, Command[Any]] = {command.id: command for command in ALL}
FORMER = {"lens.close": "terminals.close"}
"""What commands were called once: a configuration may still say so."""


def known_as(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return a keymap with the names that commands have today."""
    return {FORMER.get(id_, id_): keys for id_, keys in keymap.items()}


def unknown(keymap: Mapping[str, str]) -> list[str]:
    """Return what a keymap names that is not there."""
    return [id_ for id_ in keymap if id_ not in BY_ID]
