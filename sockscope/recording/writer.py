"""Looks into a file, as they come: each is there whole or not at all, and so is everything before it."""

import os
import zlib
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from sockscope.frames.codec import encode
from sockscope.frames.messages import Frame, Hello
from sockscope.recording import changed
from sockscope.recording.holes import free
from sockscope.recording.layout import (
    BEGIN,
    HEADER,
    INDEX,
    LOOK,
    BeginHead,
    IndexEntry,
    IndexRow,
    LookHead,
    pack_headed,
    pack_header,
    pack_piece,
    pack_tail,
)
from sockscope.recording.packing import Packer, pack_once
from sockscope.recording.picture import Picture

LOOKS = 2400
"""Looks of a block."""
LEAST = 64 << 10
"""Bytes that looks may come to before they end a block, which also ends when they have come to as many as the picture
that it began with: so a recording is at most twice as large as its looks alone, and a jump reads a picture twice."""

_encode = msgspec.msgpack.encode


class Kept(NamedTuple):
    """A block that is in the file and may have to go."""

    start: int
    end: int
    wall: float
    """When its last look was."""


class Room(NamedTuple):
    """How much is kept."""

    seconds: float = 0.0
    """Blocks whose last look is older go; 0 keeps them."""
    bytes: int = 0
    """While the file has more, the oldest block goes; 0 for any size."""


ANY = Room()
"""Everything is kept."""


class Writer:
    """Appends looks to a file that nobody else writes."""

    def __init__(self, file: int, room: Room = ANY, kept: Iterable[Kept] = (), previous: int = 0) -> None:
        """Go on at the end of `file`, a descriptor that can be read and written; an empty one gets its header.

        Args:
            file: what to write.
            room: how much to keep.
            kept: blocks that it has already, oldest first.
            previous: where its last index entry is, 0 if it has none.

        Raises:
            OSError: it cannot be written.
        """
        self._file = file
        self._room = room
        self._kept = deque(kept)
        self._previous = previous
        self._end = os.fstat(file).st_size
        self.picture = Picture()
        """What is so after the last look."""
        self._hello: Hello | None = None
        self._block: _Block | None = None
        self.looks = 0
        """How many were written."""
        self.wall = 0.0
        """When the last one was."""
        self.cannot_free = False
        """Whether what is too old or too much cannot be given back: the file system has no holes."""
        if not self._end:
            self._append(pack_header())

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return HEADER + sum(one.end - one.start for one in self._kept) + (self._block.length if self._block else 0)

    @property
    def full(self) -> bool:
        """Whether there is more than there may be, and nothing can be given back."""
        return self.cannot_free and bool(self._room.bytes) and self.size > self._room.bytes

    def greet(self, hello: Hello) -> None:
        """Take the greeting of a collector; what it says begins another block."""
        self.end_block()
        self._hello = hello

    def stand_on(self, picture: Frame) -> None:
        """Take a full frame that is no look of its own, but what is so before the next one.

        Raises:
            OSError: the block before it could not be ended.
        """
        self.end_block()
        self.picture.apply(picture)

    def take(self, frame: Frame, elapsed: float) -> None:
        """Write a look, unless it is a part of a first picture.

        Args:
            frame: what the collector said.
            elapsed: seconds since the machine booted (`CLOCK_BOOTTIME`).

        Raises:
            OSError: it could not be written; the file is as it was before.
        """
        if frame.preview or frame.coverage.waiting_processes or self._hello is None:
            return
        if not (frame.full or self.picture.known):
            return
        if self._block is not None and self._block.is_full:
            self.end_block()
        if self._block is None:
            self._begin_block(self._hello)
        self._write_look(frame, elapsed)
        self.picture.apply(frame)
        self.looks += 1
        self.wall = frame.time
        self._make_room()

    def end_block(self) -> None:
        """Write the index entry of what has been written since the last one.

        Raises:
            OSError: it could not be written.
        """
        block = self._block
        if block is None or not block.rows:
            self._block = None
            return
        entry = block.entry(self._previous)
        body = _encode(entry)
        where = self._end
        self._append(pack_piece(INDEX, body + pack_tail(where)))
        self._block = None
        self._kept.append(Kept(block.start, self._end, entry.last.wall))
        self._previous = where
        os.fdatasync(self._file)

    def _begin_block(self, hello: Hello) -> None:
        block = _Block(self._end)
        messages = encode(hello) + (encode(self.picture.frame()) if self.picture.known else b"")
        piece = block.begin(messages)
        self._append(piece)
        block.wrote(piece)
        self._block = block

    def _write_look(self, frame: Frame, elapsed: float) -> None:
        block = self._block
        if block is None:
            return
        found = changed.marks(frame, self.picture) if self.picture.known else set()
        message = encode(frame)
        head = LookHead(
            wall=max(0.0, frame.time),
            elapsed=elapsed,
            raw=len(message),
            processes=frame.coverage.processes,
            descriptors=frame.coverage.descriptors,
            sockets=frame.coverage.sockets,
            changes=len(found),
        )
        piece = block.look(head, message)
        try:
            self._append(piece)
        except OSError:
            # zstd has packed what is not in the file: what followed in this block could not be read.
            self._block = None
            raise
        block.wrote(piece, head, found)

    def _append(self, data: bytes) -> None:
        """Write at the end, or leave the file as it was."""
        view, position = memoryview(data), self._end
        try:
            while view:
                written = os.pwrite(self._file, view, position)
                view, position = view[written:], position + written
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end = position

    def _make_room(self) -> None:
        while not self.cannot_free and self._kept and self._is_too_much(self._kept[0]):
            oldest = self._kept[0]
            if not free(self._file, oldest.start, oldest.end):
                self.cannot_free = True
                return
            self._kept.popleft()

    def _is_too_much(self, oldest: Kept) -> bool:
        too_old = self._room.seconds and oldest.wall < self.wall - self._room.seconds
        return bool(too_old or (self._room.bytes and self.size > self._room.bytes))


class _Block:
    """A block that is being written."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.length = 0
        self.rows: list[IndexRow] = []
        self._sum = 0
        self._packer = Packer()
        self._changed: dict[int, list[int]] = {}
        self._marks = 0
        self._begun = 0
        self._since = 0

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= LOOKS or self._since > max(LEAST, self._begun)

    def begin(self, messages: bytes) -> bytes:
        return pack_piece(BEGIN, pack_headed(_encode(BeginHead(len(messages))), self._packer.pack(messages)))

    def look(self, head: LookHead, message: bytes) -> bytes:
        return pack_piece(LOOK, pack_headed(_encode(head), self._packer.pack(message)))

    def wrote(self, piece: bytes, head: LookHead | None = None, marks: Iterable[int] = ()) -> None:
        # The first look of a recording is a picture itself.
        if head is not None and (self.rows or self._begun > len(piece)):
            self._since += len(piece)
        else:
            self._begun = max(self._begun, len(piece))
        if head is not None:
            self._note(marks)
            self.rows.append(IndexRow(self.length, head))
        self._sum = zlib.crc32(piece, self._sum)
        self.length += len(piece)

    def _note(self, marks: Iterable[int]) -> None:
        for mark in marks:
            self._marks += 1
            if self._marks <= changed.MAX_MARKS:
                self._changed.setdefault(mark, []).append(len(self.rows))

    def entry(self, previous: int) -> IndexEntry:
        return IndexEntry(
            start=self.start,
            length=self.length,
            sum=self._sum,
            previous=previous,
            looks=len(self.rows),
            first=self.rows[0].head,
            last=self.rows[-1].head,
            rows=pack_once(_encode(self.rows)),
            changed=pack_once(_encode(self._changed)) if self._marks <= changed.MAX_MARKS else None,
        )
