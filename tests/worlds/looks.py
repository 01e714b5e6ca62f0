"""Ways to look at a world: anew each time, with all cores, or with one collector that goes on."""

import contextlib
from collections.abc import Callable, Iterator

from sockscope.collect.collector import Collector
from sockscope.frames.codec import MessageReader, encode
from sockscope.frames.messages import VERSION, Frame, Hello
from sockscope.world.world import World

Look = Callable[[], World]
"""Look at the machine and return what is known then."""
HELLO = Hello(VERSION, "", "", 0.0, 100, 0, "")


@contextlib.contextmanager
def anew() -> Iterator[Look]:
    """Look with a new collector each time."""

    def look() -> World:
        collector = Collector(once=True)
        try:
            return _applied(World(), MessageReader(), encode(HELLO) + encode(collector.refresh()))
        finally:
            collector.close()

    yield look


@contextlib.contextmanager
def running() -> Iterator[Look]:
    """Look again and again with one collector, through the stream."""
    collector, known, reader = Collector(), World(), MessageReader()
    collector.interval = 0.1  # a full pass in 600 refreshes
    known.greet(HELLO)
    list(reader.feed(encode(HELLO)))
    try:
        yield lambda: _applied(known, reader, encode(collector.refresh()))
    finally:
        collector.close()


def _applied(known: World, reader: MessageReader, data: bytes) -> World:
    for message in reader.feed(data):
        if isinstance(message, Frame):
            known.apply(message)
    return known
