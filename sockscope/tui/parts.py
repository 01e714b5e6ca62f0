"""What every room of the explorer works with: the feed, the world, the widgets, and bringing them up to date."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from textual import work
from textual.binding import Binding
from textual.containers import Container

from sockscope.feed import Feed
from sockscope.frames.messages import Answer
from sockscope.tui.hints import PANE_HINTS, TREE_HINTS
from sockscope.tui.ink import Span
from sockscope.tui.inspection import Inspection
from sockscope.tui.key_by_key import KeyByKey
from sockscope.tui.keys import KeyNames, bindings_of
from sockscope.tui.options import Options
from sockscope.tui.pane import SidePane
from sockscope.tui.prompt import PromptInput
from sockscope.tui.rows import Rows
from sockscope.tui.selection_pane import selection_sections
from sockscope.tui.socket_options import SocketOptions
from sockscope.tui.status import Bar, header_spans, hint_spans, standing
from sockscope.tui.tree import DescriptorTree
from sockscope.world.world import World

REST = 0.08
"""Seconds the cursor has to rest before the collector is asked about a row."""


class Parts(KeyByKey):
    """The widgets with what they show. The rooms built on it add what a user can do."""

    def __init__(self, feed: Feed, options: Options, clock: Callable[[], float] = time.time) -> None:
        """Show what `feed` says; `clock` tells the age of a picture, in seconds since the epoch."""
        super().__init__()
        self.feed = feed
        self.options = options
        self.clock = clock
        self.world = World()
        self.rows = Rows(self.world, options.pids)
        self.inspection = Inspection(feed.send)
        self.socket_options = SocketOptions(feed.send)
        # Held here: a query would search the help screen while that is open.
        self.listing = DescriptorTree(self.rows, id="tree")
        """The list of rows."""
        self.pane = SidePane(id="pane")
        """What is known of the selected row."""
        self.pinned = SidePane(id="pinned")
        """What is known of a row that the user has pinned."""
        self.side = Container(self.pinned, self.pane, id="side")
        self.header = Bar(id="header")
        self.banner = Bar(id="banner")
        self.footer = Bar(id="footer")
        self.key_names = KeyNames(options.keys, ascii=options.ascii)
        self.rest = REST
        self.raw = False
        """Whether fdinfo is shown as the kernel wrote it."""

    # Bars

    def write_bars(self) -> None:
        """Bring header, banner and footer up to date."""
        state = standing(self.world, self.options.interval, " · ".join(self.chosen()))
        self.header.write(lambda width: header_spans(state, width))
        hints = list(self.key_names.named(self.hints(), self.bindings()))
        self.footer.write(lambda width: hint_spans(hints, width))
        text, role = self.alarm()
        self.banner.set_class(bool(text), "-shown")
        self.banner.set_class(role == "warn", "-mild")
        self.banner.write(lambda _width: [(f" {text}", role)])

    def chosen(self) -> Iterator[str]:
        """Say in a few words each what restricts the list."""
        if self.options.pids:
            count = len(self.options.pids)
            yield f"{count} pid{'' if count == 1 else 's'}"

    def bindings(self) -> list[Binding]:
        """Return every binding that has an id."""
        rooms = (type(self), DescriptorTree, SidePane, PromptInput)
        return [binding for room in rooms for binding in bindings_of(room)]

    def key_of(self, id_: str) -> str:
        """Return what the first key of a binding of the explorer is called, those of the user included."""
        return next(self.key_names.of(one)[0] for one in bindings_of(type(self)) if one.id == id_)

    def overlay_bindings(self) -> list[Binding]:
        """Return the bindings of what is shown in front of everything else."""
        return []

    def hints(self) -> Sequence[tuple[str, str]]:
        """Return what is worth naming now: ids of bindings with a word each."""
        return PANE_HINTS if isinstance(self.focused, SidePane) else TREE_HINTS

    def alarm(self) -> Span:
        """Say what the user must know about the picture, with its role; "" while all is well."""
        return "", "bad"

    def say(self, text: str, title: str = "") -> None:
        """Tell the user something; nothing in it is markup."""
        self.notify(text, title=title, markup=False)

    # What is shown

    def after_frame(self, *, first: bool) -> None:
        """Do what has to be done after a refresh."""

    def after_first_picture(self) -> None:
        """Do what takes every descriptor, once: a preview, which knows processes alone, may have been shown before."""

    def show_selection(self, *, afresh: bool) -> None:
        """Write the pane anew; `afresh` when it is about another row."""
        width = self.pane.text_width
        options = self.socket_options.sections(self.rows.subject, width)
        rows, answer = self.rows, self.inspection.answer
        sections = selection_sections(rows, rows.cursor, rows.surroundings, answer, options, width, raw=self.raw)
        self.pane.show(sections, afresh=afresh)

    def take_answer(self, answer: Answer) -> None:
        """Take what a collector has found out in depth."""
        if self.inspection.take(answer):
            self.show_answer()

    def show_answer(self) -> None:
        """Show what an inspection has found."""
        waits = self.inspection.waits(self.world)
        if waits != self.listing.waits:
            self.listing.waits = waits
            self.listing.redraw_content()
        self.show_selection(afresh=False)

    def on_descriptor_tree_cursor_moved(self) -> None:
        """Show what is known of the row now, and ask for the rest once the cursor rests."""
        self.inspection.forget(self.rows.subject)
        self.show_selection(afresh=True)
        self._inspect_at_rest()

    @work(exclusive=True, group="inspection")
    async def _inspect_at_rest(self) -> None:
        await asyncio.sleep(self.rest)
        if self.rows.surroundings.look_around():
            self.listing.redraw_marks()
            self.show_selection(afresh=False)
        self.ask()

    def ask(self) -> None:
        """Ask the collector about the selected row."""
        self.inspection.ask(self.rows.subject, self.rows.related)

    def on_resize(self) -> None:
        """Wrap the pane anew once it has its new width."""
        self.call_after_refresh(self.after_layout)

    def after_layout(self) -> None:
        """Write what depends on widths."""
        self.show_selection(afresh=False)
        self.write_bars()

    def on_descendant_focus(self) -> None:
        """Show the keys of the part that has the focus."""
        self.write_bars()
