"""A stopped process that others wait for, and job control at rest."""

from typing import Any

import pytest

from sockscope.findings.rules import stopped
from sockscope.model.keys import ProcessKey
from sockscope.model.wait import ProcessWaits
from tests.findings.looking import found, waits
from tests.world.build import START, pipe_fd, process, socket_fd, unix

PIPE = (pipe_fd(10, 1, 1, "w"), pipe_fd(11, 0, 1, "r"))
STOPPED = waits(11, "read", 0, halted="stopped")


def test_the_reader_of_a_full_pipe_is_stopped() -> None:
    (finding,) = found("stopped", *PIPE, waits=(waits(10, "write", 1), STOPPED))
    assert (finding.severity, finding.confidence) == ("sick", "proven")
    assert finding.subjects == (ProcessKey(11, START), ProcessKey(10, START))
    assert finding.sentence == "p11 11 is stopped, and p10 10 waits for it"
    assert finding.evidence == ("11 /usr/bin/p11 -x: stopped; was in read(0)", "10 /usr/bin/p10 -x: write(1)")


def test_the_other_end_of_a_connection_is_stopped() -> None:
    pair = (socket_fd(10, 3, 100), socket_fd(11, 3, 101), unix(100, peer_ino=101), unix(101, peer_ino=100))
    (finding,) = found("stopped", *pair, waits=(waits(10, "recvfrom", 3), STOPPED))
    assert finding.confidence == "inferred"


def test_a_connection_on_the_way_to_who_is_stopped_makes_it_inferred() -> None:
    pair = (socket_fd(10, 3, 100), socket_fd(11, 3, 101), unix(100, peer_ino=101), unix(101, peer_ino=100))
    behind = (pipe_fd(12, 0, 1, "r"), pipe_fd(10, 4, 1, "w"))
    (finding,) = found("stopped", *pair, *behind, waits=(waits(10, "recvfrom", 3), waits(12, "read", 0), STOPPED))
    assert finding.confidence == "inferred"


def test_nothing_is_proven_while_an_end_may_be_where_no_table_shows_it() -> None:
    (finding,) = found("stopped", *PIPE, unix(300, recv_q=1), waits=(waits(10, "write", 1), STOPPED))
    assert finding.confidence == "inferred"
    assert finding.evidence[-1].startswith("messages of unix sockets that were not received may carry")


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param((process(11),), (STOPPED,), id="a job at rest"),
        pytest.param(
            (process(10), process(11, ppid=10)),
            (waits(10, "wait4", child=-1), STOPPED),
            id="a waiting parent",
        ),
        pytest.param(
            (*PIPE, pipe_fd(12, 0, 1, "r")),
            (waits(10, "write", 1), STOPPED, waits(12, "accept", 4)),
            id="a reader",
        ),
        pytest.param(PIPE, (waits(10, "poll", timed=True), STOPPED), id="a timeout"),
        pytest.param(PIPE, (waits(10, "write", 1, halted="stopped"), STOPPED), id="both are stopped"),
        pytest.param(PIPE, (waits(10, "write", 1), waits(11, "read", 0, halted="frozen")), id="frozen with its cgroup"),
    ],
)
def test_who_is_waited_for_by_nobody_is_at_rest(things: tuple[Any, ...], waiting_now: tuple[ProcessWaits, ...]) -> None:
    assert found("stopped", *things, waits=waiting_now) == []


def test_a_shell_whose_job_is_stopped_is_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    job, now = (process(10), process(11, ppid=10)), (waits(10, "wait4", child=-1), STOPPED)
    assert found("stopped", *job, waits=now) == []
    monkeypatch.setattr(stopped, "AT_REST", frozenset())
    assert len(found("stopped", *job, waits=now)) == 1
