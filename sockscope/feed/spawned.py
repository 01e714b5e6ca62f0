"""A feed from a collector on this machine that the spawner started: the view itself could not."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

from sockscope.feed.stream import MAX_UNSENT, READ, STDERR_LIMIT, STOP_PATIENCE, decoded, obituary
from sockscope.frames.codec import encode
from sockscope.frames.messages import Message, Request
from sockscope.privileges.spawner import KILL, START, Ended, Failed, Reply, Spawner, SpawnerGoneError, Started, Stuck


class SpawnedFeed:
    """One collector after another, spoken to over pipes that the spawner hands out.

    The collector reads requests on its standard input: when this process ends, however it ends, the
    kernel closes the pipe and the collector follows.
    """

    def __init__(self, spawner: Spawner) -> None:
        """Ask `spawner` for collectors; the first one starts now, while the view is still being loaded."""
        self.death = ""
        self._spawner = spawner
        self._requests: asyncio.WriteTransport | None = None
        self._frames: asyncio.StreamReader | None = None
        self._errors: asyncio.StreamReader | None = None
        self._transports: list[asyncio.BaseTransport] = []
        self._running = False
        spawner.ask(START)
        self._asked = True

    async def start(self) -> None:
        """Start a collector.

        Raises:
            OSError: it could not be started, or there is nobody left to start it.
        """
        self.death = ""
        self._close_pipes()
        try:
            if not self._asked:
                self._spawner.ask(START)
            self._asked = False
            # A reply about the collector before this one may still be on its way.
            while isinstance(reply := await self._reply(), Ended):
                self._running = False
        except SpawnerGoneError as error:
            raise OSError(str(error)) from error
        if isinstance(reply, Failed):
            raise OSError(reply.code, os.strerror(reply.code))
        if isinstance(reply, Stuck):
            msg = f"the one before it, process {reply.pid}, does not end; the kernel holds it"
            raise OSError(msg)
        await self._connect(reply)

    async def messages(self) -> AsyncIterator[Message]:
        """Yield the collector's messages until it ends."""
        if self._frames is None:
            self.death = "the collector was not started"
            return
        reason: list[str] = []
        async for message in decoded(self._frames.read, reason):
            yield message
        self.death = await self._why(reason[0] if reason else "")

    def send(self, request: Request) -> None:
        """Write a request to the collector; lost when it has not read the ones before for long."""
        pipe = self._requests
        if pipe is None or pipe.is_closing() or pipe.get_write_buffer_size() > MAX_UNSENT:
            return
        pipe.write(encode(request))

    def kill(self) -> None:
        """Have the collector killed and hang up; one that the kernel holds would keep its pipes open."""
        with contextlib.suppress(SpawnerGoneError):  # the end of the stream leads to the same news
            self._spawner.ask(KILL)
        self._close_pipes()

    async def stop(self) -> None:
        """Hang up, end a collector that does not end by itself, and let the spawner go."""
        if self._requests is not None:
            self._requests.close()
        with contextlib.suppress(SpawnerGoneError):  # then its collector has lost its pipes, too
            if self._running and await self._end_within(STOP_PATIENCE) is None:
                self._spawner.ask(KILL)
                await self._end_within(STOP_PATIENCE)
        self._close_pipes()
        await asyncio.to_thread(self._spawner.close)

    async def _connect(self, pipes: Started) -> None:
        self._running = True
        loop = asyncio.get_running_loop()
        requests = open(pipes.requests, "wb", buffering=0)  # noqa: SIM115, ASYNC230  # a pipe: opens at once, and the transport closes it
        transport, _ = await loop.connect_write_pipe(asyncio.Protocol, requests)
        self._requests = transport
        self._frames = await self._stream(pipes.frames)
        self._errors = await self._stream(pipes.errors)
        self._transports.append(transport)

    async def _stream(self, descriptor: int) -> asyncio.StreamReader:
        reader = asyncio.StreamReader(limit=READ)
        pipe = open(descriptor, "rb", buffering=0)  # noqa: SIM115, ASYNC230  # a pipe: opens at once, and the transport closes it
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        self._transports.append(transport)
        return reader

    def _close_pipes(self) -> None:
        for transport in self._transports:
            transport.close()
        self._transports.clear()
        self._requests = self._frames = self._errors = None

    async def _reply(self) -> Reply:
        """Wait for the spawner's next reply."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return self._spawner.take()
            except BlockingIOError:
                ready: asyncio.Future[None] = loop.create_future()
                loop.add_reader(self._spawner.socket, _wake, ready)
                try:
                    await ready
                finally:
                    loop.remove_reader(self._spawner.socket)

    async def _end_within(self, seconds: float) -> int | None:
        """Wait for the collector's end; None when it does not come."""
        try:
            reply = await asyncio.wait_for(self._reply(), seconds)
        except TimeoutError:
            return None
        self._running = False
        return reply.status if isinstance(reply, Ended) else None

    async def _why(self, reason: str) -> str:
        """Put the end of a collector into one line."""
        try:
            if reason:
                self._spawner.ask(KILL)
            status = await self._end_within(STOP_PATIENCE)
            if status is None:
                self._spawner.ask(KILL)
                status = await self._end_within(STOP_PATIENCE)
        except SpawnerGoneError as error:
            return str(error)
        # What has ended has closed its standard error, so this does not wait.
        said = await self._errors.read(STDERR_LIMIT) if self._errors is not None and status is not None else b""
        return obituary(status, reason, said)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
