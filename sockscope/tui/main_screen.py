"""The explorer on the screen: puts tree, pane and bars there, and says what happens in which order."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.worker import WorkType

from sockscope.feed.stream import Feed
from sockscope.frames.messages import Answer, Frame
from sockscope.model.located import Located
from sockscope.tui.arranging import Arranging
from sockscope.tui.commands.hints import PANE_HINTS, PATH_HINTS, SEARCH_HINTS, TREE_HINTS, TYPING_HINTS
from sockscope.tui.comparing import Comparing
from sockscope.tui.copy_export import EXPORT, CopyExport
from sockscope.tui.feeding import Feeding
from sockscope.tui.filters import FILTER, SIGNS
from sockscope.tui.finding import Finding
from sockscope.tui.following import Following
from sockscope.tui.jobcontrol import stop
from sockscope.tui.pages.page_screen import PageScreen
from sockscope.tui.panes_beside import Panes
from sockscope.tui.rows.headings import heading_spans
from sockscope.tui.rows.rowkeys import RowKey, parent_process
from sockscope.tui.session import Session
from sockscope.tui.targeting import Targeting
from sockscope.tui.touring import Touring
from sockscope.tui.travelling import Travelling
from sockscope.tui.widgets.bars import Bar, HintBar, header_spans, standing
from sockscope.tui.widgets.ink import INK
from sockscope.tui.widgets.prompt import Prompt, PromptInput
from sockscope.tui.widgets.side_pane import SidePane
from sockscope.tui.widgets.time_bar import TimeBar
from sockscope.tui.widgets.tour_bar import TourBar
from sockscope.tui.widgets.tree import DescriptorTree

if TYPE_CHECKING:
    from sockscope.tui.pages.page import Page

REST = 0.08
"""Seconds the cursor has to rest before the collector is asked about a row."""


class MainScreen(Screen[None]):
    """What is shown of a session, and what a user can do with it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = INK

    listing: DescriptorTree
    """The list of rows."""
    pane: SidePane
    """What is known of the selected row."""
    pinned_pane: SidePane
    """What is known of a row that the user has pinned."""
    panes: Panes
    feeding: Feeding
    following: Following
    comparing: Comparing
    arranging: Arranging
    finding: Finding
    copying: CopyExport
    targeting: Targeting
    touring: Touring
    travelling: Travelling

    def __init__(
        self,
        session: Session,
        feed: Feed,
        clock: Callable[[], float],
        after_keys: Callable[[Callable[[], None]], None],
        at_first_picture: Callable[[], None],
    ) -> None:
        """Show `session` as `feed` fills it; `clock`, `after_keys`: see `Feeding`."""
        super().__init__()
        self.session = session
        self.rest = REST
        self._at_first_picture = at_first_picture
        # Held here: a query would search a page while that is open.
        self.listing = DescriptorTree(session.rows, id="tree")
        self.panes = Panes(self)
        self.pane, self.pinned_pane = self.panes.pane, self.panes.pinned
        self.header, self.banner, self.footer = Bar(id="header"), Bar(id="banner"), HintBar(id="footer")
        self.headings = Bar(id="headings")
        self.prompt = Prompt(id="prompt")
        self.tour_bar = TourBar(id="tour")
        self.time_bar = TimeBar(id="time")
        self.feeding = Feeding(self, feed, clock, after_keys)
        self.following = Following(self)
        self.comparing = Comparing(self)
        self.arranging = Arranging(self)
        self.finding = Finding(self)
        self.copying = CopyExport(self)
        self.targeting = Targeting(self, feed.send)
        self.touring = Touring(self)
        self.travelling = Travelling(self, feed)

    def compose(self) -> ComposeResult:
        """Lay out header, tree, pane and footer."""
        yield self.header
        yield self.banner
        with Container(id="body"):
            with Vertical(id="list"):
                yield self.headings
                yield self.listing
            yield self.panes.side
        yield self.prompt
        yield self.time_bar
        yield self.tour_bar
        yield self.footer

    def on_mount(self) -> None:
        """Show rows as the user wants them, and start the collector."""
        self.arranging.begin()
        self.write_bars()
        self.listing.focus()
        self.set_interval(1.0, self.tell_age)
        follow: WorkType[None] = self.feeding.follow
        self.run_worker(follow, group="feed", exclusive=True)

    # What the collector says

    def take_frame(self, frame: Frame, *, first: bool, whole: bool) -> None:
        """Bring the picture up to date.

        Args:
            frame: what has changed.
            first: whether there was no picture before.
            whole: whether this is the first picture with descriptors; a preview, which knows processes alone, may
                have been shown before.
        """
        rows = self.session.rows
        with self.app.batch_update():
            departed = rows.departing(frame)
            changes = self.session.world.apply(frame)
            changes.found = self.session.diagnose() | self.session.moment.take(changes)
            self.listing.settle(changes, departed)
            self.show_selection(afresh=first)
            self.write_bars()
        self.session.ask()
        self.session.pinned.look()
        if isinstance(self.app.screen, PageScreen):
            self.app.screen.follow_refresh()
        if first:
            self.finding.find(FILTER, self.session.options.filter)
        else:
            self.finding.look_again()
        if not frame.preview:
            self.targeting.begin(whole=whole)
        if whole:
            self.touring.begin()
            self._at_first_picture()

    def looked_at(self) -> list[int]:
        """Processes that somebody looks at: of the selected row, those that were asked for, those on the screen."""
        rows, options = self.session.rows, self.session.options
        shown = [parent_process(key) for key in (rows.cursor, *self.listing.shown()) if key is not None]
        target = [self.targeting.pid] if self.targeting.pid else []
        return list(dict.fromkeys([*target, *options.pids, *(key.pid for key in shown if key is not None)]))

    def take_answer(self, answer: Answer) -> None:
        """Show what a collector has found out in depth."""
        if self.session.take_answer(answer):
            self.show_selection(afresh=False)
        if self.session.pinned.take(answer):
            self.panes.write_pinned()

    def take_located(self, located: Located) -> None:
        """Go to a path that somebody typed, once the collector has said which file that is."""
        self.targeting.take(located)

    def write_page(self) -> None:
        """Write the page that lies over the explorer anew, if one does."""
        if isinstance(self.app.screen, PageScreen):
            self.app.screen.write()

    def tell_age(self) -> None:
        """Keep the age of an old picture up to date."""
        if self.feeding.alarm().reason:
            self.write_bars()

    # What is shown

    def write_bars(self) -> None:
        """Bring header, banner, tour and footer up to date."""
        session = self.session
        chosen = " · ".join(session.chosen())
        counts = session.diagnosis.counts
        state = standing(session.world, session.options.interval, session.keys, chosen, counts, self.travelling.moment)
        self.header.write(lambda width: header_spans(state, width))
        self.write_headings()
        self.footer.name_keys(list(session.keys.hinted(self._hints(), typing=self.prompt.active)))
        alarm = self.feeding.alarm()
        self.banner.set_class(bool(alarm.reason), "-shown")
        self.banner.set_class(alarm.role == "warn", "-mild")
        self.banner.write(alarm.spans)
        self.touring.write()
        self.travelling.write()

    def write_headings(self) -> None:
        """Name the columns of the tree as they stand now."""
        by_object = self.session.rows.contents.by_object
        self.headings.write(lambda _width: heading_spans(self.listing.columns, by_object=by_object))

    def _hints(self) -> Sequence[tuple[str, str]]:
        """Return what is worth naming now."""
        if self.prompt.active:
            return TYPING_HINTS if self.prompt.purpose in SIGNS else PATH_HINTS
        if self.session.rows.search is not None and self.listing.has_focus:
            return SEARCH_HINTS
        return PANE_HINTS if isinstance(self.focused, SidePane) else TREE_HINTS

    def show_selection(self, *, afresh: bool) -> None:
        """Write both panes anew; `afresh` when the first one is about another row."""
        self.panes.write(afresh=afresh)

    def say(self, text: str, title: str = "") -> None:
        """Tell the user something; nothing in it is markup."""
        self.app.notify(text, title=title, markup=False)

    def after_layout(self) -> None:
        """Write what depends on widths."""
        self.show_selection(afresh=False)
        self.write_bars()

    def lay_out_again(self) -> None:
        """Write what depends on widths once they are known."""
        self.app.call_after_refresh(self.after_layout)

    # What happens on the screen

    def on_resize(self) -> None:
        """Wrap the pane anew once it has its new width."""
        self.lay_out_again()

    def on_descendant_focus(self) -> None:
        """Show the keys of the part that has the focus."""
        typing = isinstance(self.focused, PromptInput)
        self.session.part = "prompt" if typing else "pane" if isinstance(self.focused, SidePane) else "tree"
        self.write_bars()

    def on_descriptor_tree_refitted(self) -> None:
        """Name the columns where they stand now."""
        self.write_headings()

    def on_descriptor_tree_cursor_moved(self) -> None:
        """Show what is known of the row now, and ask for the rest once the cursor rests."""
        self.session.forget_the_asked()
        self.show_selection(afresh=True)
        inspect: WorkType[None] = self._inspect_at_rest
        self.run_worker(inspect, group="inspection", exclusive=True)

    async def _inspect_at_rest(self) -> None:
        await asyncio.sleep(self.rest)
        if self.session.rows.surroundings.look_around():
            self.listing.redraw_marks()
            self.show_selection(afresh=False)
        self.session.ask()

    def on_descriptor_tree_activated(self, message: DescriptorTree.Activated) -> None:
        """Follow a descriptor to the other end that its row names; without one, offer the pane's lines."""
        if message.key == self.session.rows.cursor and not self.following.follow_other_end():
            self.panes.show(shown=True)
            self.pane.focus()

    def on_side_pane_followed(self, message: SidePane.Followed) -> None:
        """Go where a line of the pane leads."""
        self.following.follow(message.key)

    def on_time_bar_chosen(self, message: TimeBar.Chosen) -> None:
        """Go to the time that was clicked."""
        self.travelling.to_part(message.part)

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Show what the text finds."""
        if message.purpose in SIGNS:
            self.finding.typed(message.purpose, message.text)

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """Take what was typed."""
        if message.purpose in SIGNS:
            self.finding.entered(message.purpose, message.text)
        elif message.purpose == EXPORT:
            self.copying.write_to(message.text.strip())

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Forget what was typed."""
        self.close_prompt()
        if message.purpose in SIGNS:
            self.finding.given_up(message.purpose)

    def close_prompt(self) -> None:
        """Go back to the tree."""
        self.prompt.close()
        self.listing.focus()

    # What a user can do here and nowhere else

    def open_page(self, page: "Page") -> None:
        """Put a page over the explorer."""
        self.app.push_screen(PageScreen(page, self.session), self._leave_page)

    def _leave_page(self, key: RowKey | None) -> None:
        if key is not None:
            self.following.follow(key)

    def switch_raw(self) -> None:
        """Switch between decoded and raw fdinfo."""
        self.session.raw = not self.session.raw
        self.show_selection(afresh=False)

    def switch_kernel_threads(self) -> None:
        """Show or hide kernel threads."""
        self.listing.show_kernel_threads(shown=not self.session.rows.contents.selection.kernel_threads)
        self.show_selection(afresh=False)

    def ask_for_socket_options(self) -> None:
        """Ask for the options of the selected socket, or say why they cannot be asked for."""
        related, why = self.session.rows.related, self.session.why_no_options()
        if why or related is None:
            self.say(why)
        else:
            self.session.socket_options.ask(related.descriptor)
            self.show_selection(afresh=False)

    def look_inside(self) -> None:
        """Ask what threads in poll(2) and select(2) wait on, or say why that cannot be asked."""
        if self.session.look_inside():
            self.show_selection(afresh=False)
        else:
            self.say("What threads in poll and select wait on is read for one descriptor or one process.")

    def stop(self) -> None:
        """Give the terminal back and stop until continued."""
        stop(self.app)
