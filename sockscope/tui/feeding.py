"""What the feed says, and that it says nothing any more: frames into the world, answers into the pane."""

import asyncio
import math
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from sockscope.feed import Feed
from sockscope.frames.messages import Answer, Frame, Hello, Message, Next, OptionsAnswer, Pace
from sockscope.tui.ink import Span
from sockscope.tui.lifeline import DELAYS, keep_reading
from sockscope.tui.options import Options
from sockscope.tui.parts import Parts

MAX_HELD = 60
"""Frames that are kept while the picture is paused."""
SILENCE = 5.0
"""Seconds beyond the interval after which a collector that says nothing is called silent."""


class Feeding(Parts):
    """Keeps a collector running and the picture up to date."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("P,ctrl+@", "pause", "Freeze the picture, or let it go on", id="app.pause"),
        Binding("R", "restart", "Start the collector again", id="app.restart", show=False),
    ]

    def __init__(self, feed: Feed, options: Options, clock: Callable[[], float]) -> None:
        """Read `feed` once the screen stands."""
        super().__init__(feed, options, clock)
        self.restart_delays = DELAYS
        self.at_first_picture: Callable[[], None] = lambda: None
        self.paused = False
        """Whether the picture stands still while the collector goes on."""
        self._held: list[Frame] = []
        self._mourning = ""
        self._restart_at = 0.0
        self._pictured = False
        self._complete = False
        """Whether a picture with descriptors has come."""
        self._heard_at = clock()
        self._again = asyncio.Event()

    def on_mount(self) -> None:
        """Start the collector."""
        self.set_interval(1.0, self.tell_age)
        self._follow_feed()

    async def on_unmount(self) -> None:
        """Let the collector go, and start no other."""
        self.workers.cancel_group(self, "feed")
        await self.feed.stop()

    @work(exclusive=True, group="feed")
    async def _follow_feed(self) -> None:
        await keep_reading(self.feed, self.receive, self._mourn, self.restart_delays, self._again)

    def receive(self, message: Message) -> None:
        """Take one message of the feed."""
        self._heard_at = self.clock()
        match message:
            case Hello():
                self.world.greet(message)
                self.feed.send(Pace(self.options.interval))
                self.after_keys(partial(self.feed.send, Next()))
            case Frame() if self.paused and self._pictured:
                self._hold(message)
            case Frame():
                self.take_frame(message)
                self.after_keys(partial(self.feed.send, Next()))
            case Answer():
                self.take_answer(message)
            case OptionsAnswer() if self.socket_options.take(message):
                self.show_selection(afresh=False)
            case _:
                pass

    def take_frame(self, frame: Frame) -> None:
        """Bring the picture up to date."""
        self._mourning = ""
        with self.batch_update():
            departed = self.rows.departing(frame)
            changes = self.world.apply(frame)
            self.listing.waits = self.inspection.waits(self.world)
            self.listing.settle(changes, departed)
            self.show_selection(afresh=not self._pictured)
            self.write_bars()
        self.ask()
        first = not self._pictured
        self._pictured = True
        self.after_frame(first=first)
        if not self._complete and not frame.preview:
            self._complete = True
            self.after_first_picture()
            self.at_first_picture()

    def _hold(self, frame: Frame) -> None:
        """Keep a frame for later; after many the collector waits, and puts what it missed into its next one."""
        self._held.append(frame)
        if len(self._held) < MAX_HELD:
            self.feed.send(Next())
        self.write_bars()

    def action_pause(self) -> None:
        """Freeze the picture, or let it catch up with what happened meanwhile."""
        self.paused = not self.paused and self._pictured
        held, self._held = self._held, []
        self._heard_at = self.clock()  # a collector that was not asked has not been silent
        with self.batch_update():
            for frame in held:
                self.take_frame(frame)
        if len(held) >= MAX_HELD:
            self.feed.send(Next())
        self.write_bars()

    def _mourn(self, reason: str, delay: float) -> None:
        self._mourning = reason
        self._restart_at = self.clock() + delay
        self.write_bars()

    def tell_age(self) -> None:
        """Keep the age of an old picture up to date."""
        if self.alarm()[0]:
            self.write_bars()

    @property
    def age(self) -> float:
        """Seconds since the picture was taken."""
        return max(0.0, self.clock() - self.world.time)

    @property
    def _silent(self) -> bool:
        """Whether the collector has said nothing for longer than its interval explains."""
        return self.clock() - self._heard_at > max(self.options.interval, self.world.stats.interval) + SILENCE

    def alarm(self) -> Span:
        """Say that the picture is old, and why; nothing while all is well."""
        now = self.clock()
        if not self._mourning and self.paused:
            return f"paused · this picture is {self.age:.0f} s old · {self.key_of('app.pause')} goes on", "warn"
        if not self._mourning:
            if not self._silent:
                return "", "bad"
            silence = f"{now - self._heard_at:.0f} s"
            if not self._complete:
                return f"the first look at every descriptor has taken {silence} so far", "warn"
            return f"the collector has said nothing for {silence} · {self.key_of('app.restart')} replaces it", "bad"
        age = f" · this picture is {self.age:.0f} s old" if self._pictured else ""
        if math.isinf(self._restart_at):
            return (
                f"{self._mourning}{age} · it died again and again: {self.key_of('app.restart')} starts another",
                "bad",
            )
        return f"{self._mourning}{age} · another starts in {max(0.0, self._restart_at - now):.0f} s", "bad"

    def action_restart(self) -> None:
        """Start a collector now, if there is none or the one that runs is silent."""
        if self._mourning:
            self._again.set()
        elif self._silent and not self.paused:
            self.feed.kill()
