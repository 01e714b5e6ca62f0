"""A refresh does the work of what has changed: counted by the collector, not timed."""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.frames.messages import Frame
from tests.collect.conftest import dismiss

_SLEEPERS = 12
_HOLDER = """
import sys, socket, select
pair = socket.socketpair()
epoll = select.epoll()
epoll.register(pair[0])
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def sleepers() -> Iterator[set[int]]:
    made = [
        subprocess.Popen([sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(_SLEEPERS)
    ]
    for one in made:
        one.stdout.readline()
    yield {one.pid for one in made}
    dismiss(made)


@pytest.fixture
def collector(collector: Collector) -> Collector:
    """One that knows everything already."""
    collector.refresh()
    collector.refresh()
    return collector


def _quiet(collector: Collector, pids: set[int]) -> Frame:
    """Refresh until a time in which none of the sleepers was due for the slow walk."""
    return next(frame for frame in (collector.refresh() for _ in range(5)) if not {t.pid for t in frame.tables} & pids)


def test_processes_that_sleep_are_not_walked(sleepers, collector) -> None:
    frame = _quiet(collector, sleepers)
    assert frame.stats.scanned <= frame.coverage.processes - len(sleepers) + 1


def test_sockets_that_say_the_same_are_not_described_again(sleepers, collector) -> None:
    one, other = socket.socketpair()
    with one, other:
        collector.refresh()
        # Others of this machine open and use sockets meanwhile: the quietest look tells what is done without that.
        looks = [collector.refresh() for _ in range(5)]
        assert min(look.stats.converted for look in looks) <= 4
        assert looks[-1].coverage.sockets >= 2 * _SLEEPERS


def test_an_epoll_is_proven_again_when_what_it_watches_has_changed(collector) -> None:
    with select.epoll() as epoll:
        one, other = socket.socketpair()
        epoll.register(one, select.EPOLLIN)
        ours = os.getpid(), one.fileno()
        watching = next(e for e in collector.refresh().epolls if any(ours in t.held_by for t in e.targets))
        assert watching.targets[0].status == "live"
        kept = os.dup(one.fileno())
        number = one.detach()
        os.close(number)
        again = next(e for e in collector.refresh().epolls if e.object == watching.object)
        assert again.targets[0].status == "moved"
        assert (os.getpid(), kept) in again.targets[0].held_by
        os.close(kept)
        other.close()


def test_an_eventfd_needs_no_comparison(collector) -> None:
    before = collector._walk.comparisons
    one = os.eventfd(0)
    two = os.dup(one)
    frame = collector.refresh()
    mine = {d.fd: d.object for t in frame.tables if t.pid == os.getpid() for d in t.opened}
    os.close(one)
    os.close(two)
    assert mine[one] == mine[two] != ""
    assert "eventfd" not in collector._registry.kinds()
    assert collector._walk.comparisons - before == frame.stats.kcmp
