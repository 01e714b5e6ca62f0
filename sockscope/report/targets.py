"""What the user asks to see, as text, to descriptors and processes of the world."""

import re
from collections.abc import Callable, Iterable

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.address import Address, parse_address
from sockscope.world.unheld import unheld_reason
from sockscope.world.world import World

Found = list[DescriptorKey | ProcessKey]
Finder = Callable[[World], Found]

FORMS = "PID, PID:FD, NAME, ino:N, tcp:PORT, udp:PORT, :PORT, ADDRESS:PORT, /path, @name, unix:/path or unix:@name"
MAX_PORT = 65535
ENDED = frozenset("ZX")
"""States of a process that has ended (`proc_pid_stat(5)`)."""
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%\w]+\]|[0-9.]+|\*|):(\d{1,5})", re.ASCII)
_TRANSPORTS = ("tcp", "udp", "udplite", "sctp", "mptcp")


class TargetSyntaxError(ValueError):
    """The text is none of the forms that can be asked for (exit code 2)."""


class TargetMissingError(LookupError):
    """The text is well formed, and nothing like it exists (exit code 1)."""


class TargetDeniedError(PermissionError):
    """It exists, and no process that could be read leads to it (exit code 3)."""


def resolve(world: World, text: str) -> Found:
    """Find what is meant: one descriptor for each matching object, listeners first; or processes, the oldest first.

    Forms: `PID`, `PID:FD`, `nginx` (a process name), `ino:N`, `tcp:443`, `udp:53`, `:443`, `127.0.0.1:8888`,
    `[::1]:80`, `/run/x.sock`, `@name`, `unix:/run/x.sock`, `unix:@name`. A host is matched exactly, else
    a socket on all addresses answers; a path is that of a unix socket, else that of a file.

    Raises:
        TargetSyntaxError: the text is none of these.
        TargetMissingError: nothing like it exists.
        TargetDeniedError: it exists behind descriptors that could not be read.
    """
    return finder(text)(world)


def finder(text: str) -> Finder:
    """Read what is meant, before there is a world to find it in.

    Raises:
        TargetSyntaxError: the text is none of the forms of `resolve`.
    """
    for form, read in _READERS:
        found = form.fullmatch(text)
        if found is not None:
            return read(found)
    scheme, _, rest = text.partition(":")
    if scheme in _TRANSPORTS:
        return _by_address(text, rest if ":" in rest else f":{rest}", scheme)
    return _by_address(text, text, "")


def _process(world: World, pid: int) -> Process:
    process = world.process(pid)
    if process is None:
        silent = next((one.costs for one in world.coverage.capabilities if one.name == "answers"), "")
        msg = f"no process {pid} could be read: {silent}" if silent else f"no process {pid}"
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


def _by_process_name(world: World, name: str) -> Found:
    """Processes by their short name, or by the file name of the program they were started as; the oldest first."""
    named = [process for process in world.processes.values() if name in {process.comm, program_name(process)}]
    if not named:
        msg = f"no process is called {name}"
        raise TargetMissingError(msg)
    # What has ended and waits for its parent holds nothing; it is named last.
    return [process.key for process in sorted(named, key=lambda one: (one.state in ENDED, one.start, one.pid))]


def program_name(process: Process) -> str:
    """Return the file name in the first argument of a process, "" where there is none."""
    return process.cmdline[0].rpartition("/")[2] if process.cmdline else ""


def _by_unix_name(world: World, text: str, name: str) -> Found:
    return _keys(world, text, [one for one in world.sockets.values() if one.family == "unix" and one.local == name])


def _by_path(world: World, path: str) -> Found:
    bound = [socket for socket in world.sockets.values() if socket.family == "unix" and socket.local == path]
    if bound:
        return _keys(world, path, bound)
    objects: dict[str, DescriptorKey] = {}
    for key in sorted(world.tables):
        for _, descriptor in sorted(world.tables[key].items()):
            if descriptor.target == path:
                objects.setdefault(descriptor.object, descriptor.key)
    if not objects:
        msg = f"no socket is bound to {_printable(path)} and no readable process has it open"
        raise TargetMissingError(msg)
    return list(objects.values())


def _by_address(text: str, address: str, transport: str) -> Finder:
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[2]) <= MAX_PORT:
        msg = f"{text!a} is none of {FORMS}"
        raise TargetSyntaxError(msg)
    return lambda world: _bound_to(world, text, parse_address(address), transport)


def _bound_to(world: World, text: str, wanted: Address, transport: str) -> Found:
    on_port = [socket for socket in _transports(world, transport) if parse_address(socket.local).port == wanted.port]
    if wanted.any:
        return _keys(world, text, on_port)
    exact = [socket for socket in on_port if parse_address(socket.local).host == wanted.host]
    everywhere = [socket for socket in on_port if parse_address(socket.local).any]
    return _keys(world, text, exact or everywhere)


def _transports(world: World, transport: str) -> list[Socket]:
    protocols = (transport,) if transport else _TRANSPORTS
    return [socket for socket in world.sockets.values() if socket.protocol in protocols and socket.local]


def _keys(world: World, text: str, sockets: Iterable[Socket]) -> Found:
    """One holder of each socket, listeners first, then by inode."""
    wanted = sorted(sockets, key=lambda socket: (not socket.listening, socket.ino, socket.key))
    if not wanted:
        msg = f"no socket is bound to {_printable(text)}"
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


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Finder]], ...] = (
    (re.compile(r"\d{1,20}", re.ASCII), lambda found: lambda world: [_process(world, int(found[0])).key]),
    (
        re.compile(r"(\d{1,20}):(\d{1,20})", re.ASCII),
        lambda found: lambda world: [_descriptor(world, int(found[1]), int(found[2]))],
    ),
    (re.compile(r"ino:0*([1-9]\d{0,19})", re.ASCII), lambda found: lambda world: _by_inode(world, int(found[1]))),
    (re.compile(r"unix:(.+)", re.DOTALL), lambda found: lambda world: _by_unix_name(world, found[0], found[1])),
    (re.compile(r"@.+", re.DOTALL), lambda found: lambda world: _by_unix_name(world, found[0], found[0])),
    (re.compile(r"/.*", re.DOTALL), lambda found: lambda world: _by_path(world, found[0])),
    # A letter is in it, so that a mistyped number is not looked for as a name.
    (
        re.compile(r"(?=.*[^\W\d_])[\w.+][\w.+-]{0,63}"),
        lambda found: lambda world: _by_process_name(world, found[0]),
    ),
)
"""Forms that their first characters tell apart; the others are addresses."""
