"""Descriptors that grow without end, and numbers that merely go up."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.finding import Finding
from sockscope.findings.registry import BY_NAME
from sockscope.findings.rules import leak
from sockscope.findings.rules.leak import rises
from sockscope.frames.messages import Frame, Table
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import ProcessKey
from sockscope.world.world import World
from tests.findings.looking import waits
from tests.world.build import HELLO, NOW, START, descriptor, frame, process, socket_fd, target, unix

OLD = 10
"""Descriptors that are open from the beginning."""


def grown(counts: Sequence[int], *, watched: bool = False) -> list[Finding]:
    """What is found of a process with so many new sockets at each look."""
    diagnosis, made = Diagnosis([BY_NAME["leak"]]), World()
    made.greet(HELLO)
    before = 0
    for turn, count in enumerate(counts):
        numbers = range(before, count)
        new = [socket_fd(10, 100 + n, 1000 + n) for n in numbers]
        sockets = [unix(one.ino) for one in new]
        epoll: tuple[Descriptor | EpollInstance, ...] = ()
        if watched:
            targets = tuple(target(100 + n, f"socket:{1000 + n}") for n in range(count))
            epoll = (descriptor(10, 3, "epoll", "epoll/1"), EpollInstance("epoll/1", targets))
        said = (waits(10, "futex"),)
        one = process(10, fd_count=OLD + count, fd_limit=1024)
        made.apply(frame(one, *new, *sockets, *epoll, full=not turn, seq=1 + turn, time=NOW + turn, waits=said))
        if count < before:
            made.apply(closing(range(100 + count, 100 + before), 1 + turn))
        diagnosis.look(made)
        before = count
    return list(diagnosis.findings)


def grown_files(looks: int) -> list[Finding]:
    """What is found of a process that opens five files at each look."""
    diagnosis, made = Diagnosis([BY_NAME["leak"]]), World()
    for turn in range(looks):
        files = [descriptor(10, 100 + n) for n in range(5 * turn)]
        made.apply(frame(process(10, fd_count=OLD + 5 * turn), *files, full=not turn, seq=1 + turn, time=NOW + turn,
                         waits=(waits(10, "futex"),)))  # fmt: skip
        diagnosis.look(made)
    return list(diagnosis.findings)


def closing(fds: Sequence[int], seq: int) -> Frame:
    """The frame in which some descriptors are closed."""
    return replace(frame(full=False, seq=seq, time=NOW + seq - 1), tables=(Table(10, START, (), tuple(fds)),))


def test_what_grows_at_every_look_is_a_leak() -> None:
    (finding,) = grown([5 * n for n in range(14)])
    assert (finding.severity, finding.confidence) == ("suspect", "inferred")
    assert finding.subjects[0] == ProcessKey(10, START)
    assert len(finding.subjects) == 9
    assert "mostly unix" in finding.sentence
    assert finding.since == NOW
    assert any("of the 1,024 that it may have" in line for line in finding.evidence)


@pytest.mark.parametrize(
    ("counts", "how"),
    [
        pytest.param([5 * n for n in range(11)], {}, id="eleven looks"),
        pytest.param([0] * 14, {}, id="nothing changes"),
        pytest.param([min(5 * n, 25) for n in range(20)], {}, id="a pool that levels off"),
        pytest.param([20 * (n % 2) for n in range(20)], {}, id="it goes up and down"),
        pytest.param([n // 2 for n in range(14)], {}, id="few"),
        pytest.param([5 * n for n in range(14)], {"watched": True}, id="connections that are served"),
    ],
)
def test_numbers_that_merely_go_up_are_left_alone(counts: list[int], how: dict[str, bool]) -> None:
    assert grown(counts, **how) == []


def test_a_cache_of_files_may_fill() -> None:
    assert grown_files(14) == []


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ([float(n) for n in range(12)], True),
        ([float(n) for n in range(11)], False),
        ([1.0, 5, 2, 4, 3, 5, 1, 4, 2, 5, 3, 4, 5], False),
        ([*map(float, range(20)), 19, 19, 19, 19], False),
    ],
)
def test_a_trend_is_more_than_chance_and_goes_on(numbers: list[float], verdict: bool) -> None:
    assert rises(numbers) is verdict


@pytest.mark.parametrize(
    ("guard", "instead", "counts", "watched"),
    [
        ("_is_used", lambda *_: False, [5 * n for n in range(14)], True),
        ("rises", lambda _: True, [min(5 * n, 25) for n in range(20)], False),
        ("FEWEST", 4, [n // 2 for n in range(14)], False),
    ],
)
def test_each_guard_is_what_keeps_a_look_alike_silent(
    guard: str, instead: object, counts: list[int], watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grown(counts, watched=watched) == []
    monkeypatch.setattr(leak, guard, instead)
    assert len(grown(counts, watched=watched)) == 1
