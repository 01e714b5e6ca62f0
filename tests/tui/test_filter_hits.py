"""What a filter lets through: the same whether it is asked at once, while one types, or after frames."""

import pytest

from sockscope.frames.messages import Frame
from sockscope.tui.rows.filter_hits import FilterHits, narrows, touched
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


def asked(world: World, text: str, among: FilterHits | None = None) -> FilterHits:
    hits = FilterHits(world, text)
    for _ in hits.ask(among):
        pass
    return hits


def let_through(hits: FilterHits) -> tuple[object, ...]:
    return hits.processes, hits.fds, hits.objects


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
    before: FilterHits | None = None
    for end in range(1, len(text) + 1):
        try:
            fresh = asked(world, text[:end])
        except FilterError:
            continue
        among = before if before is not None and narrows(fresh.expression, before.expression) else None
        assert let_through(asked(world, text[:end], among)) == let_through(fresh), text[:end]
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
    hits = asked(world, text)
    for frame in frames:
        hits.ask_again(touched(world, world.apply(frame)))
    again = asked(world, text)
    assert hits.processes == again.processes
    # The number of holders changes for processes that no frame touched, too: the sweep finds those.
    if text != "holders:>2":
        assert let_through(hits) == let_through(again)


def test_what_was_found_stands_until_the_end_of_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sockscope.tui.rows.filter_hits.SLICE", 1)
    world = made()
    hits = asked(world, "nginx")
    world.apply(stage.delta(2, ended=[pkey(WORKER1)]))
    look = hits.ask()
    next(look)
    assert pkey(WORKER1) in hits.fds
    for _ in look:
        pass
    assert pkey(WORKER1) not in hits.fds
