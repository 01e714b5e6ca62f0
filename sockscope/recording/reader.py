"""A recording that is open: its looks, and the picture at each of them."""

import bisect
import contextlib
import itertools
import os
import stat
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import msgspec

from sockscope.frames.codec import MessageReader, StreamError
from sockscope.frames.messages import Frame, Hello
from sockscope.recording.blocks import Block, find_blocks, read_piece
from sockscope.recording.cleaning import clean_message
from sockscope.recording.layout import (
    BEGIN,
    HEADER,
    LOOK,
    BeginHead,
    LookHead,
    RecordingError,
    check_header,
    split_headed,
)
from sockscope.recording.packing import Unpacker
from sockscope.recording.picture import Picture
from sockscope.recording.writer import Kept, Room, Writer
from sockscope.world.world import World

_begin_head = msgspec.msgpack.Decoder(BeginHead)
_look_head = msgspec.msgpack.Decoder(LookHead)


class Look(NamedTuple):
    """One look of a recording."""

    block: int
    """Which block has it."""
    ordinal: int
    """Which look of that block it is, from 0."""
    head: LookHead


class Recording:
    """A recording that was opened; `close` it, or use it in a with statement."""

    def __init__(self, file: int) -> None:
        """Read where the looks of `file` are, a descriptor, which belongs to the recording from now on.

        What somebody writes after this is not seen.

        Raises:
            RecordingError: it is no recording, or has no look that can be read.
        """
        self._file = file
        _require_file(file)
        size = os.fstat(file).st_size
        check_header(os.pread(file, HEADER, 0))
        self.blocks, self.last_index, self.whole = find_blocks(file, size)
        """Blocks, the oldest first; where the last index entry is; whether nothing in the file is damaged."""
        self.looks: list[Look] = []
        """All looks, in the order in which they were written."""
        for number, block in enumerate(self.blocks):
            try:
                rows = block.rows
            except RecordingError:
                self.whole = False
                continue
            self.looks += (Look(number, ordinal, row.head) for ordinal, row in enumerate(rows))
        if not self.looks:
            msg = "this recording has no look that can be read"
            raise RecordingError(msg)

    def __enter__(self) -> "Recording":
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close its file."""
        with contextlib.suppress(OSError):
            os.close(self._file)

    @cached_property
    def passed(self) -> list[float]:
        """Seconds from the first look to each, never less than to the one before, however the clocks were set."""
        times, so_far = [], 0.0
        before = self.looks[0].head
        for look in self.looks:
            step = look.head.elapsed - before.elapsed
            # After a reboot that clock begins anew; the clock of the day is what is left.
            so_far += step if step >= 0 else max(0.0, look.head.wall - before.wall)
            times.append(so_far)
            before = look.head
        return times

    def at_passed(self, seconds: float) -> int:
        """Return the number of the last look that was taken `seconds` after the first one at the latest."""
        return max(0, bisect.bisect_right(self.passed, seconds) - 1)

    def play(self, first: int, last: int) -> Iterator[Hello | Frame]:
        """Yield some looks, one after the other, and before them what a world has to know.

        That is the greeting and, in one full frame, the picture before the first one, if there is any. A greeting
        comes again where another collector goes on, a picture where looks are missing.

        Args:
            first: number of the first look, from 0.
            last: number of the last one.

        Raises:
            RecordingError: a look on the way cannot be read.
        """
        return (message for _, message in self.numbered(first, last))

    def numbered(self, first: int, last: int) -> Iterator[tuple[int | None, Hello | Frame]]:
        """Yield what `play` does, each look with its number, and None with all else.

        Raises:
            RecordingError: a look on the way cannot be read.
        """
        start = self.looks[first]
        look = itertools.count(first)
        greeted: Hello | None = None
        known = (0, 0.0)
        for number in range(start.block, self.looks[last].block + 1):
            block = self.open_block(number)
            messages = block.begin()
            hello = next(message for message in messages if isinstance(message, Hello))
            if hello != greeted:
                yield None, hello
                greeted = hello
            if number == start.block:
                yield from ((None, frame) for frame in _picture_before(block, messages, start.ordinal))
            else:
                yield from ((None, one) for one in messages if isinstance(one, Frame) and (one.seq, one.time) != known)
            end = self.looks[last].ordinal + 1 if number == self.looks[last].block else len(self.blocks[number].rows)
            for _ in range(start.ordinal if number == start.block else 0, end):
                frame = block.next()
                known = frame.seq, frame.time
                yield next(look), frame

    def world_at(self, number: int) -> World:
        """Return the world as it was at a look, the first of which is 0.

        Raises:
            RecordingError: it cannot be read.
        """
        world = World()
        for message in self.play(number, number):
            if isinstance(message, Hello):
                world.greet(message)
            else:
                world.apply(message)
        return world

    def open_block(self, number: int) -> "BlockReader":
        """Return what reads a block from its beginning."""
        return BlockReader(self._file, self.blocks[number])


class BlockReader:
    """Reads the looks of a block one after the other."""

    def __init__(self, file: int, block: Block) -> None:
        """Begin before the picture that it begins with."""
        self._file = file
        self._block = block
        self._unpacker = Unpacker()
        self._messages = MessageReader(shared=False)
        self._ordinal = -1

    def begin(self) -> list[Hello | Frame]:
        """Read the greeting, and the picture before the first look, which the first block of a recording has not.

        Raises:
            RecordingError: it cannot be read.
        """
        head, data = self._piece(BEGIN, self._block.start)
        try:
            raw = _begin_head.decode(head).raw
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _damaged() from error
        self._ordinal = 0
        messages = self._decode(data, raw)
        if not messages or not isinstance(messages[0], Hello) or any(isinstance(one, Hello) for one in messages[1:]):
            raise _damaged()
        return messages

    def next(self) -> Frame:
        """Read one look.

        Raises:
            RecordingError: it cannot be read, or there is no other.
        """
        rows = self._block.rows
        if not 0 <= self._ordinal < len(rows):
            msg = "there is no other look in this block"
            raise RecordingError(msg)
        row = rows[self._ordinal]
        head, data = self._piece(LOOK, self._block.start + row.offset)
        try:
            raw = _look_head.decode(head).raw
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _damaged() from error
        messages = self._decode(data, raw)
        if len(messages) != 1 or not isinstance(messages[0], Frame):
            raise _damaged()
        self._ordinal += 1
        return messages[0]

    def _piece(self, mark: bytes, start: int) -> tuple[bytes, bytes]:
        piece = read_piece(self._file, start, self._block.end)
        if piece is None or piece.mark != mark:
            raise _damaged()
        return split_headed(piece.body)

    def _decode(self, data: bytes, raw: int) -> list[Hello | Frame]:
        found: list[Hello | Frame] = []
        try:
            for message in self._messages.feed(self._unpacker.unpack(data, raw)):
                if not isinstance(message, Hello | Frame):
                    raise _damaged()
                clean_message(message)
                found.append(message)
        except StreamError as error:
            raise RecordingError(str(error)) from error
        return found


def _picture_before(block: BlockReader, begun: list[Hello | Frame], ordinal: int) -> Iterator[Frame]:
    """Yield the picture before a look of a block as one frame, unless the look is the first of all.

    Putting differences together is a tenth of the work of applying each to a world.
    """
    frames = [message for message in begun if isinstance(message, Frame)]
    if not ordinal:
        yield from frames
        return
    picture = Picture()
    for frame in frames:
        picture.apply(frame)
    for _ in range(ordinal):
        picture.apply(block.next())
    yield picture.frame()


def _damaged() -> RecordingError:
    return RecordingError("the recording is damaged at this look")


def open_recording(path: str) -> Recording:
    """Open a recording.

    Raises:
        RecordingError: it is none.
        OSError: it cannot be opened.
    """
    # Of a FIFO or device nothing is waited for: it is no file, and that is said below.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        return Recording(file)
    except BaseException:
        os.close(file)
        raise


def resumed(file: int, room: Room) -> Writer:
    """Go on with a recording at its end, or begin one in an empty file.

    Args:
        file: open to be read and written, and nobody else's meanwhile.
        room: how much to keep.

    Raises:
        RecordingError: there is something in it, and that is no recording of this version.
        OSError: it cannot be written.
    """
    if not os.fstat(file).st_size:
        return Writer(file, room)
    check_header(os.pread(file, HEADER, 0))
    blocks, last_index, _ = find_blocks(file, os.fstat(file).st_size)
    kept = [Kept(block.start, block.end, block.last.wall) for block in blocks]
    return Writer(file, room, kept, last_index)


def _require_file(file: int) -> None:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        msg = "this is no recording of sockscope"
        raise RecordingError(msg)
