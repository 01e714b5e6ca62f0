"""Processes that spin at what is ready for good, and processes that have much to do."""

from typing import Any

import pytest

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.finding import Finding
from sockscope.findings.registry import BY_NAME
from sockscope.findings.rules import spin
from sockscope.model.coverage import Coverage
from sockscope.model.epoll import EpollInstance
from tests.world.build import NOW, descriptor, frame, inet, key, pipe_fd, socket_fd, target, unix, waiting, world

EPOLL = descriptor(10, 7, "epoll", "epoll/1")
LOOKS = 5
IN, HUP_ONLY, ONESHOT, EDGE = 0x1, 0x0, 1 << 30, 1 << 31


def watched(of: str, **known: Any) -> tuple[object, ...]:
    return EPOLL, EpollInstance("epoll/1", (target(5, of, **known),))


def spinning(*things: Any, share: float = 0.95, looks: int = LOOKS, coverage: Coverage | None = None) -> list[Finding]:
    """What is found at the last look of a process that has some share of a processor."""
    told = coverage or Coverage()
    diagnosis = Diagnosis([BY_NAME["spin"]])
    made = world(*things, waits=(waiting(10, running=1, run_ns=1),), coverage=told)
    diagnosis.look(made)
    for turn in range(1, looks):
        spent = 1 + int(turn * share * 1e9)
        made.apply(frame(full=False, seq=1 + turn, time=NOW + turn, coverage=told,
                         waits=(waiting(10, running=1, run_ns=spent),)))  # fmt: skip
        diagnosis.look(made)
    return list(diagnosis.findings)


HALF_CLOSED = (socket_fd(10, 5, 100), inet(100, "10.0.0.1:80", "10.0.0.2:9", state="CLOSE_WAIT"))
OPEN = (socket_fd(10, 5, 100), inet(100, "10.0.0.1:80", "10.0.0.2:9"))
HUNG_UP = (socket_fd(10, 5, 100), unix(100, shutdown=3))
DRAINED = (pipe_fd(10, 5, 1, "r"),)


@pytest.mark.parametrize(
    ("things", "why"),
    [
        pytest.param((*HALF_CLOSED, *watched("socket:100")), "end of file", id="a connection that was closed"),
        pytest.param((*HUNG_UP, *watched("socket:100", events=HUP_ONLY)), "hang-up", id="a hang-up nobody asked for"),
        pytest.param((*DRAINED, *watched("pipe:1")), "end of file", id="a pipe without writers"),
    ],
)
def test_who_spins_at_what_is_ready_for_good_is_suspect(things: Any, why: str) -> None:
    (finding,) = spinning(*things)
    assert (finding.severity, finding.confidence, finding.subjects) == ("suspect", "inferred", (key(10, 7),))
    assert finding.sentence == "p10 10 spins: 95% of a processor, and fd 5 in epoll 7 is ready for good"
    assert why in finding.evidence[0]


@pytest.mark.parametrize(
    ("things", "how"),
    [
        pytest.param((*OPEN, *watched("socket:100")), {}, id="a busy server"),
        pytest.param((*HALF_CLOSED, *watched("socket:100")), {"share": 0.5}, id="half of a processor"),
        pytest.param((*HALF_CLOSED, *watched("socket:100")), {"looks": 3}, id="two looks"),
        pytest.param((*HALF_CLOSED, *watched("socket:100", events=HUP_ONLY)), {}, id="end of file is not asked for"),
        pytest.param((*HALF_CLOSED, *watched("socket:100", events=IN | EDGE)), {}, id="edges are told of once"),
        pytest.param(
            (*HALF_CLOSED, *watched("socket:100", status="unknown", confidence="inferred")), {}, id="not compared"
        ),
        pytest.param((*DRAINED, pipe_fd(11, 1, 1, "w"), *watched("pipe:1")), {}, id="a pipe with a writer"),
        pytest.param(
            (*DRAINED, *watched("pipe:1")),
            {"coverage": Coverage(processes=9, unreadable_processes=2)},
            id="a pipe that others may write",
        ),
    ],
)  # fmt: skip
def test_who_has_much_to_do_is_left_alone(things: Any, how: dict[str, Any]) -> None:
    assert spinning(*things, **how) == []


def test_what_is_registered_for_one_event_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    things = (*HALF_CLOSED, *watched("socket:100", events=IN | ONESHOT))
    assert spinning(*things) == []
    monkeypatch.setattr(spin, "_is_repeated", lambda _: True)
    assert len(spinning(*things)) == 1
