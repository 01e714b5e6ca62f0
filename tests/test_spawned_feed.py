"""A collector behind the spawner, that says nothing and does not end when its view hangs up."""

import asyncio
import sys

from sockscope.feed import spawned as spawned_feed
from sockscope.feed.spawned import SpawnedFeed
from sockscope.frames.messages import Message
from sockscope.privileges.spawner import Spawner

DEAF = [sys.executable, "-c", "import signal; signal.pause()"]


async def heard(feed: SpawnedFeed) -> list[Message]:
    return [message async for message in feed.messages()]


async def test_killing_it_ends_the_stream_and_another_can_be_started(monkeypatch) -> None:
    monkeypatch.setattr(spawned_feed, "STOP_PATIENCE", 60.0)  # longer than this test may take
    feed = SpawnedFeed(Spawner(DEAF, lambda: None))
    async with asyncio.timeout(30):
        for _ in range(2):
            await feed.start()
            listening = asyncio.create_task(heard(feed))
            await asyncio.sleep(0)
            feed.kill()
            assert await listening == []
            assert feed.death == "the collector was ended by signal 9"
        await feed.stop()
