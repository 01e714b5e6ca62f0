"""Keeps a collector running behind a view: reads what it says, starts another when it is gone."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence

from sockscope.feed.stream import Feed
from sockscope.frames.messages import Ended, Frame, Message

DELAYS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before another start; the last one repeats. A frame that arrives sets the count back."""


STEADY = 10.0
"""Seconds that a collector has to live for its end not to count as one of a row."""
DEATHS = 5
"""Ends in a row after which nothing starts another collector but the user."""


async def keep_reading(
    feed: Feed,
    deliver: Callable[[Message], None],
    mourn: Callable[[str, float], None],
    delays: Sequence[float] = DELAYS,
    again: asyncio.Event | None = None,
) -> None:
    """Deliver every message of `feed`, restarting it until it dies again and again.

    `mourn` hears why a collector ended and after how many seconds another is started: infinitely many
    when it is up to the user. Setting `again` starts one now.
    """
    again = again or asyncio.Event()
    clock = asyncio.get_running_loop().time
    failures = deaths = 0
    while True:
        reason = ""
        started = clock()
        try:
            await feed.start()
            async for message in feed.messages():
                if isinstance(message, Ended):
                    reason = f"the collector has ended: {message.reason}"
                elif isinstance(message, Frame):
                    failures = 0
                deliver(message)
        except OSError as error:
            reason = f"the collector could not be started: {error}"
        deaths = 1 if clock() - started >= STEADY else deaths + 1
        delay = delays[min(failures, len(delays) - 1)] if deaths < DEATHS else math.inf
        failures += 1
        mourn(feed.death or reason or "the collector has ended without a word", delay)
        if await _called(again, delay):
            failures = deaths = 0


async def _called(again: asyncio.Event, seconds: float) -> bool:
    """Wait for some seconds or until `again` is set, and tell whether it was."""
    again.clear()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None if math.isinf(seconds) else seconds):
            await again.wait()
    return again.is_set()
