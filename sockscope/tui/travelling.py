"""Going through a recording: look by look, from change to change, as it went, and along the time bar."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.worker import WorkType

from sockscope.feed.stream import Feed, PastFeed
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.recording.layout import LookHead
from sockscope.tui.widgets.ink import Span
from sockscope.tui.widgets.time_bar import BLOCKS, LETTERS, column_of, columns, drawn

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

MINUTE = 60.0
SLOWEST = 1.0
"""Seconds between two looks that are played, however far apart they were."""
COUNTERS: dict[str, Callable[[LookHead], int]] = {
    "descriptors": lambda head: head.descriptors,
    "sockets": lambda head: head.sockets,
    "changes": lambda head: head.changes,
}
"""What the bar can plot."""


class Travelling:
    """Moves the picture through the time of a recording; live there is nothing to move."""

    def __init__(self, main: "MainScreen", feed: Feed) -> None:
        """Move the picture of `main`, which `feed` gives."""
        self._main = main
        self._feed = feed if isinstance(feed, PastFeed) else None
        self._playing: Timer | None = None
        self._counter = ""
        """What the bar plots, "" for no bar."""

    @property
    def moment(self) -> str:
        """The time that is shown, "" where that is now."""
        return "" if self._feed is None else _clock(self._feed.clock)

    def step(self, looks: int) -> None:
        """Go some looks on, or back."""
        if (feed := self._there()) is not None:
            self._go(feed.wanted + looks)

    def step_minutes(self, minutes: int) -> None:
        """Go some minutes on, or back; one look at least."""
        if (feed := self._there()) is None:
            return
        there = feed.recording.at_passed(feed.recording.passed[feed.wanted] + minutes * MINUTE)
        near = feed.wanted + (1 if minutes > 0 else -1)
        self._go(max(there, near) if minutes > 0 else min(there, near))

    def to_change(self, step: int) -> None:
        """Go to the next look, or the one before, in which the selected row became something else."""
        if (feed := self._there()) is None:
            return
        rows = self._main.session.rows
        here = rows.subject
        keys = [here] if isinstance(here, ProcessKey | DescriptorKey) else list(rows.stands_for(rows.cursor))
        if not keys:
            self._main.say("Select a process or a descriptor to go to its changes.")
            return
        search: WorkType[None] = partial(self._search, feed, keys, step)
        self._main.run_worker(search, group="change", exclusive=True)

    async def _search(self, feed: PastFeed, keys: Sequence[ProcessKey | DescriptorKey], step: int) -> None:
        key = keys[0]
        found = self._main.session.world.descriptor(key) if isinstance(key, DescriptorKey) else None
        ino = found.ino if found is not None and found.kind == "socket" else 0
        number = await asyncio.to_thread(feed.next_change, keys, step, ino)
        if number is None:
            self._main.say(f"Of this row no {'later' if step > 0 else 'earlier'} change was recorded.")
        else:
            self._go(number)

    def play(self) -> None:
        """Go on as it went, or stand still; live, freeze the picture or let it go on."""
        if self._feed is None:
            self._main.feeding.pause()
        elif self._playing is not None:
            self._stand()
        else:
            self._main.say("Playing.")
            self._play_on()

    def _play_on(self) -> None:
        feed = self._feed
        if feed is None or feed.wanted >= len(feed.recording.looks) - 1:
            self._stand()
            return
        apart = feed.recording.passed[feed.wanted + 1] - feed.recording.passed[feed.wanted]
        self._playing = self._main.set_timer(min(SLOWEST, apart), self._play_next)

    def _play_next(self) -> None:
        feed = self._feed
        if feed is not None and self._playing is not None:
            if feed.position == feed.wanted:
                feed.go(feed.wanted + 1)
            self._play_on()

    def _stand(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def switch_bar(self) -> None:
        """Plot the next counter, or none after the last."""
        if self._there() is None:
            return
        names = ["", *COUNTERS]
        self._counter = names[(names.index(self._counter) + 1) % len(names)]
        self._main.time_bar.set_class(bool(self._counter), "-shown")
        self.write()

    def to_part(self, part: float) -> None:
        """Go to the time at a part of the whole recording, from 0 to 1."""
        if (feed := self._there()) is not None:
            self._go(feed.recording.at_passed(feed.recording.passed[-1] * part))

    def write(self) -> None:
        """Bring the bar up to date."""
        if self._feed is not None and self._counter:
            self._main.time_bar.write(self._lines)

    def _lines(self, width: int) -> list[list[Span]]:
        feed = self._feed
        if feed is None or not self._counter:
            return []
        recording, looks = feed.recording, feed.recording.looks
        numbers = [COUNTERS[self._counter](look.head) for look in looks]
        signs = LETTERS if self._main.session.options.ascii else BLOCKS
        plot = drawn(columns(recording.passed, numbers, width), signs)
        here = column_of(recording.passed[feed.position], recording.passed, width)
        said = f" {self._counter} {min(numbers):,} to {max(numbers):,}, here {numbers[feed.position]:,}"
        where = f"look {feed.position + 1:,} of {len(looks):,}"
        head: list[Span] = [
            (said, "accent"),
            (f" · {where} · {_clock(looks[0].head.wall)} to {_clock(looks[-1].head.wall)}", "dim"),
        ]
        mark = plot[here] if plot[here] != " " else signs[0]
        return [head, [(plot[:here], "kind-net"), (mark, "past"), (plot[here + 1 :], "kind-net")]]

    def _there(self) -> PastFeed | None:
        if self._feed is None:
            self._main.say("This is live: sockscope record keeps what is to be looked back on.")
        return self._feed

    def _go(self, number: int) -> None:
        self._stand()
        if self._feed is not None:
            self._feed.go(number)


def _clock(wall: float) -> str:
    """Write a time of the day, by the clock here."""
    return datetime.fromtimestamp(wall).strftime("%H:%M:%S")  # noqa: DTZ006 - as whoever looks reads his clock
