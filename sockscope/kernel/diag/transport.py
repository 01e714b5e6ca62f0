"""Carry sock_diag requests and raw answers: pyroute2's netlink socket with a bulk decoder (`sock_diag(7)`).

pyroute2 decodes a message into nested objects, 60 µs a socket. `BulkMarshal` hands each datagram on
whole: three hundred sockets are then compared with those of the dump before in 3 µs.
"""

import errno
import fcntl
import struct
import zlib
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from sockscope.kernel.diag.datagram import NLMSG_DONE, NLMSG_ERROR, Datagram, ending, split
from sockscope.kernel.diag.library import (
    NETLINK_SOCK_DIAG,
    NLM_F_DUMP,
    NLM_F_REQUEST,
    Marshal,
    NetlinkSocket,
    nlmsg,
)
from sockscope.kernel.diag.pages import Pages, Said, whole
from sockscope.kernel.netns import netlink_socket_in
from sockscope.kernel.text import clean

__all__ = ["Datagram", "DiagSocket", "split"]

SOCK_DIAG_BY_FAMILY = 20
SIOCGIFNAME = 0x8910
_IFREQ = struct.Struct("=16si20x")
_FLAGS, _FLAGS_AT = struct.Struct("=H"), 6
"""Where `nlmsghdr` holds its flags."""
_NO_ANSWER = struct.pack("=IHHIIi", 20, NLMSG_ERROR, 0, 0, 0, -errno.EIO)
"""As the kernel ends an answer that it cannot give."""

Row = TypeVar("Row")


class _Request(nlmsg):  # type: ignore[misc]  # pyroute2 has no types
    """A request whose body is packed already."""

    fields = (("body", "s"),)


class BulkMarshal(Marshal):  # type: ignore[misc]  # pyroute2 has no types
    """Pass datagrams on as they are, and find only where an answer ends."""

    def parse(
        self,
        data: bytes,
        seq: int | None = None,  # noqa: ARG002 - the signature of pyroute2
        callback: Callable[..., Any] | None = None,  # noqa: ARG002
        skip_alien_seq: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> Iterator[dict[str, Any]]:
        """Yield one pseudo-message with the datagram, then the end of the answer or its error if it is there."""
        end = ending(data)
        if end is None or end.bodies:
            # Of the first message: all of one answer carry the same, and only a dump goes on (NLM_F_MULTI).
            flags = _FLAGS.unpack_from(data, _FLAGS_AT)[0]
            yield {"header": {"type": SOCK_DIAG_BY_FAMILY, "flags": flags, "error": None}, "datagram": data}
        if end is not None:
            yield {"header": {"type": NLMSG_DONE, "flags": end.flags, "error": end.error}}


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
        self._failure: Exception | None = None
        # What goes wrong where it is read never reaches whoever waits for the answer: pyroute2 passes errors of
        # the kernel to nobody in particular, and asyncio logs the others, lack of memory above all.
        core = self._socket.asyncore
        core.protocol.error_received = self._fail
        core.event_loop.set_exception_handler(
            lambda _, context: self._fail(context.get("exception") or OSError(errno.EIO, context["message"]))
        )
        self._pages: dict[bytes, Pages[Any]] = {}
        """Last answers by question."""

    def rows(self, body: bytes, parse: Callable[[Datagram], list[Row]], said: Said = whole) -> list[Row]:
        """Send a packed request for a dump and return its rows; the same list as last time when nothing has changed.

        Raises:
            OSError: ENOENT (no such family here), EPERM, EBADMSG, …
        """
        pages = self._pages.get(body)
        if pages is None:
            pages = self._pages[body] = Pages(parse, said)
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
        sequence = zlib.crc32(body) or 1
        message = _Request()
        message["body"] = body
        try:
            self._socket.put(message, SOCK_DIAG_BY_FAMILY, flags, msg_seq=sequence)
            # The reading may have failed before anybody waited for it.
            self._raise_failure()
            return [answer["datagram"] for answer in self._socket.get(msg_seq=sequence) if "datagram" in answer]
        except OSError:
            self._raise_failure()
            raise

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _fail(self, failure: Exception) -> None:
        """Keep what went wrong, and wake whoever waits for an answer."""
        self._failure = failure
        for queue in self._socket.asyncore.msg_queue.queues.values():
            queue.put_nowait(_NO_ANSWER)

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
