"""Where the blocks of a recording are: by their index entries, and where these are missing by the pieces themselves."""

import os
from collections.abc import Iterator
from functools import cached_property

import msgspec

from sockscope.recording.holes import filled
from sockscope.recording.layout import (
    BEGIN,
    HEADER,
    INDEX,
    LOOK,
    MARK,
    MARKS,
    PIECE,
    TAIL,
    IndexEntry,
    IndexRow,
    LookHead,
    Piece,
    RecordingError,
    announced,
    is_whole,
    read_tail,
    split_headed,
)
from sockscope.recording.packing import unpack_once

_WINDOW = 1 << 20
"""Bytes that are searched at once."""
_WASTE = 4
"""How many times its own size may be read of a file in vain before the search is given up."""
_ROW = 128
"""Bytes of a packed `IndexRow` at the most."""
_SMALLEST_LOOK = PIECE + 2
"""Bytes of a look that has nothing in it."""
_MARK_SIZE = 16
"""Bytes of one mark and one ordinal in an index at the most."""

_head = msgspec.msgpack.Decoder(LookHead)
_entry = msgspec.msgpack.Decoder(IndexEntry)
_rows = msgspec.msgpack.Decoder(list[IndexRow])
_changed = msgspec.msgpack.Decoder(dict[int, list[int]])


class Block:
    """Looks that can be read from the picture before them."""

    def __init__(self, file: int, start: int, end: int, rows: list[IndexRow] | None, entry: IndexEntry | None) -> None:
        """Stand for what lies between `start` and `end`, told by an index entry or by its `rows`."""
        self._file = file
        self.start = start
        """Where its first piece begins."""
        self.end = end
        """Where its last one ends, that of its index entry included."""
        self._entry = entry
        self._found = rows or []

    @property
    def indexed(self) -> bool:
        """Whether it was ended by an index entry."""
        return self._entry is not None

    @cached_property
    def rows(self) -> list[IndexRow]:
        """Where its looks are.

        Raises:
            RecordingError: its index entry makes no sense.
        """
        entry = self._entry
        if entry is None:
            return self._found
        try:
            rows = _rows.decode(unpack_once(entry.rows, entry.looks * _ROW))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            msg = f"an index entry makes no sense: {error}"
            raise RecordingError(msg) from error
        last = 0
        for row in rows:
            if not last < row.offset < entry.length:
                msg = "an index entry leads out of its block"
                raise RecordingError(msg)
            last = row.offset
        if len(rows) != entry.looks:
            msg = "an index entry has not as many looks as it says"
            raise RecordingError(msg)
        return rows

    @property
    def last(self) -> LookHead:
        """The head of its last look."""
        return self._entry.last if self._entry is not None else self._found[-1].head

    def changed(self) -> dict[int, list[int]] | None:
        """Return which marks changed in which of its looks, None where that is not known."""
        entry = self._entry
        if entry is None or entry.changed is None:
            return None
        try:
            return _changed.decode(unpack_once(entry.changed, _MARK_SIZE * (1 << 20)))
        except (RecordingError, msgspec.MsgspecError, UnicodeDecodeError):
            return None


def read_piece(file: int, start: int, end: int) -> Piece | None:
    """Read the piece that begins at `start` and ends before `end`; None where there is no whole one."""
    # A tail may name any number at all, also one that is no place in a file.
    head = announced(os.pread(file, PIECE, start)) if 0 <= start < end else None
    if head is None:
        return None
    mark, length, found = head
    if start + PIECE + length > end:
        return None
    body = os.pread(file, length, start + PIECE)
    return Piece(mark, body, start, start + PIECE + length) if is_whole(mark, body, found) else None


def find_blocks(file: int, size: int) -> tuple[list[Block], int, bool]:
    """Find the blocks of a recording.

    Args:
        file: what to read.
        size: how much of it.

    Returns:
        The blocks, the oldest first; where the last index entry is, 0 for none; and whether everything that is there
        belongs to them.
    """
    search = _Search(file, size)
    end = size
    last = where = search.last_index()
    reversed_blocks: list[Block] = []
    while where:
        read = _read_index(file, where, end)
        if read is None or read[1] < HEADER:
            break
        entry, start, after = read
        reversed_blocks += reversed(search.walk(after, end))
        reversed_blocks.append(Block(file, start, after, None, entry))
        end = start
        where = entry.previous if entry.previous < start else 0
    reversed_blocks += reversed(search.walk(HEADER, end))
    return reversed_blocks[::-1], last, search.clean


def _read_index(file: int, where: int, end: int) -> tuple[IndexEntry, int, int] | None:
    """Read an index entry, where its block begins, and where its piece ends; None where there is none."""
    piece = read_piece(file, where, end)
    entry = None if piece is None else parse_index(piece)
    return None if piece is None or entry is None else (entry, entry.start, piece.end)


def parse_index(piece: Piece) -> IndexEntry | None:
    """Read an index entry that tells of what lies right before it; None where the piece is none."""
    if piece.mark != INDEX or read_tail(piece.body[-TAIL:]) != piece.start:
        return None
    try:
        entry = _entry.decode(piece.body[:-TAIL])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    fits = entry.start + entry.length == piece.start and 0 < entry.looks * _SMALLEST_LOOK <= entry.length
    return entry if fits else None


class _Search:
    """Looks for pieces where no index entry leads."""

    def __init__(self, file: int, size: int) -> None:
        self._file = file
        self._size = size
        self._left = _WASTE * size + _WINDOW
        self.clean = True

    def last_index(self) -> int:
        """Return where the last index entry begins, 0 where there is none."""
        where = read_tail(os.pread(self._file, TAIL, self._size - TAIL)) if self._size > TAIL + HEADER else None
        if where is not None and _read_index(self._file, where, self._size) is not None:
            return where
        for where in self._backwards(INDEX):
            if self._piece(where, self._size) is not None and _read_index(self._file, where, self._size) is not None:
                return where
        return 0

    def _backwards(self, mark: bytes) -> Iterator[int]:
        """Yield where a mark stands, the last place first."""
        end = self._size
        while end > HEADER and self._left > 0:
            begin = max(HEADER, end - _WINDOW)
            data = os.pread(self._file, end - begin + MARK - 1, begin)
            self._left -= len(data)
            at = data.rfind(mark)
            while at >= 0 and self._left > 0:
                self._left -= PIECE
                yield begin + at
                at = data.rfind(mark, 0, at + MARK - 1)
            end = begin

    def walk(self, start: int, end: int) -> list[Block]:
        """Find blocks between `start` and `end` by their pieces."""
        blocks: list[Block] = []
        for begin, stop in filled(self._file, start, end):
            self._walk_filled(begin, stop, end, blocks)
        return [block for block in blocks if block.rows]

    def _walk_filled(self, at: int, stop: int, end: int, blocks: list[Block]) -> None:
        following = False
        """Whether the piece before was whole and belongs to the last block: what follows a gap cannot be read."""
        while at < stop and self._left > 0:
            piece = self._piece(at, end)
            if piece is None:
                following = False
                at = self._next_mark(at, stop)
                continue
            if piece.mark == BEGIN:
                blocks.append(Block(self._file, piece.start, piece.end, [], None))
                following = True
            elif following and blocks:
                following = _extend(blocks, piece, self._file)
            else:
                self.clean = False
            at = piece.end

    def _piece(self, at: int, end: int) -> Piece | None:
        """Read a piece; one that is none has been read in vain."""
        piece = read_piece(self._file, at, end)
        if piece is None:
            head = announced(os.pread(self._file, PIECE, at))
            self._left -= PIECE + (head[1] if head is not None and at + PIECE + head[1] <= end else 0)
        return piece

    def _next_mark(self, at: int, stop: int) -> int:
        """Return where the mark behind `at` stands, `stop` if there is none; what is passed over is damage or zeros."""
        known = 1
        while at < stop and self._left > 0:
            data = os.pread(self._file, min(_WINDOW, stop - at + MARK - 1), at)
            place = self._found_within(data, known)
            self._left -= place
            self.clean = self.clean and not data[: min(place, stop - at)].strip(b"\0")
            if place < len(data):
                return min(at + place, stop)
            at += max(1, len(data) - MARK + 1)
            known = 0
        return stop

    @staticmethod
    def _found_within(data: bytes, start: int) -> int:
        """Return where the first mark is from `start` on, the length of all where there is none."""
        places = [place for mark in MARKS if (place := data.find(mark, start)) >= 0]
        return min(places, default=len(data))


def _extend(blocks: list[Block], piece: Piece, file: int) -> bool:
    """Add a piece to the last block; return whether more may follow."""
    block = blocks[-1]
    if piece.mark == INDEX:
        entry = parse_index(piece)
        if entry is not None and entry.start == block.start:
            blocks[-1] = Block(file, block.start, piece.end, None, entry)
        return False
    if piece.mark != LOOK:
        return False
    try:
        head = _head.decode(split_headed(piece.body)[0])
    except (RecordingError, msgspec.MsgspecError, UnicodeDecodeError):
        return False
    block.rows.append(IndexRow(piece.start - block.start, head))
    block.end = piece.end
    return True
