"""Locks that somebody waits for, circles of them, and locks that do what they are for."""

from typing import Any

import pytest

from sockscope.findings.rules import lock
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.lock import LockWait
from tests.findings.looking import found, waits
from tests.world.build import NOW, START, descriptor, key, waiting

DEVICE = 8 << 20 | 1


def file(pid: int, fd: int, ino: int = 7, **known: Any) -> Descriptor:
    return descriptor(pid, fd, "file", f"file:{ino}", ino=ino, target=f"/run/{ino}", **{"dev": DEVICE, **known})


def request(waiter: int, *held_by: tuple[int, int], ino: int = 7, **known: Any) -> LockWait:
    values = {"type": "FLOCK", "mode": "WRITE", "waiter": waiter, "device": "8:1", "ino": ino, "setter": 10}
    return LockWait(**{**values, "held_by": held_by, **known})  # type: ignore[arg-type]


HELD = (file(10, 3), file(11, 4))
WAITS = (waits(11, "flock", 4, manner="lock"), waits(10, "clock_nanosleep", timed=True))
LOCKS = (request(11, (10, 3)),)


def test_who_waits_is_told_with_who_has_it_and_what_he_does_meanwhile() -> None:
    (finding,) = found("lock", *HELD, waits=WAITS, locks=LOCKS)
    assert (finding.severity, finding.confidence) == ("note", "proven")
    assert finding.subjects == (key(10, 3), key(11, 4))
    assert finding.sentence == "p11 11 waits for a lock on /run/7, that p10 10 has"
    assert "has it at fd 3 (fdinfo), and meanwhile: clock_nanosleep" in finding.evidence[0]


def test_who_has_it_without_having_set_it_has_inherited_it() -> None:
    (finding,) = found("lock", *HELD, waits=WAITS, locks=(request(11, (10, 3), setter=9),))
    assert any("set by 9, which does not have it any more" in line for line in finding.evidence)


def test_who_has_it_may_not_be_found() -> None:
    (finding,) = found("lock", *HELD, waits=WAITS, locks=(request(11),))
    assert (finding.confidence, finding.subjects) == ("unknown", (key(11, 4),))


LOOKALIKES = [
    pytest.param(HELD, WAITS, (), id="nobody waits for it"),
    pytest.param(HELD, (waits(11, "fcntl", 4, manner="lock"),), LOCKS, id="another sort of lock"),
    pytest.param((HELD[0], file(11, 4, 8)), WAITS, LOCKS, id="another file"),
    pytest.param((HELD[0], file(11, 4, dev=0)), WAITS, LOCKS, id="a file that is not known"),
    pytest.param(HELD, (waiting(11, running=1),), LOCKS, id="it runs again"),
    pytest.param(HELD, (waits(11, "flock", 4, manner="lock", halted="stopped"),), LOCKS, id="it is stopped"),
]
MOMENT = (waits(11, "flock", 4, manner="lock", since=NOW - 1),)


@pytest.mark.parametrize(("things", "waiting_now", "locks"), LOOKALIKES)
def test_what_is_no_wait_for_this_lock_is_left_alone(things: Any, waiting_now: Any, locks: Any) -> None:
    assert found("lock", *things, waits=waiting_now, locks=locks) == []


def test_a_moment_is_what_locks_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("lock", *HELD, waits=MOMENT, locks=LOCKS) == []
    monkeypatch.setattr(lock, "SECONDS", 0.0)
    assert len(found("lock", *HELD, waits=MOMENT, locks=LOCKS)) == 1


CIRCLE = (file(10, 3, 7), file(10, 4, 8), file(11, 3, 8), file(11, 4, 7))
BOTH = (waits(10, "flock", 4, manner="lock"), waits(11, "flock", 4, manner="lock"))
EACH = (request(11, (10, 3), ino=7), request(10, (11, 3), ino=8))


def test_a_circle_of_locks_is_a_deadlock() -> None:
    (finding,) = found("stuck", *CIRCLE, waits=BOTH, locks=EACH)
    assert (finding.severity, finding.confidence) == ("sick", "proven")
    assert finding.sentence.startswith("deadlock: ")
    assert set(finding.processes) == {ProcessKey(10, START), ProcessKey(11, START)}


@pytest.mark.parametrize(
    ("things", "waiting_now", "locks"),
    [
        pytest.param(CIRCLE, BOTH, EACH[:1], id="one of them is not known to wait"),
        pytest.param(CIRCLE, BOTH, (EACH[0], request(10, ino=8)), id="who has the other was not found"),
        pytest.param((*CIRCLE, file(12, 5, 7)), BOTH, (request(11, (10, 3), (12, 5)), EACH[1]), id="so has another"),
        pytest.param(CIRCLE, (BOTH[0], waits(11, "flock", 4, manner="lock", since=NOW - 1)), EACH, id="just now"),
        pytest.param(
            (*CIRCLE[:3], descriptor(11, 4, "file", "file:9", ino=7, dev=DEVICE)), BOTH, EACH,
            id="two files of one number",
        ),
        pytest.param(CIRCLE, BOTH, (*EACH, request(11, (13, 3))), id="two requests, one of them of who was not seen"),
    ],
)  # fmt: skip
def test_a_circle_that_may_open_is_none(things: Any, waiting_now: Any, locks: Any) -> None:
    assert found("stuck", *things, waits=waiting_now, locks=locks) == []


def test_a_stopped_one_that_has_a_lock_is_what_the_other_waits_for() -> None:
    stopped = waits(10, "pause", halted="stopped")
    (finding,) = found("stopped", *HELD, waits=(WAITS[0], stopped), locks=LOCKS)
    assert finding.severity == "sick"
