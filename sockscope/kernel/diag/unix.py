"""Unix domain sockets (`linux/unix_diag.h`, net/unix/diag.c)."""

import struct
from typing import NamedTuple

from sockscope.abi.strings import Raw
from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.transport import Datagram, DiagSocket

AF_UNIX = 1
SHOW = 0x5F
"""`UDIAG_SHOW_*`: all but the memory of each socket (0x20), which changes with every byte and fills a third."""
NAME, VFS, PEER, ICONS, RQLEN, MEMINFO, SHUTDOWN, UID = range(8)
ANY_COOKIE = 0xFFFFFFFF

_REQUEST = struct.Struct("=BBHIIIII")
_MESSAGE = struct.Struct("=BBBBIII")
_U32 = struct.Struct("=I")
_PAIR = struct.Struct("=II")


class UnixSocket(NamedTuple):
    """One socket as the kernel describes it."""

    ino: int
    cookie: int
    type: int
    state: int
    """A TCP state number: 10 listening, 1 connected, 7 neither."""
    name: Raw | None
    """What was passed to bind(2): a path, maybe relative or stale, or NUL and an abstract name; None unbound."""
    vfs: tuple[int, int]
    """(device as `major << 20 | minor`, inode cut to 32 bits) of the bound file, (0, 0) without one."""
    peer: int
    """Inode of the socket at the other end, 0 without one, while nobody has accepted it, and once it is closed."""
    pending: tuple[int, ...]
    """For a listener: inodes of the clients waiting to be accepted."""
    recv_queue: int
    """Connections waiting (listener) or bytes to be read."""
    send_queue: int
    """Backlog (listener) or bytes sent and not read yet."""
    shutdown: int
    uid: int
    names_peer: bool = False
    """Whether it is connected, so that there is a `peer`, whatever its inode."""


def request(ino: int = 0) -> bytes:
    """Pack a request for all unix sockets, or for the one with an inode."""
    return _REQUEST.pack(AF_UNIX, 0, 0, 0xFFFFFFFF, ino, SHOW, ANY_COOKIE, ANY_COOKIE)


def dump(diag: DiagSocket) -> list[UnixSocket]:
    """List the unix sockets of the namespace. Not a snapshot: rows may be missing or come twice under churn.

    Raises:
        OSError: ENOENT where the kernel has no unix_diag, EPERM where it is denied.
    """
    return diag.rows(request(), parse)


def read(diag: DiagSocket, ino: int) -> UnixSocket | None:
    """Ask for one socket by inode; None when the namespace has no such socket.

    Raises:
        OSError: anything but ENOENT.
    """
    try:
        rows = [row for datagram in diag.request(request(ino), dump=False) for row in parse(datagram)]
    except FileNotFoundError:
        return None
    return rows[0] if rows else None


def parse(datagram: Datagram) -> list[UnixSocket]:
    """Unpack every message of a datagram; one too short to be a unix socket is passed over."""
    data = datagram.data
    return [_parse_one(data, start, end) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: Raw, start: int, end: int) -> UnixSocket:
    _, kind, state, _, ino, low, high = _MESSAGE.unpack_from(data, start)
    found = attributes(data, start + _MESSAGE.size, end)
    name = found.get(NAME)
    icons = found.get(ICONS)
    device, inode = _pair(data, found.get(VFS))[::-1]
    receive, send = _pair(data, found.get(RQLEN))
    shutdown = found.get(SHUTDOWN)
    return UnixSocket(
        ino,
        high << 32 | low,
        kind,
        state,
        data[slice(*name)] if name else None,
        (device, inode),
        _u32(data, found.get(PEER), 0),
        struct.unpack_from(f"={(icons[1] - icons[0]) // 4}I", data, icons[0]) if icons else (),
        receive,
        send,
        data[shutdown[0]] if shutdown and shutdown[1] > shutdown[0] else 0,
        _u32(data, found.get(UID), -1),
        PEER in found,
    )


def _u32(data: Raw, span: tuple[int, int] | None, default: int) -> int:
    if span is None or span[1] - span[0] < _U32.size:
        return default
    return int(_U32.unpack_from(data, span[0])[0])


def _pair(data: Raw, span: tuple[int, int] | None) -> tuple[int, int]:
    if span is None or span[1] - span[0] < _PAIR.size:
        return (0, 0)
    first, second = _PAIR.unpack_from(data, span[0])
    return (first, second)
