"""A port that a program was only started with, and listeners that are handed over on purpose."""

from typing import Any

import pytest

from sockscope.findings.rules import port_taken
from sockscope.model.limits import Limits
from sockscope.model.wait import ProcessWaits
from tests.findings.looking import found, waits
from tests.world.build import NOW, inet, key, process, socket_fd, udp, waiting

LISTENER = inet(100, "127.0.0.1:80")
SERVER = (process(10, comm="server"), socket_fd(10, 5, 100), LISTENER)
CHILD = (process(11, ppid=10, comm="sleep"), socket_fd(11, 5, 100))
SLEEPS = waits(11, "pause")


def test_a_child_that_was_started_with_it_keeps_the_port() -> None:
    (finding,) = found("port-taken", *SERVER, *CHILD, waits=(waits(10, "futex"), SLEEPS), looks=3)
    assert (finding.severity, finding.subjects) == ("suspect", (key(11, 5),))
    assert "sleep 11 keeps 127.0.0.1:80 taken" in finding.sentence


def test_as_long_as_somebody_serves_it_is_worth_a_note() -> None:
    (finding,) = found("port-taken", *SERVER, *CHILD, waits=(waits(10, "accept", 5), SLEEPS), looks=3)
    assert finding.severity == "note"
    assert "would keep" in finding.sentence


@pytest.mark.parametrize(
    ("things", "waiting_now", "looks"),
    [
        pytest.param((*SERVER, *CHILD), (waits(10, "futex"), SLEEPS), 2, id="two looks"),
        pytest.param(
            (*SERVER, process(11, ppid=10, comm="server"), socket_fd(11, 5, 100)),
            (waits(10, "rt_sigsuspend"), SLEEPS),
            3,
            id="a prefork master and its worker",
        ),
        pytest.param((*SERVER, *CHILD), (waits(10, "futex"), waits(11, "accept", 5)), 3, id="the child accepts"),
        pytest.param((*SERVER, *CHILD), (waits(10, "futex"), waits(11, "select")), 3, id="the child may select it"),
        pytest.param((*SERVER, *CHILD), (waits(10, "futex"), waiting(11, running=1)), 3, id="the child runs"),
        pytest.param((*SERVER, *CHILD), (waits(10, "futex"), waits(11, "pause", since=NOW + 1)), 3, id="it has run"),
        pytest.param(
            (process(1, comm="systemd"), socket_fd(1, 5, 100), LISTENER, process(11, ppid=1), socket_fd(11, 5, 100)),
            (waits(1, "epoll_wait", 4), SLEEPS),
            3,
            id="socket activation",
        ),
        pytest.param(
            (*SERVER, socket_fd(10, 2, 100), CHILD[0], socket_fd(11, 2, 100)),
            (waits(10, "futex"), SLEEPS),
            3,
            id="standard error",
        ),
    ],
)
def test_who_has_it_on_purpose_is_left_alone(
    things: tuple[Any, ...], waiting_now: tuple[ProcessWaits, ...], looks: int
) -> None:
    assert found("port-taken", *things, waits=waiting_now, looks=looks) == []


PORTS = Limits(local_ports=(32768, 60999))


def bound(address: str, remote: str = "") -> tuple[Any, ...]:
    return (process(10, comm="server"), socket_fd(10, 5, 100), udp(100, address, remote), *CHILD)


def test_a_udp_port_is_kept_by_a_child_as_well() -> None:
    now = waits(10, "futex"), SLEEPS
    (finding,) = found("port-taken", *bound("0.0.0.0:53"), waits=now, looks=3, limits=PORTS)
    assert (finding.severity, finding.subjects) == ("suspect", (key(11, 5),))
    assert finding.sentence.startswith("sleep 11 keeps 0.0.0.0:53 taken, and never receives there")


@pytest.mark.parametrize(
    ("things", "now", "limits"),
    [
        pytest.param(bound("0.0.0.0:40000"), SLEEPS, PORTS, id="a port that it got by itself"),
        pytest.param(bound("0.0.0.0:53", "10.0.0.1:9"), SLEEPS, PORTS, id="a connection"),
        pytest.param(bound("0.0.0.0:53"), waits(11, "recvfrom", 5), PORTS, id="it receives"),
        pytest.param(bound("0.0.0.0:53"), waits(11, "poll"), PORTS, id="it may poll it"),
        pytest.param(bound("0.0.0.0:53"), SLEEPS, Limits(), id="which ports are given is not known"),
    ],
)
def test_udp_that_nobody_misses_is_left_alone(things: tuple[Any, ...], now: ProcessWaits, limits: Limits) -> None:
    assert found("port-taken", *things, waits=(waits(10, "futex"), now), looks=3, limits=limits) == []


@pytest.mark.parametrize(
    ("guard", "instead", "child"),
    [
        ("attends", lambda *_: False, waits(11, "accept", 5)),
        ("has_run", lambda *_: False, waits(11, "pause", since=NOW + 1)),
    ],
)
def test_each_guard_is_what_keeps_a_child_that_serves_silent(
    guard: str, instead: object, child: ProcessWaits, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = waits(10, "futex"), child
    assert found("port-taken", *SERVER, *CHILD, waits=now, looks=3) == []
    monkeypatch.setattr(port_taken, guard, instead)
    assert len(found("port-taken", *SERVER, *CHILD, waits=now, looks=3)) == 1
