"""Worlds that grow by chance, are played again from what was written down, and are made small when they disagree."""

import random
from collections.abc import Callable, Sequence

from tests.worlds.comparison import compare
from tests.worlds.looks import Look
from tests.worlds.operations import OPERATIONS
from tests.worlds.processes import Words, World

Log = Sequence[tuple[str, Words]]
LOOK = "look"
"""In a log: look and compare now."""
ATTEMPTS = 6
"""Operations that are tried for each that is done."""


def grow(world: World, chance: random.Random, steps: int) -> None:
    """Do random things, and write down what was done."""
    names = sorted(OPERATIONS)
    weights = [OPERATIONS[name].weight for name in names]
    until = len(world.log) + steps
    for _ in range(steps * ATTEMPTS):
        name = chance.choices(names, weights)[0]
        words = OPERATIONS[name].choose(world, chance)
        if words is not None:
            do(world, name, words)
        if len(world.log) >= until:
            break


def do(world: World, name: str, words: Words) -> None:
    """Do one thing, if it fits."""
    if OPERATIONS[name].apply(world, **words):
        world.log.append((name, words))


def judge(world: World, look: Look) -> list[str]:
    """Look, and say what does not fit."""
    world.rest()
    world.log.append((LOOK, {}))
    return compare(world, look())


def crowd(world: World, chance: random.Random, many: int) -> None:
    """Have a world fork until it has so many processes."""
    world.most = max(world.most, many)
    while len(world.processes()) < many:
        words = OPERATIONS["fork"].choose(world, chance)
        if words is not None:
            do(world, "fork", words)


def grown(seed: int, look: Look, *, steps: int, rounds: int, many: int = 1) -> tuple[list[str], Log]:
    """Grow a world of `many` processes, look `rounds` times; what did not fit, and what was done until then."""
    chance = random.Random(seed)
    with World(seed) as world:
        crowd(world, chance, many)
        for _ in range(rounds):
            grow(world, chance, steps // rounds)
            lines = judge(world, look)
            if lines:
                return lines, world.log
        return [], world.log


def replayed(seed: int, look: Look, log: Log) -> tuple[list[str], Log]:
    """Do what was written down, without what does not fit any more; as `grown`."""
    with World(seed) as world:
        for name, words in log:
            if name != LOOK:
                do(world, name, words)
            elif lines := judge(world, look):
                return lines, world.log
        return [], world.log


def shrunk(log: Log, disagrees: Callable[[Log], bool], tries: int = 200) -> Log:
    """Leave out what is not needed for a disagreement: halves, quarters, … single operations."""
    size = max(1, len(log) // 2)
    while tries > 0:
        start, smaller = 0, False
        while start < len(log) and tries > 0:
            attempt = [*log[:start], *log[start + size :]]
            tries -= 1
            if disagrees(attempt):
                log, smaller = attempt, True
            else:
                start += size
        if size == 1 and not smaller:
            break
        size = max(1, size // 2)
    return log
