"""The command palette: everything that can be done, by name. Names are ours; nothing from outside gets here."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from sockscope.tui.arranging import DESCRIPTOR_ORDERS, PROCESS_ORDERS
from sockscope.tui.keys import bindings_of
from sockscope.tui.theme import NAMES
from sockscope.world.grouping.names import CHOICES

if TYPE_CHECKING:
    from sockscope.tui.app import Explorer

NAME_WIDTH = 60
"""Cells after which the keys stand."""
Command = tuple[str, str, Callable[[], object]]
"""What it does, its keys, and doing it."""


class Commands(Provider):
    """Finds commands by name."""

    async def discover(self) -> Hits:
        """Offer everything before a word is typed."""
        for name, keys, run in self._commands():
            yield DiscoveryHit(_with_keys(Content(name), keys), run, text=name)

    async def search(self, query: str) -> Hits:
        """Offer what is called like `query`."""
        matcher = self.matcher(query)
        for name, keys, run in self._commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, _with_keys(matcher.highlight(name), keys), run, text=name)

    def _commands(self) -> Iterator[Command]:
        app = cast("Explorer", self.app)
        for node, prefix in ((app, ""), (app.listing, "tree: "), (app.pane, "side pane: ")):
            for binding in bindings_of(type(node)):
                keys = " ".join(app.key_names.of(binding))
                yield prefix + binding.description, keys, partial(app.run_action, binding.action, node)
        for choice in CHOICES:
            yield f"group by: {choice.title}", "", partial(app.group_by, choice.name)
        for what, orders in (("descriptors", DESCRIPTOR_ORDERS), ("processes", PROCESS_ORDERS)):
            for _, name, title, _ in orders:
                yield f"sort {what} by: {title}", "", partial(app.sort_by, **{what: name})
        for name in NAMES:
            yield f"colours: {name}", "", partial(app.use_theme, name)


def _with_keys(name: Content, keys: str) -> Content:
    return Content.assemble(name, " " * max(2, NAME_WIDTH - name.cell_length), (keys, "dim"))
