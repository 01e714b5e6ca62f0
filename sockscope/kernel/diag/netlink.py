"""Netlink sockets (`linux/netlink_diag.h`, net/netlink/diag.c)."""

import struct
from typing import NamedTuple

from sockscope.abi.strings import Raw
from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.memory import dropped
from sockscope.kernel.diag.transport import Datagram, DiagSocket

AF_NETLINK = 16
ALL_PROTOCOLS = 0xFF
SHOW_MEMORY, SHOW_GROUPS, SHOW_FLAGS = 1, 2, 8
MEMINFO, GROUPS, FLAGS = 0, 1, 4
PROTOCOLS = {
    0: "route",
    2: "usersock",
    3: "firewall",
    4: "sock_diag",
    5: "nflog",
    6: "xfrm",
    7: "selinux",
    8: "iscsi",
    9: "audit",
    10: "fib_lookup",
    11: "connector",
    12: "netfilter",
    13: "ip6_fw",
    14: "dnrtmsg",
    15: "kobject_uevent",
    16: "generic",
    18: "scsitransport",
    19: "ecryptfs",
    20: "rdma",
    21: "crypto",
    22: "smc",
}
"""NETLINK_* numbers of `linux/netlink.h`, named as ss names them."""
FLAG_NAMES = (
    (0x01, "dump-running"),
    (0x02, "pktinfo"),
    (0x04, "broadcast-error"),
    (0x08, "no-enobufs"),
    (0x10, "listen-all-nsid"),
    (0x20, "cap-ack"),
    (0x40, "ext-ack"),
    (0x80, "strict-check"),
)
CONNECTED = 1

_REQUEST = struct.Struct("=BBHIIII")
_MESSAGE = struct.Struct("=BBBBIIIIII")
_U32 = struct.Struct("=I")
_MEMORY = struct.Struct("=II")
"""Start of `struct sk_meminfo`: bytes allocated to receive, and how many may be."""
_ANY = 0xFFFFFFFF


class NetlinkEnd(NamedTuple):
    """One netlink socket as the kernel describes it."""

    ino: int
    cookie: int
    type: int
    protocol: int
    state: int
    """1 when it was connected to a portid, else 0."""
    portid: int
    """Its address; 0 for the kernel's own end and for a socket that was not bound yet."""
    remote_portid: int
    remote_group: int
    """Number of the multicast group it is connected to, 0 none: connect(2) takes a mask and keeps its first bit."""
    groups: tuple[int, ...]
    """Numbers of the multicast groups it has joined."""
    flags: int
    recv_queue: int
    """Bytes of memory in its receive queue."""
    drops: int = -1
    """Messages that found its buffer full (ENOBUFS to the reader); -1 not said."""


def dump(diag: DiagSocket) -> list[NetlinkEnd]:
    """List the netlink sockets of the namespace, the kernel's own included.

    One that has joined groups comes twice, by portid and by group (net/netlink/diag.c); it is listed once.

    Raises:
        OSError: ENOENT where the kernel has no netlink_diag, EPERM where it is denied.
    """
    show = SHOW_MEMORY | SHOW_GROUPS | SHOW_FLAGS
    body = _REQUEST.pack(AF_NETLINK, ALL_PROTOCOLS, 0, 0, show, _ANY, _ANY)
    rows = diag.rows(body, parse)
    once = {row.cookie: row for row in rows}
    return rows if len(once) == len(rows) else list(once.values())


def parse(datagram: Datagram) -> list[NetlinkEnd]:
    """Unpack every message of a datagram; one too short to be a netlink socket is passed over."""
    data = datagram.data
    return [_parse_one(data, start, end) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: Raw, start: int, end: int) -> NetlinkEnd:
    _, kind, protocol, state, portid, remote, remote_group, ino, low, high = _MESSAGE.unpack_from(data, start)
    found = attributes(data, start + _MESSAGE.size, end)
    groups, flags, memory = (found.get(kind, (0, 0)) for kind in (GROUPS, FLAGS, MEMINFO))
    return NetlinkEnd(
        ino,
        high << 32 | low,
        kind,
        protocol,
        state,
        portid,
        remote,
        remote_group,
        group_numbers(data[slice(*groups)]),
        _U32.unpack_from(data, flags[0])[0] if flags[1] - flags[0] >= _U32.size else 0,
        _MEMORY.unpack_from(data, memory[0])[0] if memory[1] - memory[0] >= _MEMORY.size else 0,
        dropped(data, memory),
    )


def group_numbers(mask: bytes) -> tuple[int, ...]:
    """List the groups of a bit mask: bit 0 is group 1."""
    bits = int.from_bytes(mask, "little")
    return tuple(index + 1 for index in range(bits.bit_length()) if bits >> index & 1)
