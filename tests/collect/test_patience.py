"""Questions that may stay without an answer: each costs a moment once, a thread at most, and may be answered late."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.collect.processes import processes
from sockscope.collect.processes.processes import ProcessReader
from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs
from tests.live.conftest import wait_until

MOST = 3


def threads() -> int:
    return sum(thread.name == "patience" for thread in threading.enumerate())


@contextmanager
def silent(patience: Patience) -> Iterator[threading.Event]:
    """Let every question wait for an event, which comes at the end at the latest."""
    event = threading.Event()
    try:
        yield event
    finally:
        event.set()
        patience.close()
        wait_until(lambda: threads() == 0)


def test_an_answer_comes_back_and_one_thread_gives_them_all() -> None:
    patience = Patience()
    with silent(patience):
        assert [patience.ask(number, lambda number=number: number * 2) for number in range(5)] == [0, 2, 4, 6, 8]
        assert threads() == 1
        assert patience.owed == 0


def test_what_the_work_raises_is_raised_where_it_was_asked() -> None:
    patience = Patience()
    with silent(patience), pytest.raises(ProcessLookupError):
        patience.ask(1, lambda: os.getpgid(1 << 22))


def test_an_answer_that_does_not_come_is_not_waited_for_again_and_may_come_late() -> None:
    patience = Patience(seconds=0.01)
    with silent(patience) as event:
        asked: list[int] = []

        def work() -> str:
            asked.append(1)
            event.wait()
            return "late"

        for _ in range(3):
            with pytest.raises(NoAnswerError):
                patience.ask(1, work)
        assert patience.ask(2, lambda: "another") == "another"
        assert (asked, patience.owed) == ([1], 1)
        event.set()
        wait_until(lambda: patience.owed == 0)
        assert patience.ask(1, work) == "late"
        assert asked == [1]
        assert patience.ask(1, work) == "late"
        assert asked == [1, 1]


def test_threads_that_wait_are_bounded_and_room_comes_back_with_the_answers() -> None:
    patience = Patience(seconds=0.01, most=MOST)
    with silent(patience) as event:
        for number in range(MOST + 5):
            with pytest.raises(NoAnswerError):
                patience.ask(number, event.wait)
        assert (patience.owed, threads()) == (MOST, MOST)
        with pytest.raises(NoAnswerError):
            patience.ask("anything", lambda: "at all")
        event.set()
        wait_until(lambda: patience.owed == 0)
        assert patience.ask("anything", lambda: "at all") == "at all"


def test_where_no_thread_may_be_had_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError

    patience = Patience()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert [patience.ask(number, lambda: "done") for number in range(2)] == ["done", "done"]


def test_a_user_whose_name_service_is_silent_goes_by_number_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    procfs, pid = Procfs(), os.getpid()
    reader, stat = ProcessReader(procfs, processes.by_name_services), parse_stat(procfs.read(pid, "stat"))
    answer = threading.Event()
    ask = processes.pwd.getpwuid
    monkeypatch.setattr(processes.pwd, "getpwuid", lambda uid: answer.wait() and ask(uid))
    try:
        assert reader.read(pid, stat, None, 0).user == str(os.geteuid())
        answer.set()
        wait_until(lambda: reader.read(pid, stat, None, 0).user == ask(os.geteuid()).pw_name)
    finally:
        answer.set()
        reader.close()
