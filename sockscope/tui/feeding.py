"""What the feed says, and that it says nothing any more: frames, answers, and how old the picture is."""

import asyncio
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sockscope.feed.lifeline import DELAYS, keep_reading
from sockscope.feed.stream import Feed, PastFeed
from sockscope.frames.messages import (
    Answer,
    Frame,
    Hello,
    Message,
    Next,
    OptionsAnswer,
    Pace,
    Prefer,
    TerminalsAnswer,
    Uses,
)
from sockscope.model.located import Located
from sockscope.tui.widgets.bars import Alarm

if TYPE_CHECKING:
    from sockscope.tui.main_screen import MainScreen

MAX_HELD = 60
"""Frames that are kept while the picture is paused."""
MAX_PREFERRED = 256
"""Processes that the collector is asked to read first."""
SILENCE = 5.0
"""Seconds beyond the interval after which a collector that says nothing is called silent."""


class Feeding:
    """Keeps a collector running, and hands on what it says."""

    def __init__(
        self,
        main: "MainScreen",
        feed: Feed,
        clock: Callable[[], float],
        after_keys: Callable[[Callable[[], None]], None],
    ) -> None:
        """Hand what `feed` says to `main`, asking for more `after_keys`; `clock` tells seconds since the epoch."""
        self._main = main
        self._session = main.session
        self._feed = feed
        self._clock = clock
        self._after_keys = after_keys
        self.restart_delays: Sequence[float] = DELAYS
        self.recorded = isinstance(feed, PastFeed)
        """Whether what is shown was recorded: nobody is waited for, and nothing grows old."""
        self.paused = False
        """Whether the picture stands still while the collector goes on."""
        self.pictured = False
        """Whether there is a picture."""
        self.complete = False
        """Whether a picture with descriptors has come."""
        self.held: list[Frame] = []
        """Frames that wait for the end of a pause."""
        self._mourning = ""
        self._restart_at = 0.0
        self._heard_at = clock()
        self._again = asyncio.Event()

    async def follow(self) -> None:
        """Read the feed, and start another collector when one ends."""
        await keep_reading(self._feed, self.receive, self._mourn, self.restart_delays, self._again)

    def receive(self, message: Message) -> None:
        """Take one message of the feed."""
        self._heard_at = self._clock()
        match message:
            case Hello():
                self._session.world.greet(message)
                self._feed.send(Pace(self._session.options.interval))
                if self._session.uses:
                    self._feed.send(Uses(wanted=True))
                self._prefer()
                self._ask_for_next()
            case Frame() if self.paused and self.pictured:
                self._hold(message)
            case Frame():
                self._take(message)
                if message.preview or message.coverage.waiting_processes:
                    self._prefer()
                self._ask_for_next()
            case Answer():
                self._main.take_answer(message)
            case Located():
                self._main.take_located(message)
            case TerminalsAnswer() if self._session.terminal_settings.take(message, self._session.world):
                self._main.write_page()
            case OptionsAnswer() if self._session.socket_options.take(message):
                self._main.show_selection(afresh=False)
            case _:
                pass

    def _prefer(self) -> None:
        """Have read first who is looked at, while the first picture is put together."""
        pids = tuple(self._main.looked_at()[:MAX_PREFERRED])
        if pids:
            self._feed.send(Prefer(pids))

    def _ask_for_next(self) -> None:
        self._after_keys(partial(self._feed.send, Next()))

    def _take(self, frame: Frame) -> None:
        self._mourning = ""
        first, self.pictured = not self.pictured, True
        if self.recorded and frame.full:
            self._session.forget_past()
        whole = not (self.complete or frame.preview or frame.coverage.waiting_processes)
        self.complete = self.complete or whole
        self._main.take_frame(frame, first=first, whole=whole)

    def _hold(self, frame: Frame) -> None:
        """Keep a frame for later; after many the collector waits, and puts what it missed into its next one."""
        self.held.append(frame)
        if len(self.held) < MAX_HELD:
            self._feed.send(Next())
        self._main.write_bars()

    def pause(self) -> None:
        """Freeze the picture, or let it catch up with what happened meanwhile."""
        self.paused = not self.paused and self.pictured
        held, self.held = self.held, []
        self._heard_at = self._clock()  # a collector that was not asked has not been silent
        with self._main.app.batch_update():
            for frame in held:
                self._take(frame)
        if len(held) >= MAX_HELD:
            self._feed.send(Next())
        self._main.write_bars()

    def list_uses(self) -> None:
        """Have listed what processes use without a descriptor, from the next picture on, or no longer."""
        self._session.uses = not self._session.uses
        self._feed.send(Uses(self._session.uses))
        self._main.write_bars()

    def _mourn(self, reason: str, delay: float) -> None:
        self._mourning = reason
        self._restart_at = self._clock() + delay
        self._main.write_bars()

    @property
    def age(self) -> float:
        """Seconds since the picture was taken."""
        return max(0.0, self._clock() - self._session.world.time)

    @property
    def _silent(self) -> bool:
        """Whether the collector has said nothing for longer than its interval explains."""
        if self.recorded:
            return False
        interval = max(self._session.options.interval, self._session.world.stats.interval)
        return self._clock() - self._heard_at > interval + SILENCE

    def alarm(self) -> Alarm:
        """Say that the picture is old, and why; nothing while all is well."""
        if self._mourning:
            return Alarm(self._mourning, "bad", self._what_follows())
        if isinstance(self._feed, PastFeed):
            return Alarm(self._feed.damage, "warn")
        if self.paused:
            return Alarm(
                "paused", "warn", f" · this picture is {self.age:.0f} s old · {self._key('app.pause')} goes on"
            )
        if not self._silent:
            return Alarm()
        silence = f"{self._clock() - self._heard_at:.0f} s"
        replaces = f" · {self._key('app.restart')} replaces it"
        if not self.complete:
            looking = f"the collector has looked at descriptors for the first time for {silence}"
            return Alarm(looking, "warn", replaces)
        return Alarm(f"the collector has said nothing for {silence}", "bad", replaces)

    def _what_follows(self) -> str:
        age = f" · this picture is {self.age:.0f} s old" if self.pictured else ""
        if math.isinf(self._restart_at):
            return f"{age} · it died again and again: {self._key('app.restart')} starts another"
        return f"{age} · another starts in {max(0.0, self._restart_at - self._clock()):.0f} s"

    def _key(self, id_: str) -> str:
        return self._session.keys.of(id_)

    def restart(self) -> None:
        """Start a collector now, if there is none or the one that runs is silent."""
        if self._mourning:
            self._again.set()
        elif self._silent and not self.paused:
            self._feed.kill()
