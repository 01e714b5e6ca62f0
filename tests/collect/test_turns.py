"""The first picture of a crowded machine: who is looked at comes first, then the others, a slice of work at a time."""

import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest

from sockscope.collect.allowance import Allowance
from sockscope.collect.collector import Collector
from sockscope.collect.processes.turns import Turns
from sockscope.collect.serve import Server
from sockscope.collect.sockets import dumps
from sockscope.frames.codec import MessageReader, encode
from sockscope.frames.messages import Frame, Next, Prefer
from sockscope.model.process import NOT_YET
from sockscope.world.world import World
from tests.collect.conftest import dismiss

ME = os.getpid()
MANY = 400
LOOKS = 30
"""Looks that are more than enough: slices double."""
HOLDER = """
import os, sys
made = [os.eventfd(0) for _ in range(int(sys.argv[1]))]
print(flush=True)
sys.stdin.read()
"""
WATCHER = """
import array, os, select, socket, sys
if os.fork():  # so that the parent sleeps
    os.wait()
    sys.exit()
one, other = socket.socketpair()
watched, end = os.pipe()
epoll = select.epoll()
epoll.register(watched)
one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [watched]))])
os.close(watched)  # from here on it is in flight, and nobody's
print(os.getpid(), epoll.fileno(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def crowd() -> Iterator[set[int]]:
    """Processes with many descriptors each."""
    made = [
        subprocess.Popen([sys.executable, "-c", HOLDER, str(MANY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    for one in made:
        one.stdout.readline()
    yield {one.pid for one in made}
    dismiss(made)


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector(staged=True)
    made._turns = made._walk._look.turns = Turns(MANY)
    made.interval = 0.1
    yield made
    made.close()


def waiting(frame: Frame) -> set[int]:
    return {one.pid for one in frame.processes if one.denied == NOT_YET}


def looks(collector: Collector) -> list[Frame]:
    """Look until nobody waits any more."""
    made: list[Frame] = []
    while not made or collector.waiting:
        assert len(made) < LOOKS
        made.append(collector.refresh())
    return made


def test_who_is_looked_at_comes_first_and_little_is_done_for_others_before(crowd, collector) -> None:
    asked = max(crowd)
    collector.prefer([asked])
    first = collector.refresh()
    assert asked in {table.pid for table in first.tables}
    assert crowd - {asked} <= waiting(first)
    assert collector._budget.work < 15 * MANY
    assert first.coverage.waiting_processes == len(waiting(first))
    assert first.coverage.unreadable_processes >= first.coverage.waiting_processes
    assert not first.coverage.notes


def test_who_waits_is_not_described_again_after_the_preview(crowd, collector, monkeypatch) -> None:
    collector.prefer([ME])
    previewed = {one.pid: one for one in collector.preview().processes}
    described: set[int] = set()
    read = collector.procfs.status
    monkeypatch.setattr(collector.procfs, "status", lambda pid: described.add(pid) or read(pid))
    first = collector.refresh()
    put_off = waiting(first) & crowd
    assert put_off
    assert not put_off & described
    said = {one.pid: one.cmdline for one in first.processes}
    assert all(said[pid] == previewed[pid].cmdline != () for pid in crowd)
    looks(collector)
    assert crowd <= described, "whoever has his turn is read anew"


def test_in_a_crowd_there_is_a_small_look_first_for_who_was_asked_for() -> None:
    turns = Turns(1000, 100)
    turns.prefer([7])
    turns.expect(1000)
    assert turns.order([1, 7]) == [7, 1]
    turns.took(spent(90))
    assert turns.has_come(10)
    assert not turns.has_come(20)
    turns.end(1)
    turns.order([1, 7])
    turns.took(spent(90))
    assert turns.has_come(1900)
    assert not turns.has_come(2000)


@pytest.mark.parametrize(("asked", "descriptors"), [((), 1000), ((7,), 250)])
def test_where_nobody_is_asked_for_or_all_fit_there_is_none(asked: tuple[int, ...], descriptors: int) -> None:
    turns = Turns(1000, 100)
    turns.prefer(asked)
    turns.expect(descriptors)
    turns.order([1, 7])
    turns.took(spent(90))
    assert turns.has_come(900)


def spent(work: int) -> Allowance:
    allowed = Allowance(work)
    allowed.spend(work)
    return allowed


def test_everybody_has_his_turn_in_few_looks_and_each_frame_tells_all_that_is_known(crowd, collector) -> None:
    collector.prefer([ME])
    made = looks(collector)
    assert 2 <= len(made) < 12
    assert all(frame.full for frame in made)
    read = [crowd & {table.pid for table in frame.tables} for frame in made]
    assert all(before <= after for before, after in pairwise(read))
    assert crowd <= read[-1]
    assert not waiting(made[-1])
    assert not collector.refresh().full


def test_who_comes_when_everybody_has_had_his_turn_does_not_wait(crowd, collector) -> None:
    collector.prefer([ME])
    looks(collector)
    late = [os.eventfd(0) for _ in range(2 * MANY)]
    child = os.fork()
    if child == 0:
        select.select([], [], [])
    try:
        assert not waiting(collector.refresh())
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        for fd in late:
            os.close(fd)


def test_that_nobody_holds_a_watched_file_is_said_when_everybody_was_read(crowd, collector) -> None:
    watcher = subprocess.Popen([sys.executable, "-c", WATCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pid, slot = map(int, watcher.stdout.readline().split())
    collector.prefer([pid])
    made = looks(collector)
    epoll = next(one.object for table in made[-1].tables if table.pid == pid for one in table.opened if one.fd == slot)
    said = [
        (target.status, target.confidence)
        for frame in made
        for found in frame.epolls
        if found.object == epoll
        for target in found.targets
    ]
    watcher.stdin.close()
    watcher.wait()
    watcher.stdout.close()
    assert said[0] == ("unknown", "unknown")
    assert said[-1] == ("closed", "proven")


def test_many_sockets_are_listed_once_everybody_was_read(crowd, collector, monkeypatch) -> None:
    monkeypatch.setattr(dumps, "FEW_SOCKETS", -1)
    one, other = socket.socketpair()
    with one, other:
        collector.prefer([ME])
        made = looks(collector)
        assert not any(frame.sockets for frame in made[:-1])
        assert not any(frame.stats.dumps for frame in made[:-1])
        assert {os.fstat(end.fileno()).st_ino for end in (one, other)} <= {found.ino for found in made[-1].sockets}


def test_a_collector_hears_who_is_looked_at_between_its_preview_and_its_first_picture(crowd, collector) -> None:
    asked, world = max(crowd), World()
    requests, ask = os.pipe()
    said, frames = os.pipe()
    os.write(ask, encode(Prefer((asked,))))
    server = threading.Thread(target=Server(collector, requests, frames, 0.1, 0).run)
    server.start()
    reader, order = MessageReader(), []
    while not order or order[-1].preview or order[-1].coverage.waiting_processes:
        for message in reader.feed(os.read(said, 1 << 16)):
            if isinstance(message, Frame):
                order.append(message)
                world.apply(message)
                os.write(ask, encode(Next()))
    # Before the server is waited for: what it has been asked for since, nobody reads any more.
    os.close(ask)
    os.close(said)
    server.join()
    os.close(requests)
    os.close(frames)
    assert order[0].preview
    assert asked in {table.pid for table in order[1].tables}
    assert crowd - {asked} <= waiting(order[1])
    assert all(world.open_count(world.process(pid).key) >= MANY for pid in crowd)
