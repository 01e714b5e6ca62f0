"""Terminals, sessions and process groups."""

import random

from tests.worlds.model import File, Terminal
from tests.worlds.operations.operation import Operation, any_process, any_row, coin, free
from tests.worlds.processes import Words, World


def choose_pty(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    a, b = free(chance, row, 2)
    return {"row": row.name, "a": a, "b": b, "name": world.name("pty"), "cloexec": coin(chance)}


def pty(world: World, row: str, a: int, b: int, name: str, cloexec: bool) -> bool:
    one = world.fits(row, a, b)
    answer = world.tell(one, "pair", kind="pty", a=a, b=b, cloexec=cloexec) if one is not None else None
    if one is None or answer is None:
        return False
    slave = Terminal(f"{name}s", "tty", path=answer["tty"])
    master = Terminal(f"{name}m", "pty-master", other=slave)
    slave.other = master
    for fd, thing in ((a, master), (b, slave)):
        world.enter(one, fd, File(world.new(thing), "rw"), cloexec)
    return True


def choose_setsid(world: World, chance: random.Random) -> Words:
    return {"row": any_process(world, chance).name}


def setsid(world: World, row: str) -> bool:
    one = world.fits(row)
    if one is None or one.thread_of or world.tell(one, "setsid") is None:
        return False
    one.sid = one.pgid = one.pid
    one.tty = None
    return True


def choose_control(world: World, chance: random.Random) -> Words | None:
    found = [
        (row.name, fd)
        for row in world.processes()
        for fd, entry in sorted(row.table.items())
        if row.sid == row.pid and row.tty is None and entry.file.thing.kind == "tty"
    ]
    return dict(zip(("row", "fd"), chance.choice(found), strict=True)) if found else None


def control(world: World, row: str, fd: int) -> bool:
    one, tty = world.fits(row), world.thing(row, fd)
    if one is None or one.thread_of or not isinstance(tty, Terminal) or tty.kind != "tty" or tty.closed:
        return False
    if world.tell(one, "control", fd=fd) is None:
        return False
    one.tty, tty.foreground = tty, one.pgid
    return True


def choose_setpgid(world: World, chance: random.Random) -> Words:
    row = any_process(world, chance)
    return {
        "row": row.name,
        "child": chance.choice([*(one for one in world.processes() if one.parent is row), row]).name,
    }


def setpgid(world: World, row: str, child: str) -> bool:
    one, moved = world.fits(row), world.fits(child)
    if (
        one is None
        or moved is None
        or one.thread_of
        or moved.thread_of
        or (one is not moved and moved.parent is not one)
    ):
        return False
    if one.pidns or world.tell(one, "setpgid", pid=moved.pid) is None:
        return False
    moved.pgid = moved.pid
    return True


def choose_foreground(world: World, chance: random.Random) -> Words | None:
    found = [
        (row.name, fd, other.name)
        for row in world.processes()
        for fd, entry in sorted(row.table.items())
        for other in world.processes()
        if row.tty is not None and entry.file.thing is row.tty and other.sid == row.sid
    ]
    return dict(zip(("row", "fd", "group"), chance.choice(found), strict=True)) if found else None


def foreground(world: World, row: str, fd: int, group: str) -> bool:
    one, other, tty = world.fits(row), world.fits(group), world.thing(row, fd)
    if one is None or other is None or not isinstance(tty, Terminal) or one.tty is not tty or one.thread_of:
        return False
    if one.pidns or world.tell(one, "foreground", fd=fd, pgid=other.pgid) is None:
        return False
    tty.foreground = other.pgid
    return True


OPERATIONS = (
    Operation("pty", 3, choose_pty, pty),
    Operation("setsid", 3, choose_setsid, setsid),
    Operation("control", 7, choose_control, control),
    Operation("setpgid", 3, choose_setpgid, setpgid),
    Operation("foreground", 12, choose_foreground, foreground),
)
