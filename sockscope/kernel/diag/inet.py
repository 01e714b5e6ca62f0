"""TCP, UDP and their relatives over IPv4 and IPv6 (`linux/inet_diag.h`, net/ipv4/inet_diag.c)."""

import socket
import struct
from typing import NamedTuple

from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.transport import Datagram, DiagSocket

PROTOCOLS = {6: "tcp", 17: "udp", 136: "udplite", 132: "sctp", 1: "icmp", 58: "icmp6", 255: "raw", 262: "mptcp"}
"""IPPROTO numbers that sock_diag may be asked for."""
STATES = {
    1: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RECV",
    4: "FIN_WAIT1",
    5: "FIN_WAIT2",
    6: "TIME_WAIT",
    7: "CLOSE",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "NEW_SYN_RECV",
}
ALL_STATES = 0xFFFFFFFF
EXT_SHUTDOWN, EXT_CGROUP = 8, 21
REQ_PROTOCOL = 3
NO_COOKIE = 0xFFFFFFFF

_REQUEST = struct.Struct("=BBBBI")
_ID = struct.Struct("=4s16s16sIII")
_MESSAGE = struct.Struct("=BBBB2s2s16s16sIIIIIIII")
_PORT = struct.Struct("!H")
_PROTOCOL_ATTRIBUTE = struct.Struct("=HHI")
_U64 = struct.Struct("=Q")
_BYTE = 255
"""A protocol above this number does not fit the request and goes into an attribute."""


class InetSocket(NamedTuple):
    """One socket as the kernel describes it."""

    family: int
    state: int
    local: bytes
    """4 or 16 bytes."""
    local_port: int
    remote: bytes
    remote_port: int
    interface: int
    """Index of the interface it is bound to, or whose link-local address it uses; 0 none."""
    cookie: int
    recv_queue: int
    """Bytes to be read; for a listener the connections waiting."""
    send_queue: int
    """Bytes not acknowledged; for a listener the backlog."""
    uid: int
    ino: int
    """0 when no descriptor leads to it: not accepted yet, or closed and winding down."""
    shutdown: int
    cgroup: int


def request(family: int, protocol: int) -> bytes:
    """Pack a request for all sockets of one family and protocol."""
    narrow = protocol if protocol <= _BYTE else 255
    extensions = 1 << (EXT_SHUTDOWN - 1)
    head = _REQUEST.pack(family, narrow, extensions, 0, ALL_STATES)
    body = head + _ID.pack(b"", b"", b"", 0, NO_COOKIE, NO_COOKIE)
    return body if protocol <= _BYTE else body + _PROTOCOL_ATTRIBUTE.pack(8, REQ_PROTOCOL, protocol)


def dump(diag: DiagSocket, family: int, protocol: int) -> list[InetSocket]:
    """List the sockets of one family (AF_INET, AF_INET6) and protocol in the namespace.

    Raises:
        OSError: ENOENT where the kernel has no diag module for the protocol, EPERM where it is denied.
    """
    datagrams = diag.request(request(family, protocol), dump=True)
    return [row for datagram in datagrams for row in parse(datagram)]


def parse(datagram: Datagram) -> list[InetSocket]:
    """Unpack every message of a datagram; one too short to be an inet socket is passed over."""
    data = datagram.data
    return [_parse_one(data, start, end) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: bytes, start: int, end: int) -> InetSocket:
    (
        family, state, _, _, local_port, remote_port, local, remote,
        interface, low, high, _, receive, send, uid, ino,
    ) = _MESSAGE.unpack_from(data, start)  # fmt: skip
    size = 16 if family == socket.AF_INET6 else 4
    shutdown = cgroup = 0
    if end - start > _MESSAGE.size:
        found = attributes(data, start + _MESSAGE.size, end)
        if (place := found.get(EXT_SHUTDOWN)) and place[1] > place[0]:
            shutdown = data[place[0]]
        if (place := found.get(EXT_CGROUP)) and place[1] - place[0] >= _U64.size:
            cgroup = _U64.unpack_from(data, place[0])[0]
    return InetSocket(
        family,
        state,
        local[:size],
        _PORT.unpack(local_port)[0],
        remote[:size],
        _PORT.unpack(remote_port)[0],
        interface,
        high << 32 | low,
        receive,
        send,
        uid,
        ino,
        shutdown,
        cgroup,
    )
