"""Threads that wait for each other and for nobody else, and all that only looks so."""

from typing import Any

import pytest

from sockscope.findings import wait_graph
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.wait import ProcessWaits
from tests.findings.looking import LONG_AGO, found, thread, waits
from tests.world.build import (
    NOW,
    START,
    descriptor,
    inet,
    key,
    pipe_fd,
    process,
    socket_fd,
    target,
    unix,
    waiting,
)

Waits = tuple[ProcessWaits, ...]
TWO_PIPES = (
    pipe_fd(10, 3, 1, "w"),
    pipe_fd(10, 4, 2, "r"),
    pipe_fd(11, 3, 2, "w"),
    pipe_fd(11, 4, 1, "r"),
)
PAIR = (socket_fd(10, 3, 100), socket_fd(11, 3, 101), unix(100, peer_ino=101), unix(101, peer_ino=100))
TCP = (
    socket_fd(10, 3, 100),
    socket_fd(11, 3, 101),
    inet(100, "127.0.0.1:1000", "127.0.0.1:2000"),
    inet(101, "127.0.0.1:2000", "127.0.0.1:1000"),
)
BOTH_WRITE = (waits(10, "write", 3), waits(11, "write", 3))
PARENT = process(11, ppid=10)
EPOLL_PAIR = (
    descriptor(10, 5, "epoll", "epoll/1"),
    descriptor(11, 5, "epoll", "epoll/2"),
    EpollInstance("epoll/1", (target(3, "socket:100"),)),
    EpollInstance("epoll/2", (target(3, "socket:101"),)),
    *PAIR,
)
BOTH_EPOLL = (waits(10, "epoll_wait", 5), waits(11, "epoll_wait", 5))


@pytest.mark.parametrize(
    ("things", "waiting_now", "said"),
    [
        pytest.param(TWO_PIPES, BOTH_WRITE, "deadlock", id="pipes"),
        pytest.param(PAIR, BOTH_WRITE, "deadlock", id="unix sockets"),
        pytest.param(TCP, (waits(10, "sendto", 3), waits(11, "sendto", 3)), "deadlock", id="TCP on this machine"),
        pytest.param(
            (pipe_fd(10, 3, 1, "r"), pipe_fd(10, 4, 1, "w")), (waits(10, "read", 3),), "end of file", id="own writer"
        ),
        pytest.param(
            (process(10), PARENT, pipe_fd(10, 4, 1, "w"), pipe_fd(11, 3, 1, "r")),
            (waits(10, "wait4", child=-1), waits(11, "read", 3)),
            "end of file",
            id="a parent that waits for a child that reads what the parent has open",
        ),
        pytest.param(
            (pipe_fd(10, 3, 1, "r"), pipe_fd(10, 4, 1, "w")),
            (waiting(10, thread(10, "read", 3), thread(12, "futex", manner="private")),),
            "end of file",
            id="a thread behind a futex would write",
        ),
    ],
)
def test_a_knot_is_sick(things: tuple[Any, ...], waiting_now: Waits, said: str) -> None:
    (finding,) = found("stuck", *things, waits=waiting_now)
    assert finding.severity == "sick"
    assert finding.sentence.startswith(said)
    assert finding.since == LONG_AGO
    assert finding.evidence
    assert "signal" in finding.refuted_by


def test_the_subjects_are_the_descriptors_that_are_waited_on() -> None:
    (finding,) = found("stuck", *TWO_PIPES, waits=BOTH_WRITE)
    assert finding.subjects == (key(10, 3), key(11, 3))
    assert finding.confidence == "proven"
    assert finding.id == "stuck:10.1000,11.1000"


@pytest.mark.parametrize(
    ("beside", "coverage"),
    [
        pytest.param((unix(300, recv_q=1),), Coverage(), id="a message may carry an end"),
        pytest.param((unix(300, source="/proc/net"),), Coverage(), id="whether messages wait is not told"),
        pytest.param((descriptor(12, 3, "io_uring"),), Coverage(), id="a ring may keep an end"),
        pytest.param((descriptor(12, 3, "epoll", unproven=True),), Coverage(), id="an epoll was not compared"),
        pytest.param((), Coverage(sockets_elsewhere=1), id="a queue is out of sight"),
    ],
)
def test_nothing_is_proven_while_an_end_may_be_where_no_table_shows_it(
    beside: tuple[Any, ...], coverage: Coverage
) -> None:
    (finding,) = found("stuck", *TWO_PIPES, *beside, waits=BOTH_WRITE, coverage=coverage)
    assert (finding.severity, finding.confidence) == ("sick", "inferred")
    assert any("an end of what lies between" in line for line in finding.evidence)


def test_who_waits_behind_a_knot_is_named_and_no_finding_of_its_own() -> None:
    behind = pipe_fd(12, 0, 3, "r"), pipe_fd(11, 5, 3, "w")
    (finding,) = found("stuck", *TWO_PIPES, *behind, waits=(*BOTH_WRITE, waits(12, "read", 0)))
    assert set(finding.processes) == {ProcessKey(10, START), ProcessKey(11, START)}
    assert any("behind them wait p12 12" in line for line in finding.evidence)


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param(TWO_PIPES, (waits(10, "write", 3), waits(11, "write", 3, timed=True)), id="a timeout"),
        pytest.param(TWO_PIPES, (waits(10, "write", 3),), id="nothing known of the other"),
        pytest.param(TWO_PIPES, (waits(10, "write", 3), waiting(11, running=1)), id="the other runs"),
        pytest.param(
            TWO_PIPES,
            (waits(10, "write", 3), waiting(11, thread(11, "write", 3), running=1)),
            id="another thread of the other runs",
        ),
        pytest.param(
            TWO_PIPES,
            (waits(10, "write", 3), waiting(11, thread(11, "write", 3), unread=1)),
            id="another thread could not be read",
        ),
        pytest.param(TWO_PIPES, (waits(10, "write", 3), waits(11, "ioctl", 3)), id="a call that is not modelled"),
        pytest.param(
            TWO_PIPES, (waits(10, "write", 3), waits(11, "write", 3, since=NOW - 1)), id="one has just begun to wait"
        ),
        pytest.param(
            (*TWO_PIPES, pipe_fd(12, 4, 1, "r")), (*BOTH_WRITE, waits(12, "accept", 9)), id="another reader is live"
        ),
        pytest.param(
            tuple(pipe_fd(one.pid, one.fd, one.ino, one.access, "fifo") for one in TWO_PIPES), BOTH_WRITE, id="a FIFO"
        ),
        pytest.param(PAIR, (waits(10, "write", 3), waits(11, "write", 3, halted="frozen")), id="a frozen one"),
        pytest.param(PAIR, (waits(10, "write", 3), waits(11, "write", 3, halted="traced")), id="a traced one"),
        pytest.param(PAIR[1:], (waits(11, "write", 3),), id="nobody was seen to hold the other end"),
        pytest.param(TCP[:1] + TCP[2:3], (waits(10, "sendto", 3),), id="the other end is on another machine"),
        pytest.param(
            (process(10), pipe_fd(10, 4, 1, "w")), (waits(10, "wait4", child=77),), id="the child has vanished"
        ),
        pytest.param(
            (process(10), process(11, ppid=10, state="Z", ended=True)),
            (waits(10, "wait4", child=-1),),
            id="the child has ended",
        ),
        pytest.param(
            (pipe_fd(10, 3, 1, "r"), pipe_fd(10, 4, 1, "w")),
            (waiting(10, thread(10, "read", 3), thread(12, "futex", manner="shared")),),
            id="a shared futex",
        ),
        pytest.param(
            (pipe_fd(10, 3, 1, "r"), pipe_fd(10, 4, 1, "w")),
            (waiting(10, thread(10, "read", 3), thread(12, "rt_sigsuspend", manner="signal")),),
            id="a thread that waits for signals",
        ),
        pytest.param(
            (*EPOLL_PAIR[:2], EPOLL_PAIR[2], EpollInstance("epoll/2", (), "its fdinfo could not be read"), *PAIR),
            BOTH_EPOLL,
            id="an epoll that could not be read",
        ),
        pytest.param(
            (*EPOLL_PAIR[:2], EPOLL_PAIR[2], EpollInstance("epoll/2", (target(3, "", status="closed"),)), *PAIR),
            BOTH_EPOLL,
            id="nobody was seen to hold what an epoll watches",
        ),
        pytest.param(
            (
                *EPOLL_PAIR[:2],
                EPOLL_PAIR[2],
                EpollInstance("epoll/2", (target(3, "socket:101", status="unknown", confidence="inferred"),)),
                *PAIR,
            ),
            BOTH_EPOLL,
            id="what an epoll watches could not be compared",
        ),
        pytest.param(
            (
                *EPOLL_PAIR[:2],
                EPOLL_PAIR[2],
                EpollInstance("epoll/2", (target(3, "socket:101"), target(9, "timer/1"))),
                descriptor(11, 9, "timerfd", "timer/1"),
                *PAIR,
            ),
            BOTH_EPOLL,
            id="a timer beside it",
        ),
        pytest.param(
            (
                process(10),
                process(11),
                descriptor(10, 5, "epoll", "epoll/1"),
                socket_fd(10, 6, 300),
                inet(300, "0.0.0.0:80"),
                EpollInstance("epoll/1", (target(6, "socket:300"),)),
                pipe_fd(10, 3, 1, "w"),
                pipe_fd(11, 3, 1, "r"),
            ),
            (waits(10, "epoll_wait", 5), waits(11, "read", 3)),
            id="a server at rest, and its worker",
        ),
    ],
)
def test_what_is_not_known_to_be_stuck_is_live(things: tuple[Any, ...], waiting_now: Waits) -> None:
    assert found("stuck", *things, waits=waiting_now) == []


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param(EPOLL_PAIR, BOTH_EPOLL, id="idle epolls"),
        pytest.param(PAIR, (waits(10, "read", 3), waits(11, "read", 3)), id="both wait to be told something"),
        pytest.param(
            (process(10),), (waits(10, "futex", manner="private"),), id="a main thread that waits for the end"
        ),
    ],
)
def test_who_only_waits_to_be_told_something_may_be_at_rest(things: tuple[Any, ...], waiting_now: Waits) -> None:
    assert {one.severity for one in found("stuck", *things, waits=waiting_now)} == {"note"}


def test_where_processes_could_not_be_read_it_is_not_sure() -> None:
    (finding,) = found("stuck", *TWO_PIPES, waits=BOTH_WRITE, coverage=Coverage(processes=9, unreadable_processes=2))
    assert (finding.severity, finding.confidence) == ("suspect", "inferred")
    first = process(1, denied="permission denied")
    (finding,) = found(
        "stuck", first, *TWO_PIPES, waits=BOTH_WRITE, coverage=Coverage(processes=9, unreadable_processes=1)
    )
    assert finding.severity == "sick"


def test_a_stopped_reader_is_no_knot() -> None:
    stopped = waits(11, "read", 4, halted="stopped")
    assert found("stuck", *TWO_PIPES, waits=(waits(10, "write", 3), stopped)) == []


def test_a_thread_with_a_table_of_its_own_waits_on_what_that_has() -> None:
    own = process(12, thread_of=10)
    things = (process(10), own, pipe_fd(10, 3, 9, "r"), pipe_fd(12, 3, 1, "r"), pipe_fd(12, 4, 1, "w"))
    (finding,) = found("stuck", *things, waits=(waiting(10, thread(12, "read", 3)),))
    assert finding.subjects == (DescriptorKey(12, START, 3),)


def test_a_deadlock_is_not_proven_where_another_thread_may_have_given_a_number_to_another_file() -> None:
    both = waits(10, "write", 3)
    helped = ProcessWaits(11, START, (thread(11, "write", 3), thread(12, "futex", manner="private")))
    (alone,) = found("stuck", *TWO_PIPES, waits=BOTH_WRITE)
    (shared,) = found("stuck", *TWO_PIPES, waits=(both, helped))
    assert [(one.severity, one.confidence) for one in (alone, shared)] == [("sick", "proven"), ("sick", "inferred")]
    assert "another file at a number" in shared.refuted_by
    assert "another file" not in alone.refuted_by


@pytest.mark.parametrize(("scan", "many"), [(97_000, 1), (99_000, 0)])
def test_who_was_seen_to_wait_early_in_a_long_look_has_not_stood_still_for_that(scan: int, many: int) -> None:
    """That look read his call, and nothing after it: from the next one on it is known that he has not run."""
    assert len(found("stuck", *TWO_PIPES, waits=BOTH_WRITE, stats=Stats(scan_ms=scan))) == many


def test_who_has_run_a_moment_ago_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    lately = (BOTH_WRITE[0], waits(11, "write", 3, since=NOW - 1))
    assert found("stuck", *TWO_PIPES, waits=lately) == []
    monkeypatch.setattr(wait_graph, "STILL", 0.0)
    assert len(found("stuck", *TWO_PIPES, waits=lately)) == 1
