"""What an operation is, and how chance picks what it is done to."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.worlds.model import File, Row
from tests.worlds.processes import Words, World

Test = Callable[[File], bool]
LOW, HIGH = 22, 420
"""Numbers are low mostly, so that they meet."""


@dataclass(frozen=True)
class Operation:
    """One thing that a world can do. Its name, with its words, is what a log keeps."""

    name: str
    weight: int
    choose: Callable[[World, random.Random], Words | None]
    """Pick the words of `apply`; None where nothing fits."""
    apply: Callable[..., bool]
    """Do it and keep account; where it does not fit the world (any more), do nothing and return False."""


def any_row(world: World, chance: random.Random) -> Row:
    return chance.choice(world.living())


def any_process(world: World, chance: random.Random) -> Row:
    return chance.choice(world.processes())


def any_fd(world: World, chance: random.Random, test: Test = lambda _: True) -> tuple[str, int] | None:
    """Choose an open descriptor, (row, fd), None without one."""
    found = [(row.name, fd) for row in world.living() for fd, one in sorted(row.table.items()) if test(one.file)]
    return chance.choice(found) if found else None


def free(chance: random.Random, row: Row, many: int = 1) -> list[int]:
    """Choose numbers that a row has not in use."""
    chosen: list[int] = []
    while len(chosen) < many:
        fd = chance.randrange(LOW) if chance.random() < 0.85 else chance.randrange(LOW, HIGH)
        if fd not in row.table and fd not in chosen:
            chosen.append(fd)
    return chosen


def coin(chance: random.Random) -> bool:
    return chance.random() < 0.5
