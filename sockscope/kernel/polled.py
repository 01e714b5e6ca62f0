"""What a thread in `poll(2)` or `select(2)` waits for: a set that lies in its memory, not in its registers."""

import struct
from collections.abc import Iterable
from typing import Literal, NamedTuple

from sockscope.abi.strings import Raw

_POLLFD = struct.Struct("=ihh")
_BITS = 8


class AskedSet(NamedTuple):
    """Where a thread has written which descriptors it waits for."""

    shape: Literal["pollfd", "fd_set"]
    addresses: tuple[int, ...]
    """One array of `struct pollfd`, or up to three bit sets; never 0."""
    entries: int
    """Of the array, or bits of each set."""

    @property
    def length(self) -> int:
        """Bytes at each address."""
        return self.entries * _POLLFD.size if self.shape == "pollfd" else (self.entries + _BITS - 1) // _BITS


def locate_set(name: str, args: tuple[int, ...], most: int) -> AskedSet | None:
    """Tell where the set of a call lies, None for a call without one, or with an empty one.

    Args:
        name: of the call, as `wait.describe` gives it.
        args: its registers.
        most: entries or bits that are wanted at most; those behind them are left out.
    """
    if name in {"poll", "ppoll"}:
        asked_set = AskedSet("pollfd", args[:1], min(args[1] & 0xFFFFFFFF, most))
    elif name in {"select", "pselect6"}:
        # The number is a C int, and the kernel takes no set beyond the table of the caller (fs/select.c).
        asked_set = AskedSet("fd_set", args[1:4], min(args[0] & 0x7FFFFFFF, most))
    else:
        return None
    asked_set = asked_set._replace(addresses=tuple(address for address in asked_set.addresses if address))
    return asked_set if asked_set.addresses and asked_set.entries else None


def parse_set(asked_set: AskedSet, pieces: Iterable[Raw]) -> tuple[int, ...]:
    """Return the descriptors in a set, ascending; `pieces` is what lies at each of its addresses.

    An entry of `poll` whose number is negative is one that the kernel skips (poll(2)).
    """
    parse = _parse_pollfds if asked_set.shape == "pollfd" else _parse_fd_set
    return tuple(sorted({fd for piece in pieces for fd in parse(piece[: asked_set.length]) if fd >= 0}))


def _parse_pollfds(data: Raw) -> Iterable[int]:
    whole = len(data) - len(data) % _POLLFD.size
    return (fd for fd, _, _ in _POLLFD.iter_unpack(data[:whole]))


def _parse_fd_set(data: Raw) -> Iterable[int]:
    # Longs of bits, the lowest first; all machines whose calls have names here are little-endian, so bytes are as well.
    return (at * _BITS + bit for at, byte in enumerate(data) if byte for bit in range(_BITS) if byte >> bit & 1)
