"""The moment that a user has marked, and what the rows and the page of differences say of it. Knows no screen."""

import time

from sockscope.compare.entry import Comparison
from sockscope.compare.side import Side
from sockscope.compare.since import Since
from sockscope.model.keys import ProcessKey
from sockscope.tui.rows.row_list import Rows
from sockscope.world.changes import Changes


class Moment:
    """At most one marked moment."""

    def __init__(self, rows: Rows) -> None:
        """Start without one."""
        self._rows = rows
        self._world = rows.world
        self.since: Since | None = None
        self.found: tuple[Side, Comparison] | None = None
        """How it was when somebody last compared, and what is another."""

    @property
    def clock(self) -> str:
        """Time of day of the moment, "" without one."""
        return "" if self.since is None else time.strftime("%H:%M:%S", time.localtime(self.since.time))

    @property
    def whole(self) -> bool:
        """Whether the picture is complete, so that there is a moment to mark."""
        return bool(self._world.seq and not self._world.previewed and not self._world.coverage.waiting_processes)

    def mark(self) -> None:
        """Mark this moment: from now on rows say what is another since, and gone ones stay."""
        self.since = Since(self._world)
        self._rows.graveyard.seconds = float("inf")
        self._follow()

    def forget(self) -> None:
        """Take the mark back: rows say what the last refresh has changed."""
        self.since = self.found = None
        self._rows.graveyard.seconds = 0.0
        self._follow()

    def _follow(self) -> None:
        self._rows.news.since = self.since
        self._world.since = None if self.since is None else self.since.words

    def take(self, changes: Changes) -> set[ProcessKey]:
        """Follow what a frame has changed; return the processes of which something else may be said since."""
        if self.since is None:
            return set()
        self.since.take(changes)
        return changes.processes_changed

    def compare(self) -> None:
        """Compare the picture as it is now with the moment, where one is marked."""
        if self.since is not None:
            self.found = self.since.compare()
