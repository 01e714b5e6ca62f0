"""How rows stand: grouped by what, sorted by what, with which columns, and how long what is gone stays."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.tui.extra_columns import EXTRAS, KINDS, NAMES
from sockscope.tui.menu import Choice, Menu
from sockscope.tui.pane import SidePane
from sockscope.tui.parts import Parts
from sockscope.tui.sorting import BY_FD, BY_PID, Sorting
from sockscope.world.grouping.names import CHOICES, DEFAULT

LETTERS = {"pgrp": "p", "session": "s", "tree": "t", "user": "u", "cgroup": "c", "netns": "n", "object": "o"}
TOP = Choice("g", "", "top of the list")
DESCRIPTOR_ORDERS = (
    ("f", "fd", "number", "descriptors as they are numbered"),
    ("k", "kind", "kind", "sockets, pipes, files together"),
    ("n", "name", "name", "by what they lead to"),
    ("q", "queue", "queue", "the longest queues first"),
    ("a", "age", "age seen", "what was opened last first"),
)
PROCESS_ORDERS = (
    ("P", "pid", "pid", "processes by number"),
    ("D", "fds", "descriptors", "those with the most first"),
    ("N", "name", "command", "by command line"),
)
MINUTE = 60.0


class Arranging(Parts):
    """Menus over the tree."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "group_menu", "Group by …; g g goes to the top", id="app.group"),
        Binding("s", "sort_menu", "Sort by …", id="app.sort"),
        Binding("C", "column_menu", "Add or remove a column", id="app.columns"),
        Binding("c", "changes", "Keep gone rows for a minute, or not", id="app.changes"),
    ]

    def on_mount(self) -> None:
        """Gather as the command line says."""
        self.listing.show_columns(tuple(name for name in self.options.columns if name in NAMES))
        unknown = [name for name in self.options.columns if name not in NAMES]
        if unknown:
            self.say(f"There is no column {', '.join(unknown)}; there are {', '.join(NAMES)}.", "Configuration")
        if self.options.group_by != DEFAULT:
            self.rows.regroup(self.options.group_by)

    def chosen(self) -> Iterator[str]:
        """Say by what is sorted, and whether what is gone stays, where that is not as usual."""
        yield from super().chosen()
        sorting = self.rows.scope.sorting
        names = [name for name, usual in ((sorting.processes, BY_PID), (sorting.descriptors, BY_FD)) if name != usual]
        if names:
            yield f"by {' and '.join(names)}"
        if self.rows.graveyard.seconds:
            yield "gone rows stay"

    def action_group_menu(self) -> None:
        """Ask what to group by."""
        here = self.rows.arrangement.name
        choices = [
            Choice(LETTERS[one.name], one.name, one.title, one.about, chosen=one.name == here) for one in CHOICES
        ]
        self.push_screen(Menu("Group by", choices, [TOP]), self._take_group)

    def _take_group(self, name: str | None) -> None:
        if name == TOP.name and isinstance(self.focused, SidePane):
            self.focused.action_end(-1)
        elif name == TOP.name:
            self.listing.action_first()
        elif name is not None:
            self.group_by(name)

    def group_by(self, name: str) -> None:
        """Gather rows by the grouping of this name."""
        if name != self.rows.arrangement.name:
            self.listing.rearrange(lambda: self.rows.regroup(name))
            self.write_bars()

    def action_sort_menu(self) -> None:
        """Ask what to sort by."""
        now = self.rows.scope.sorting
        choices = [
            Choice(key, f"descriptors {name}", title, about, chosen=name == now.descriptors)
            for key, name, title, about in DESCRIPTOR_ORDERS
        ]
        choices += [
            Choice(key, f"processes {name}", title, about, chosen=name == now.processes)
            for key, name, title, about in PROCESS_ORDERS
        ]
        self.push_screen(Menu("Sort by", choices), self._take_order)

    def _take_order(self, chosen: str | None) -> None:
        if chosen is not None:
            what, _, name = chosen.partition(" ")
            self.sort_by(**{what: name})

    def sort_by(self, descriptors: str = "", processes: str = "") -> None:
        """Put descriptors, processes or both into another order."""
        now = self.rows.scope.sorting
        sorting = Sorting(descriptors or now.descriptors, processes or now.processes)
        self.listing.rearrange(lambda: self.rows.resort(sorting))
        self.write_bars()

    def action_column_menu(self) -> None:
        """Ask which column to add or remove."""
        here = self.listing.chosen
        kinds = Choice("k", KINDS, KINDS, "descriptors of each kind, on folded rows", chosen=KINDS in here)
        choices = [Choice(one.key, one.name, one.name, one.about, chosen=one.name in here) for one in EXTRAS.values()]
        self.push_screen(Menu("Columns", [kinds, *choices]), self._take_column)

    def _take_column(self, name: str | None) -> None:
        here = self.listing.chosen
        if name is not None:
            self.listing.show_columns(tuple(one for one in here if one != name) if name in here else (*here, name))

    def action_changes(self) -> None:
        """Keep what is gone on the screen for a minute, or for one refresh."""
        yard = self.rows.graveyard
        yard.seconds = 0.0 if yard.seconds else MINUTE
        self.write_bars()
        self.say("Gone rows stay for a minute." if yard.seconds else "Gone rows stay for one refresh.")
