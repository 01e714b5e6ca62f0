"""A sleep is endless when it is one and the same for long; a watchdog ends who is caught in one while looking."""

import os
import signal
import threading
import time
from queue import SimpleQueue

import pytest

from sockscope.collect import watchdog
from sockscope.collect.watchdog import LOOKS, REASON, TOO_MUCH, Sleep, Watchdog, kill_endless
from sockscope.kernel.process import parse_sleep
from sockscope.kernel.procfs import Procfs
from tests.live.conftest import wait_until

ME = os.getpid()


def status(state: str, switches: int) -> bytes:
    return b"Name:\tState:\tD\nState:\t%s (x)\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t7\n" % (
        state.encode(),
        switches,
    )


@pytest.mark.parametrize(
    ("text", "sleep"),
    [
        (status("D", 4), 4),
        (status("S", 0), 0),
        (status("R", 4), -1),
        (status("T", 4), -1),
        (status("Z", 4), -1),
        (b"", -1),
    ],
)
def test_who_is_awake_stopped_or_dead_is_in_no_sleep(text: bytes, sleep: int) -> None:
    assert parse_sleep(text) == sleep


class Recorded(Procfs):
    """What `status` says at one look after the other."""

    def __init__(self, *texts: bytes) -> None:
        super().__init__()
        self._texts = list(texts)

    def record(self, pid: int, name: str) -> bytes:
        return self._texts.pop(0)


def test_only_one_and_the_same_sleep_is_endless() -> None:
    texts = [*[status("D", 1)] * LOOKS, *[status("D", 2)] * LOOKS, status("R", 2), *[status("S", 2)] * (LOOKS + 1)]
    sleep = Sleep(Recorded(*texts), ME)
    assert [sleep.is_endless() for _ in texts] == [False] * (len(texts) - 1) + [True]


def test_a_sleep_that_was_allowed_begins_anew() -> None:
    sleep = Sleep(Recorded(*[status("S", 1)] * 20), ME)
    for _ in range(LOOKS):
        assert not sleep.is_endless()
    sleep.interrupt()
    assert not sleep.is_endless()


def test_one_that_has_ended_does_not_sleep() -> None:
    assert not Sleep(Procfs(), 1 << 23).is_endless()


@pytest.fixture
def killed(monkeypatch) -> list[tuple[int, int]]:
    """Whom the watchdog would have killed; it looks all the time."""
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(watchdog, "PAUSE", 0.001)
    monkeypatch.setattr(os, "kill", lambda *call: calls.append(call))
    return calls


def test_who_sleeps_while_it_looks_is_killed_after_it_has_said_why(killed) -> None:
    said: SimpleQueue[str] = SimpleQueue()
    with Watchdog(Procfs(), said.put) as dog, dog.looking():
        assert said.get(timeout=60) == REASON
    assert killed == [(ME, signal.SIGKILL)]


def test_who_works_on_one_thing_for_too_long_is_killed_after_it_has_said_why(killed, monkeypatch) -> None:
    monkeypatch.setattr(watchdog, "MOST_WORK", 0.05)
    said: SimpleQueue[str] = SimpleQueue()
    with Watchdog(Procfs(), said.put) as dog, dog.looking():
        patience = time.monotonic() + 60
        while said.empty() and time.monotonic() < patience:
            pass
    assert said.get(timeout=1) == TOO_MUCH
    assert killed == [(ME, signal.SIGKILL)]


def test_work_on_many_things_is_counted_for_each_of_them(killed, monkeypatch) -> None:
    monkeypatch.setattr(watchdog, "MOST_WORK", 3600.0)
    with Watchdog(Procfs(), lambda _: None) as dog:
        monkeypatch.setattr(dog._toil, "_since", -7200.0)  # of what came before
        with dog.looking():
            assert not dog._toil.is_endless()
    assert killed == []


def test_who_sleeps_when_there_is_nothing_to_look_at_is_left_alone(killed) -> None:
    with Watchdog(Procfs(), lambda _: None) as dog:
        with dog.looking():
            pass
        threading.Event().wait(0.5)
    assert killed == []


def test_it_is_done_without_where_there_can_be_no_thread(monkeypatch) -> None:
    def refused(_: threading.Thread) -> None:
        msg = "can't start new thread"
        raise RuntimeError(msg)

    monkeypatch.setattr(threading.Thread, "start", refused)
    with Watchdog(Procfs(), lambda _: None) as dog, dog.looking():
        pass


def test_a_child_that_sleeps_on_is_killed() -> None:
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    look = kill_endless(Procfs(), child)
    wait_until(look)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
