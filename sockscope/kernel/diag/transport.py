"""Carry sock_diag requests and raw answers: pyroute2's netlink socket with a bulk decoder.

pyroute2 decodes a message into nested objects (60 µs a socket); `BulkMarshal` hands each datagram on
whole, with the places of its messages, for `struct` to unpack (1 µs a socket).
"""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self

from pyroute2.netlink import NETLINK_SOCK_DIAG, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, nlmsg
from pyroute2.netlink.nlsocket import Marshal, NetlinkSocket

from sockscope.kernel.netns import netlink_socket_in
from sockscope.kernel.text import clean

SOCK_DIAG_BY_FAMILY = 20
_HEADER = struct.Struct("=IHHI")
_HEADER_SIZE = 16
_ERROR = struct.Struct("=i")
SIOCGIFNAME = 0x8910
_IFREQ = struct.Struct("=16si20x")


class Datagram(NamedTuple):
    """One received datagram and the (start, end) of the message bodies in it."""

    data: bytes
    bodies: list[tuple[int, int]]


class _Request(nlmsg):  # type: ignore[misc]  # pyroute2 is not typed
    """A request whose body is packed already."""

    fields = (("body", "s"),)


class BulkMarshal(Marshal):  # type: ignore[misc]  # pyroute2 is not typed
    """Find the messages of a datagram without decoding them."""

    def parse(
        self,
        data: bytes,
        seq: int | None = None,  # noqa: ARG002  # pyroute2's signature
        callback: Callable[..., Any] | None = None,  # noqa: ARG002
        skip_alien_seq: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> Iterator[dict[str, Any]]:
        """Yield one pseudo-message with all bodies of the datagram, then the end or the error if it is there."""
        bodies, end, error, flags = split(data)
        if bodies:
            header = {"type": SOCK_DIAG_BY_FAMILY, "flags": flags, "error": None}
            yield {"header": header, "datagram": Datagram(data, bodies)}
        if error or end:
            yield {"header": {"type": NLMSG_DONE, "flags": flags, "error": error}}


def split(data: bytes) -> tuple[list[tuple[int, int]], bool, OSError | None, int]:
    """Cut a netlink datagram: places of its bodies, whether the dump ends here, its error, its flags.

    A message whose length does not fit ends the cutting: what follows cannot be trusted.
    """
    bodies: list[tuple[int, int]] = []
    offset, size, flags = 0, len(data), 0
    while offset + _HEADER_SIZE <= size:
        length, kind, flags, _ = _HEADER.unpack_from(data, offset)
        end = offset + length
        if length < _HEADER_SIZE or end > size:
            return bodies, True, OSError(errno.EBADMSG, "netlink message cut short"), flags
        if kind in {NLMSG_DONE, NLMSG_ERROR}:
            code = _ERROR.unpack_from(data, offset + _HEADER_SIZE)[0] if length >= _HEADER_SIZE + 4 else 0
            error = OSError(-code, os.strerror(-code)) if code < 0 else None
            return bodies, True, error, flags
        bodies.append((offset + _HEADER_SIZE, end))
        offset += (length + 3) & ~3
    return bodies, False, None, flags


class DiagSocket:
    """A sock_diag netlink socket in one network namespace. Not for use inside an asyncio loop."""

    def __init__(self, netns: str | None = None, inode: int = 0) -> None:
        """Open it in our own network namespace, or in the one that a path such as `/proc/12/ns/net` names.

        Args:
            netns: path of the namespace.
            inode: the namespace's inode, 0 for whichever the path leads to.

        Raises:
            OSError: the namespace cannot be entered, or netlink is denied.
        """
        fileno = None if netns is None else netlink_socket_in(netns, NETLINK_SOCK_DIAG, inode)
        self._socket = NetlinkSocket(NETLINK_SOCK_DIAG, fileno=fileno)
        self._socket.set_marshal(BulkMarshal())
        self._socket.bind()

    def request(self, body: bytes, *, dump: bool) -> list[Datagram]:
        """Send one packed `sock_diag_req` and return the answers.

        Raises:
            OSError: ENOENT (no such family here, or no such socket), EPERM, EBADMSG, …
        """
        message = _Request()
        message["body"] = body
        flags = NLM_F_REQUEST | (NLM_F_DUMP if dump else 0)
        answers = self._socket.nlm_request(message, SOCK_DIAG_BY_FAMILY, flags)
        return [answer["datagram"] for answer in answers if "datagram" in answer]

    def interface(self, index: int) -> str:
        """Name an interface of the socket's own namespace (`netdevice(7)`, SIOCGIFNAME), "" when it is gone."""
        try:
            answer = fcntl.ioctl(self._socket.fileno(), SIOCGIFNAME, _IFREQ.pack(b"", index))
        except OSError:
            return ""
        return clean(_IFREQ.unpack(answer)[0].partition(b"\0")[0])

    def close(self) -> None:
        """Close the netlink socket."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
