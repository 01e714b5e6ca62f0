"""Carry sock_diag requests and raw answers over a netlink socket (`sock_diag(7)`, `netlink(7)`).

The socket is plain: a library that decodes each message takes 60 µs a socket and 0.1 s to import, while
a whole datagram of three hundred sockets can be compared with the one before in 3 µs.
"""

import errno
import fcntl
import os
import socket
import struct
import zlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from sockscope.kernel.diag.datagram import Datagram, ending, split
from sockscope.kernel.diag.pages import Pages
from sockscope.kernel.netns import netlink_socket_in
from sockscope.kernel.text import clean

__all__ = ["Datagram", "DiagSocket", "split"]

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST, NLM_F_DUMP = 0x001, 0x300
SIOCGIFNAME = 0x8910
PATIENCE = 30.0
"""Seconds to wait for one datagram; the kernel answers in microseconds."""
_DATAGRAM = 1 << 18
_HEADER = struct.Struct("=IHHII")
_IFREQ = struct.Struct("=16si20x")

Row = TypeVar("Row")


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
        if netns is None:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG)
        else:
            self._socket = socket.socket(fileno=netlink_socket_in(netns, NETLINK_SOCK_DIAG, inode))
        self._socket.bind((0, 0))
        self._socket.settimeout(PATIENCE)
        self._buffer = memoryview(bytearray(_DATAGRAM))
        self._pages: dict[bytes, Pages[Any]] = {}
        """Last answers by question."""

    def rows(self, body: bytes, parse: Callable[[Datagram], list[Row]]) -> list[Row]:
        """Send a packed request for a dump and return its rows; the same list as last time when nothing has changed.

        Raises:
            OSError: ENOENT (no such family here), EPERM, EBADMSG, …
        """
        pages = self._pages.get(body)
        if pages is None:
            pages = self._pages[body] = Pages(parse)
        return pages.update(self._ask(body, NLM_F_REQUEST | NLM_F_DUMP))

    def request(self, body: bytes, *, dump: bool) -> list[Datagram]:
        """Send one packed `sock_diag_req` and return the answers.

        Raises:
            OSError: ENOENT (no such family here, or no such socket), EPERM, EBADMSG, …
        """
        answers = self._ask(body, NLM_F_REQUEST | (NLM_F_DUMP if dump else 0))
        return [Datagram(data, split(data).bodies) for data in answers]

    def _ask(self, body: bytes, flags: int) -> list[bytes]:
        """Return the datagrams of an answer that hold rows.

        The sequence number is made from the question: the same question gets the same bytes for an
        answer, and what is left over of another one is told apart.
        """
        sequence = zlib.crc32(body)
        size = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(size, SOCK_DIAG_BY_FAMILY, flags, sequence, 0) + body)
        answers: list[bytes] = []
        while True:
            data = self._receive()
            if len(data) >= _HEADER.size and _HEADER.unpack_from(data)[3] != sequence:
                continue
            end = ending(data)
            if end is not None and end.error is not None:
                raise end.error
            if end is None or end.bodies:
                answers.append(data)
            if end is not None or flags == NLM_F_REQUEST:
                return answers

    def _receive(self) -> bytes:
        try:
            size = self._socket.recv_into(self._buffer)
        except TimeoutError:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from None
        return bytes(self._buffer[:size])

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
