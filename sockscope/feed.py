"""A feed of frames for a view: today a collector of our own on this machine."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import Protocol

from sockscope.frames.codec import MessageReader, StreamError, encode
from sockscope.frames.messages import Ended, Message, Request

_READ = 256 << 10
STOP_PATIENCE = 2.0
"""Seconds that a collector gets to end by itself before it is terminated."""
_STDERR_LIMIT = 8 << 10


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

    async def stop(self) -> None:
        """End the stream and whatever produces it."""


class ChildFeed:
    """A collector in a child process of ours, spoken to over two pipes.

    The child reads requests on its standard input: when this process ends, however it ends, the
    kernel closes the pipe and the child follows.
    """

    def __init__(self, interval: float) -> None:
        """Refresh every `interval` seconds."""
        self.death = ""
        self._interval = interval
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start a collector.

        Raises:
            OSError: the process could not be started.
        """
        self.death = ""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "sockscope",
            "collect",
            "--interval",
            str(self._interval),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl+C and a terminal's hang-up are for the view to answer; the child follows it.
            start_new_session=True,
            limit=_READ,
        )

    async def messages(self) -> AsyncIterator[Message]:
        """Yield the collector's messages until it ends."""
        process = self._process
        if process is None or process.stdout is None:
            self.death = "the collector was not started"
            return
        reader = MessageReader()
        reason = ""
        try:
            while data := await process.stdout.read(_READ):
                for message in reader.feed(data):
                    if isinstance(message, Ended):
                        reason = message.reason
                    yield message
            reader.close()
        except StreamError as error:
            reason = reason or str(error)
        self.death = await self._why(process, reason)

    def send(self, request: Request) -> None:
        """Write a request to the collector; requests are small and it reads between refreshes."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return
        process.stdin.write(encode(request))

    async def stop(self) -> None:
        """Hang up, and terminate a collector that does not end by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_PATIENCE)
        except TimeoutError:
            # ProcessLookupError: it has ended between the two calls.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _why(self, process: asyncio.subprocess.Process, reason: str) -> str:
        """Put the end of a collector into one line."""
        with contextlib.suppress(ProcessLookupError):
            if reason and process.returncode is None:
                process.kill()
        said = await process.stderr.read(_STDERR_LIMIT) if process.stderr is not None else b""
        code = await process.wait()
        last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
        printable = "".join(char if char.isprintable() else "?" for char in last)
        end = f"the collector was ended by signal {-code}" if code < 0 else f"the collector ended with status {code}"
        detail = reason or printable
        return f"{end}: {detail}" if detail else end
