"""Connections whose other end is gone or takes nothing, and connections that rest."""

from typing import Any

import pytest

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.registry import BY_NAME
from sockscope.findings.rules import half_open
from tests.findings.looking import found
from tests.world.build import NOW, frame, inet, key, socket_fd, world

HELD = socket_fd(10, 3, 100)
AWAY = ("10.0.0.1:5000", "10.0.0.2:80")
HERE = ("127.0.0.1:5000", "127.0.0.1:80")
OWN = ("10.0.0.1:5000", "10.0.0.1:80")
MAPPED = ("[::ffff:10.0.0.1]:5000", "10.0.0.1:80")


def connection(ends: tuple[str, str], sent: int = 0) -> Any:
    return inet(100, *ends, send_q=sent)


def minute(*things: Any) -> Any:
    return found("half-open", *things, looks=3, apart=30.0)


@pytest.mark.parametrize(
    ("ends", "sent", "severity", "said"),
    [
        pytest.param(AWAY, 700, "note", "has not acknowledged 700 bytes", id="unacknowledged elsewhere"),
        pytest.param(HERE, 0, "note", "has no other end on this machine", id="no other end"),
        pytest.param(("[::1]:5000", "[::1]:80"), 0, "note", "has no other end on this machine", id="IPv6"),
        pytest.param(OWN, 0, "note", "has no other end on this machine", id="an address of an interface"),
        pytest.param(MAPPED, 0, "note", "has no other end on this machine", id="IPv4 in IPv6"),
        pytest.param(HERE, 700, "suspect", "has no other end on this machine", id="both"),
    ],
)
def test_what_leads_nowhere_is_told(ends: tuple[str, str], sent: int, severity: str, said: str) -> None:
    (finding,) = minute(HELD, connection(ends, sent))
    assert (finding.severity, finding.subjects, finding.since) == (severity, (key(10, 3),), NOW)
    assert finding.sentence == f"the connection of p10 10 with {ends[1]} is established and {said}"


@pytest.mark.parametrize(
    "things",
    [
        pytest.param((HELD, connection(AWAY)), id="keep-alive at rest"),
        pytest.param((connection(AWAY, 700),), id="nobody holds it"),
        pytest.param(
            (HELD, connection(HERE, 700), inet(101, *reversed(HERE))), id="a reader here that is not accepted"
        ),
        pytest.param(
            (HELD, connection(HERE), socket_fd(11, 3, 101), inet(101, *reversed(HERE))), id="both ends are here"
        ),
        pytest.param((HELD, inet(100, *HERE, state="CLOSE_WAIT")), id="the other end has closed"),
        pytest.param((HELD, inet(100, "127.0.0.1:80")), id="a listener"),
    ],
)
def test_what_rests_is_left_alone(things: Any) -> None:
    assert minute(*things) == []


def test_what_moves_on_is_left_alone() -> None:
    diagnosis, made = Diagnosis([BY_NAME["half-open"]]), world(HELD, connection(AWAY, 700))
    for turn, sent in enumerate((900, 500, 700), start=1):
        diagnosis.look(made)
        made.apply(frame(connection(AWAY, sent), full=False, seq=1 + turn, time=NOW + 30.0 * turn))
    assert diagnosis.look(made) == ()


def test_a_moment_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("half-open", HELD, connection(AWAY, 700), looks=3, apart=10.0) == []
    monkeypatch.setattr(half_open, "SECONDS", 15.0)
    assert len(found("half-open", HELD, connection(AWAY, 700), looks=3, apart=10.0)) == 1


@pytest.mark.parametrize(
    ("bound", "remote", "sent"), [("MOST_ASKED", HERE[1], 0), ("MOST_ASKED", HERE[1], 9), ("MOST_SENDING", AWAY[1], 9)]
)
def test_a_bounded_number_is_followed(bound: str, remote: str, sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(half_open, bound, 3)
    ends = [(f"{remote.rpartition(':')[0]}:{n + 1}", remote) for n in range(9)]
    sockets = [inet(100 + n, *pair, send_q=sent) for n, pair in enumerate(ends)]
    assert len(minute(*sockets, *(socket_fd(10, 3 + n, 100 + n) for n in range(9)))) == 3
