"""The keys of the language: what each reads of a descriptor and its process, and how its values are written."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from sockscope.model.descriptor import KINDS, Descriptor
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.describe import kind_label
from sockscope.world.watchers import watchers
from sockscope.world.world import World

Shape = Literal["number", "choice", "text", "address"]
Read = Callable[[World, Process, Descriptor], Iterable[str | int]]
ReadProcess = Callable[[World, Process], Iterable[str | int]]

FLAGS: tuple[tuple[str, int], ...] = (
    ("append", os.O_APPEND),
    ("async", os.O_ASYNC),
    ("cloexec", os.O_CLOEXEC),
    ("direct", os.O_DIRECT),
    ("directory", os.O_DIRECTORY),
    ("dsync", os.O_DSYNC),
    ("noatime", os.O_NOATIME),
    ("nofollow", os.O_NOFOLLOW),
    ("nonblock", os.O_NONBLOCK),
    ("path", os.O_PATH),
    ("sync", os.O_SYNC),
)
"""Open flags by the names of `open(2)` without `O_`."""
STATES = (
    "listen",
    "established",
    "syn_sent",
    "syn_recv",
    "fin_wait1",
    "fin_wait2",
    "time_wait",
    "close",
    "close_wait",
    "last_ack",
    "closing",
    "unconnected",
    "connecting",
)
FAMILIES = ("unix", "inet", "inet6", "netlink", "packet", "vsock", "xdp")
PATHS = ("/", "@")
"""How the name of a file and of a unix socket begin."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key. Either `read` or `read_process` is there."""

    name: str
    about: str
    """A few words for help and completion."""
    shape: Shape
    read: Read | None = None
    read_process: ReadProcess | None = None
    choices: tuple[str, ...] = ()
    """For a choice: the words there are; empty when they are not all known."""


def _port(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    socket = world.socket_of(descriptor)
    if socket is None or socket.family == "unix":
        return ()
    ends = (socket.local, socket.remote)
    return [int(port) for end in ends if (port := end.rpartition(":")[2]).isdecimal()]


def _queue(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    socket = world.socket_of(descriptor)
    if socket is None:
        return ()
    if not socket.listening:
        return (max(socket.recv_q, socket.send_q),)
    return (socket.queue,) if socket.queue >= 0 else ()


def _of_socket(read: Callable[[Socket], tuple[str, ...]]) -> Read:
    def values(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
        if descriptor.kind != "socket":
            return ()
        socket = world.socket_of(descriptor)
        return () if socket is None else read(socket)

    return values


def _kind(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
    if descriptor.kind != "socket":
        return (descriptor.kind,)
    return (descriptor.kind, kind_label(world, descriptor))


def _path(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
    socket = world.socket_of(descriptor)
    path = descriptor.target if socket is None else socket.local
    return (path,) if path.startswith(PATHS) else ()


def _netns(world: World, process: Process, descriptor: Descriptor) -> Iterable[str]:
    socket = world.socket_of(descriptor)
    inode = process.netns if socket is None or not socket.netns else socket.netns
    return (world.netns_name(inode), str(inode))


def _flags(_: World, __: Process, descriptor: Descriptor) -> Iterable[str]:
    if descriptor.flags < 0:
        return ()
    return [name for name, bits in FLAGS if descriptor.flags & bits == bits]


def _holders(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    return (1 if descriptor.unproven else world.holder_count(descriptor.object),)


def _watchers(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    watched = descriptor.object in world.epoll_index.watched
    return (len(watchers(world, descriptor)) if watched else 0,)


def _fds(world: World, process: Process) -> Iterable[int]:
    return (len(world.tables.get(process.key, ())) or max(process.fd_count, 0),)


def _tty(_: World, process: Process) -> Iterable[str]:
    return (process.tty or "none",)


def _user(_: World, process: Process) -> Iterable[str]:
    return (process.user, str(process.uid))


KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        Key("pid", "process number", "number", read_process=lambda _, process: (process.pid,)),
        Key("pgid", "process group", "number", read_process=lambda _, process: (process.pgid,)),
        Key("tty", "controlling terminal, none without one", "text", read_process=_tty),
        Key("user", "owner, by name or number", "choice", read_process=_user),
        Key("comm", "short name of the process", "text", read_process=lambda _, process: (process.comm,)),
        Key("cmd", "command line", "text", read_process=lambda _, process: (process.title,)),
        Key("cgroup", "cgroup of the process", "text", read_process=lambda _, process: (process.cgroup,)),
        Key("fds", "open descriptors of the process", "number", read_process=_fds),
        Key("fd", "descriptor number", "number", read=lambda _, __, descriptor: (descriptor.fd,)),
        Key("kind", "socket, pipe, epoll, tcp, unix …", "choice", read=_kind),
        Key("family", "family of the socket", "choice", read=_of_socket(lambda one: (one.family,)), choices=FAMILIES),
        Key("proto", "protocol of the socket", "choice", read=_of_socket(lambda one: (one.protocol, one.label))),
        Key("state", "state of the socket", "choice", read=_of_socket(lambda one: (one.state,)), choices=STATES),
        Key("port", "port at either end", "number", read=_port),
        Key("local", "own address of the socket", "address", read=_of_socket(lambda one: (one.local,))),
        Key("remote", "address of the other end", "address", read=_of_socket(lambda one: (one.remote,))),
        Key("path", "file, or name of a unix socket", "text", read=_path),
        Key("ino", "inode", "number", read=lambda _, __, descriptor: (descriptor.ino,)),
        Key("netns", "network namespace, by name or inode", "choice", read=_netns),
        Key("flag", "open flag", "choice", read=_flags, choices=tuple(name for name, _ in FLAGS)),
        Key("holders", "descriptors on the same object", "number", read=_holders),
        Key("watchers", "epolls that watch it", "number", read=_watchers),
        Key("queue", "connections waiting, or bytes", "number", read=_queue),
    )
}

KIND_WORDS = tuple(
    sorted({*KINDS, *FAMILIES, "tcp", "udp", "udplite", "raw", "icmp", "mptcp", "sctp"} - {"inet", "inet6"})
)
"""What completion offers for `kind`."""
