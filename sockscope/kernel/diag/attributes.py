"""Netlink attributes behind a fixed message: type, length, value, padded to four bytes."""

import struct

_ATTRIBUTE = struct.Struct("=HH")
_TYPE_MASK = 0x3FFF


def attributes(data: bytes, start: int, end: int) -> dict[int, tuple[int, int]]:
    """Find the attributes between two offsets: type to (start, end) of the value. Stops where they stop fitting."""
    found: dict[int, tuple[int, int]] = {}
    while start + _ATTRIBUTE.size <= end:
        length, kind = _ATTRIBUTE.unpack_from(data, start)
        if length < _ATTRIBUTE.size or start + length > end:
            break
        found[kind & _TYPE_MASK] = (start + _ATTRIBUTE.size, start + length)
        start += (length + 3) & ~3
    return found
