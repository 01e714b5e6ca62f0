"""Connections that nobody accepts, and a listener that is only busy."""

from typing import Any

import pytest

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.registry import BY_NAME
from sockscope.findings.rules import backlog
from sockscope.model.epoll import EpollInstance
from sockscope.model.wait import ProcessWaits
from tests.findings.looking import found, waits
from tests.world.build import NOW, descriptor, frame, inet, key, process, socket_fd, target, waiting, world

LISTENER = inet(100, "127.0.0.1:80", queue=3)
SERVER = (socket_fd(10, 5, 100), LISTENER)
WATCHED = (descriptor(10, 7, "epoll", "epoll/1"), EpollInstance("epoll/1", (target(5, "socket:100"),)))


@pytest.mark.parametrize(
    ("things", "waiting_now", "why"),
    [
        pytest.param(SERVER, (waits(10, "epoll_wait", 7, halted="stopped"),), "is stopped", id="stopped"),
        pytest.param(SERVER, (waits(10, "recvfrom", 9),), "is in recvfrom(9)", id="blocked elsewhere"),
        pytest.param(
            (*SERVER, *WATCHED), (waits(10, "epoll_wait", 7),), "is in epoll_wait(7), and watches it", id="did not wake"
        ),
    ],
)
def test_nobody_accepts(things: tuple[Any, ...], waiting_now: tuple[ProcessWaits, ...], why: str) -> None:
    (finding,) = found("backlog", *things, waits=waiting_now, looks=3)
    assert finding.severity == "sick"
    assert finding.sentence == f"3 connections wait at 127.0.0.1:80, and nobody accepts: p10 10 {why}"
    assert finding.subjects == (key(10, 5),)
    assert finding.since == NOW


def test_who_was_only_started_with_it_is_named_so() -> None:
    child = process(11, ppid=10, comm="sleep", cmdline=("sleep", "9"))
    things = (process(10), child, *SERVER, socket_fd(11, 5, 100))
    (finding,) = found("backlog", *things, waits=(waits(10, "futex"), waits(11, "pause")), looks=3)
    assert any("sleep 9" in line and "only inherited it" in line for line in finding.evidence)


def test_who_sleeps_for_a_while_may_come_back() -> None:
    (finding,) = found("backlog", *SERVER, waits=(waits(10, "clock_nanosleep", timed=True),), looks=3)
    assert finding.severity == "suspect"


@pytest.mark.parametrize(
    ("things", "waiting_now", "looks"),
    [
        pytest.param(SERVER, (waits(10, "futex"),), 2, id="two looks"),
        pytest.param((socket_fd(10, 5, 100), inet(100, "127.0.0.1:80")), (waits(10, "futex"),), 3, id="nobody waits"),
        pytest.param(SERVER, (waiting(10, running=1),), 3, id="it runs"),
        pytest.param(SERVER, (waits(10, "futex", since=NOW + 1.5),), 3, id="it has run meanwhile"),
        pytest.param(SERVER, (waits(10, "accept4", 5),), 3, id="it is about to accept"),
        pytest.param(SERVER, (), 3, id="nothing is known of it"),
        pytest.param((LISTENER,), (), 3, id="nobody was seen to hold it"),
        pytest.param((*SERVER, socket_fd(11, 5, 100)), (waits(10, "futex"), waiting(11, running=1)), 3, id="one runs"),
    ],
)
def test_who_may_accept_yet_is_left_alone(
    things: tuple[Any, ...], waiting_now: tuple[ProcessWaits, ...], looks: int
) -> None:
    assert found("backlog", *things, waits=waiting_now, looks=looks) == []


def test_a_queue_that_becomes_shorter_is_being_emptied() -> None:
    diagnosis, made = Diagnosis([BY_NAME["backlog"]]), world(*SERVER, waits=(waits(10, "futex"),))
    diagnosis.look(made)
    for turn, queue in enumerate((2, 2, 2), start=2):
        made.apply(frame(inet(100, "127.0.0.1:80", queue=queue), full=False, seq=turn, time=NOW + turn))
        assert diagnosis.look(made) == ()


def test_a_burst_begins_anew() -> None:
    diagnosis, made = Diagnosis([BY_NAME["backlog"]]), world(*SERVER, waits=(waits(10, "futex"),))
    for turn, queue in enumerate((3, 0, 3, 3), start=2):
        diagnosis.look(made)
        made.apply(frame(inet(100, "127.0.0.1:80", queue=queue), full=False, seq=turn, time=NOW + turn))
    assert diagnosis.look(made) == ()


def test_who_has_run_meanwhile_may_come_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = (waits(10, "futex", since=NOW + 1.5),)
    assert found("backlog", *SERVER, waits=busy, looks=3) == []
    monkeypatch.setattr(backlog, "has_run", lambda *_: False)
    assert len(found("backlog", *SERVER, waits=busy, looks=3)) == 1
