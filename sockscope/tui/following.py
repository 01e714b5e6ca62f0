"""Going from row to row by what connects them, and back again."""

from typing import TYPE_CHECKING

from sockscope.model.keys import ProcessKey
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.world.grouping.names import DEFAULT

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen


class Following:
    """Related rows, other ends, marks, and the way back."""

    def __init__(self, main: "MainScreen") -> None:
        """Move the cursor of `main`."""
        self._main = main
        self._session = main.session
        self._listing = main.listing

    def follow(self, key: RowKey) -> None:
        """Go to a row, remembering where from; say so when it is gone."""
        rows = self._session.rows
        here = rows.cursor
        key = rows.stand_in(key)
        if self._listing.go_to(key) or self._in_default_grouping(key):
            if here != key:
                self._session.history.leave(here)
            self._listing.focus()
        else:
            self._main.say("That row is gone.")

    def _in_default_grouping(self, key: RowKey) -> bool:
        """Go to a row that has no place among kernel objects."""
        rows = self._session.rows
        if not (isinstance(key, ProcessKey) and rows.contents.by_object and key in self._session.world.processes):
            return False
        self._listing.rearrange(lambda: rows.regroup(DEFAULT))
        return self._listing.go_to(key)

    def follow_other_end(self) -> bool:
        """Go to the other end that the row names; return whether there is one."""
        end = self._session.other_end
        if end is not None:
            self.follow(end)
        return end is not None

    def other_end(self) -> None:
        """Go to the other end, or say that there is none."""
        if not self.follow_other_end():
            self._main.say(self._session.why_no_other_end())

    def related(self, step: int) -> None:
        """Go to the next or previous related row; while something is searched for, to the next or previous hit."""
        here, searching = self._session.rows.cursor, self._session.rows.search is not None
        if self._listing.go_to_hit(step) if searching else self._listing.go_to_related(step):
            self._session.history.leave(here)
        else:
            self._main.say("Nothing matches the search." if searching else "Nothing else is related to this row.")

    def back(self) -> None:
        """Go back to where one came from."""
        self._session.history.back(self._session.rows.cursor, self._listing.go_to)

    def forward(self) -> None:
        """Undo going back."""
        self._session.history.forward(self._session.rows.cursor, self._listing.go_to)

    def mark(self) -> None:
        """Mark the selected row, or take its mark away."""
        self._session.switch_mark()
        self._listing.mark(self._session.marks)

    def to_mark(self) -> None:
        """Return to the last mark whose row is still there; from it go to the one before."""
        here = self._session.rows.cursor
        if any(map(self._listing.go_to, self._session.marks_from_here())):
            self._session.history.leave(here)
        else:
            self._main.say(f"No other row is marked; {self._session.keys.of('app.mark')} marks one.")
