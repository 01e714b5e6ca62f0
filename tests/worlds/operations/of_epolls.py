"""Epolls: they get registrations, which are changed, taken back, and left behind when numbers move on."""

import random

from tests.worlds.model import Epoll
from tests.worlds.operations.operation import Operation, any_fd
from tests.worlds.processes import Words, World

IN, PRI, OUT, RDHUP, EXCLUSIVE, ONESHOT, EDGE = 1, 2, 4, 0x2000, 1 << 28, 1 << 30, 1 << 31
ALWAYS = 0x18
"""ERR and HUP, which the kernel adds to whatever is asked for (fs/eventpoll.c)."""
ADD, DELETE, MODIFY = 1, 2, 3


def _events(chance: random.Random) -> int:
    if chance.random() < 0.1:
        return EXCLUSIVE | IN
    return sum(chance.sample([IN, PRI, OUT, RDHUP, ONESHOT, EDGE], chance.randrange(4)))


def _data(chance: random.Random) -> int:
    return chance.choice([chance.randrange(64), chance.getrandbits(64), (1 << 64) - 1, 0])


def choose_add(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance, lambda file: isinstance(file.thing, Epoll))
    others = [fd for fd in sorted(world.rows[found[0]].table) if fd != found[1]] if found else []
    if found is None or not others:
        return None
    words = {"row": found[0], "ep": found[1], "fd": chance.choice(others)}
    return words | {"events": _events(chance), "data": _data(chance)}


def add(world: World, row: str, ep: int, fd: int, events: int, data: int) -> bool:
    epoll, file = world.thing(row, ep), world.file(row, fd)
    if not isinstance(epoll, Epoll) or file is None:
        return False
    if world.tell(world.rows[row], "ctl", ep=ep, op=ADD, fd=fd, events=events, data=data) is None:
        return False
    epoll.registrations[fd, file] = events | ALWAYS, data
    return True


def choose_change(world: World, chance: random.Random) -> Words | None:
    found = [
        (row.name, ep, fd)
        for row in world.living()
        for ep, entry in sorted(row.table.items())
        for fd, one in sorted(row.table.items())
        if isinstance(entry.file.thing, Epoll) and (fd, one.file) in entry.file.thing.registrations
    ]
    if not found:
        return None
    row, ep, fd = chance.choice(found)
    op = DELETE if chance.random() < 0.4 else MODIFY
    return {
        "row": row,
        "ep": ep,
        "fd": fd,
        "op": op,
        "events": chance.choice([IN, OUT, 5, 0, EDGE]),
        "data": _data(chance),
    }


def change(world: World, row: str, ep: int, fd: int, op: int, events: int, data: int) -> bool:
    epoll, file = world.thing(row, ep), world.file(row, fd)
    if not isinstance(epoll, Epoll) or file is None or (fd, file) not in epoll.registrations:
        return False
    if world.tell(world.rows[row], "ctl", ep=ep, op=op, fd=fd, events=events, data=data) is None:
        return False
    if op == DELETE:
        del epoll.registrations[fd, file]
    else:
        epoll.registrations[fd, file] = events | ALWAYS, data
    return True


OPERATIONS = (
    Operation("add", 22, choose_add, add),
    Operation("change", 4, choose_change, change),
)
