"""The command palette: everything that can be done, by name. Names are ours; nothing from outside gets here."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from sockscope.tui.arranging import DESCRIPTOR_ORDERS, PROCESS_ORDERS
from sockscope.tui.commands.command import Command
from sockscope.tui.commands.explorer import EXPLORER
from sockscope.tui.commands.pane import PANE
from sockscope.tui.commands.tree import TREE
from sockscope.tui.theme import NAMES
from sockscope.world.grouping.names import CHOICES

if TYPE_CHECKING:
    from sockscope.tui.app import Explorer

NAME_WIDTH = 60
"""Cells after which the keys stand."""
Entry = tuple[str, str, Callable[[], object]]
"""What it does, its keys, and doing it."""


class Palette(Provider):
    """Finds commands by name."""

    async def discover(self) -> Hits:
        """Offer everything before a word is typed."""
        for name, keys, run in self._entries():
            yield DiscoveryHit(_with_keys(Content(name), keys), run, text=name)

    async def search(self, query: str) -> Hits:
        """Offer what is called like `query`."""
        matcher = self.matcher(query)
        for name, keys, run in self._entries():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, _with_keys(matcher.highlight(name), keys), run, text=name)

    def _entries(self) -> Iterator[Entry]:
        app = cast("Explorer", self.app)
        main = app.main
        parts: tuple[tuple[Any, tuple[Command[Any], ...], str], ...] = (
            (main, EXPLORER, ""), (main.listing, TREE, "tree: "), (main.pane, PANE, "side pane: "),
        )  # fmt: skip
        for part, commands, prefix in parts:
            for command in commands:
                keys = " ".join(main.session.keys.all_of(command.id))
                yield prefix + command.about, keys, partial(command.do, part)
        for choice in CHOICES:
            yield f"group by: {choice.title}", "", partial(main.arranging.group_by, choice.name)
        for what, orders in (("descriptors", DESCRIPTOR_ORDERS), ("processes", PROCESS_ORDERS)):
            for _, name, title, _ in orders:
                yield f"sort {what} by: {title}", "", partial(main.arranging.sort_by, **{what: name})
        for name in NAMES:
            yield f"colours: {name}", "", partial(app.use_theme, name)


def _with_keys(name: Content, keys: str) -> Content:
    return Content.assemble(name, " " * max(2, NAME_WIDTH - name.cell_length), (keys, "dim"))
