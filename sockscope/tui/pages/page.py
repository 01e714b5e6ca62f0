"""What a page is: lines about the whole machine that lie over the explorer until they are closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sockscope.tui.commands.command import Command
from sockscope.tui.panes.section import Section

if TYPE_CHECKING:
    from sockscope.tui.pages.page_screen import PageScreen
    from sockscope.tui.session import Session


@dataclass(frozen=True, slots=True)
class Page:
    """One page. A module of this package that has one as `PAGE` is all that it takes to add it."""

    id: str
    """How configuration and style sheet call it."""
    key: str
    """Keys that open it, as Textual calls them, with commas between them; the first one closes it, too."""
    title: str
    """What is to be seen there, in a few words: in the help, the palette and the documents."""
    sections: Callable[["Session", int], list[Section]]
    """Writes it for a width in cells, from the world, the selection and the names of keys of a session."""
    follows: bool = True
    """Whether it is written anew with every refresh."""
    ask: Callable[["Session"], None] = lambda _session: None
    """Asks the collector for what only this page tells: once it is open, and after every refresh."""

    @property
    def opened_by(self) -> str:
        """Id of the command that opens it."""
        return f"app.{self.id}"

    @property
    def closed_by(self) -> str:
        """Id of the command that closes it."""
        return f"{self.id}.close"


def closing(page: Page) -> Command["PageScreen"]:
    """Return the command that closes a page."""
    keys = f"escape,q,{page.key.partition(',')[0]}"
    return Command(page.closed_by, keys, "Close", lambda screen: screen.dismiss(None))
