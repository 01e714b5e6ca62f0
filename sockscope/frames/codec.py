"""Messages to bytes and back: a 4-byte big-endian length, then one msgpack array."""

from collections.abc import Iterator

import msgspec

from sockscope.frames.messages import VERSION, Frame, Hello, Message, Request
from sockscope.frames.sharing import share

HEADER = 4
MAX_MESSAGE = 256 << 20
"""Bytes. A full frame of a million descriptors fits; a length above it means the stream is not ours."""
MAX_REQUEST = 64 << 10
"""Bytes. What a reader may ask for is small."""

_encoder = msgspec.msgpack.Encoder()


class StreamError(Exception):
    """The stream cannot be read on: truncated, over-long, of another version, or not ours at all."""


def encode(message: Message | Request) -> bytes:
    """Encode one message with its length in front."""
    body = _encoder.encode(message)
    return len(body).to_bytes(HEADER, "big") + body


class MessageReader:
    """Decode the collector's side of a stream, fed in pieces of any size."""

    def __init__(self, *, shared: bool = True) -> None:
        """Start before the first byte; the first message must be a `Hello` of our version.

        Args:
            shared: whether equal values of a frame become one object: of what is kept for long.
        """
        self._shared = shared
        self._chunks = _Chunks(MAX_MESSAGE)
        self._decoder = msgspec.msgpack.Decoder(Message)
        self._greeted = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that are complete now.

        Raises:
            StreamError: the bytes are not a stream of this version.
        """
        for body in self._chunks.feed(data):
            try:
                message = self._decoder.decode(body)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                msg = f"damaged message: {error}"
                raise StreamError(msg) from error
            self._check_order(message)
            if self._shared and isinstance(message, Frame):
                share(message)
            yield message

    def close(self) -> None:
        """Say that no more bytes come.

        Raises:
            StreamError: a message was cut short.
        """
        self._chunks.close()

    def _check_order(self, message: Message) -> None:
        if isinstance(message, Hello):
            if message.version != VERSION:
                msg = f"the stream has version {message.version}, this sockscope reads version {VERSION}"
                raise StreamError(msg)
            self._greeted = True
        elif not self._greeted:
            msg = "the stream does not start with a greeting"
            raise StreamError(msg)


class RequestReader:
    """Decode the viewer's side of a stream, fed in pieces of any size."""

    def __init__(self) -> None:
        """Start before the first byte."""
        self._chunks = _Chunks(MAX_REQUEST)
        self._decoder = msgspec.msgpack.Decoder(Request)

    def feed(self, data: bytes) -> Iterator[Request]:
        """Yield the requests that are complete now.

        Raises:
            StreamError: the bytes are no request of ours.
        """
        for body in self._chunks.feed(data):
            try:
                yield self._decoder.decode(body)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                msg = f"damaged request: {error}"
                raise StreamError(msg) from error


class _Chunks:
    """Cut a byte stream at its length prefixes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._buffer += data
        start = 0
        while len(self._buffer) - start >= HEADER:
            length = int.from_bytes(self._buffer[start : start + HEADER], "big")
            if length > self._limit:
                msg = f"a message of {length} bytes is announced, more than {self._limit} are not taken"
                raise StreamError(msg)
            end = start + HEADER + length
            if len(self._buffer) < end:
                break
            yield bytes(self._buffer[start + HEADER : end])
            start = end
        del self._buffer[:start]

    def close(self) -> None:
        if self._buffer:
            msg = f"the stream ends inside a message ({len(self._buffer)} bytes of it came)"
            raise StreamError(msg)
