"""A feed of frames for a view, and how a byte stream becomes one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sockscope.abi.text import clean
from sockscope.frames.codec import MessageReader, StreamError
from sockscope.frames.messages import Ended, Message, Request
from sockscope.model.keys import DescriptorKey, ProcessKey

if TYPE_CHECKING:
    from sockscope.recording.reader import Recording

READ = 256 << 10
"""Bytes taken at once."""
MAX_UNSENT = 64 << 10
"""Bytes of requests that may wait for a collector that does not read; what comes on top is dropped."""
STOP_PATIENCE = 2.0
"""Seconds that a collector gets to end by itself before it is ended."""
STDERR_LIMIT = 8 << 10


class Feed(Protocol):
    """Where frames come from; a view cannot tell live from recorded."""

    death: str
    """Why the last stream ended, one line; "" while it runs."""

    async def start(self) -> None:
        """Begin, or begin again after an end."""

    def messages(self) -> AsyncIterator[Message]:
        """Yield what arrives until the stream ends; then `death` says why."""

    def send(self, request: Request) -> None:
        """Hand a request over without waiting; lost when the stream has ended."""

    def kill(self) -> None:
        """End what produces the stream, whatever it is at; `messages` then ends without waiting for it."""

    async def stop(self) -> None:
        """End the stream and whatever produces it."""


@runtime_checkable
class PastFeed(Feed, Protocol):
    """A feed of what was: it stands at one look of a recording, and goes where it is asked to."""

    recording: "Recording"
    wanted: int
    """Number of the look that was asked for last."""
    position: int
    """Number of the look that was said last."""
    damage: str
    """Why the look that was asked for is not the one that is shown; "" where it is."""

    @property
    def clock(self) -> float:
        """When the look was that is shown, in seconds since the epoch."""

    def go(self, number: int) -> None:
        """Go to a look, the nearest one there is."""

    def next_change(self, keys: Sequence[ProcessKey | DescriptorKey], step: int, ino: int) -> int | None:
        """Return the next look (`step` 1), or the one before (-1), in which one of some rows became another.

        Args:
            keys: the rows.
            step: which way.
            ino: inode of the socket that a descriptor leads to, 0 for none.
        """


async def decoded(read: Callable[[int], Awaitable[bytes]], reasons: list[str]) -> AsyncIterator[Message]:
    """Yield the messages of a byte stream until it ends or makes no sense; why is added to `reasons`."""
    reader = MessageReader()
    try:
        while data := await read(READ):
            for message in reader.feed(data):
                yield message
                if isinstance(message, Ended):
                    # The last word: one that the kernel does not let end keeps the stream open.
                    reasons.append(message.reason)
                    return
        reader.close()
    except StreamError as error:
        reasons.append(str(error))


def obituary(status: int | None, reason: str, said: bytes) -> str:
    """Put the end of a collector into one line.

    Args:
        status: its exit status, minus the signal that ended it, or None where that is not known.
        reason: why the stream ended, "" unknown.
        said: what the collector wrote to standard error, whose last line counts.
    """
    last = clean(said.strip().rpartition(b"\n")[2])
    if status is None:
        end = "the collector does not end"
    elif status < 0:
        end = f"the collector was ended by signal {-status}"
    else:
        end = f"the collector ended with status {status}"
    detail = reason or last
    return f"{end}: {detail}" if detail else end
