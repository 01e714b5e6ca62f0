"""What a filter lets through: the same whether it is asked at once, while one types, or after frames."""

import pytest

from sockscope.frames.messages import Frame
from sockscope.tui.sieve import Sieve, narrows, touched
from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.parsing import parse
from sockscope.world.world import World
from tests.tui import stage
from tests.tui.stage import CLIENT, MASTER, WORKER1, pkey


def made(*frames: Frame) -> World:
    world = World()
    world.greet(stage.HELLO)
    for frame in (stage.first_frame(), *frames):
        world.apply(frame)
    return world


def sifted(world: World, text: str, among: Sieve | None = None) -> Sieve:
    sieve = Sieve(world, text)
    for _ in sieve.sift(among):
        pass
    return sieve


def let_through(sieve: Sieve) -> tuple[object, ...]:
    return sieve.processes, sieve.fds, sieve.objects


TYPED = (
    "nginx worker",
    "worker -listen",
    "kind:tcp 8888",
    "listen|epoll worker",
    '"nginx: w" port:8889',
    "(a b) | curl",
)


@pytest.mark.parametrize("text", TYPED)
def test_what_is_found_while_one_types_is_what_is_found_at_once(text: str) -> None:
    world = made()
    before: Sieve | None = None
    for end in range(1, len(text) + 1):
        try:
            fresh = sifted(world, text[:end])
        except FilterError:
            continue
        among = before if before is not None and narrows(fresh.expression, before.expression) else None
        assert let_through(sifted(world, text[:end], among)) == let_through(fresh), text[:end]
        before = fresh


@pytest.mark.parametrize(
    ("before", "after", "narrower"),
    [
        ("wor", "work", True),
        ("wor", "a-wor", True),
        ("wor", "wor ker", True),
        ("wor", "WORK", True),
        ("work", "wor", False),
        ("-wor", "-work", False),
        ("a", "a|b", False),
        ("port:8", "port:88", False),
        ("a b", "a", False),
        ("", "a", True),
    ],
)
def test_only_a_longer_word_or_another_one_finds_less(before: str, after: str, narrower: bool) -> None:
    assert narrows(parse(after), parse(before)) is narrower


@pytest.mark.parametrize("text", ["kind:epoll", "queue:>0", "nginx", "-kind:file", "port:8888", "holders:>2"])
def test_what_a_frame_touched_is_looked_at_again(text: str) -> None:
    frames = (
        stage.delta(2, opened=[stage.anon(MASTER, 30, "epoll", 3)], ended=[pkey(CLIENT)]),
        stage.delta(3, sockets=[stage.tcp(stage.PLAIN, "LISTEN", "127.0.0.1:8888", queue=4, backlog=511)]),
        stage.delta(4, opened=[stage.pipe(WORKER1, 8, 999, "r")], closed=[stage.sock(WORKER1, 16, stage.SERVER_END)]),
    )
    world = made()
    sieve = sifted(world, text)
    for frame in frames:
        sieve.resift(touched(world, world.apply(frame)))
    again = sifted(world, text)
    assert sieve.processes == again.processes
    # The number of holders changes for processes that no frame touched, too: the sweep finds those.
    if text != "holders:>2":
        assert let_through(sieve) == let_through(again)


def test_what_was_found_stands_until_the_end_of_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sockscope.tui.sieve.SLICE", 1)
    world = made()
    sieve = sifted(world, "nginx")
    world.apply(stage.delta(2, ended=[pkey(WORKER1)]))
    look = sieve.sift()
    next(look)
    assert pkey(WORKER1) in sieve.fds
    for _ in look:
        pass
    assert pkey(WORKER1) not in sieve.fds
