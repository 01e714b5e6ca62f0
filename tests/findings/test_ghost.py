"""Registrations whose number means something else, with a holder that spins and one that rests."""

import pytest

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.registry import BY_NAME
from sockscope.findings.rules import ghost
from sockscope.model.epoll import EpollInstance, Target
from tests.findings.looking import found
from tests.world.build import NOW, descriptor, frame, key, target, waiting, world


def epoll(one: Target) -> tuple[object, ...]:
    return descriptor(10, 7, "epoll", "epoll/1"), EpollInstance("epoll/1", (one,))


GHOST = target(5, "socket:9", status="moved")


def severities(share: float, looks: int) -> list[list[str]]:
    """What is said at each look of a holder that has some share of a processor."""
    diagnosis, made = Diagnosis([BY_NAME["ghost"]]), world(*epoll(GHOST), waits=(waiting(10, running=1, run_ns=1),))
    said = [[one.severity for one in diagnosis.look(made)]]
    for turn in range(1, looks):
        spent = 1 + int(turn * share * 1e9)
        made.apply(frame(full=False, seq=1 + turn, time=NOW + turn, waits=(waiting(10, running=1, run_ns=spent),)))
        said.append([one.severity for one in diagnosis.look(made)])
    return said


def test_a_ghost_whose_holder_spins_is_sick() -> None:
    assert severities(0.9, 5) == [["note"], ["note"], ["note"], ["sick"], ["sick"]]


def test_as_many_looks_as_it_asks_for_are_enough_to_see_it_spin() -> None:
    assert severities(0.9, BY_NAME["ghost"].looks)[-1] == ["sick"]


def test_a_ghost_whose_holder_rests_is_worth_a_note() -> None:
    assert severities(0.2, 5)[-1] == ["note"]
    (finding,) = found("ghost", *epoll(GHOST))
    assert finding.subjects == (key(10, 7),)
    assert "fd 5 when it was added (IN)" in finding.evidence[0]


def test_registrations_that_live_or_could_not_be_compared_are_left_alone() -> None:
    assert found("ghost", *epoll(target(5, "socket:9"))) == []
    assert found("ghost", *epoll(target(5, "", status="unknown", confidence="unknown"))) == []
    assert found("ghost", *epoll(target(5, "", status="closed", confidence="unknown"))) == []


def test_only_a_holder_that_is_busy_spins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert severities(0.2, 5)[-1] == ["note"]
    monkeypatch.setattr(ghost, "BUSY", 0.1)
    assert severities(0.2, 5)[-1] == ["sick"]
