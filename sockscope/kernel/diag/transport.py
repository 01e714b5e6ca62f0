"""Carry sock_diag requests and raw answers over a netlink socket (`netlink(7)`, `sock_diag(7)`).

A datagram is handed on whole: three hundred sockets are then compared with those of the dump before in 3 µs,
where a library that makes an object of each message takes 60 µs a socket.
"""

import errno
import fcntl
import socket
import struct
import zlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from sockscope.kernel.diag.datagram import HEADER_SIZE, Datagram, ending, split
from sockscope.kernel.diag.pages import Pages, Said, whole
from sockscope.kernel.netns import netlink_socket_in
from sockscope.kernel.text import clean

__all__ = ["Datagram", "DiagSocket", "split"]

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_DUMP = 0x1, 0x2, 0x300
SIOCGIFNAME = 0x8910
_IFREQ = struct.Struct("=16si20x")
_HEADER = struct.Struct("=IHHII")
"""`nlmsghdr`: length, type, flags, sequence number, port."""
_LARGEST = 64 << 10
"""Bytes. The kernel fills datagrams of half of this, the most it ever makes, once it knows that they are taken."""

Row = TypeVar("Row")


class DiagSocket:
    """A sock_diag netlink socket in one network namespace."""

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
        self._pages: dict[tuple[int, bytes], Pages[Any]] = {}
        """Last answers by question."""

    def rows(
        self,
        body: bytes,
        parse: Callable[[Datagram], list[Row]],
        said: Said = whole,
        question: int = SOCK_DIAG_BY_FAMILY,
    ) -> list[Row]:
        """Send a packed request for a dump and return its rows; the same list as last time when nothing has changed.

        Args:
            body: the request.
            parse: unpacks rows.
            said: leaves out of a message what no row holds.
            question: type of the netlink message.

        Raises:
            OSError: ENOENT (no such family here), EPERM, EBADMSG, …
        """
        pages = self._pages.get((question, body))
        if pages is None:
            pages = self._pages[question, body] = Pages(parse, said)
        return pages.update(self._ask(body, NLM_F_REQUEST | NLM_F_DUMP, question))

    def request(self, body: bytes, *, dump: bool) -> list[Datagram]:
        """Send one packed `sock_diag_req` and return the answers.

        Raises:
            OSError: ENOENT (no such family here, or no such socket), EPERM, EBADMSG, …
        """
        answers = self._ask(body, NLM_F_REQUEST | (NLM_F_DUMP if dump else 0), SOCK_DIAG_BY_FAMILY)
        return [Datagram(data, split(data).bodies) for data in answers]

    def _ask(self, body: bytes, flags: int, question: int) -> list[bytes]:
        """Return the datagrams of an answer that hold rows.

        The sequence number is made from the question: the same question gets the same bytes for an
        answer, and what is left over of another one is told apart.
        """
        sequence = zlib.crc32(body) or 1
        self._socket.send(_HEADER.pack(HEADER_SIZE + len(body), question, flags, sequence, 0) + body)
        answers: list[bytes] = []
        receive = self._socket.recv
        while True:
            data = receive(_LARGEST)
            if len(data) < HEADER_SIZE:
                raise OSError(errno.EBADMSG, "netlink datagram cut short")
            _, _, flags, answered, _ = _HEADER.unpack_from(data)
            if answered != sequence:
                continue
            end = ending(data)
            if end is None or end.bodies:
                answers.append(data)
            if end is None and flags & NLM_F_MULTI:
                continue
            if end is not None and end.error is not None:
                raise end.error
            return answers

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
