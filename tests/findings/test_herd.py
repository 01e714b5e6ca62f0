"""A listener that wakes many, and listeners that wake one of many."""

from typing import Any

import pytest

from sockscope.findings.rules import herd
from sockscope.model.epoll import EpollInstance
from tests.findings.looking import found, thread, waits
from tests.world.build import descriptor, inet, key, socket_fd, target, waiting

LISTENER = inet(100, "127.0.0.1:80")
EXCLUSIVE = 1 << 28


def workers(count: int = 4, *, own: bool = True, **registered: Any) -> list[Any]:
    """Processes that have one listener, each registered in an epoll of its own, or all in one."""
    pids = range(10, 10 + count)
    objects = [f"epoll/{pid if own else 0}" for pid in pids]
    return [
        LISTENER,
        *(socket_fd(pid, 5, 100) for pid in pids),
        *(descriptor(pid, 7, "epoll", of) for pid, of in zip(pids, objects, strict=True)),
        *(EpollInstance(of, (target(5, "socket:100", **registered),)) for of in dict.fromkeys(objects)),
    ]


def idle(count: int = 4, call: str = "epoll_wait", fd: int = 7) -> tuple[Any, ...]:
    return tuple(waits(pid, call, fd) for pid in range(10, 10 + count))


def test_four_that_are_woken_at_once_are_worth_a_note() -> None:
    (finding,) = found("herd", *workers(), waits=idle())
    assert (finding.severity, finding.confidence) == ("note", "proven")
    assert finding.sentence == "each connection to 127.0.0.1:80 wakes 4 processes (p10 10 …) for one of them"
    assert finding.subjects == tuple(key(pid, 7) for pid in range(10, 14))


def test_where_another_thread_may_have_put_another_file_at_the_number_it_is_inferred() -> None:
    busy = waiting(10, thread(10, "epoll_wait", 7), thread(99, "clock_nanosleep"))
    (finding,) = found("herd", *workers(), waits=(busy, *idle()[1:]))
    assert finding.confidence == "inferred"


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param(workers(), idle(3), id="three wait"),
        pytest.param(workers(own=False), idle(), id="all wait in one epoll"),
        pytest.param(workers(), idle(call="accept", fd=5), id="they wait in accept"),
        pytest.param(workers(status="unknown", confidence="inferred"), idle(), id="it was not compared"),
        pytest.param([*workers(), inet(100, "127.0.0.1:80", "127.0.0.1:9")], idle(), id="a connection"),
    ],
)
def test_who_is_woken_alone_is_left_alone(things: Any, waiting_now: Any) -> None:
    assert found("herd", *things, waits=waiting_now) == []


def test_exclusive_registrations_wake_one(monkeypatch: pytest.MonkeyPatch) -> None:
    things = workers(events=EXCLUSIVE | 0x19)
    assert found("herd", *things, waits=idle()) == []
    monkeypatch.setattr(herd, "EXCLUSIVE", 0)
    assert len(found("herd", *things, waits=idle())) == 1
