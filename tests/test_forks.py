"""Work that is shared out to forks comes back whole, in order, and leaves no process behind."""

import os
from collections.abc import Callable

import psutil
import pytest

from sockscope.forks import Fork, share_out


def works(count: int) -> list[Callable[[], bytes]]:
    return [lambda number=number: b"%d;" % number for number in range(count)]


@pytest.fixture(params=[1, 2, 3])
def cores(request, monkeypatch) -> int:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(request.param)))
    return request.param


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_come_in_the_order_of_the_work(cores: int, count: int) -> None:
    assert share_out(works(count)) == [b"%d;" % number for number in range(count)]
    assert not psutil.Process().children()


def test_each_core_does_its_share(cores: int) -> None:
    pids = share_out([lambda: b"%d" % os.getpid()] * 12)
    assert {pids.count(pid) for pid in pids} == {12 // cores}
    assert len(set(pids)) == cores


def test_a_few_pieces_are_no_work_for_a_fork(cores: int) -> None:
    assert set(share_out([lambda: b"%d" % os.getpid()] * 7, least=4)) == {b"%d" % os.getpid()}


def test_what_a_fork_has_not_done_is_done_here(cores: int) -> None:
    parent = os.getpid()

    def fatal() -> bytes:
        if os.getpid() != parent:
            os._exit(3)
        return b"made"

    assert share_out([fatal] * 6) == [b"made"] * 6


def test_where_no_process_can_be_had_all_is_done_here(cores: int, monkeypatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    before = set(os.listdir("/proc/self/fd"))
    assert share_out(works(5)) == [b"0;", b"1;", b"2;", b"3;", b"4;"]
    assert set(os.listdir("/proc/self/fd")) == before


def test_more_comes_back_than_a_pipe_holds() -> None:
    assert Fork(lambda: b"x" * (4 << 20)).collect() == b"x" * (4 << 20)


def test_a_fork_that_fails_says_nothing_and_does_not_come_back(capfd) -> None:
    def failing() -> bytes:
        raise ValueError

    assert Fork(failing).collect() is None
    assert capfd.readouterr().err == ""
