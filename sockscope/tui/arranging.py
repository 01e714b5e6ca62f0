"""How rows stand: grouped by what, sorted by what, with which columns, and how long what is gone stays."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sockscope.tui.commands.explorer import GROUP
from sockscope.tui.rows.extra_columns import EXTRAS, KINDS, NAMES
from sockscope.tui.rows.sorting import PASSING, Sorting
from sockscope.tui.widgets.menu import Choice, Menu
from sockscope.tui.widgets.side_pane import SidePane
from sockscope.world.grouping.names import CHOICES, DEFAULT

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

LETTERS = {
    "pgrp": "p",
    "session": "s",
    "tree": "t",
    "user": "u",
    "cgroup": "c",
    "netns": "n",
    "finding": "f",
    "object": "o",
}
TOP = "top"
DESCRIPTOR_ORDERS = (
    ("f", "fd", "number", "descriptors as they are numbered"),
    ("k", "kind", "kind", "sockets, pipes, files together"),
    ("n", "name", "name", "by what they lead to"),
    ("q", "queue", "queue", "the longest queues first"),
    ("d", "drops", "drops", "what loses most first"),
    ("a", "age", "age seen", "what was opened last first"),
)
PROCESS_ORDERS = (
    ("P", "pid", "pid", "processes by number"),
    ("D", "fds", "descriptors", "those with the most first"),
    ("N", "name", "command", "by command line"),
    ("C", "cpu", "processor", "who takes the most processor time first"),
    ("G", "growth", "growth", "whose table grows fastest first"),
)
MINUTE = 60.0
Take = Callable[[str | None], None]
"""Takes the name that was chosen in a menu, None for none."""


class Arranging:
    """Menus over the tree."""

    def __init__(self, main: "MainScreen") -> None:
        """Arrange the rows of `main`."""
        self._main = main
        self._rows = main.session.rows
        self._listing = main.listing

    def begin(self) -> None:
        """Gather and add columns as the user has asked for before anything is shown."""
        options = self._main.session.options
        self._listing.show_columns(tuple(name for name in options.columns if name in NAMES))
        unknown = [name for name in options.columns if name not in NAMES]
        if unknown:
            text = f"There is no column {', '.join(unknown)}; there are {', '.join(NAMES)}."
            self._main.say(text, "Configuration")
        if options.group_by != DEFAULT:
            self._rows.regroup(options.group_by)

    def open_group_menu(self) -> None:
        """Ask what to group by; the key that opens the menu leads to the top of the list in it."""
        here = self._rows.contents.arrangement.name
        choices = [
            Choice(LETTERS[one.name], one.name, one.title, one.about, chosen=one.name == here) for one in CHOICES
        ]
        key = self._main.session.keys.of(GROUP)
        top = () if key in LETTERS.values() else (Choice(key, TOP, "top of the list"),)
        self._open("Group by", choices, self._take_group, *top)

    def _open(self, title: str, choices: list[Choice], take: Take, *others: Choice) -> None:
        self._main.app.push_screen(Menu(title, choices, self._main.session.keys, others), take)

    def _take_group(self, name: str | None) -> None:
        focused = self._main.focused
        if name == TOP and isinstance(focused, SidePane):
            focused.to_end(-1)
        elif name == TOP:
            self._listing.to_first()
        elif name is not None:
            self.group_by(name)

    def group_by(self, name: str) -> None:
        """Gather rows by the grouping of this name."""
        if name != self._rows.contents.arrangement.name:
            self._listing.rearrange(lambda: self._rows.regroup(name))
            self._main.write_bars()

    def open_sort_menu(self) -> None:
        """Ask what to sort by."""
        now = self._rows.contents.scope.sorting
        choices = [
            Choice(key, f"descriptors {name}", title, about, chosen=name == now.descriptors)
            for key, name, title, about in DESCRIPTOR_ORDERS
        ]
        choices += [
            Choice(key, f"processes {name}", title, about, chosen=name == now.processes)
            for key, name, title, about in PROCESS_ORDERS
        ]
        self._open("Sort by", choices, self._take_order)

    def _take_order(self, chosen: str | None) -> None:
        if chosen is not None:
            what, _, name = chosen.partition(" ")
            self.sort_by(**{what: name})

    def sort_by(self, descriptors: str = "", processes: str = "") -> None:
        """Put descriptors, processes or both into another order."""
        now = self._rows.contents.scope.sorting
        sorting = Sorting(descriptors or now.descriptors, processes or now.processes)
        self._listing.rearrange(lambda: self._rows.resort(sorting))
        if processes in PASSING:
            self._listing.to_first()
        self._main.write_bars()

    def open_column_menu(self) -> None:
        """Ask which column to add or remove."""
        here = self._listing.chosen
        kinds = Choice("k", KINDS, KINDS, "descriptors of each kind, on folded rows", chosen=KINDS in here)
        choices = [Choice(one.key, one.name, one.name, one.about, chosen=one.name in here) for one in EXTRAS.values()]
        self._open("Columns", [kinds, *choices], self._take_column)

    def _take_column(self, name: str | None) -> None:
        here = self._listing.chosen
        if name is not None:
            self._listing.show_columns(tuple(one for one in here if one != name) if name in here else (*here, name))
            self._main.write_headings()

    def switch_changes(self) -> None:
        """Keep what is gone on the screen for a minute, or for one refresh."""
        yard = self._rows.graveyard
        yard.seconds = 0.0 if yard.seconds else MINUTE
        self._main.write_bars()
        self._main.say("Gone rows stay for a minute." if yard.seconds else "Gone rows stay for one refresh.")
