"""The keys of the language: what each reads of a descriptor and its process, and how its values are written."""

from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

from sockscope.abi.open_flags import NAMES, flag_names
from sockscope.abi.socket_states import STATES as SOCKET_STATES
from sockscope.kinds.char_device import instance
from sockscope.kinds.registry import COLOURS
from sockscope.kinds.words import text
from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.describe import kind_label
from sockscope.world.pace import cpu_percent, growth
from sockscope.world.relations.watchers import watchers
from sockscope.world.world import World

Shape = Literal["number", "choice", "text", "address", "wait"]
Read = Callable[[World, Process, Descriptor], Iterable[str | int]]
ReadProcess = Callable[[World, Process], Iterable[str | int]]

FLAGS = {name: name.removeprefix("O_").lower() for name in NAMES}
"""Open flags as the filter writes them: without `O_`."""
PROCESS_STATES = {"R": "running", "S": "sleeping", "D": "blocked", "T": "stopped", "t": "traced", "Z": "zombie"}
"""What the filter calls the letters of `ps`."""
STATES = (*(state.lower() for state in SOCKET_STATES), *PROCESS_STATES.values(), "frozen")
ANY_FD = "fd"
"""What `waits:` has for a wait on any descriptor."""
FAMILIES = ("unix", "inet", "inet6", "netlink", "packet", "vsock", "xdp")
PATHS = ("/", "@")
"""How the name of a file and of a unix socket begin."""


class Key(Struct, frozen=True):
    """One key. `read` or `read_process` is there, or both: then either is enough, and patterns ask the descriptor."""

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
    ends = (socket.local_text, socket.remote_text)
    return [int(port) for end in ends if (port := end.rpartition(":")[2]).isdecimal()]


def _queue(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    socket = world.socket_of(descriptor)
    if socket is None:
        return ()
    if not socket.listening:
        return (max(socket.recv_q, socket.send_q),)
    return (socket.queue,) if socket.queue >= 0 else ()


def _drops(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    socket = world.socket_of(descriptor)
    return (socket.drops,) if socket is not None and socket.drops >= 0 else ()


def _stale(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    epoll = world.epoll_of(descriptor)
    return () if epoll is None else (world.epoll_index.stale(epoll.object),)


def _of_socket(read: Callable[[Socket], tuple[str, ...]]) -> Read:
    def values(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
        if descriptor.kind != "socket":
            return ()
        socket = world.socket_of(descriptor)
        # What is not known is no value: no filter finds it by asking for one.
        return () if socket is None else [value for value in read(socket) if value != ""]

    return values


def _kind(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
    if descriptor.kind != "socket":
        return (descriptor.kind,)
    return (descriptor.kind, kind_label(world, descriptor))


def _path(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
    socket = world.socket_of(descriptor)
    path = descriptor.target if socket is None else socket.local_text
    return (path,) if path.startswith(PATHS) else ()


def _device(_: World, __: Process, descriptor: Descriptor) -> Iterable[str]:
    fields = descriptor.fields or {}
    return (text(fields, "device"), instance(fields)) if "device" in fields else ()


def _netns(world: World, process: Process, descriptor: Descriptor) -> Iterable[str]:
    socket = world.socket_of(descriptor)
    inode = process.netns if socket is None or not socket.netns else socket.netns
    return (world.netns_name(inode), str(inode))


def _flags(_: World, __: Process, descriptor: Descriptor) -> Iterable[str]:
    return [FLAGS[name] for name in flag_names(descriptor.flags) if name in FLAGS]


def _holders(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    return (1 if descriptor.unproven else world.holder_count(descriptor.object),)


def _watchers(world: World, _: Process, descriptor: Descriptor) -> Iterable[int]:
    watched = descriptor.object in world.epoll_index.watched
    return (len(watchers(world, descriptor)) if watched else 0,)


def _fds(world: World, process: Process) -> Iterable[int]:
    return (world.open_count(process.key) or max(process.fd_count, 0),)


def _unread(world: World, process: Process) -> Iterable[int]:
    """How many of its descriptors are open and not shown: denied, not read yet, or left for a later look."""
    left = max(process.fd_count, 0) - world.open_count(process.key) if process.denied else process.unread
    return (max(left, 0),)


def _known(number: int | None) -> Iterable[int]:
    return () if number is None else (number,)


def _waits(world: World, process: Process) -> Iterable[str | int]:
    """Calls that its threads wait in, and for how many seconds each has stood still; who is halted does not wait."""
    said = world.waits.get(process.key)
    for wait in () if said is None else said.waits:
        if wait.halted:
            continue
        yield wait.call
        yield max(0, int(world.time - wait.since))
        if wait.fd >= 0:
            yield ANY_FD


def _process_state(world: World, process: Process) -> Iterable[str]:
    said = world.waits.get(process.key)
    halted = {wait.halted for wait in said.waits if wait.halted} if said is not None else set()
    return (PROCESS_STATES.get(process.state, process.state), *halted)


def _finding(world: World, process: Process) -> Iterable[str]:
    return [word for told in world.found.get(process.key, ()) for word in (told.severity, told.rule)]


def _finding_at(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
    return [word for told in world.found.get(descriptor.key, ()) for word in (told.severity, told.rule)]


def _since(world: World, process: Process) -> Iterable[str]:
    word = (world.since or {}).get(process.key)
    return () if word is None else (word,)


def _since_at(world: World, _: Process, descriptor: Descriptor) -> Iterable[str]:
    word = (world.since or {}).get(descriptor.key)
    return () if word is None else (word,)


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
        Key("unread", "open descriptors of the process that were not read", "number", read_process=_unread),
        Key("cpu", "processor time of the process in the last interval, in percent of one processor", "number",
            read_process=lambda world, process: _known(cpu_percent(world, process.key))),
        Key("growth", "descriptors by which the process grows a minute", "number",
            read_process=lambda world, process: _known(growth(world, process.key))),
        Key("waits", "call that a thread waits in, fd for any, or for how long", "wait", read_process=_waits),
        Key("finding", "what is wrong: a rule (stuck), or sick, suspect, note", "choice", _finding_at, _finding),
        Key("since", "since the marked moment: new, changed", "choice", _since_at, _since, ("new", "changed")),
        Key("fd", "descriptor number", "number", read=lambda _, __, descriptor: (descriptor.fd,)),
        Key("kind", "socket, pipe, epoll, tcp, unix …", "choice", read=_kind),
        Key("family", "family of the socket", "choice", read=_of_socket(lambda one: (one.family,)), choices=FAMILIES),
        Key("proto", "protocol of the socket", "choice", read=_of_socket(lambda one: (one.protocol, one.label))),
        Key("state", "state of the socket, or of the process: stopped, running …", "choice",
            _of_socket(lambda one: (one.state,)), _process_state, STATES),
        Key("port", "port at either end", "number", read=_port),
        Key("local", "own address of the socket", "address", read=_of_socket(lambda one: (one.local_text,))),
        Key("remote", "address of the other end", "address", read=_of_socket(lambda one: (one.remote_text,))),
        Key("path", "file, or name of a unix socket", "text", read=_path),
        Key("device", "number of a device, or which instance", "text", read=_device),
        Key("ino", "inode", "number", read=lambda _, __, descriptor: (descriptor.ino,)),
        Key("netns", "network namespace, by name or inode", "choice", read=_netns),
        Key("flag", "open flag", "choice", read=_flags, choices=tuple(FLAGS.values())),
        Key("holders", "descriptors on the same object", "number", read=_holders),
        Key("watchers", "epolls that watch it", "number", read=_watchers),
        Key("stale", "registrations of an epoll whose number means something else now", "number", read=_stale),
        Key("drops", "what found no room in the buffer of a socket", "number", read=_drops),
        Key("queue", "connections waiting, or bytes", "number", read=_queue),
    )
}  # fmt: skip

GUESSED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "process", "command", "program", "exe"), ("comm", "cmd")),
    **dict.fromkeys(("args", "argv", "cmdline"), ("cmd",)),
    **dict.fromkeys(("ip", "addr", "address", "host", "net"), ("local", "remote")),
    **dict.fromkeys(("src", "source", "laddr", "bind"), ("local",)),
    **dict.fromkeys(("dst", "dest", "raddr", "peer"), ("remote",)),
    **dict.fromkeys(("sport", "dport", "lport", "rport"), ("port",)),
    **dict.fromkeys(("type", "sock", "socket"), ("kind", "proto", "family")),
    **dict.fromkeys(("protocol", "tcp", "udp"), ("proto",)),
    **dict.fromkeys(("inode", "inum"), ("ino",)),
    **dict.fromkeys(("uid", "owner"), ("user",)),
    **dict.fromkeys(("group", "pgrp", "job"), ("pgid",)),
    **dict.fromkeys(("ns", "namespace"), ("netns",)),
    **dict.fromkeys(("file", "filename", "target"), ("path",)),
    **dict.fromkeys(("status",), ("state",)),
    **dict.fromkeys(("terminal", "pts"), ("tty",)),
    **dict.fromkeys(("container", "unit", "service"), ("cgroup",)),
    **dict.fromkeys(("backlog", "recvq", "sendq", "recv_q", "send_q"), ("queue",)),
    **dict.fromkeys(("flags", "mode"), ("flag",)),
    **dict.fromkeys(("shared",), ("holders",)),
    **dict.fromkeys(("partly", "partial", "left", "denied", "hidden", "unreadable"), ("unread",)),
    **dict.fromkeys(("epoll", "epolls"), ("watchers", "kind")),
}
"""What people type for a key by the words of other tools, and the keys that they mean, the likeliest first."""

KIND_WORDS = tuple(sorted(COLOURS))
"""What completion offers for `kind`."""
