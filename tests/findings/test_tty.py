"""Jobs that their terminal has stopped, and jobs that rest for another reason."""

from typing import Any

import pytest

from sockscope.findings.rules import tty
from sockscope.model.process import Process
from tests.findings.looking import found, waits
from tests.world.build import descriptor, key, process

TERMINAL = descriptor(10, 0, "tty", "tty:1:1", target="/dev/pts/1")
SHELL = process(9, comm="bash", pgid=9, sid=9, tty="pts/1", tpgid=9)


def job(**known: Any) -> Process:
    values = {"comm": "cat", "ppid": 9, "sid": 9, "tty": "pts/1", "tpgid": 9, "sigttin": "default", **known}
    return process(10, **values)


def stopped(call: str = "read", fd: int = 0, halted: str = "stopped") -> Any:
    return waits(10, call, fd, halted=halted)


@pytest.mark.parametrize(("call", "said"), [("read", "reads from"), ("write", "writes to"), ("ioctl", "sets")])
def test_a_job_that_uses_its_terminal_from_the_background_is_told(call: str, said: str) -> None:
    (finding,) = found("tty", SHELL, job(), TERMINAL, waits=(stopped(call),))
    assert (finding.severity, finding.confidence, finding.subjects) == ("note", "inferred", (key(10, 0),))
    assert finding.sentence == f"cat 10 {said} its terminal pts/1 from the background, and is stopped"
    assert "9 is (bash 9)" in finding.evidence[1]


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param((job(tpgid=10), TERMINAL), stopped(), id="it is in front"),
        pytest.param((job(), TERMINAL), stopped(halted=""), id="it waits for a key"),
        pytest.param((job(), TERMINAL), stopped(halted="traced"), id="it is traced"),
        pytest.param((job(), TERMINAL), stopped("wait4", -1), id="it was stopped in something else"),
        pytest.param((job(tty="", tpgid=-1), TERMINAL), stopped(), id="it has no terminal"),
        pytest.param((job(tty="pts/2"), TERMINAL), stopped(), id="the terminal is another's"),
        pytest.param(
            (job(), descriptor(10, 0, "pipe", access="r")), stopped(), id="a pipeline that was stopped as a whole"
        ),
    ],
)
def test_a_job_at_rest_is_left_alone(things: Any, waiting_now: Any) -> None:
    assert found("tty", *things, waits=(waiting_now,)) == []


@pytest.mark.parametrize("sigttin", ["caught", "ignored", "blocked", ""])
def test_who_cannot_be_stopped_by_reading_was_stopped_by_somebody(
    sigttin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = (job(sigttin=sigttin), TERMINAL)
    assert found("tty", *things, waits=(stopped(),)) == []
    monkeypatch.setattr(tty, "_is_stopped_by_reading", lambda _: True)
    assert len(found("tty", *things, waits=(stopped(),))) == 1
