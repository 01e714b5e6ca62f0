"""AF_XDP sockets (`linux/xdp_diag.h`, net/xdp/xsk_diag.c)."""

import struct
from typing import NamedTuple

from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.transport import Datagram, DiagSocket

AF_XDP = 44
SHOW_INFO, SHOW_RINGS, SHOW_UMEM = 0x01, 0x02, 0x04
INFO, UID, RX_RING, TX_RING, UMEM = 1, 2, 3, 4, 5

_REQUEST = struct.Struct("=BBHIIII")
_MESSAGE = struct.Struct("=BBHIII")
_INFO = struct.Struct("=II")
_U32 = struct.Struct("=I")
_UMEM = struct.Struct("=QIIIIIIII")
"""`struct xdp_diag_umem`: size, id, number of pages, chunk size, headroom, interface, queue, flags, references."""
_ANY = 0xFFFFFFFF


class XdpSocket(NamedTuple):
    """One AF_XDP socket as the kernel describes it."""

    ino: int
    cookie: int
    type: int
    interface: int
    """Index of the interface it is bound to, 0 none."""
    queue: int
    """Number of the interface's queue that it serves."""
    uid: int
    receive_entries: int
    """Entries of its receive ring, 0 without one."""
    send_entries: int
    memory: int
    """Bytes of memory it shares with the kernel (umem), 0 without."""


def dump(diag: DiagSocket) -> list[XdpSocket]:
    """List the AF_XDP sockets of the namespace.

    Raises:
        OSError: ENOENT where the kernel has no xsk_diag, EPERM where it is denied.
    """
    body = _REQUEST.pack(AF_XDP, 0, 0, 0, SHOW_INFO | SHOW_RINGS | SHOW_UMEM, _ANY, _ANY)
    return diag.rows(body, parse)


def parse(datagram: Datagram) -> list[XdpSocket]:
    """Unpack every message of a datagram; one too short to be an AF_XDP socket is passed over."""
    data = datagram.data
    return [_parse_one(data, start, end) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: bytes, start: int, end: int) -> XdpSocket:
    _, kind, _, ino, low, high = _MESSAGE.unpack_from(data, start)
    found = attributes(data, start + _MESSAGE.size, end)
    interface, queue = _first(data, found.get(INFO), _INFO) or (0, 0)
    (uid,) = _first(data, found.get(UID), _U32) or (-1,)
    (receive,) = _first(data, found.get(RX_RING), _U32) or (0,)
    (send,) = _first(data, found.get(TX_RING), _U32) or (0,)
    memory = (_first(data, found.get(UMEM), _UMEM) or (0,))[0]
    return XdpSocket(ino, high << 32 | low, kind, interface, queue, uid, receive, send, memory)


def _first(data: bytes, span: tuple[int, int] | None, layout: struct.Struct) -> tuple[int, ...] | None:
    if span is None or span[1] - span[0] < layout.size:
        return None
    return layout.unpack_from(data, span[0])
