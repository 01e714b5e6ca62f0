"""Connections that only the other end has closed: long ago, and just now."""

import pytest

from sockscope.findings.rules import close_wait
from tests.findings.looking import found, waits
from tests.world.build import NOW, inet, key, socket_fd, waiting

RUNS = (waiting(10, running=1),)


def connections(count: int, state: str = "CLOSE_WAIT") -> list[object]:
    sockets = [inet(100 + n, "10.0.0.1:80", f"10.0.0.2:{1000 + n}", state=state) for n in range(count)]
    return [*sockets, *(socket_fd(10, 3 + n, 100 + n) for n in range(count))]


@pytest.mark.parametrize(("count", "severity"), [(1, "note"), (19, "note"), (20, "suspect")])
def test_what_was_not_closed_for_a_minute_is_counted(count: int, severity: str) -> None:
    (finding,) = found("close-wait", *connections(count), waits=RUNS, looks=3, apart=30.0)
    assert (finding.severity, finding.confidence) == (severity, "proven")
    assert finding.subjects[0] == key(10, 3)
    assert finding.since == NOW


def test_what_may_still_be_closed_is_left_alone() -> None:
    assert found("close-wait", *connections(30), waits=RUNS, looks=3, apart=10.0) == []
    assert found("close-wait", *connections(30, "ESTABLISHED"), waits=RUNS, looks=3, apart=30.0) == []
    rests = (waits(10, "futex"),)
    assert found("close-wait", *connections(30), waits=rests, looks=3, apart=30.0) == []


@pytest.mark.parametrize(
    ("guard", "instead", "now", "apart"),
    [("SECONDS", 20.0, RUNS, 10.0), ("has_run", lambda *_: True, (waits(10, "futex"),), 30.0)],
)
def test_time_and_an_owner_that_runs_make_it_one(
    guard: str, instead: object, now: object, apart: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found("close-wait", *connections(30), waits=now, looks=3, apart=apart) == []
    monkeypatch.setattr(close_wait, guard, instead)
    assert len(found("close-wait", *connections(30), waits=now, looks=3, apart=apart)) == 1
