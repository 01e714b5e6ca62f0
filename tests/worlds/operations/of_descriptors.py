"""Descriptors: made, closed, duplicated over each other, opened once more, and by name."""

import contextlib
import os
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.worlds.model import Entry, Epoll, File, Socket, Thing
from tests.worlds.operations.operation import Operation, any_fd, any_process, any_row, coin, free
from tests.worlds.processes import Words, World

MADE: dict[str, Callable[[str, int], Thing]] = {
    kind: lambda name, _, kind=kind: Thing(name, kind)
    for kind in ("eventfd", "timerfd", "signalfd", "inotify", "fanotify", "memfd", "userfaultfd", "io_uring")
} | {
    "unbound": lambda name, ino: Socket(name, "socket", ino, "unix", "stream"),
    "netlink": lambda name, ino: Socket(name, "socket", ino, "netlink"),
    "packet": lambda name, ino: Socket(name, "socket", ino, "packet"),
    "tcp": lambda name, ino: Socket(name, "socket", ino, "inet", "stream"),
    "udp6": lambda name, ino: Socket(name, "socket", ino, "inet6", "dgram"),
    "epoll": lambda name, _: Epoll(name, "epoll"),
}
"""What one call makes. A new kind is a line here and one in the actor's `MAKERS`."""
READ_ONLY = {"inotify"}
OFTEN = ("epoll",) * 9
ACCESS = ("r", "w", "rw")


@dataclass(frozen=True)
class Named:
    """A file that is opened by name."""

    path: Callable[[World, int], str]
    flags: int
    access: str
    """"" where the mode decides."""
    make: Callable[[str], None]
    kind: str = ""


def _fifo(path: str) -> None:
    with contextlib.suppress(FileExistsError):
        os.mkfifo(path)


def _file(path: str) -> None:
    with open(path, "a", encoding="ascii"):
        pass


def _directory(path: str) -> None:
    os.makedirs(path, exist_ok=True)


def _nothing(_: str) -> None:
    pass


NAMED = {
    "fifo": Named(lambda world, n: f"{world.directory}/fifo{n}", os.O_NONBLOCK, "", _fifo),
    "file": Named(lambda world, n: f"{world.directory}/file{n}", 0, "", _file),
    "path": Named(lambda world, n: f"{world.directory}/file{n}", os.O_PATH, "-", _file, "file"),
    "directory": Named(
        lambda world, n: f"{world.directory}/directory{n}", os.O_DIRECTORY, "r", _directory
    ),
    "char-device": Named(lambda _, n: ("/dev/zero", "/dev/full")[n], 0, "", _nothing),
}  # fmt: skip
REOPENED = {"pipe", "fifo", "file", "directory", "memfd"}
"""Kinds that are opened once more through /proc/self/fd. (Of a device or terminal that is another thing.)"""


def choose_make(world: World, chance: random.Random) -> Words:
    row, kind = any_row(world, chance), chance.choice([*MADE, *OFTEN])
    return {
        "row": row.name,
        "kind": kind,
        "fd": free(chance, row)[0],
        "name": world.name(kind),
        "cloexec": coin(chance),
    }


def make(world: World, row: str, kind: str, fd: int, name: str, cloexec: bool) -> bool:
    one = world.fits(row, fd)
    answer = world.tell(one, "make", kind=kind, want=fd, cloexec=cloexec) if one is not None else None
    if one is None or answer is None:
        return False
    thing = MADE[kind](name, answer["ino"])
    if isinstance(thing, Socket):
        thing.netns = one.netns
    world.enter(one, fd, File(world.new(thing), "r" if kind in READ_ONLY else "rw"), cloexec)
    return True


def choose_pidfd(world: World, chance: random.Random) -> Words:
    row = any_process(world, chance)
    return {"row": row.name, "of": any_process(world, chance).name, "fd": free(chance, row)[0], "cloexec": coin(chance)}


def pidfd(world: World, row: str, of: str, fd: int, cloexec: bool) -> bool:
    one, target = world.fits(row, fd), world.fits(of)
    if one is None or target is None or target.thread_of or one.pidns:
        return False
    if world.tell(one, "make", kind="pidfd", want=fd, cloexec=cloexec, pid=target.pid) is None:
        return False
    thing = world.things.get(f"pidfd-{of}") or world.new(Thing(f"pidfd-{of}", "pidfd"))
    world.enter(one, fd, File(thing, "rw"), cloexec)
    return True


def choose_namespace(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    words = {"row": row.name, "type": chance.choice(["net", "uts"]), "fd": free(chance, row)[0]}
    return words | {"cloexec": coin(chance)}


def namespace(world: World, row: str, type: str, fd: int, cloexec: bool) -> bool:  # noqa: A002
    one = world.fits(row, fd)
    words = {"path": f"/proc/self/ns/{type}", "flags": 0, "want": fd, "cloexec": cloexec}
    answer = world.tell(one, "open", **words) if one is not None else None
    if one is None or answer is None:
        return False
    name = f"net-{one.netns}" if type == "net" else type
    thing = world.things.get(name) or world.new(Thing(name, "namespace", answer["ino"]))
    world.enter(one, fd, File(thing, "r"), cloexec)
    return True


def choose_mqueue(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    return {"row": row.name, "which": chance.randrange(2), "fd": free(chance, row)[0], "cloexec": coin(chance)}


def mqueue(world: World, row: str, which: int, fd: int, cloexec: bool) -> bool:
    one, name = world.fits(row, fd), world.queue_name(which)
    answer = world.tell(one, "mqueue", name=name, want=fd, cloexec=cloexec) if one is not None else None
    if one is None or answer is None:
        return False
    thing = world.things.get(name) or world.new(Thing(name, "mqueue", answer["ino"]))
    world.enter(one, fd, File(thing, "rw"), cloexec)
    return True


def choose_pipe(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    a, b = free(chance, row, 2)
    return {"row": row.name, "a": a, "b": b, "name": world.name("pipe"), "cloexec": coin(chance)}


def pipe(world: World, row: str, a: int, b: int, name: str, cloexec: bool) -> bool:
    one = world.fits(row, a, b)
    answer = world.tell(one, "pair", kind="pipe", a=a, b=b, cloexec=cloexec) if one is not None else None
    if one is None or answer is None:
        return False
    thing = world.new(Thing(name, "pipe", answer["inos"][0]))
    world.enter(one, a, File(thing, "r"), cloexec)
    world.enter(one, b, File(thing, "w"), cloexec)
    return True


def choose_open(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    words = {"row": row.name, "kind": chance.choice([*NAMED, "fifo"]), "which": chance.randrange(2)}
    return words | {"fd": free(chance, row)[0], "mode": chance.randrange(3), "cloexec": coin(chance)}


def open_named(world: World, row: str, kind: str, which: int, fd: int, mode: int, cloexec: bool) -> bool:
    one, named = world.fits(row, fd), NAMED[kind]
    if one is None:
        return False
    path = named.path(world, which)
    named.make(path)
    mode = mode if named.access == "" else 0
    answer = world.tell(one, "open", path=path, flags=named.flags | mode, want=fd, cloexec=cloexec)
    if answer is None:
        return False
    kind = named.kind or kind
    thing = world.things.get(path) or world.new(Thing(path, kind, answer["ino"]))
    access = (named.access or ACCESS[mode]).replace("-", "")
    world.enter(one, fd, File(thing, access), cloexec)
    return True


def choose_reopen(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance, lambda file: file.thing.kind in REOPENED and file.access != "")
    if found is None:
        return None
    row = world.rows[found[0]]
    words = {"row": row.name, "fd": found[1], "want": free(chance, row)[0]}
    return words | {"mode": chance.randrange(3), "cloexec": coin(chance)}


def reopen(world: World, row: str, fd: int, want: int, mode: int, cloexec: bool) -> bool:
    """Open what a descriptor leads to once more: another open file of the same thing."""
    file, one = world.file(row, fd), world.fits(row, want)
    if file is None or one is None:
        return False
    mode = 0 if file.thing.kind == "directory" else mode
    words = {"path": f"/proc/self/fd/{fd}", "flags": mode | os.O_NONBLOCK, "want": want, "cloexec": cloexec}
    if world.tell(one, "open", **words) is None:
        return False
    world.enter(one, want, File(file.thing, ACCESS[mode]), cloexec)
    return True


def choose_close(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance)
    return {"row": found[0], "fd": found[1]} if found else None


def close(world: World, row: str, fd: int) -> bool:
    if world.file(row, fd) is None or world.tell(world.rows[row], "close", fd=fd) is None:
        return False
    del world.rows[row].table[fd]
    world.settle()
    return True


def choose_dup(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance)
    if found is None:
        return None
    row, fd = world.rows[found[0]], found[1]
    others = [one for one in sorted(row.table) if one != fd]
    want = chance.choice(others) if others and chance.random() < 0.4 else free(chance, row)[0]
    return {"row": row.name, "fd": fd, "want": want, "cloexec": coin(chance)}


def dup(world: World, row: str, fd: int, want: int, cloexec: bool) -> bool:
    file = world.file(row, fd)
    if file is None or want == fd or world.tell(world.rows[row], "dup", fd=fd, want=want, cloexec=cloexec) is None:
        return False
    world.rows[row].table[want] = Entry(file, cloexec)
    world.settle()
    return True


def choose_cloexec(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance)
    return {"row": found[0], "fd": found[1], "on": coin(chance)} if found else None


def change_cloexec(world: World, row: str, fd: int, on: bool) -> bool:
    if world.file(row, fd) is None or world.tell(world.rows[row], "cloexec", fd=fd, on=on) is None:
        return False
    table = world.rows[row].table
    table[fd] = Entry(table[fd].file, on)
    return True


OPERATIONS = (
    Operation("make", 13, choose_make, make),
    Operation("pidfd", 3, choose_pidfd, pidfd),
    Operation("namespace", 1, choose_namespace, namespace),
    Operation("mqueue", 1, choose_mqueue, mqueue),
    Operation("pipe", 6, choose_pipe, pipe),
    Operation("open", 5, choose_open, open_named),
    Operation("reopen", 4, choose_reopen, reopen),
    Operation("close", 14, choose_close, close),
    Operation("dup", 10, choose_dup, dup),
    Operation("cloexec", 2, choose_cloexec, change_cloexec),
)
