"""A netlink datagram cut into its messages (`netlink(7)`)."""

import errno
import os
import struct
from typing import NamedTuple

from sockscope.abi.strings import Raw

NLMSG_ERROR, NLMSG_DONE = 2, 3
_HEADER = struct.Struct("=IHHI")
HEADER_SIZE = 16
_ERROR = struct.Struct("=i")
_DONE_SIZE = 20
_DONE = struct.pack("=IH", _DONE_SIZE, NLMSG_DONE)
"""How the message begins that may stand behind the last rows."""


class Datagram(NamedTuple):
    """One received datagram and the (start, end) of the message bodies in it."""

    data: Raw
    bodies: list[tuple[int, int]]


class Cut(NamedTuple):
    """What is in a datagram."""

    bodies: list[tuple[int, int]]
    end: bool
    """Whether the answer ends here."""
    error: OSError | None
    flags: int
    """Of the last message."""


def split(data: Raw) -> Cut:
    """Cut a netlink datagram: spans of its bodies, whether the dump ends here, its error, its flags.

    A message whose length does not fit ends the cutting: what follows cannot be trusted.
    """
    bodies: list[tuple[int, int]] = []
    offset, size, flags = 0, len(data), 0
    unpack, add = _HEADER.unpack_from, bodies.append
    while offset + HEADER_SIZE <= size:
        length, kind, flags, _ = unpack(data, offset)
        end = offset + length
        if length < HEADER_SIZE or end > size:
            return Cut(bodies, True, OSError(errno.EBADMSG, "netlink message cut short"), flags)  # noqa: FBT003
        if kind in (NLMSG_DONE, NLMSG_ERROR):
            code = _ERROR.unpack_from(data, offset + HEADER_SIZE)[0] if length >= HEADER_SIZE + 4 else 0
            error = OSError(-code, os.strerror(-code)) if code < 0 else None
            return Cut(bodies, True, error, flags)  # noqa: FBT003
        add((offset + HEADER_SIZE, end))
        offset += (length + 3) & ~3
    return Cut(bodies, False, None, flags)  # noqa: FBT003


def ending(data: Raw) -> Cut | None:
    """Cut a datagram that ends an answer, None for one from the middle: looks at both ends, not at every message."""
    if len(data) < HEADER_SIZE:
        return Cut([], True, OSError(errno.EBADMSG, "netlink datagram cut short"), 0)  # noqa: FBT003
    kind = _HEADER.unpack_from(data, 0)[1]
    if kind not in {NLMSG_DONE, NLMSG_ERROR} and not data.startswith(_DONE, len(data) - _DONE_SIZE):
        return None
    cut = split(data)
    return cut if cut.end else None
