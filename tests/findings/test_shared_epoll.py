"""An epoll that several processes wait in, and one that a child merely has."""

from typing import Any

import pytest

from sockscope.findings.rules import shared_epoll
from sockscope.model.epoll import EpollInstance
from tests.findings.looking import found, thread, waits
from tests.world.build import descriptor, key, process, waiting

EPOLL = EpollInstance("epoll/1", ())
BOTH = (descriptor(10, 4, "epoll", "epoll/1"), descriptor(11, 4, "epoll", "epoll/1"), EPOLL)
WAIT = (waits(10, "epoll_wait", 4), waits(11, "epoll_wait", 4))


def test_two_processes_that_wait_in_one_are_suspect() -> None:
    (finding,) = found("shared-epoll", *BOTH, waits=WAIT, looks=3)
    assert (finding.severity, finding.confidence) == ("suspect", "proven")
    assert finding.subjects == (key(10, 4), key(11, 4))
    assert finding.sentence == "p10 10 and p11 11 wait in one epoll: each is told what is meant for the other"


def test_where_another_thread_may_have_put_another_file_at_the_number_it_is_inferred() -> None:
    busy = waiting(10, thread(10, "epoll_wait", 4), thread(99, "clock_nanosleep"))
    (finding,) = found("shared-epoll", *BOTH, waits=(busy, WAIT[1]), looks=3)
    assert (finding.severity, finding.confidence) == ("suspect", "inferred")


def test_a_child_that_merely_has_it_is_worth_a_note() -> None:
    (finding,) = found("shared-epoll", *BOTH, waits=(WAIT[0], waits(11, "pause")), looks=3)
    assert (finding.severity, finding.subjects) == ("note", (key(10, 4), key(11, 4)))
    assert finding.sentence == "p11 11 has the epoll that p10 10 waits in"


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param((*BOTH[:1], EPOLL), WAIT[:1], id="one process"),
        pytest.param((*BOTH[:1], descriptor(10, 5, "epoll", "epoll/1"), EPOLL), WAIT[:1], id="a duplicate"),
        pytest.param(
            (BOTH[0], descriptor(11, 4, "epoll", "epoll/2"), EPOLL, EpollInstance("epoll/2", ())), WAIT, id="one each"
        ),
        pytest.param((process(11, table_of=10), *BOTH), WAIT, id="one table"),
        pytest.param((process(11, thread_of=10), *BOTH), WAIT, id="a thread"),
        pytest.param(BOTH, (waiting(10, running=1), waiting(11, running=1)), id="nobody waits"),
    ],
)
def test_what_belongs_to_one_process_is_left_alone(things: Any, waiting_now: Any) -> None:
    assert found("shared-epoll", *things, waits=waiting_now, looks=3) == []


def test_a_child_has_it_until_it_becomes_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("shared-epoll", *BOTH, waits=WAIT, looks=2) == []
    monkeypatch.setattr(shared_epoll, "LOOKS", 2)
    assert len(found("shared-epoll", *BOTH, waits=WAIT, looks=2)) == 1
