"""Tiny constructors: a world in a few lines, with only what a test is about."""

from collections.abc import Iterable
from typing import Any

from sockscope.frames.messages import Frame, Hello, Table
from sockscope.model.coverage import Coverage
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import DescriptorKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits, Wait
from sockscope.world.world import World
from tests.addresses import address, unix_name

HELLO = Hello(version=1, host="web1", kernel="6.18.0", boot_time=1_700_000_000.0, ticks=100, euid=0, program="0.1")
START = 1000
NOW = 1_700_000_100.0
"""When frames made here were taken."""
NETNS = 4026531840


def process(pid: int, **known: Any) -> Process:
    """A process that leads its own group and session, without a terminal."""
    values: dict[str, Any] = {
        "start": START,
        "ppid": 1,
        "pgid": pid,
        "sid": pid,
        "tty": "",
        "tpgid": -1,
        "comm": f"p{pid}",
        "cmdline": (f"/usr/bin/p{pid}", "-x"),
        "uid": 0,
        "user": "root",
        "state": "S",
        "netns": NETNS,
        "fd_count": -1,
    }
    return Process(pid=pid, **(values | known))


def descriptor(pid: int, fd: int, kind: str = "file", of: str = "", **known: Any) -> Descriptor:
    """A descriptor on an object of its own, unless told which."""
    identified = "" if known.get("unproven") else "inode"
    values: dict[str, Any] = {
        "start": START,
        "target": f"{kind}:{pid}:{fd}",
        "access": "rw",
        "identified": identified,
    }
    return Descriptor(pid=pid, fd=fd, kind=kind, object=of or f"{kind}/{pid}/{fd}", **(values | known))


def socket_fd(pid: int, fd: int, ino: int, **known: Any) -> Descriptor:
    """A descriptor of the socket with this inode."""
    return descriptor(pid, fd, "socket", f"socket:{ino}", ino=ino, target=f"socket:[{ino}]", **known)


def pipe_fd(pid: int, fd: int, ino: int, access: str, kind: str = "pipe") -> Descriptor:
    """One end of a pipe or FIFO."""
    return descriptor(pid, fd, kind, f"pipe:{ino}", ino=ino, access=access, target=f"pipe:[{ino}]")


def pty_fd(pid: int, fd: int, kind: str, index: int, instance: int, *, certain: bool = True) -> Descriptor:
    """A master or slave of a pseudo-terminal; instance 0 is an unknown one, one that is not `certain` a likely one."""
    fields: Fields = {"index": index, "instance": instance, "instance_proven": certain and instance > 0}
    return descriptor(pid, fd, kind, f"{kind}:{instance}:{index}", target=f"/dev/pts/{index}", fields=fields)


def unix(ino: int, **known: Any) -> Socket:
    """A connected unix stream socket without a name."""
    values: dict[str, Any] = {
        "key": 100_000 + ino,
        "cookie": 100_000 + ino,
        "netns": NETNS,
        "family": "unix",
        "type": "stream",
        "protocol": "",
        "state": "ESTABLISHED",
    }
    return Socket(ino=ino, local=unix_name(known.pop("local", "")), **(values | known))


def inet(ino: int, local: str, remote: str = "", **known: Any) -> Socket:
    """A TCP socket: connected with a remote address, listening without."""
    values: dict[str, Any] = {
        "key": 100_000 + ino,
        "cookie": 100_000 + ino,
        "netns": NETNS,
        "family": "inet6" if local.startswith(("[", "*")) else "inet",
        "type": "stream",
        "protocol": "tcp",
        "state": "ESTABLISHED" if remote else "LISTEN",
        "queue": -1 if remote else 0,
        "backlog": -1 if remote else 128,
    }
    values |= known
    ends = {"local": address(values["family"], local), "remote": address(values["family"], remote)}
    return Socket(ino=ino, **(values | ends))


def udp(ino: int, local: str, remote: str = "", **known: Any) -> Socket:
    """A UDP socket, connected with a remote address."""
    values: dict[str, Any] = {
        "type": "dgram",
        "protocol": "udp",
        "state": "ESTABLISHED" if remote else "UNCONNECTED",
        "queue": -1,
        "backlog": -1,
    }
    return inet(ino, local, remote, **(values | known))


def target(fd: int, of: str, **known: Any) -> Target:
    """A live and proven registration."""
    values: dict[str, Any] = {
        "events": 0x1,
        "data": fd,
        "ino": 7,
        "dev": 0,
        "status": "live",
        "held_by": (),
        "confidence": "proven",
    }
    return Target(fd=fd, object=of, **(values | known))


def waiting(pid: int, *waits: Wait, **known: Any) -> ProcessWaits:
    """What the threads of a process wait for."""
    return ProcessWaits(pid, START, waits, **known)


def frame(*things: Process | Descriptor | Socket | EpollInstance, full: bool = True, **rest: Any) -> Frame:
    """A frame of these things; processes that are only named by a descriptor are made up."""
    descriptors = [thing for thing in things if isinstance(thing, Descriptor)]
    processes = {thing.key: thing for thing in things if isinstance(thing, Process)}
    for entry in descriptors:
        processes.setdefault(entry.process, process(entry.pid, start=entry.start))
    values: dict[str, Any] = {"seq": 1, "time": NOW, "coverage": Coverage(processes=len(processes))}
    return Frame(
        full=full,
        processes=tuple(processes.values()),
        tables=tuple(tables(descriptors)),
        sockets=tuple(thing for thing in things if isinstance(thing, Socket)),
        epolls=tuple(thing for thing in things if isinstance(thing, EpollInstance)),
        **(values | rest),
    )


def tables(descriptors: Iterable[Descriptor]) -> Iterable[Table]:
    """Sort descriptors into the tables of their processes."""
    found: dict[tuple[int, int], list[Descriptor]] = {}
    for entry in descriptors:
        found.setdefault(entry.process, []).append(entry)
    return [Table(pid, start, tuple(opened)) for (pid, start), opened in found.items()]


def world(*things: Process | Descriptor | Socket | EpollInstance, **rest: Any) -> World:
    """A world that has seen one full frame of these things."""
    made = World()
    made.greet(HELLO)
    made.apply(frame(*things, **rest))
    return made


def key(pid: int, fd: int) -> DescriptorKey:
    """Key of a descriptor made here."""
    return DescriptorKey(pid, START, fd)


def places(keys: Iterable[DescriptorKey]) -> list[tuple[int, int]]:
    """Keys as (pid, fd), in their order."""
    return [(one.pid, one.fd) for one in keys]
