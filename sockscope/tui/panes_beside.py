"""The panes beside the tree: of the selected row, and of one that is pinned."""

from typing import TYPE_CHECKING

from textual.containers import Container

from sockscope.tui.widgets.side_pane import SidePane

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

LEAST, MOST = 20, 80
"""Percent of the screen."""


class Panes:
    """Two panes, of which the second shows when a row is pinned, and the room that they have."""

    def __init__(self, main: "MainScreen") -> None:
        """Stand beside the tree of `main`."""
        self._main = main
        self._session = main.session
        self._share = 40
        self.pane = SidePane(self._session.keys, id="pane")
        """What is known of the selected row."""
        self.pinned = SidePane(self._session.keys, id="pinned")
        """What is known of a row that the user has pinned."""
        self.side = Container(self.pinned, self.pane, id="side")

    def write(self, *, afresh: bool) -> None:
        """Write both panes anew; `afresh` when the first one is about another row."""
        self.pane.show(self._session.sections(self.pane.text_width), afresh=afresh)
        self.write_pinned()

    def write_pinned(self) -> None:
        """Write the pane of the pinned row anew, if one is."""
        pinned = self._session.pinned
        if pinned.key is not None:
            self.pinned.show(pinned.sections(self.pinned.text_width, raw=self._session.raw), afresh=False)

    def pin(self) -> None:
        """Pin the pane to the selected row, or let go of the pinned one."""
        self._session.pinned.switch()
        pinned = self._session.pinned.key is not None
        self.pinned.display = pinned
        self.side.set_class(pinned, "-two")
        if not pinned and self.pinned.has_focus:
            self._main.listing.focus()
        self._main.lay_out_again()

    def show(self, *, shown: bool) -> None:
        """Show or hide the side pane."""
        self.side.display = self.pane.display = shown
        if not shown:
            self._main.listing.focus()
        self._main.lay_out_again()

    def resize(self, percent: int) -> None:
        """Give the side pane more or less of the screen."""
        self._share = max(LEAST, min(MOST, self._share + percent))
        narrow = self._main.has_class("-narrow")
        self.side.styles.width = "1fr" if narrow else f"{self._share}%"
        self.side.styles.height = f"{self._share}%" if narrow else "1fr"
        self._main.lay_out_again()
