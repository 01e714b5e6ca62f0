"""zstd, within bounds: what a file claims to be small when compressed may be large."""

from collections.abc import Callable
from typing import IO, cast

import zstandard

from sockscope.recording.layout import MAX_PIECE, WINDOW, RecordingError

LEVEL = 3
_INPUT = 1 << 16


class Packer:
    """One stream, of which every part that was packed can be read without what follows."""

    def __init__(self) -> None:
        """Begin a stream."""
        parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW)
        self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()

    def pack(self, data: bytes) -> bytes:
        """Compress, and flush."""
        return self._stream.compress(data) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


class Unpacker:
    """Reads such a stream part by part, each to the size that it was said to have and no further."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._parts = _Parts()
        source = cast("IO[bytes]", self._parts)  # only `read` is called
        self._stream = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW).stream_reader(source)

    def unpack(self, data: bytes, size: int) -> bytes:
        """Return what a part was made of.

        Args:
            data: the part.
            size: bytes that come of it.

        Raises:
            RecordingError: something else comes of it.
        """
        if size > MAX_PIECE:
            msg = f"a look of {size} bytes is announced, more than {MAX_PIECE} are not taken"
            raise RecordingError(msg)
        self._parts.put(data)
        try:
            found = self._stream.read(size)
        except zstandard.ZstdError as error:
            msg = f"a look cannot be decompressed: {error}"
            raise RecordingError(msg) from error
        if len(found) != size:
            msg = f"a look is cut short: {len(found)} bytes of {size}"
            raise RecordingError(msg)
        return found


class _Parts:
    """A file for zstd to read from, which has what was put there."""

    def __init__(self) -> None:
        self._left = memoryview(b"")

    def put(self, data: bytes) -> None:
        # What zstd has not read of the part before ends the block of that part, which gives nothing.
        self._left = memoryview(bytes(self._left) + data)

    def read(self, size: int = _INPUT) -> bytes:
        part, self._left = self._left[:size], self._left[size:]
        return bytes(part)


def pack_once(data: bytes) -> bytes:
    """Compress on its own."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(data)


def unpack_once(data: bytes, most: int) -> bytes:
    """Decompress what was compressed on its own, if that gives no more than `most` bytes.

    Raises:
        RecordingError: it gives more, or nothing.
    """
    unpacker: Callable[[bytes], bytes] = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW).decompress
    try:
        if not 0 <= zstandard.frame_content_size(data) <= most:
            msg = "an index entry is larger than what it tells of"
            raise RecordingError(msg)
        return unpacker(data)
    except zstandard.ZstdError as error:
        msg = f"an index entry cannot be decompressed: {error}"
        raise RecordingError(msg) from error
