"""Random worlds are as they are said to be: in one look and in a running collector, in peace and beside a storm."""

import json
import os
import random
from collections.abc import Iterator

import pytest

from tests.live.conftest import performance
from tests.live.storms import STORMS, storms
from tests.worlds.comparison import compare
from tests.worlds.growing import LOOK, Log, do, grow, grown, judge, replayed, shrunk
from tests.worlds.looks import Look, anew, running
from tests.worlds.model import Epoll
from tests.worlds.operations import OPERATIONS
from tests.worlds.operations.of_descriptors import MADE
from tests.worlds.processes import World

SOAK = float(os.environ.get("SOCKSCOPE_SOAK", "0"))
SEEDS = range(1000) if SOAK else range(10)
STEPS, ROUNDS = 60, 10
CROWD, CROWDS, CROWDED_STEPS = (100, range(100), 300) if SOAK else (16, range(1), 40)
"""Processes of a world beside every storm, how many such worlds, and what is done in each."""

pytestmark = pytest.mark.needs("root")
WAYS = {"one look": (anew, 1), "running": (running, ROUNDS)}


@pytest.fixture(params=WAYS)
def way(request) -> Iterator[tuple[Look, int]]:
    make, rounds = WAYS[request.param]
    with make() as look:
        yield look, rounds


@pytest.fixture
def storm() -> Iterator[None]:
    """Two processes that open and close epolls as fast as they can."""
    with performance("churning", 0, 2):
        yield


@pytest.fixture
def every_storm() -> Iterator[None]:
    with storms(*STORMS):
        yield


def _agrees(seed: int, look: Look, rounds: int, *, steps: int = STEPS, many: int = 1) -> None:
    lines, log = grown(seed, look, steps=steps, rounds=rounds, many=many)
    if not lines:
        return
    small = shrunk(log, lambda attempt: bool(replayed(seed, look, attempt)[0]), tries=60)
    found, small = replayed(seed, look, small)
    pytest.fail("\n".join([*(found or lines), *map(json.dumps, small)]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_is_as_it_is_said_to_be(way, seed: int) -> None:
    _agrees(seed, *way)


@pytest.mark.parametrize("seed", SEEDS[:3] if not SOAK else SEEDS)
def test_a_world_beside_a_storm_is_as_it_is_said_to_be(storm, way, seed: int) -> None:
    _agrees(seed + 10_000, *way)


@pytest.mark.needs("unshare")
@pytest.mark.parametrize("seed", CROWDS)
def test_a_crowd_beside_every_storm_is_as_it_is_said_to_be(every_storm, way, seed: int) -> None:
    look, rounds = way
    _agrees(seed + 20_000, look, rounds if SOAK else min(rounds, 2), steps=CROWDED_STEPS, many=CROWD)


def test_worlds_do_all_that_there_is_to_do() -> None:
    """An operation that never fits tests nothing."""
    missing = {name for name in OPERATIONS if name != "make"} | {f"make {kind}" for kind in MADE}
    for seed in range(40):
        with World(seed) as world:
            grow(world, random.Random(seed), STEPS)
            missing -= {name if name != "make" else f"make {words['kind']}" for name, words in world.log}
        if not missing:
            break
    assert missing == set()


def test_a_disagreement_is_made_small(way) -> None:
    """What is wrong is put into the world's own account: a number that it forgets to close."""
    look, _ = way
    with World(3) as world:
        grow(world, random.Random(3), STEPS // 2)
        log = [*world.log, (LOOK, {})]
    assert replayed(3, look, log)[0] == []
    (row, fd), needed = next(
        ((words["row"], words["fd"]), place) for place, (name, words) in enumerate(log) if name == "make"
    )

    def disagrees(attempt: Log) -> bool:
        with World(3) as world:
            for name, words in attempt:
                if name != LOOK:
                    do(world, name, words)
            if world.file(row, fd) is None:
                return False
            world.tell(world.rows[row], "close", fd=fd)
            return any(f":{fd}" in line or str(fd) in line for line in judge(world, look))

    small = shrunk(log, disagrees, tries=16)
    assert log[needed] in small
    assert len(small) < len(log) / 2


def test_any_thing_that_is_said_wrongly_is_noticed(way) -> None:
    look, _ = way
    with World(5) as world:
        grow(world, random.Random(5), STEPS)
        world.rest()
        known = look()
        assert compare(world, known) == []
        for thing in world.things.values():
            if any(entry.file.thing is thing for entry in world.places().values()):
                kind, thing.kind = thing.kind, "unknown"
                assert compare(world, known), f"a {kind} that is called unknown"
                thing.kind = kind
        epolls = [one for one in world.things.values() if isinstance(one, Epoll) and one.registrations]
        held = [one for one in epolls if any(entry.file.thing is one for entry in world.places().values())]
        assert held
        for epoll in held:
            registrations, epoll.registrations = epoll.registrations, {}
            assert compare(world, known)
            epoll.registrations = registrations
