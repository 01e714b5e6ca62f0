"""Keeps a collector running behind the explorer: reads what it says, starts another when it is gone."""

import asyncio
from collections.abc import Callable, Sequence

from sockscope.feed import Feed
from sockscope.frames.messages import Ended, Frame, Message

DELAYS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before another start; the last one repeats. A frame that arrives sets the count back."""


async def keep_reading(
    feed: Feed,
    deliver: Callable[[Message], None],
    mourn: Callable[[str, float], None],
    delays: Sequence[float] = DELAYS,
) -> None:
    """Deliver every message of `feed`, restarting it for ever.

    `mourn` hears why a collector ended and after how many seconds another is started.
    """
    failures = 0
    while True:
        reason = ""
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
        delay = delays[min(failures, len(delays) - 1)]
        failures += 1
        mourn(feed.death or reason or "the collector has ended without a word", delay)
        await asyncio.sleep(delay)
