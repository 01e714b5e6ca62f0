"""What a recording is made of: a header, and pieces with a mark, a length and a check sum (`docs/recording.md`)."""

import struct
import zlib
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

MAGIC = b"sockscope.recording\n"
VERSION = 1
_HEADER = struct.Struct(">20sHxxxxxx")
_SUM = struct.Struct(">I")
HEADER = _HEADER.size + _SUM.size
"""Bytes before the first piece."""

BEGIN, LOOK, INDEX = b"\xffBeg", b"\xffLok", b"\xffIdx"
"""Marks: the picture that a block begins with, one look, the index entry that ends a block."""
MARKS = frozenset({BEGIN, LOOK, INDEX})
MARK = 4
_PIECE = struct.Struct(">4sII")
PIECE = _PIECE.size
"""Bytes of a piece before its body."""
MAX_PIECE = 256 << 20
"""Bytes of a body. What is longer was not written by us."""
_HEAD_SIZE = struct.Struct(">H")
_TAIL = struct.Struct(">Q4s")
TAIL = _TAIL.size
_TAIL_MARK = b"\xffEnd"
WINDOW = 23
"""Binary logarithm of the bytes that zstd looks back over: a picture of 50,000 descriptors, and no more memory."""

Seconds = Annotated[float, Meta(ge=0, le=253_402_300_799)]
"""Since the epoch, to the end of the year 9999; no NaN."""
Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]


class RecordingError(Exception):
    """A file cannot be read as a recording, or not at this place: one line that says why."""


class LookHead(Struct, frozen=True, array_like=True):
    """What is known of a look without reading it. Fields may be appended with a default."""

    wall: Seconds
    """When the look ended, by the clock of the day (`Frame.time`)."""
    elapsed: Seconds
    """The same by a clock that nobody sets, in seconds since that machine booted, sleep included (`CLOCK_BOOTTIME`)."""
    raw: Count
    """Bytes of its message before they were compressed."""
    processes: Count = 0
    descriptors: Count = 0
    sockets: Count = 0
    changes: Count = 0
    """Processes, descriptors and sockets that had come, gone, or become something else since the look before."""


class BeginHead(Struct, frozen=True, array_like=True):
    """Of the picture that a block begins with: the state before its first look."""

    raw: Count
    """Bytes of its messages before they were compressed."""


class IndexRow(Struct, frozen=True, array_like=True):
    """Where a look of a block is."""

    offset: Count
    """Bytes from the beginning of the block to its piece."""
    head: LookHead


class IndexEntry(Struct, frozen=True, array_like=True):
    """What ends a block: where all of it is. Fields may be appended with a default."""

    start: Count
    """Where in the file the block begins."""
    length: Count
    """Bytes from there to this entry."""
    sum: Count
    """CRC-32 of these bytes."""
    previous: Count
    """Where the index entry before this one is, 0 for none."""
    looks: Count
    first: LookHead
    last: LookHead
    rows: bytes
    """`IndexRow` for each look, as one msgpack array in one zstd frame."""
    changed: bytes | None = None
    """Marks of what changed to the ordinals of the looks in which it did (`changed.py`), packed likewise; None where
    that would have been too much."""


class Piece(NamedTuple):
    """One piece as it stands in a file."""

    mark: bytes
    body: bytes
    start: int
    end: int


def pack_header() -> bytes:
    """Make the first bytes of a recording."""
    header = _HEADER.pack(MAGIC, VERSION)
    return header + _SUM.pack(zlib.crc32(header))


def check_header(data: bytes) -> None:
    """Check the first bytes of a recording.

    Raises:
        RecordingError: it is none, is damaged there, or has another version.
    """
    if data[: len(MAGIC)] != MAGIC:
        msg = "this is no recording of sockscope"
        raise RecordingError(msg)
    if len(data) < HEADER or _SUM.unpack_from(data, _HEADER.size)[0] != zlib.crc32(data[: _HEADER.size]):
        msg = "the header of this recording is damaged"
        raise RecordingError(msg)
    version = _HEADER.unpack_from(data)[1]
    if version != VERSION:
        msg = f"this recording has version {version}, this sockscope reads version {VERSION}"
        raise RecordingError(msg)


def pack_piece(mark: bytes, body: bytes) -> bytes:
    """Put mark, length and check sum before a body."""
    start = mark + len(body).to_bytes(4, "big")
    return start + _SUM.pack(zlib.crc32(body, zlib.crc32(start))) + body


def announced(data: bytes) -> tuple[bytes, int, int] | None:
    """Read mark, length of the body and check sum of a piece; None where none begins."""
    if len(data) < PIECE:
        return None
    mark, length, found = _PIECE.unpack_from(data)
    return (mark, length, found) if mark in MARKS and length <= MAX_PIECE else None


def is_whole(mark: bytes, body: bytes, found: int) -> bool:
    """Tell whether a body is what its check sum was made of."""
    return zlib.crc32(body, zlib.crc32(mark + len(body).to_bytes(4, "big"))) == found


def pack_headed(head: bytes, data: bytes) -> bytes:
    """Make the body of a look: the size of its head, the head, and what was compressed."""
    return _HEAD_SIZE.pack(len(head)) + head + data


def split_headed(body: bytes) -> tuple[bytes, bytes]:
    """Return head and compressed data of a look's body.

    Raises:
        RecordingError: it is cut short.
    """
    if len(body) < _HEAD_SIZE.size or len(body) < (begin := _HEAD_SIZE.size + _HEAD_SIZE.unpack_from(body)[0]):
        msg = "a look is cut short"
        raise RecordingError(msg)
    return body[_HEAD_SIZE.size : begin], body[begin:]


def pack_tail(offset: int) -> bytes:
    """Make the last bytes of an index piece: where it begins."""
    return _TAIL.pack(offset, _TAIL_MARK)


def read_tail(data: bytes) -> int | None:
    """Read where the index piece begins that these bytes end, None where they end none."""
    if len(data) != TAIL:
        return None
    offset, mark = _TAIL.unpack(data)
    return offset if mark == _TAIL_MARK else None
