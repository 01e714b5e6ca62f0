"""The explorer: puts tree, pane and bars together, and passes on what the feed says."""

import asyncio
import gc
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from sockscope.feed import Feed
from sockscope.frames.messages import Answer, Frame, Hello, Message, Next, Pace
from sockscope.model.keys import DescriptorKey
from sockscope.tui.ending import Ending
from sockscope.tui.ghosts import departing
from sockscope.tui.help import HelpScreen
from sockscope.tui.history import History
from sockscope.tui.inspection import Inspection
from sockscope.tui.jobcontrol import listen_for_signals, stop
from sockscope.tui.lifeline import DELAYS, keep_reading
from sockscope.tui.options import Options
from sockscope.tui.pane import SidePane
from sockscope.tui.rowkeys import RowKey
from sockscope.tui.rows import Rows
from sockscope.tui.selection_pane import selection_sections
from sockscope.tui.status import Bar, header_spans, hint_spans, standing
from sockscope.tui.theme import DARK, LIGHT, ROLE_COLOURS_DARK, ROLE_COLOURS_LIGHT
from sockscope.tui.tree import DescriptorTree
from sockscope.world.world import World

CSS = Path(__file__).parent.parent / "css"
REST = 0.08
"""Seconds the cursor has to rest before the collector is asked about a row."""
PANE_STEP, PANE_MIN, PANE_MAX = 5, 20, 80
"""Percent of the screen."""
SILENCE = 5.0
"""Seconds beyond the interval after which a collector that says nothing is called silent."""
TREE_HINTS = (
    ("↵", "follow"),
    ("n", "next related"),
    ("p", "other end"),
    ("⌫", "back"),
    ("space", "fold"),
    ("tab", "pane"),
    ("r", "raw"),
    ("q", "quit"),
    ("?", "help"),
)
PANE_HINTS = (
    ("↵", "follow"),
    ("⌫", "back"),
    ("r", "raw"),
    ("tab", "tree"),
    ("z", "hide"),
    ("q", "quit"),
    ("?", "help"),
)


class Explorer(App[None]):
    """An interactive view of one feed."""

    TITLE = "sockscope"
    CSS_PATH = CSS / "explorer.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("ctrl+c", "quit", "Quit", id="app.interrupt", show=False, priority=True),
        Binding("question_mark", "help", "Help", id="app.help"),
        Binding("n", "related(1)", "Next related row", id="app.next_related"),
        Binding("N", "related(-1)", "Previous related row", id="app.previous_related"),
        Binding("p", "other_end", "To the other end", id="app.other_end"),
        Binding("backspace,left_square_bracket", "return", "Back", id="app.back"),
        Binding("right_square_bracket", "forward", "Forward again", id="app.forward"),
        Binding("r", "raw", "Raw or decoded fdinfo", id="app.raw"),
        Binding("R", "restart", "Start the collector again", id="app.restart", show=False),
        Binding("K", "kernel_threads", "Show or hide kernel threads", id="app.kernel_threads"),
        Binding("z", "toggle_pane", "Show or hide the side pane", id="app.pane"),
        Binding("less_than_sign", "resize(5)", "Wider side pane", id="app.pane_wider"),
        Binding("greater_than_sign", "resize(-5)", "Narrower side pane", id="app.pane_narrower"),
        Binding("y", "copy", "Copy the row", id="app.copy"),
        Binding("escape", "focus_tree", "To the tree", id="app.tree", show=False),
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
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]
        self.feed = feed
        self.options = options
        self.world = World()
        self.rows = Rows(self.world, options.pids)
        self.inspection = Inspection(feed.send)
        # Held here: a query would search the help screen while that is open.
        self.listing = DescriptorTree(self.rows, id="tree")
        """The list of rows."""
        self.pane = SidePane(id="pane")
        """What is known of the selected row."""
        self._header = Bar(id="header")
        self._banner = Bar(id="banner")
        self._footer = Bar(id="footer")
        self.restart_delays = DELAYS
        self.rest = REST
        self._clock = clock
        self._at_first_picture = at_first_picture
        self._watch_for_end = watch_for_end
        self._history = History()
        self._raw = False
        self._pane_share = 40
        self._mourning = ""
        self._restart_at = 0.0
        self._again = asyncio.Event()
        self._heard_at = clock()
        self._pictured = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the colours of the roles to themes that do not name them."""
        colours = ROLE_COLOURS_DARK if self.current_theme.dark else ROLE_COLOURS_LIGHT
        return {**super().get_theme_variable_defaults(), **colours}

    def compose(self) -> ComposeResult:
        """Lay out header, tree, pane and footer."""
        yield self._header
        yield self._banner
        with Container(id="body"):
            yield self.listing
            yield self.pane
        yield self._footer

    def on_mount(self) -> None:
        """Take the theme, listen for signals, and start the collector."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        listen_for_signals(self)
        self._watch_for_end(self._leave_from_thread(asyncio.get_running_loop()))
        self._write_bars()
        self.listing.focus()
        self.set_interval(1.0, self._tell_age)
        self._follow_feed()

    async def on_unmount(self) -> None:
        """Let the collector go, and start no other."""
        self.workers.cancel_group(self, "feed")
        await self.feed.stop()

    def _leave_from_thread(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def leave() -> None:
            loop.call_soon_threadsafe(self.exit)

        return leave

    # The feed

    @work(exclusive=True, group="feed")
    async def _follow_feed(self) -> None:
        await keep_reading(self.feed, self.receive, self._mourn, self.restart_delays, self._again)

    def receive(self, message: Message) -> None:
        """Take one message of the feed."""
        self._heard_at = self._clock()
        match message:
            case Hello():
                self.world.greet(message)
                self.feed.send(Pace(self.options.interval))
                self.feed.send(Next())
            case Frame():
                self._take_frame(message)
                self.feed.send(Next())
            case Answer() if self.inspection.take(message):
                self._show_answer()
            case _:
                pass

    def _take_frame(self, frame: Frame) -> None:
        self._mourning = ""
        with self.batch_update():
            departed = departing(self.world, frame, self.rows.opened_processes())
            changes = self.world.apply(frame)
            self.listing.waits = self.inspection.waits(self.world)
            self.listing.settle(changes, departed)
            self._show_selection(afresh=not self._pictured)
            self._write_bars()
        self.inspection.ask(self.rows.cursor, self.rows.related)
        if not self._pictured and not frame.preview:
            self._pictured = True
            self._at_first_picture()

    def _mourn(self, reason: str, delay: float) -> None:
        self._mourning = reason
        self._restart_at = self._clock() + delay
        self._write_bars()

    def _tell_age(self) -> None:
        if self._mourning or self._trouble():
            self._write_bars()

    def _trouble(self) -> str:
        """Say that the picture is old, and why; nothing while all is well."""
        now = self._clock()
        if not self._mourning:
            silent = now - self._heard_at
            late = silent > max(self.options.interval, self.world.stats.interval) + SILENCE
            return f"the collector has said nothing for {silent:.0f} s" if late else ""
        age = f" · this picture is {max(0.0, now - self.world.time):.0f} s old" if self._pictured else ""
        if math.isinf(self._restart_at):
            return f"{self._mourning}{age} · it died again and again: R starts another"
        return f"{self._mourning}{age} · another starts in {max(0.0, self._restart_at - now):.0f} s"

    # What is shown

    def _write_bars(self) -> None:
        count = len(self.options.pids)
        selection = f"{count} pid{'' if count == 1 else 's'}" if count else ""
        state = standing(self.world, self.options.interval, selection)
        self._header.write(lambda width: header_spans(state, width))
        hints = PANE_HINTS if self.pane.has_focus else TREE_HINTS
        self._footer.write(lambda width: hint_spans(hints, width))
        text = self._trouble()
        self._banner.set_class(bool(text), "-shown")
        self._banner.write(lambda _width: [(f" {text}", "bad")])

    def _show_selection(self, *, afresh: bool) -> None:
        sections = selection_sections(self.rows, self.inspection.answer, self.pane.text_width, raw=self._raw)
        self.pane.show(sections, afresh=afresh)

    def _show_answer(self) -> None:
        waits = self.inspection.waits(self.world)
        if waits != self.listing.waits:
            self.listing.waits = waits
            self.listing.redraw_content()
        self._show_selection(afresh=False)

    def on_descriptor_tree_cursor_moved(self) -> None:
        """Show what is known of the row now, and ask for the rest once the cursor rests."""
        self.inspection.forget(self.rows.cursor)
        self._show_selection(afresh=True)
        self._inspect_at_rest()

    @work(exclusive=True, group="inspection")
    async def _inspect_at_rest(self) -> None:
        await asyncio.sleep(self.rest)
        if self.rows.surroundings.look_around():
            self.listing.redraw_marks()
            self._show_selection(afresh=False)
        self.inspection.ask(self.rows.cursor, self.rows.related)

    def on_resize(self) -> None:
        """Wrap the pane anew once it has its new width."""
        self.call_after_refresh(self._after_layout)

    def _after_layout(self) -> None:
        self._show_selection(afresh=False)
        self._write_bars()

    def on_descendant_focus(self) -> None:
        """Show the keys of the part that has the focus."""
        self._write_bars()

    # Following

    def follow(self, key: RowKey) -> None:
        """Go to a row, remembering where from; say so when it is gone."""
        here = self.rows.cursor
        if self.listing.go_to(key):
            if here != key:
                self._history.leave(here)
            self.listing.focus()
        else:
            self.notify("That row is gone.", markup=False)

    def on_side_pane_followed(self, message: SidePane.Followed) -> None:
        """Go where a line of the pane leads."""
        self.follow(message.key)

    def on_descriptor_tree_activated(self, message: DescriptorTree.Activated) -> None:
        """Follow a descriptor to its other end; without one, offer the pane's lines."""
        if message.key == self.rows.cursor and not self._follow_other_end():
            self._show_pane(shown=True)
            self.pane.focus()

    def _follow_other_end(self) -> bool:
        related = self.rows.related
        ends: list[DescriptorKey] = [] if related is None else [key for peer in related.peers for key in peer.holders]
        if ends:
            self.follow(ends[0])
        return bool(ends)

    def action_other_end(self) -> None:
        """Go to the other end, or say that there is none."""
        if not self._follow_other_end():
            self.notify("No other end that is held by a process we can read.", markup=False)

    def action_related(self, step: int) -> None:
        """Go to the next or previous related row."""
        here = self.rows.cursor
        if self.listing.go_to_related(step):
            self._history.leave(here)
        else:
            self.notify("Nothing else is related to this row.", markup=False)

    def action_return(self) -> None:
        """Go back to where one came from."""
        self._history.back(self.rows.cursor, self.listing.go_to)

    def action_forward(self) -> None:
        """Undo going back."""
        self._history.forward(self.rows.cursor, self.listing.go_to)

    # Other keys

    def action_help(self) -> None:
        """Explain signs and keys."""
        self.push_screen(HelpScreen())

    def action_restart(self) -> None:
        """Start a collector now, if there is none."""
        if self._mourning:
            self._again.set()

    def action_raw(self) -> None:
        """Switch between decoded and raw fdinfo."""
        self._raw = not self._raw
        self._show_selection(afresh=False)

    def action_kernel_threads(self) -> None:
        """Show or hide kernel threads."""
        self.listing.show_kernel_threads(shown=not self.rows.selection.kernel_threads)

    def action_toggle_pane(self) -> None:
        """Show or hide the side pane."""
        self._show_pane(shown=not self.pane.display)

    def _show_pane(self, *, shown: bool) -> None:
        self.pane.display = shown
        if not shown:
            self.listing.focus()
        self.call_after_refresh(self._after_layout)

    def action_resize(self, percent: int) -> None:
        """Give the side pane more or less of the screen."""
        self._pane_share = max(PANE_MIN, min(PANE_MAX, self._pane_share + percent))
        narrow = self.screen.has_class("-narrow")
        self.pane.styles.width = "1fr" if narrow else f"{self._pane_share}%"
        self.pane.styles.height = f"{self._pane_share}%" if narrow else "1fr"
        self.call_after_refresh(self._after_layout)

    def action_copy(self) -> None:
        """Copy the row under the cursor to the clipboard of the terminal (OSC 52)."""
        text = self.listing.row_text()
        if text:
            self.copy_to_clipboard(text)
            self.notify(Content(text).plain, title="Copied", markup=False)

    def action_stop(self) -> None:
        """Give the terminal back and stop until continued."""
        stop(self)

    def action_focus_tree(self) -> None:
        """Give the focus to the tree."""
        self.listing.focus()


def rest_the_garbage_collector() -> None:
    """Stop collecting what lives as long as the explorer: a full collection over it is a visible pause."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def run(feed: Feed, options: Options) -> int:
    """Show the explorer until the user leaves; return the exit code."""
    ending = Ending()
    app = Explorer(feed, options, at_first_picture=rest_the_garbage_collector, watch_for_end=ending.watch)
    app.run(mouse=options.mouse)
    ending.left()
    return app.return_code or 0
