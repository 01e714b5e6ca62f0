"""Packet sockets (`linux/packet_diag.h`, net/packet/diag.c)."""

import struct
from typing import NamedTuple

from sockscope.abi.strings import Raw
from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.memory import dropped
from sockscope.kernel.diag.transport import Datagram, DiagSocket

AF_PACKET = 17
SHOW_INFO, SHOW_RINGS, SHOW_FANOUT, SHOW_MEMORY = 0x01, 0x04, 0x08, 0x10
INFO, RX_RING, TX_RING, FANOUT, UID, MEMINFO = 0, 2, 3, 4, 5, 6
FLAG_NAMES = ((0x01, "running"), (0x02, "auxdata"), (0x04, "origdev"), (0x08, "vnethdr"), (0x10, "loss"))
FANOUT_TYPES = ("hash", "lb", "cpu", "rollover", "rnd", "qm", "cbpf", "ebpf")
"""PACKET_FANOUT_* numbers of `linux/if_packet.h`, by their names there."""
_FANOUT_MASK = 0xFF

_REQUEST = struct.Struct("=BBHIIII")
_MESSAGE = struct.Struct("=BBHIII")
_INFO = struct.Struct("=IIIIII")
_RING = struct.Struct("=IIIIIII")
_U32 = struct.Struct("=I")
_ANY = 0xFFFFFFFF


class Ring(NamedTuple):
    """A ring of frames that process and kernel share by mmap(2)."""

    block_size: int
    """Bytes."""
    blocks: int
    frame_size: int
    """Bytes."""
    frames: int


class PacketSocket(NamedTuple):
    """One packet socket as the kernel describes it."""

    ino: int
    cookie: int
    type: int
    protocol: int
    """ETH_P_* number of the frames it gets, 3 for all, 0 for none."""
    interface: int
    """Index of the interface it is bound to, 0 for all."""
    version: int
    """Of the ring's frame headers, 0 for TPACKET_V1."""
    flags: int
    receive_ring: Ring | None
    send_ring: Ring | None
    fanout: tuple[int, str] | None
    """Group number and how frames are spread over its members."""
    uid: int
    recv_queue: int
    """Bytes of memory in its receive queue."""
    drops: int = -1
    """Frames that found no room; -1 not said."""


def dump(diag: DiagSocket) -> list[PacketSocket]:
    """List the packet sockets of the namespace.

    Raises:
        OSError: ENOENT where the kernel has no packet_diag, EPERM where it is denied.
    """
    show = SHOW_INFO | SHOW_RINGS | SHOW_FANOUT | SHOW_MEMORY
    body = _REQUEST.pack(AF_PACKET, 0, 0, 0, show, _ANY, _ANY)
    return diag.rows(body, parse)


def parse(datagram: Datagram) -> list[PacketSocket]:
    """Unpack every message of a datagram; one too short to be a packet socket is passed over."""
    data = datagram.data
    return [_parse_one(data, start, end) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: Raw, start: int, end: int) -> PacketSocket:
    _, kind, protocol, ino, low, high = _MESSAGE.unpack_from(data, start)
    found = attributes(data, start + _MESSAGE.size, end)
    info = found.get(INFO, (0, 0))
    index, version, _, _, _, flags = _INFO.unpack_from(data, info[0]) if _fits(info, _INFO) else (0,) * 6
    fanout = found.get(FANOUT, (0, 0))
    return PacketSocket(
        ino,
        high << 32 | low,
        kind,
        protocol,
        index,
        version,
        flags,
        _ring(data, found.get(RX_RING, (0, 0))),
        _ring(data, found.get(TX_RING, (0, 0))),
        _fanout(_U32.unpack_from(data, fanout[0])[0]) if _fits(fanout, _U32) else None,
        _number(data, found.get(UID, (0, 0)), -1),
        _number(data, found.get(MEMINFO, (0, 0)), 0),
        dropped(data, found.get(MEMINFO, (0, 0))),
    )


def _fits(span: tuple[int, int], layout: struct.Struct) -> bool:
    return span[1] - span[0] >= layout.size


def _number(data: Raw, span: tuple[int, int], default: int) -> int:
    return int(_U32.unpack_from(data, span[0])[0]) if _fits(span, _U32) else default


def _ring(data: Raw, span: tuple[int, int]) -> Ring | None:
    if not _fits(span, _RING):
        return None
    block_size, blocks, frame_size, frames, *_ = _RING.unpack_from(data, span[0])
    return Ring(block_size, blocks, frame_size, frames)


def _fanout(value: int) -> tuple[int, str]:
    number, kind = value & 0xFFFF, value >> 16 & _FANOUT_MASK
    return number, FANOUT_TYPES[kind] if kind < len(FANOUT_TYPES) else str(kind)
