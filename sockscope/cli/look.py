"""One look at this machine, guarded against what may hang: what `snapshot` and `show` start with."""

import contextlib
import gc
import os
from collections.abc import Iterator

from sockscope.abi.strings import Clean
from sockscope.cli.exit_codes import DENIED
from sockscope.cli.looker import Looker
from sockscope.cli.streams import complain
from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.collect.watchdog import Watchdog
from sockscope.world.world import World


def look(*, all_flags: bool, no_diag: bool, looker: Looker, maps: bool) -> tuple[World, Collector]:
    """Look once at this machine; the collector is for who asks more of it, and is to be closed.

    Args:
        all_flags: whether to read the open flags of every descriptor.
        no_diag: whether to leave sock_diag alone and read /proc/net.
        looker: who looks.
        maps: whether to list what processes use without a descriptor.
    """
    # All that is made here lives until the end, a few hundred milliseconds away: looking for garbage is a waste.
    gc.disable()
    collector = Collector(all_flags=all_flags, once=True, no_diag=no_diag, user_name=looker.user_name)
    collector.uses.wanted = maps
    world = World()
    world.greet(hello(collector.procfs, looker.uid))
    collector.begin()
    with watched(collector):
        frame = collector.refresh()
    world.apply(frame)
    return world, collector


@contextlib.contextmanager
def watched(collector: Collector) -> Iterator[None]:
    """Ask more of the machine, and end this process with one line should an answer not come."""
    with Watchdog(collector.procfs, _give_up) as watchdog, watchdog.looking():
        yield


def _give_up(reason: Clean) -> None:
    """End with the code of what cannot be looked at; the thread that waits hears no exception."""
    os._exit(complain(reason, DENIED))
