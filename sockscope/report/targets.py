"""What the user asks to see, as text, to descriptors and processes of the world."""

import re
from collections.abc import Callable, Iterable

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.address import parse_address
from sockscope.world.unheld import unheld_reason
from sockscope.world.world import World

Found = list[DescriptorKey | ProcessKey]

FORMS = "PID, PID:FD, ino:N, tcp:PORT, udp:PORT, :PORT, ADDRESS:PORT, unix:/path or unix:@name"
MAX_PORT = 65535
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_PLACE = re.compile(r"(\d{1,20}):(\d{1,20})", re.ASCII)
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%\w]+\]|[0-9.]+|\*|):(\d{1,5})", re.ASCII)
_TRANSPORTS = ("tcp", "udp", "udplite", "sctp", "mptcp")


class TargetSyntaxError(ValueError):
    """The text is none of the forms that can be asked for (exit code 2)."""


class TargetMissingError(LookupError):
    """The text is well formed, and nothing like it exists (exit code 1)."""


class TargetDeniedError(PermissionError):
    """It exists, and no process that could be read leads to it (exit code 3)."""


def resolve(world: World, text: str) -> Found:
    """Find what is meant: one descriptor for each matching object, listeners first; or one process.

    Forms: `PID`, `PID:FD`, `ino:N`, `tcp:443`, `udp:53`, `:443`, `127.0.0.1:8888`, `[::1]:80`,
    `unix:/run/x.sock`, `unix:@name`. A host is matched exactly, else a socket on all addresses answers.

    Raises:
        TargetSyntaxError: the text is none of these.
        TargetMissingError: nothing like it exists.
        TargetDeniedError: it exists behind descriptors that could not be read.
    """
    if _NUMBER.fullmatch(text):
        return [_process(world, int(text)).key]
    place = _PLACE.fullmatch(text)
    if place is not None:
        return [_descriptor(world, int(place[1]), int(place[2]))]
    scheme, _, rest = text.partition(":")
    if scheme == "ino" and _NUMBER.fullmatch(rest) and int(rest):
        return _by_inode(world, int(rest))
    if scheme == "unix" and rest:
        return _sockets(world, text, lambda socket: socket.family == "unix" and socket.local == rest)
    if scheme in _TRANSPORTS:
        return _by_address(world, text, rest if ":" in rest else f":{rest}", scheme)
    return _by_address(world, text, text, "")


def _process(world: World, pid: int) -> Process:
    process = world.process(pid)
    if process is None:
        msg = f"no process {pid}"
        raise TargetMissingError(msg)
    return process


def _descriptor(world: World, pid: int, fd: int) -> DescriptorKey:
    process = _process(world, pid)
    descriptor = world.find(pid, fd)
    if descriptor is not None:
        return descriptor.key
    if process.denied:
        msg = f"the descriptors of process {pid} ({process.comm}) cannot be read: {process.denied}"
        raise TargetDeniedError(msg)
    msg = f"process {pid} ({process.comm}) has no descriptor {fd}"
    raise TargetMissingError(msg)


def _by_inode(world: World, ino: int) -> Found:
    """Descriptors on an inode of any kind; several objects when file systems use one number each."""
    holders = world.socket_holders(ino)
    if holders:
        return [holders[0]]
    objects: dict[str, DescriptorKey] = {}
    for key in sorted(world.tables):
        for fd, descriptor in sorted(world.tables[key].items()):
            if descriptor.ino == ino:
                objects.setdefault(descriptor.object, DescriptorKey(key.pid, key.start, fd))
    if objects:
        return list(objects.values())
    socket = world.socket_by_ino(ino)
    if socket is not None:
        raise TargetDeniedError(_unheld(world, socket))
    msg = f"no readable descriptor and no socket has inode {ino}"
    raise TargetMissingError(msg)


def _by_address(world: World, text: str, address: str, transport: str) -> Found:
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[2]) <= MAX_PORT:
        msg = f"{text!a} is none of {FORMS}"
        raise TargetSyntaxError(msg)
    wanted = parse_address(address)
    on_port = [socket for socket in _transports(world, transport) if parse_address(socket.local).port == wanted.port]
    if wanted.any:
        return _keys(world, text, on_port)
    exact = [socket for socket in on_port if parse_address(socket.local).host == wanted.host]
    everywhere = [socket for socket in on_port if parse_address(socket.local).any]
    return _keys(world, text, exact or everywhere)


def _transports(world: World, transport: str) -> list[Socket]:
    protocols = (transport,) if transport else _TRANSPORTS
    return [socket for socket in world.sockets.values() if socket.protocol in protocols and socket.local]


def _sockets(world: World, text: str, accept: Callable[[Socket], bool]) -> Found:
    return _keys(world, text, [socket for socket in world.sockets.values() if accept(socket)])


def _keys(world: World, text: str, sockets: Iterable[Socket]) -> Found:
    """One holder of each socket, listeners first, then by inode."""
    wanted = sorted(sockets, key=lambda socket: (not socket.listening, socket.ino, socket.key))
    if not wanted:
        msg = f"no socket is bound to {text if text.isprintable() else ascii(text)}"
        raise TargetMissingError(msg)
    inodes = dict.fromkeys(socket.ino for socket in wanted)
    found = [holders[0] for ino in inodes if (holders := world.socket_holders(ino))]
    if not found:
        raise TargetDeniedError(_unheld(world, wanted[0]))
    return list(found)


def _unheld(world: World, socket: Socket) -> str:
    where = " → ".join(part for part in (socket.local, socket.remote) if part)
    named = " ".join(part for part in (socket.label, socket.state, where) if part)
    return f"no readable descriptor leads to {named} (ino {socket.ino}): {unheld_reason(world, socket)}"
