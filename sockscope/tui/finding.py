"""Finding rows as one types: a filter that hides the others, a search that does not."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import WorkType

from sockscope.tui.filters import FILTER, SEARCH, SIGNS
from sockscope.tui.rows.filter_hits import FilterHits, narrows
from sockscope.tui.rows.rowkeys import RowKey
from sockscope.tui.widgets.prompt import Fault
from sockscope.world.filter.completing import complete, word_at
from sockscope.world.filter.errors import FilterError

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

PATIENCE = 0.006
"""Seconds for which rows are looked at in one go, while a key may be waiting."""
BLINK = 0.1
"""Seconds after which a filter that is still being worked out says so."""
SHARE = 20
"""A sweep that takes a second is followed by this many seconds without one."""


class Finding:
    """Filter and search while one types, and after."""

    def __init__(self, main: "MainScreen") -> None:
        """Find rows of `main`."""
        self._main = main
        self._session = main.session
        self._rows = main.session.rows
        self._filters = main.session.filters
        self._listing = main.listing
        self._from: RowKey | None = None
        """Where a search began."""
        self._folds: set[RowKey] = set()
        """What was unfolded there."""
        self._began: RowKey | None = None
        """Where a filter began: half a word may let nothing through there, and the whole word let it through again."""
        self._entered = False
        """Whether the filter was entered before it was worked out."""
        self._swept_until = 0.0

    # Typing

    def ask_for_filter(self) -> None:
        """Ask for a filter."""
        self._began = self._rows.cursor
        self._ask(FILTER)

    def ask_for_search(self) -> None:
        """Ask what to search for."""
        self._from = self._rows.cursor
        self._folds = set(self._rows.contents.expanded)
        self._ask(SEARCH)

    def _ask(self, purpose: str) -> None:
        self._main.prompt.open(purpose, SIGNS[purpose], self._filters.text(purpose), self._completions)

    def _completions(self, text: str, cursor: int) -> tuple[int, int, list[str]]:
        return (*word_at(text, cursor), complete(self._session.world, text, cursor))

    def typed(self, purpose: str, text: str) -> None:
        """Show what the text finds; what makes no sense yet leaves the last result standing."""
        self._main.prompt.fault(self.find(purpose, text))

    def entered(self, purpose: str, text: str) -> None:
        """Keep what was found, and go back to the tree."""
        fault = self.find(purpose, text)
        self._main.prompt.fault(fault)
        if fault is None:
            self._main.close_prompt()
            self._entered = purpose == FILTER
            self._stand_on_found()

    def given_up(self, purpose: str) -> None:
        """Forget what was typed."""
        if purpose == SEARCH:
            self._return()
        self.find(purpose, "")

    def find(self, purpose: str, text: str) -> Fault | None:
        """Filter by a text or search for it; return what is wrong with it."""
        try:
            hits = self._filters.want(purpose, text)
        except FilterError as error:
            return Fault(error.message, error.position, error.length)
        if hits is not None and hits.empty:
            self._main.workers.cancel_group(self._main, purpose)
            self._show(purpose, None)
        elif hits is not None:
            # Not a coroutine yet: leaving before the worker runs would leave one that nobody awaits.
            find: WorkType[None] = partial(self._find, purpose, hits)
            self._main.run_worker(find, group=purpose, exclusive=True)
        return None

    async def _find(self, purpose: str, hits: FilterHits) -> None:
        before = self._filters.standing(purpose)
        among = before if before is not None and narrows(hits.expression, before.expression) else None
        waiting = self._main.set_timer(BLINK, partial(self._say_waiting, purpose))
        try:
            await self._in_slices(hits.ask(among))
        finally:
            waiting.stop()
        self._show(purpose, hits)

    def _say_waiting(self, purpose: str) -> None:
        """Say that what is listed, or marked, is what was found before."""
        self._filters.waiting.add(purpose)
        self._listing.dim(dimmed=FILTER in self._filters.waiting)
        self._main.write_bars()

    async def _in_slices(self, steps: Iterator[None]) -> float:
        """Work step by step, letting keys in between; return the seconds that were worked."""
        worked, began = 0.0, time.perf_counter()
        for _ in steps:
            now = time.perf_counter()
            if now - began > PATIENCE:
                worked += now - began
                await asyncio.sleep(0)
                began = time.perf_counter()
        return worked + time.perf_counter() - began

    def _show(self, purpose: str, hits: FilterHits | None) -> None:
        self._filters.waiting.discard(purpose)
        with self._main.app.batch_update():
            self._listing.dim(dimmed=FILTER in self._filters.waiting)
            if purpose == SEARCH:
                self._listing.search(hits)
                if hits is not None and self._main.prompt.active:
                    self._go_to_first()
            else:
                self._listing.filter(hits)
                self._stand_on_found()
            self._main.write_bars()

    def _stand_on_found(self) -> None:
        """Once a filter is entered stand on what was found, where that is listed, not on a branch kept for it."""
        if self._entered and self._filters.settled(FILTER) is not None:
            self._entered = False
            there = self._filters.found_row(self._began)
            if there is not None and there != self._rows.cursor:
                self._listing.go_to(there)

    def _go_to_first(self) -> None:
        """Show the first hit from where the search began."""
        self._return()
        if not self._listing.on_hit():
            self._listing.go_to_hit(1)

    def _return(self) -> None:
        """Leave no trace of the hits that were shown while one typed."""
        self._listing.unfold_only(self._folds)
        if self._from is not None and self._rows.cursor != self._from:
            self._listing.go_to(self._from)

    def clear(self) -> None:
        """Go to the tree; from there end the search, then the filter."""
        if not self._listing.has_focus:
            self._listing.focus()
        elif self._rows.search is not None:
            self.find(SEARCH, "")
        elif self._rows.contents.scope.filter_hits is not None:
            self.find(FILTER, "")

    # Refreshes

    def look_again(self) -> None:
        """Sweep, unless that was done lately or one types."""
        if time.perf_counter() > self._swept_until and not self._main.prompt.active:
            sweep: WorkType[None] = self._sweep
            self._main.run_worker(sweep, group="sweep", exclusive=True)

    async def _sweep(self) -> None:
        """Look at everything again: what a row says of its other end changes without a change of its own."""
        for purpose in SIGNS:
            hits = self._filters.standing(purpose)
            if hits is None:
                continue
            before = hits.fds, hits.processes
            worked = await self._in_slices(hits.ask())
            self._swept_until = time.perf_counter() + SHARE * worked
            if (hits.fds, hits.processes) != before and self._filters.standing(purpose) is hits:
                self._listing.look_again()
