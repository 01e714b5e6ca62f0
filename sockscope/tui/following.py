"""Going from row to row by what connects them, and back again."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from sockscope.feed import Feed
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.history import History
from sockscope.tui.options import Options
from sockscope.tui.pane import SidePane
from sockscope.tui.parts import Parts
from sockscope.tui.rowkeys import RowKey, UnheldKey
from sockscope.tui.tree import DescriptorTree
from sockscope.world.grouping.names import DEFAULT
from sockscope.world.relations import telling_holder


class Following(Parts):
    """Related rows, other ends, lines of the pane, and the way back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "related(1)", "Next related row, or hit of a search", id="app.next_related"),
        Binding("N", "related(-1)", "Previous related row, or hit", id="app.previous_related"),
        Binding("p", "other_end", "To the other end", id="app.other_end"),
        Binding("backspace,left_square_bracket", "return", "Back", id="app.back"),
        Binding("right_square_bracket", "forward", "Forward again", id="app.forward"),
        Binding("m", "mark", "Mark the row, or take the mark away", id="app.mark"),
        Binding("apostrophe", "to_mark", "To the last mark, and on to the one before", id="app.to_mark"),
    ]

    def __init__(self, feed: Feed, options: Options, clock: Callable[[], float]) -> None:
        """Start with nothing visited."""
        super().__init__(feed, options, clock)
        self.history = History()
        self._marked: list[RowKey] = []
        """The last one last."""

    def follow(self, key: RowKey) -> None:
        """Go to a row, remembering where from; say so when it is gone."""
        here = self.rows.cursor
        key = self.rows.stand_in(key)
        if self.listing.go_to(key) or self._in_default_grouping(key):
            if here != key:
                self.history.leave(here)
            self.listing.focus()
        else:
            self.say("That row is gone.")

    def _in_default_grouping(self, key: RowKey) -> bool:
        """Go to a row that has no place among kernel objects."""
        if not (isinstance(key, ProcessKey) and self.rows.by_object and key in self.world.processes):
            return False
        self.listing.rearrange(lambda: self.rows.regroup(DEFAULT))
        return self.listing.go_to(key)

    def on_side_pane_followed(self, message: SidePane.Followed) -> None:
        """Go where a line of the pane leads."""
        self.follow(message.key)

    def on_descriptor_tree_activated(self, message: DescriptorTree.Activated) -> None:
        """Follow a descriptor to the other end that its row names; without one, offer the pane's lines."""
        if message.key == self.rows.cursor and not self._follow_other_end():
            self.show_pane(shown=True)
            self.pane.focus()

    def _follow_other_end(self) -> bool:
        peers, here = self.rows.surroundings.peers, self.rows.subject
        own = here.process if isinstance(here, DescriptorKey) else None
        end: RowKey | None = telling_holder(peers, own)
        end = end or next((UnheldKey(peer.socket) for peer in peers if peer.socket), None)
        if end is not None:
            self.follow(end)
        return end is not None

    def show_pane(self, *, shown: bool) -> None:
        """Show or hide the side pane."""
        self.side.display = self.pane.display = shown
        if not shown:
            self.listing.focus()
        self.call_after_refresh(self.after_layout)

    def action_other_end(self) -> None:
        """Go to the other end, or say that there is none."""
        if not self._follow_other_end():
            self.say("No other end that can be seen from here.")

    def action_related(self, step: int) -> None:
        """Go to the next or previous related row; while something is searched for, to the next or previous hit."""
        here, searching = self.rows.cursor, self.rows.search is not None
        if self.listing.go_to_hit(step) if searching else self.listing.go_to_related(step):
            self.history.leave(here)
        else:
            self.say("Nothing matches the search." if searching else "Nothing else is related to this row.")

    def action_return(self) -> None:
        """Go back to where one came from."""
        self.history.back(self.rows.cursor, self.listing.go_to)

    def action_forward(self) -> None:
        """Undo going back."""
        self.history.forward(self.rows.cursor, self.listing.go_to)

    def action_mark(self) -> None:
        """Mark the selected row, or take its mark away."""
        here = self.rows.cursor
        if here is None:
            return
        if here in self._marked:
            self._marked.remove(here)
        else:
            self._marked.append(here)
        self.listing.mark(self._marked)

    def action_to_mark(self) -> None:
        """Return to the last mark whose row is still there; from it go to the one before."""
        here = self.rows.cursor
        place = self._marked.index(here) if here in self._marked else len(self._marked)
        for key in (*reversed(self._marked[:place]), *reversed(self._marked[place + 1 :])):
            if self.listing.go_to(key):
                self.history.leave(here)
                return
        self.say(f"No other row is marked; {self.key_of('app.mark')} marks one.")
