"""A page on the screen, over the explorer: one scrolled list of lines, some of which lead to rows."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Container
from textual.screen import ModalScreen

from sockscope.tui.commands.command import bindings
from sockscope.tui.pages.page import Page, closing
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.tui.session import Session
from sockscope.tui.stylesheets import CSS
from sockscope.tui.widgets.ink import INK
from sockscope.tui.widgets.side_pane import SidePane


class PageScreen(ModalScreen[RowKey | None]):
    """Any page; returns the row to go to."""

    CSS_PATH = CSS / "page.tcss"
    COMPONENT_CLASSES: ClassVar[set[str]] = INK

    def __init__(self, page: Page, session: Session) -> None:
        """Show `page` as it is written about a session."""
        super().__init__(classes=f"-{page.id}")
        self.page = page
        self._session = session
        self._close_command = closing(page)
        # Every page is closed under an id of its own, so that each can have keys of its own.
        self._bindings = BindingsMap(bindings([self._close_command]))
        self.pane = SidePane(session.keys, id=page.id)

    def compose(self) -> ComposeResult:
        """Frame the lines."""
        with Container(id="page-frame"):
            yield self.pane

    def on_mount(self) -> None:
        """Write the lines as soon as their width is known."""
        if not self.pane.is_attached:
            return  # the explorer is leaving: a screen that opens meanwhile gets no widgets
        self.pane.focus()
        self.page.ask(self._session)
        self.call_after_refresh(self.write, afresh=True)

    def on_resize(self) -> None:
        """Wrap the lines anew."""
        self.call_after_refresh(self.write)

    def follow_refresh(self) -> None:
        """Write the lines as things are after a refresh, where they tell of things."""
        if self.page.follows:
            self.page.ask(self._session)
            self.write()

    def write(self, *, afresh: bool = False) -> None:
        """Write the lines as things are now; `afresh` from the top."""
        self.pane.show(self.page.sections(self._session, self.pane.text_width), afresh=afresh)

    def on_side_pane_followed(self, message: SidePane.Followed) -> None:
        """Leave for the row that a line leads to."""
        message.stop()
        self.dismiss(message.key)

    def action_command(self, id_: str) -> None:
        """Close: a page has no other command of its own."""
        assert id_ == self._close_command.id  # noqa: S101 - nothing else is bound
        self._close_command.do(self)
