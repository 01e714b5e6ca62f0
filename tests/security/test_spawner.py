"""The process that keeps rights understands two requests, and ends at everything else."""

import os
import select
import sys
from collections.abc import Iterator

import pytest

from sockscope.privileges.spawner import KILL, START, Ended, Reply, Spawner, SpawnerGoneError, Started

PATIENCE = 30
"""Seconds to wait for what must come; only a failing test waits this long."""


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    made = Spawner([sys.executable, "-c", "import signal; signal.pause()"], lambda: None)
    yield made
    made.close()


def reply(spawner: Spawner) -> Reply:
    ready, _, _ = select.select([spawner.socket], [], [], PATIENCE)
    assert ready, "the spawner says nothing"
    return spawner.take()


def start(spawner: Spawner) -> None:
    spawner.ask(START)
    started = reply(spawner)
    assert isinstance(started, Started)
    for pipe in started:
        os.close(pipe)


@pytest.mark.parametrize("request_", [b"x", b"", START + START, KILL + b"\0", b"/bin/sh -c id"], ids=repr)
def test_what_is_no_request_ends_it(spawner: Spawner, request_: bytes) -> None:
    spawner.socket.send(request_)
    with pytest.raises(SpawnerGoneError):
        reply(spawner)


def test_it_starts_one_collector_and_ends_it_when_it_is_told_to(spawner: Spawner) -> None:
    start(spawner)
    spawner.ask(KILL)
    assert reply(spawner) == Ended(-9)
    spawner.ask(KILL)
    start(spawner)
