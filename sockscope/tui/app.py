"""The explorer: puts tree, pane and bars on the screen, and the rooms of what a user can do together."""

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.containers import Container

from sockscope.feed import Feed
from sockscope.tui.arranging import Arranging
from sockscope.tui.asking import Asking
from sockscope.tui.commands import Commands
from sockscope.tui.dressing import Dressing, theme_of
from sockscope.tui.ending import Ending
from sockscope.tui.feeding import Feeding
from sockscope.tui.following import Following
from sockscope.tui.jobcontrol import listen_for_signals, stop
from sockscope.tui.keeping import Keeping
from sockscope.tui.looking import Looking
from sockscope.tui.options import Options
from sockscope.tui.pinning import Pinning
from sockscope.tui.touring import Touring

CSS = Path(__file__).parent.parent / "css"
PANE_STEP, PANE_MIN, PANE_MAX = 5, 20, 80
"""Percent of the screen."""


class Explorer(Touring, Keeping, Arranging, Pinning, Following, Looking, Asking, Dressing, Feeding):
    """An interactive view of one feed."""

    TITLE = "sockscope"
    CSS_PATH = CSS / "explorer.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("ctrl+c", "quit", "Quit", id="app.interrupt", show=False, priority=True),
        Binding("r", "raw", "Raw or decoded fdinfo", id="app.raw"),
        Binding("K", "kernel_threads", "Show or hide kernel threads", id="app.kernel_threads"),
        Binding("z", "toggle_pane", "Show or hide the side pane", id="app.pane"),
        Binding("less_than_sign", "resize(5)", "Wider side pane", id="app.pane_wider"),
        Binding("greater_than_sign", "resize(-5)", "Narrower side pane", id="app.pane_narrower"),
        Binding("ctrl+z", "stop", "Stop; fg continues", id="app.suspend", show=False),
    ]

    def __init__(
        self,
        feed: Feed,
        options: Options,
        *,
        clock: Callable[[], float] = time.time,
        at_first_picture: Callable[[], None] = lambda: None,
        watch_for_end: Callable[[Callable[[], None]], None] = lambda _leave: None,
    ) -> None:
        """Show what `feed` says; `clock` tells the age of a picture, in seconds since the epoch.

        `watch_for_end` is given what to call, from any thread, when the explorer has to leave.
        """
        super().__init__(feed, options, clock)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]
        self.at_first_picture = at_first_picture
        self._watch_for_end = watch_for_end
        self._pane_share = 40

    def compose(self) -> ComposeResult:
        """Lay out header, tree, pane and footer."""
        yield self.header
        yield self.banner
        with Container(id="body"):
            yield self.listing
            yield self.side
        yield self.prompt
        yield self.tour
        yield self.footer

    def on_mount(self) -> None:
        """Listen for signals."""
        listen_for_signals(self)
        self._watch_for_end(self._leave_from_thread(asyncio.get_running_loop()))
        self.write_bars()
        self.listing.focus()

    def _leave_from_thread(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def leave() -> None:
            loop.call_soon_threadsafe(self.exit)

        return leave

    def action_raw(self) -> None:
        """Switch between decoded and raw fdinfo."""
        self.raw = not self.raw
        self.show_selection(afresh=False)

    def action_kernel_threads(self) -> None:
        """Show or hide kernel threads."""
        self.listing.show_kernel_threads(shown=not self.rows.selection.kernel_threads)
        self.show_selection(afresh=False)

    def action_toggle_pane(self) -> None:
        """Show or hide the side pane."""
        self.show_pane(shown=not self.pane.display)

    def action_resize(self, percent: int) -> None:
        """Give the side pane more or less of the screen."""
        self._pane_share = max(PANE_MIN, min(PANE_MAX, self._pane_share + percent))
        narrow = self.screen.has_class("-narrow")
        self.side.styles.width = "1fr" if narrow else f"{self._pane_share}%"
        self.side.styles.height = f"{self._pane_share}%" if narrow else "1fr"
        self.call_after_refresh(self.after_layout)

    def action_stop(self) -> None:
        """Give the terminal back and stop until continued."""
        stop(self)


def rest_the_garbage_collector() -> None:
    """Stop collecting what lives as long as the explorer: a full collection over it is a visible pause."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def run(feed: Feed, options: Options) -> int:
    """Show the explorer until the user leaves; return the exit code."""
    ending = Ending()
    app = Explorer(feed, options, at_first_picture=rest_the_garbage_collector, watch_for_end=ending.watch)
    app.usual_theme = theme_of(app.console.color_system)
    app.run(mouse=options.mouse)
    ending.left()
    return app.return_code or 0
