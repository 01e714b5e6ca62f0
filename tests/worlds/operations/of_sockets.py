"""Sockets: pairs, listeners with and without accept, datagrams, reused ports, and descriptors in flight."""

import random
import socket
from typing import NamedTuple

from tests.worlds.model import File, Row, Socket, Thing
from tests.worlds.operations.operation import Operation, any_fd, any_row, coin, free
from tests.worlds.processes import LostError, Words, World

UNIX_TYPES = ("stream", "seqpacket", "dgram")
LONGEST_QUEUE, LONGEST_INBOX = 4, 3


class Door(NamedTuple):
    """Where a listener may be bound."""

    family: str
    number: int
    host: str
    connects: tuple[tuple[str, int, str], ...]
    """Families of clients, and the address that each dials."""


_V4, _V6 = ("inet", socket.AF_INET, "127.0.0.1"), ("inet6", socket.AF_INET6, "::1")
DOORS = {
    "path": Door("unix", socket.AF_UNIX, "", ()),
    "abstract": Door("unix", socket.AF_UNIX, "@", ()),
    "v4": Door("inet", socket.AF_INET, "127.0.0.1", (_V4,)),
    "any4": Door("inet", socket.AF_INET, "0.0.0.0", (_V4,)),
    "v6": Door("inet6", socket.AF_INET6, "::1", (_V6,)),
    "dual": Door("inet6", socket.AF_INET6, "::", (_V4, _V6)),
}


def choose_pair(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    a, b = free(chance, row, 2)
    kind = chance.choice(UNIX_TYPES)
    return {"row": row.name, "kind": kind, "a": a, "b": b, "name": world.name("pair"), "cloexec": coin(chance)}


def pair(world: World, row: str, kind: str, a: int, b: int, name: str, cloexec: bool) -> bool:
    one = world.fits(row, a, b)
    answer = world.tell(one, "pair", kind=kind, a=a, b=b, cloexec=cloexec) if one is not None else None
    if one is None or answer is None:
        return False
    ends = [
        Socket(f"{name}{end}", "socket", ino, "unix", kind, one.netns)
        for end, ino in zip("ab", answer["inos"], strict=True)
    ]
    ends[0].peer, ends[1].peer = ends[1], ends[0]
    for fd, end in zip((a, b), ends, strict=True):
        world.enter(one, fd, File(world.new(end), "rw"), cloexec)
    return True


def choose_listen(world: World, chance: random.Random) -> Words:
    row, door = any_row(world, chance), chance.choice(sorted(DOORS))
    kind = chance.choice(UNIX_TYPES if DOORS[door].family == "unix" else ("stream", "dgram"))
    words = {"row": row.name, "door": door, "kind": kind, "fd": free(chance, row)[0]}
    named = [one.name for one in world.things.values() if _has_path(one)]
    take = chance.choice(named) if door == "path" and named and coin(chance) else ""
    return words | {"take": take, "name": world.name("listener"), "cloexec": coin(chance)}


def _has_path(one: Thing) -> bool:
    return isinstance(one, Socket) and one.reachable and str(one.address).startswith("/")


def listen(world: World, row: str, door: str, kind: str, fd: int, take: str, name: str, cloexec: bool) -> bool:
    """Bind a socket, and listen unless it is of datagrams; it may take the path of an older one over."""
    one, at, old = world.fits(row, fd), DOORS[door], world.things.get(take)
    if one is None or (take and not (isinstance(old, Socket) and _has_path(old))):
        return False
    made = Socket(name, "socket", 0, at.family, kind, one.netns)
    text = str(old.address) if isinstance(old, Socket) else f"{at.host}{world.directory}/{name}"
    address: object = text if at.family == "unix" else [at.host, 0]
    words = {"family": at.number, "kind": made.number(), "address": address, "want": fd, "cloexec": cloexec}
    answer = world.tell(one, "listen", take=bool(take), **words)
    if answer is None:
        return False
    if isinstance(old, Socket):
        old.reachable = False
    made.ino, made.reachable, made.listening = answer["ino"], True, kind != "dgram"
    made.address = text if at.family == "unix" else (door, answer["port"])
    world.enter(one, fd, File(world.new(made), "rw"), cloexec)
    return True


def _doors(world: World, row: Row) -> list[Socket]:
    """List the sockets that a row can reach by name: a path in the file system leads across network namespaces."""
    return [
        one
        for one in world.things.values()
        if isinstance(one, Socket) and one.reachable and len(one.queue) < LONGEST_QUEUE
        if one.netns == row.netns or str(one.address).startswith("/")
    ]


def choose_connect(world: World, chance: random.Random) -> Words | None:
    row = any_row(world, chance)
    found = _doors(world, row)
    if not found:
        return None
    words = {"row": row.name, "to": chance.choice(found).name, "fd": free(chance, row)[0], "way": chance.randrange(2)}
    return words | {"name": world.name("client"), "cloexec": coin(chance)}


def connect(world: World, row: str, to: str, fd: int, way: int, name: str, cloexec: bool) -> bool:
    one, server = world.fits(row, fd), world.things.get(to)
    if one is None or not isinstance(server, Socket) or server not in _doors(world, one):
        return False
    family, number, address = "unix", int(socket.AF_UNIX), server.address
    if isinstance(server.address, tuple):
        ways = DOORS[server.address[0]].connects
        family, number, host = ways[way % len(ways)]
        address = (host, server.address[1])
    made = Socket(name, "socket", 0, family, server.type, one.netns)
    words = {"family": number, "kind": server.number(), "address": address, "want": fd, "cloexec": cloexec}
    answer = world.tell(one, "connect", **words)
    if answer is None:
        return False
    made.ino = answer["ino"]
    if server.type == "dgram":
        made.sends_to = server
    else:
        server.queue.append(made)
    world.enter(one, fd, File(world.new(made), "rw"), cloexec)
    return True


def choose_accept(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance, lambda file: isinstance(file.thing, Socket) and bool(file.thing.queue))
    if found is None:
        return None
    want = free(chance, world.rows[found[0]])[0]
    return {"row": found[0], "fd": found[1], "want": want, "name": world.name("accepted"), "cloexec": coin(chance)}


def accept(world: World, row: str, fd: int, want: int, name: str, cloexec: bool) -> bool:
    server, one = world.thing(row, fd), world.fits(row, want)
    if one is None or not isinstance(server, Socket) or not server.queue:
        return False
    answer = world.tell(one, "accept", fd=fd, want=want, cloexec=cloexec)
    if answer is None:
        msg = f"{row} could not accept at {fd}"
        raise LostError(msg)
    client = server.queue.pop(0)
    # The kernel makes the accepted end in the client's namespace; a path in the file system leads across.
    made = Socket(name, "socket", answer["ino"], server.family, server.type, client.netns, peer=client)
    client.peer = made
    world.enter(one, want, File(world.new(made), "rw"), cloexec)
    return True


def choose_datagrams(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    a, b = free(chance, row, 2)
    return {"row": row.name, "a": a, "b": b, "v6": coin(chance), "name": world.name("udp"), "cloexec": coin(chance)}


def datagrams(world: World, row: str, a: int, b: int, v6: bool, name: str, cloexec: bool) -> bool:
    """Make two UDP sockets that are connected to each other."""
    one = world.fits(row, a, b)
    if one is None:
        return False
    family, number, host = _V6 if v6 else _V4
    words = {"family": number, "kind": int(socket.SOCK_DGRAM), "cloexec": cloexec}
    first = world.tell(one, "listen", address=[host, 0], want=a, **words)
    if first is None:
        return False
    second = world.tell(one, "connect", address=[host, first["port"]], want=b, **words)
    if second is None or world.tell(one, "connect_back", fd=a, address=[host, second["port"]]) is None:
        msg = f"{row} could not connect two datagram sockets"
        raise LostError(msg)
    ends = [
        Socket(f"{name}{end}", "socket", told["ino"], family, "dgram", one.netns)
        for end, told in zip("ab", (first, second), strict=True)
    ]
    ends[0].peer, ends[1].peer = ends[1], ends[0]
    for fd, end in zip((a, b), ends, strict=True):
        world.enter(one, fd, File(world.new(end), "rw"), cloexec)
    return True


def choose_reuseport(world: World, chance: random.Random) -> Words:
    row = any_row(world, chance)
    numbers = dict(zip("abcd", free(chance, row, 4), strict=True))
    return {"row": row.name, **numbers, "name": world.name("reuse"), "cloexec": coin(chance)}


def reuseport(world: World, row: str, a: int, b: int, c: int, d: int, name: str, cloexec: bool) -> bool:
    """Make two listeners at one address, and a connection that one of them accepts."""
    one, port = world.fits(row, a, b, c, d), 0
    if one is None:
        return False
    for fd, end in ((a, "a"), (b, "b")):
        words = {"family": int(socket.AF_INET), "kind": int(socket.SOCK_STREAM), "address": ["127.0.0.1", port]}
        answer = world.tell(one, "listen", want=fd, cloexec=cloexec, reuse=True, **words)
        if answer is None:
            msg = f"{row} could not listen twice"
            raise LostError(msg)
        port = answer["port"]
        made = Socket(
            f"{name}{end}", "socket", answer["ino"], "inet", "stream", one.netns, siblings=name, listening=True
        )
        world.enter(one, fd, File(world.new(made), "rw"), cloexec)
    answer = world.tell(one, "connect", family=_V4[1], kind=int(socket.SOCK_STREAM), address=[_V4[2], port], want=c,
                        cloexec=cloexec)  # fmt: skip
    # Which of the two it waits at the kernel chooses by a hash.
    told = answer and (_accepted(world, one, a, d, cloexec) or _accepted(world, one, b, d, cloexec))
    if not answer or not told:
        msg = f"{row} could not connect to itself"
        raise LostError(msg)
    _enter_pair(world, one, {c: answer["ino"], d: told["ino"]}, name, cloexec)
    return True


def _accepted(world: World, row: Row, fd: int, want: int, cloexec: bool) -> Words | None:
    return world.tell(row, "accept", fd=fd, want=want, cloexec=cloexec)


def _enter_pair(world: World, row: Row, inodes: dict[int, int], name: str, cloexec: bool) -> None:
    """Enter two TCP sockets that are connected, by number."""
    ends = [Socket(f"{name}{fd}", "socket", ino, "inet", "stream", row.netns) for fd, ino in inodes.items()]
    ends[0].peer, ends[1].peer = ends[1], ends[0]
    for fd, end in zip(inodes, ends, strict=True):
        world.enter(row, fd, File(world.new(end), "rw"), cloexec)


def _can_be_shut(file: File) -> bool:
    one = file.thing
    return isinstance(one, Socket) and one.type != "dgram" and one.peer is not None and one.peer.alive and not one.shut


def choose_shutdown(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance, _can_be_shut)
    return {"row": found[0], "fd": found[1]} if found else None


def shutdown(world: World, row: str, fd: int) -> bool:
    """Say that nothing more will be sent."""
    file = world.file(row, fd)
    if file is None or not _can_be_shut(file) or world.tell(world.rows[row], "shutdown", fd=fd) is None:
        return False
    if isinstance(file.thing, Socket) and file.thing.peer is not None:
        file.thing.shut.add("send")
        file.thing.peer.shut.add("receive")
    return True


def _carries(file: File) -> bool:
    one = file.thing
    if not isinstance(one, Socket) or one.family != "unix" or one.peer is None or not one.alive:
        return False
    return one.peer.alive and len(one.peer.inbox) < LONGEST_INBOX


def _keeps(file: File, goal: Socket) -> bool:
    """Tell whether an open file in flight would keep `goal` open, or is it."""
    todo, seen = [file], set[Socket]()
    while todo:
        one = todo.pop().thing
        if one is goal:
            return True
        if isinstance(one, Socket) and one not in seen:
            seen.add(one)
            todo += [sent for message in one.inbox for sent in message]
    return False


def choose_send(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance, _carries)
    if found is None:
        return None
    fds = sorted(world.rows[found[0]].table)
    return {"row": found[0], "fd": found[1], "fds": chance.sample(fds, min(len(fds), chance.choice([1, 1, 1, 2, 3])))}


def send(world: World, row: str, fd: int, fds: list[int]) -> bool:
    carrier, sent = world.file(row, fd), [world.file(row, one) for one in fds]
    if carrier is None or not _carries(carrier) or not isinstance(carrier.thing, Socket) or carrier.thing.peer is None:
        return False
    files = [one for one in sent if one is not None]
    # A circle would be broken by nobody but the kernel's garbage collector, whenever that comes.
    if len(files) < len(fds) or any(_keeps(one, carrier.thing.peer) for one in files):
        return False
    if world.tell(world.rows[row], "send", fd=fd, fds=fds) is None:
        return False
    carrier.thing.peer.inbox.append(files)
    return True


def choose_receive(world: World, chance: random.Random) -> Words | None:
    found = any_fd(world, chance, lambda file: isinstance(file.thing, Socket) and bool(file.thing.inbox))
    thing = world.thing(*found) if found else None
    if found is None or not isinstance(thing, Socket):
        return None
    wants = free(chance, world.rows[found[0]], len(thing.inbox[0]))
    return {"row": found[0], "fd": found[1], "wants": wants, "cloexec": coin(chance)}


def receive(world: World, row: str, fd: int, wants: list[int], cloexec: bool) -> bool:
    one, carrier = world.fits(row, *wants), world.thing(row, fd)
    if one is None or not isinstance(carrier, Socket) or not carrier.inbox or len(carrier.inbox[0]) != len(wants):
        return False
    if world.tell(one, "receive", fd=fd, wants=wants, cloexec=cloexec) is None:
        msg = f"{row} could not receive at {fd}"
        raise LostError(msg)
    for want, file in zip(wants, carrier.inbox.pop(0), strict=True):
        world.enter(one, want, file, cloexec)
    world.settle()
    return True


OPERATIONS = (
    Operation("pair", 8, choose_pair, pair),
    Operation("listen", 5, choose_listen, listen),
    Operation("connect", 9, choose_connect, connect),
    Operation("accept", 9, choose_accept, accept),
    Operation("datagrams", 3, choose_datagrams, datagrams),
    Operation("reuseport", 2, choose_reuseport, reuseport),
    Operation("shutdown", 2, choose_shutdown, shutdown),
    Operation("send", 6, choose_send, send),
    Operation("receive", 5, choose_receive, receive),
)
