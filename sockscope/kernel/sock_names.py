"""What a duplicate of a socket tells besides its options: its names, its queues, and its network namespace."""

import fcntl
import os
import socket
import struct
from collections.abc import Callable
from typing import NamedTuple, TypeVar

T = TypeVar("T")

SIOCINQ, SIOCOUTQ = 0x541B, 0x5411
"""Bytes to read (of datagrams: those of the first), and bytes not taken (`tcp(7)`, `udp(7)`, `unix(7)`)."""
SIOCGSKNS = 0x894C
"""A descriptor of the namespace that a socket was made in (`linux/sockios.h`, Linux 4.10)."""
_INT = struct.Struct("=i")
_STATE_SIZE = 1
"""Bytes of `struct tcp_info` up to and with its first field, the state."""
_INTERNET = frozenset({int(socket.AF_INET), int(socket.AF_INET6)})


class SocketNames(NamedTuple):
    """What a socket says of itself; None where it cannot, or where that is denied."""

    family: int
    local: object
    """As `socket.getsockname` has it."""
    remote: object
    unread: int | None
    """Bytes, of a datagram socket those of the first datagram."""
    unsent: int | None
    """Bytes of TCP that are not acknowledged; memory in other families."""
    netns: int | None
    """Inode."""
    state: int | None
    """Of TCP, as numbered in `net/tcp_states.h`."""


def read_names(asking: socket.socket, family: int, kind: int) -> SocketNames:
    """Ask a socket of ours, of a family and type that its Python object need not know. Nothing is changed by it."""
    fd = asking.fileno()
    stream = family in _INTERNET and kind == socket.SOCK_STREAM
    return SocketNames(
        family,
        _ask(asking.getsockname),
        _ask(asking.getpeername),
        _ask(lambda: _number(fd, SIOCINQ)),
        _ask(lambda: _number(fd, SIOCOUTQ)),
        _ask(lambda: read_socket_netns(fd)),
        _ask(lambda: asking.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _STATE_SIZE)[0]) if stream else None,
    )


def read_socket_netns(fd: int) -> int:
    """Return the inode of the network namespace that a socket of ours was made in.

    Raises:
        OSError: EPERM without CAP_NET_ADMIN in the user namespace that owns it, ENOTTY before Linux 4.10.
    """
    opened = fcntl.ioctl(fd, SIOCGSKNS, 0)
    try:
        return os.fstat(opened).st_ino
    finally:
        os.close(opened)


def _number(fd: int, question: int) -> int:
    return int(_INT.unpack(fcntl.ioctl(fd, question, _INT.pack(0)))[0])


def _ask(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except OSError:
        return None
