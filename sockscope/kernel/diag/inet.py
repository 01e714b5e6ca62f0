"""TCP, UDP and their relatives over IPv4 and IPv6 (`linux/inet_diag.h`, net/ipv4/inet_diag.c)."""

import errno
import socket
import struct
from functools import partial
from typing import NamedTuple

from sockscope.abi.strings import Raw
from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.memory import dropped
from sockscope.kernel.diag.transport import Datagram, DiagSocket

PROTOCOLS = {6: "tcp", 17: "udp", 136: "udplite", 132: "sctp", 1: "icmp", 58: "icmp6", 255: "raw", 262: "mptcp"}
"""IPPROTO numbers that sock_diag may be asked for."""
ALL_STATES = 0xFFFFFFFF
BOUND = 1 << 13
"""State of the sockets that are bound and neither listen nor connect (Linux 6.8): the kernel walks a table for them
that is as large as that of the connections."""
TCPDIAG_GETSOCK = 18
"""The older question (`linux/inet_diag.h`), which names no family: TCP over IPv4 and IPv6 in one walk."""
EXT_INFO, EXT_MEMORY, EXT_SHUTDOWN, EXT_PROTOCOL, EXT_V6ONLY, EXT_CGROUP = 2, 7, 8, 10, 11, 21
_DATAGRAMS = frozenset({17, 136})
"""Protocols whose sockets drop what they have no room for: their memory is asked for, which counts that."""
REQ_PROTOCOL = 3
MPTCP = 262
_SWAPPED = frozenset({17, 136})
"""Protocols whose exact question takes the remote end as source (net/ipv4/udp_diag.c: "for historical reasons")."""
NO_COOKIE = 0xFFFFFFFF

_REQUEST = struct.Struct("=BBBBI")
_OLDER = struct.Struct("=BBBB48sII")
"""`struct inet_diag_req`: family, two lengths, extensions, sockid, states, debug."""
_ID = struct.Struct("=4s16s16sIII")
_MESSAGE = struct.Struct("=BBBB2s2s16s16sIIIIIIII")
_TIMER, _EXPIRES = (2, 4), (52, 56)
"""Places of `idiag_timer` and `idiag_retrans`, and of `idiag_expires`, in the message."""
_PORT = struct.Struct("!H")
_PROTOCOL_ATTRIBUTE = struct.Struct("=HHI")
_U64 = struct.Struct("=Q")
_TOKEN = struct.Struct("=12xI")
"""Place of the token in `struct mptcp_info` (`linux/mptcp.h`)."""
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
    protocol: int = 0
    """For a raw socket the IP protocol it was made for; else 0."""
    token: int = 0
    """For an MPTCP connection its token, 0 for others and for listeners."""
    v6only: int = -1
    """For an IPv6 socket that listens or is only bound: 1 where it takes no IPv4 (IPV6_V6ONLY), else 0; -1 not said."""
    drops: int = -1
    """Datagrams that found its buffer full or were no good, where memory was asked for; -1 not said."""


def request(family: int, protocol: int, *extensions: int) -> bytes:
    """Pack a request for all sockets of one family and protocol, with further `INET_DIAG_*` attributes (1 to 8)."""
    return _pack(family, protocol, extensions, _ID.pack(b"", b"", b"", 0, NO_COOKIE, NO_COOKIE))


def exact_request(row: InetSocket, protocol: int, *extensions: int) -> bytes:
    """Pack a request for the one socket with the addresses and the cookie of `row`."""
    low, high = row.cookie & 0xFFFFFFFF, row.cookie >> 32
    here, there = (row.local_port, row.local), (row.remote_port, row.remote)
    if protocol in _SWAPPED:
        here, there = there, here
    ports = _PORT.pack(here[0]) + _PORT.pack(there[0])
    return _pack(row.family, protocol, extensions, _ID.pack(ports, here[1], there[1], row.interface, low, high))


def _pack(family: int, protocol: int, extensions: tuple[int, ...], identity: bytes) -> bytes:
    wanted = 0
    for extension in (EXT_SHUTDOWN, *extensions):
        wanted |= 1 << (extension - 1)
    narrow = protocol if protocol <= _BYTE else 255
    body = _REQUEST.pack(family, narrow, wanted, 0, ALL_STATES) + identity
    return body if protocol <= _BYTE else body + _PROTOCOL_ATTRIBUTE.pack(8, REQ_PROTOCOL, protocol)


def dump(diag: DiagSocket, family: int, protocol: int) -> list[InetSocket]:
    """List the sockets of one family (AF_INET, AF_INET6) and protocol in the namespace.

    Raises:
        OSError: ENOENT where the kernel has no diag module for the protocol, EPERM where it is denied.
    """
    return diag.rows(request(family, protocol, *_wanted(protocol)), partial(parse, protocol=protocol), without_timers)


def _wanted(protocol: int) -> tuple[int, ...]:
    """Attributes that a protocol is asked for besides those of all."""
    return (EXT_INFO,) if protocol == MPTCP else (EXT_MEMORY,) if protocol in _DATAGRAMS else ()


def dump_tcp(diag: DiagSocket, states: int = ALL_STATES & ~BOUND) -> list[InetSocket]:
    """List the TCP sockets of the namespace in some states, over IPv4 and IPv6: the kernel's tables hold both.

    Raises:
        OSError: ENOENT where the kernel has no tcp_diag, EPERM where it is denied.
    """
    identity = _ID.pack(b"", b"", b"", 0, NO_COOKIE, NO_COOKIE)
    body = _OLDER.pack(0, 0, 0, 1 << (EXT_SHUTDOWN - 1), identity, states, 0)
    return diag.rows(body, parse, without_timers, TCPDIAG_GETSOCK)


def dump_tcp_bound(diag: DiagSocket) -> list[InetSocket]:
    """List the TCP sockets of the namespace that are bound and neither listen nor connect.

    Raises:
        OSError: as `dump_tcp`.
    """
    return dump_tcp(diag, BOUND)


def without_timers(data: Raw, start: int, end: int) -> Raw:
    """Return a message without its timers, which run down in every TIME_WAIT and of which no row says anything."""
    head = data[start : start + _TIMER[0]]
    return head + data[start + _TIMER[1] : start + _EXPIRES[0]] + data[start + _EXPIRES[1] : end]


def read(diag: DiagSocket, row: InetSocket, protocol: int) -> InetSocket | None:
    """Ask for one socket by addresses and cookie; None when it is not there any more.

    A listener that shares its address with others (SO_REUSEPORT) may not be found although it lives:
    the kernel looks the address up and then compares the cookie.

    Raises:
        OSError: anything but ENOENT (no such address) and ESTALE (another socket has it).
    """
    try:
        datagrams = diag.request(exact_request(row, protocol, *_wanted(protocol)), dump=False)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ESTALE}:
            return None
        raise
    rows = [found for datagram in datagrams for found in parse(datagram, protocol)]
    return rows[0] if rows else None


def parse(datagram: Datagram, protocol: int = 0) -> list[InetSocket]:
    """Unpack every message of a datagram; one too short to be an inet socket is passed over."""
    data = datagram.data
    tokens = protocol == MPTCP
    return [_parse_one(data, start, end, tokens) for start, end in datagram.bodies if end - start >= _MESSAGE.size]


def _parse_one(data: Raw, start: int, end: int, tokens: bool) -> InetSocket:  # noqa: FBT001 - called per row
    (
        family, state, _, _, local_port, remote_port, local, remote,
        interface, low, high, _, receive, send, uid, ino,
    ) = _MESSAGE.unpack_from(data, start)  # fmt: skip
    size = 16 if family == socket.AF_INET6 else 4
    shutdown = cgroup = protocol = token = 0
    v6only = drops = -1
    if end - start > _MESSAGE.size:
        found = attributes(data, start + _MESSAGE.size, end)
        if (span := found.get(EXT_SHUTDOWN)) and span[1] > span[0]:
            shutdown = data[span[0]]
        if (span := found.get(EXT_CGROUP)) and span[1] - span[0] >= _U64.size:
            cgroup = _U64.unpack_from(data, span[0])[0]
        if (span := found.get(EXT_PROTOCOL)) and span[1] > span[0]:
            protocol = data[span[0]]
        if (span := found.get(EXT_V6ONLY)) and span[1] > span[0]:
            v6only = data[span[0]]
        if span := found.get(EXT_MEMORY):
            drops = dropped(data, span)
        if tokens and (span := found.get(EXT_INFO)) and span[1] - span[0] >= _TOKEN.size:
            token = _TOKEN.unpack_from(data, span[0])[0]
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
        protocol,
        token,
        v6only,
        drops,
    )
