"""Who does not answer is told by a state that can be read, and by a question that may take as long as it likes."""

import os
import subprocess
import threading
from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.processes.answering import Answering
from sockscope.kernel.procfs import Procfs
from tests.live.conftest import wait_until

ME = os.getpid()
FOREVER = 60
"""Seconds."""


class Recorded(Procfs):
    """A procfs in which this process sleeps on a disk, and its `stat` comes when it may.

    A fake: the real thing is tests/chaos/test_looking_never_blocks.py, with a file server that is silent.
    """

    def __init__(self) -> None:
        super().__init__()
        self.letter = "D"
        self.answers = threading.Event()
        self.asked = 0

    def record(self, pid: int, name: str) -> bytes:
        if name == "status":
            return b"Name:\tx\nUmask:\t0022\nState:\t%s (whatever)\n" % self.letter.encode()
        if name == "stat":
            self.asked += 1
            assert self.answers.wait(FOREVER)
        return super().record(pid, name)


@pytest.fixture
def procfs() -> Iterator[Recorded]:
    made = Recorded()
    yield made
    made.answers.set()


@pytest.fixture
def answering(procfs: Recorded) -> Iterator[Answering]:
    made = Answering(procfs)
    yield made
    made.close()


def test_who_sleeps_on_a_disk_is_asked_once_until_the_answer_has_come(procfs, answering) -> None:
    assert not answering.check(ME)
    assert not answering.check(ME)
    assert ME not in answering
    assert procfs.asked == 1
    procfs.answers.set()
    wait_until(lambda: answering.check(ME))
    assert ME in answering
    assert answering.check(ME)
    assert procfs.asked == 2


def test_who_sleeps_on_a_disk_and_answers_is_like_everybody_else(procfs, answering) -> None:
    procfs.answers.set()
    assert answering.check(ME)
    assert (procfs.asked, answering.silent) == (1, [])


@pytest.mark.parametrize("state", ["S", "R", "Z", "I", ""])
def test_nobody_else_is_asked(state, procfs, answering) -> None:
    procfs.letter = state
    assert answering.check(ME)
    assert procfs.asked == 0


def test_who_is_awake_by_now_answers_without_being_asked(procfs, answering) -> None:
    assert not answering.check(ME)
    procfs.letter = "S"
    assert answering.check(ME)
    assert ME in answering


def test_the_silent_have_names_until_they_are_gone(procfs, answering) -> None:
    assert not answering.check(ME)
    with open("/proc/self/comm", encoding="utf-8") as file:
        assert answering.silent == [f"{ME} ({file.read().rstrip()})"]
    answering.keep([ME])
    assert answering.silent
    answering.keep([])
    assert (ME in answering, answering.silent) == (True, [])


def test_one_that_has_ended_is_not_called_silent() -> None:
    assert Answering(Procfs()).check(1 << 23)


def test_no_thread_is_kept_for_the_next_time(procfs, answering) -> None:
    procfs.answers.set()
    before = set(threading.enumerate())
    assert answering.check(ME)
    answering.close()
    assert set(threading.enumerate()) <= before
    assert answering.check(ME)
    assert procfs.asked == 2


def test_a_refresh_leaves_no_thread_of_this_behind(monkeypatch) -> None:
    collector = Collector()
    try:
        collector.refresh()
        before = set(threading.enumerate())
        monkeypatch.setattr(Procfs, "state", lambda *_: "D")
        collector.refresh()
        assert set(threading.enumerate()) <= before
    finally:
        collector.close()


def test_who_has_not_run_since_is_tried_out_until_it_answers() -> None:
    collector = Collector()
    with subprocess.Popen(["sleep", "1000"]) as sleeper:
        try:
            for _ in range(2):
                collector.refresh()
            collector.answering._silent.add(sleeper.pid)  # as an inspection may have found
            collector.refresh()
            assert sleeper.pid in collector.answering
        finally:
            collector.close()
            sleeper.kill()
