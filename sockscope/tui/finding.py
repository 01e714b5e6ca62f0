"""Finding rows as one types: a filter that hides the others, a search that does not."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import WorkType

from sockscope.feed import Feed
from sockscope.report.targets import TargetDeniedError, TargetMissingError, resolve
from sockscope.tui.hints import PATH_HINTS, SEARCH_HINTS, TYPING_HINTS
from sockscope.tui.options import Options
from sockscope.tui.parts import Parts
from sockscope.tui.prompt import Fault, Prompt
from sockscope.tui.rowkeys import RowKey
from sockscope.tui.sieve import Sieve, narrows
from sockscope.world.filter.completing import complete, word_at
from sockscope.world.filter.errors import FilterError

FILTER, SEARCH = "filter", "search"
SIGNS = {FILTER: "/", SEARCH: "\\"}
PATIENCE = 0.006
"""Seconds for which rows are looked at in one go, while a key may be waiting."""
SHARE = 20
"""A sweep that takes a second is followed by this many seconds without one."""


class Finding(Parts):
    """Filter, search, and the row that was asked for on the command line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter: list only what matches", id="app.filter"),
        Binding("backslash", "search", "Search without hiding the rest", id="app.search"),
        Binding("escape", "clear", "To the tree; then end search and filter", id="app.tree", show=False),
    ]

    def __init__(self, feed: Feed, options: Options, clock: Callable[[], float]) -> None:
        """Start without a filter."""
        super().__init__(feed, options, clock)
        self.prompt = Prompt(id="prompt")
        self._wanted: dict[str, str] = {}
        """Texts that make sense, by purpose; what they let through may still be worked out."""
        self._from: RowKey | None = None
        """Where a search began."""
        self._folds: set[RowKey] = set()
        """What was unfolded there."""
        self._began: RowKey | None = None
        """Where a filter began: half a word may let nothing through there, and the whole word let it through again."""
        self._entered = False
        """Whether Enter was pressed before the filter was worked out."""
        self._swept_until = 0.0

    # Typing

    def action_filter(self) -> None:
        """Ask for a filter."""
        self._began = self.rows.cursor
        self._ask(FILTER)

    def action_search(self) -> None:
        """Ask what to search for."""
        self._from = self.rows.cursor
        self._folds = set(self.rows.expanded)
        self._ask(SEARCH)

    def _ask(self, purpose: str) -> None:
        self.prompt.open(purpose, SIGNS[purpose], self._wanted.get(purpose, ""), self._completions)

    def _completions(self, text: str, cursor: int) -> tuple[int, int, list[str]]:
        return (*word_at(text, cursor), complete(self.world, text, cursor))

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        """Show what the text finds; what makes no sense yet leaves the last result standing."""
        if message.purpose in SIGNS:
            self.prompt.fault(self.find(message.purpose, message.text))

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """Keep what was found, and go back to the tree."""
        if message.purpose not in SIGNS:
            return
        fault = self.find(message.purpose, message.text)
        self.prompt.fault(fault)
        if fault is None:
            self.prompt.close()
            self.listing.focus()
            self._entered = message.purpose == FILTER
            self._stand_on_found()

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Forget what was typed."""
        self.prompt.close()
        self.listing.focus()
        if message.purpose == SEARCH:
            self._return()
        if message.purpose in SIGNS:
            self.find(message.purpose, "")

    def find(self, purpose: str, text: str) -> Fault | None:
        """Filter by a text or search for it; return what is wrong with it."""
        try:
            sieve = Sieve(self.world, text)
        except FilterError as error:
            return Fault(error.message, error.position, error.length)
        if sieve.text.strip() == self._wanted.get(purpose, "").strip():
            return None
        self._wanted[purpose] = text
        if sieve.empty:
            self.workers.cancel_group(self, purpose)
            self._show(purpose, None)
        else:
            # Not a coroutine yet: leaving before the worker runs would leave one that nobody awaits.
            sift: WorkType[None] = partial(self._sift, purpose, sieve)
            self.run_worker(sift, group=purpose, exclusive=True)
        return None

    async def _sift(self, purpose: str, sieve: Sieve) -> None:
        before = self._standing(purpose)
        among = before if before is not None and narrows(sieve.expression, before.expression) else None
        await self._in_slices(sieve.sift(among))
        self._show(purpose, sieve)

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

    def _standing(self, purpose: str) -> Sieve | None:
        return self.rows.search if purpose == SEARCH else self.rows.scope.sieve

    def _show(self, purpose: str, sieve: Sieve | None) -> None:
        with self.batch_update():
            if purpose == SEARCH:
                self.listing.search(sieve)
                if sieve is not None and self.prompt.active:
                    self._go_to_first()
            else:
                self.listing.filter(sieve)
                self._stand_on_found()
            self.write_bars()

    def _stand_on_found(self) -> None:
        """After Enter stand on what was found, where that is listed, not on a branch that was kept for it."""
        sieve = self._standing(FILTER)
        if not self._entered or sieve is None or sieve.text.strip() != self._wanted.get(FILTER, "").strip():
            return
        self._entered = False
        listed = map(self.rows.key_at, range(self.rows.length))
        there = next((key for key in chain((self._began, self.rows.cursor), listed) if sieve.finds(key)), None)
        if there is not None and there != self.rows.cursor:
            self.listing.go_to(there)

    def _go_to_first(self) -> None:
        """Show the first hit from where the search began."""
        self._return()
        if not self.listing.on_hit():
            self.listing.go_to_hit(1)

    def _return(self) -> None:
        """Leave no trace of the hits that were shown while one typed."""
        self.listing.unfold_only(self._folds)
        if self._from is not None and self.rows.cursor != self._from:
            self.listing.go_to(self._from)

    # What stands

    def chosen(self) -> Iterator[str]:
        """Say what is filtered by and searched for, and how much that found."""
        yield from super().chosen()
        for purpose, sign in SIGNS.items():
            sieve = self._standing(purpose)
            if sieve is not None:
                yield f"{sign}{sieve.text.strip()} {sieve.count or len(sieve.processes):,}"

    def hints(self) -> Sequence[tuple[str, str]]:
        """Name the keys of the prompt while one types, and those of a search while there is one."""
        if self.prompt.active:
            return TYPING_HINTS if self.prompt.purpose in SIGNS else PATH_HINTS
        if self.rows.search is not None and self.listing.has_focus:
            return (*SEARCH_HINTS, *super().hints()[4:])
        return super().hints()

    def action_clear(self) -> None:
        """Go to the tree; from there end the search, then the filter."""
        if not self.listing.has_focus:
            self.listing.focus()
        elif self.rows.search is not None:
            self.find(SEARCH, "")
        elif self.rows.scope.sieve is not None:
            self.find(FILTER, "")

    # Refreshes

    def after_frame(self, *, first: bool) -> None:
        """Filter as the command line says; look again at what frames do not tell."""
        super().after_frame(first=first)
        if first:
            self.find(FILTER, self.options.filter)
        elif time.perf_counter() > self._swept_until and not self.prompt.active:
            self._sweep()

    @work(exclusive=True, group="sweep")
    async def _sweep(self) -> None:
        """Look at everything again: what a row says of its other end changes without a change of its own."""
        for purpose in SIGNS:
            sieve = self._standing(purpose)
            if sieve is None:
                continue
            before = sieve.fds, sieve.processes
            worked = await self._in_slices(sieve.sift())
            self._swept_until = time.perf_counter() + SHARE * worked
            if (sieve.fds, sieve.processes) != before and self._standing(purpose) is sieve:
                self.listing.look_again()

    def after_first_picture(self) -> None:
        """Go where the command line says."""
        super().after_first_picture()
        if not self.options.target:
            return
        try:
            self.listing.go_to(resolve(self.world, self.options.target)[0])
        except (TargetMissingError, TargetDeniedError) as error:
            self.say(str(error), "Not found")
