"""The collector as a process: requests in, the frame stream out, an end when nobody reads any more."""

import gc
import os
import select
import time
from collections.abc import Iterator

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str
from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.collect.inspect import Inspector
from sockscope.collect.locate import locate
from sockscope.collect.pace import Pace as Pacemaker
from sockscope.collect.sockets.options import answer_options
from sockscope.collect.watchdog import Watchdog
from sockscope.frames.codec import RequestReader, StreamError, encode
from sockscope.frames.messages import (
    Ended,
    Inspect,
    Locate,
    Message,
    Next,
    Options,
    Pace,
    Prefer,
    Request,
    Terminals,
    Uses,
)

MIN_INTERVAL, MAX_INTERVAL = 0.1, 3600.0
"""Seconds."""
MAX_PREFERRED = 256
"""Processes that may be asked for before others."""
_READ = 64 << 10


class Server:
    """Serve one reader: a frame when it is due and asked for, an answer as soon as there is one."""

    def __init__(self, collector: Collector, requests: int, frames: int, interval: float, asked_by: int) -> None:
        """Read requests from and write frames to two descriptors.

        Args:
            collector: what looks at the machine.
            requests: descriptor that requests come from; its end ends the server.
            frames: descriptor that messages go to.
            interval: seconds between refreshes.
            asked_by: uid of the user who looks.
        """
        self._collector = collector
        self._inspector = Inspector(collector)
        self._requests = requests
        self._frames = frames
        self._asked_by = asked_by
        self._reader = RequestReader()
        self._pace = Pacemaker(_bounded(interval))
        self._watchdog = Watchdog(collector.procfs, self._say_why)
        self._wanted = True
        """Whether the reader has taken the last frame and wants another."""

    def run(self) -> None:
        """Serve until the reader hangs up.

        Raises:
            StreamError: the reader does not speak our protocol.
        """
        with self._watchdog:
            self._serve()

    def _say_why(self, reason: Clean) -> None:
        """Tell the reader that this process is about to be killed, if he takes it: the frames are nobody's now."""
        if select.select([], [self._frames], [], 0)[1]:
            os.write(self._frames, encode(Ended(reason)))

    def _serve(self) -> None:
        try:
            self._send(hello(self._collector.procfs, self._asked_by))
            due = time.monotonic()
            while True:
                if self._wanted and time.monotonic() >= due:
                    due = self._look()
                wait = max(0.0, due - time.monotonic()) if self._wanted else None
                for request in self._read(wait):
                    self._take(request)
        except (EOFError, BrokenPipeError):
            return
        except StreamError as error:
            self._send(Ended(clean_str(str(error))))
            raise
        finally:
            self._inspector.close()
            self._collector.close()

    def _look(self) -> float:
        """Look once more, send what has changed, and return when to look again."""
        started = time.monotonic()
        self._wanted = False
        self._collector.asked_interval = self._pace.asked
        self._collector.interval = self._pace.interval
        first = self._collector.refreshes == 0
        if first:
            with self._watchdog.looking():
                preview = self._collector.preview()
            self._send(preview)
            self._take_waiting()
        waited = first or self._collector.waiting > 0
        with self._watchdog.looking():
            frame = self._collector.refresh()
        if self._collector.waiting:
            self._send(frame)
            return started  # the rest of the first picture is due
        self._pace.took(time.monotonic() - started)
        self._send(frame)
        if waited:
            _rest_the_garbage_collector()
        return started + self._pace.interval

    def _take_waiting(self) -> None:
        """Take what has been asked for meanwhile: it may say who is to be read first."""
        for request in self._read(0):
            self._take(request)

    def _read(self, timeout: float | None) -> Iterator[Request]:
        ready, _, _ = select.select([self._requests], [], [], timeout)
        if not ready:
            return
        data = os.read(self._requests, _READ)
        if not data:
            raise EOFError
        yield from self._reader.feed(data)

    def _take(self, request: Request) -> None:
        if isinstance(request, Next):
            self._wanted = True
        elif isinstance(request, Pace):
            self._pace = Pacemaker(_bounded(request.interval))
        elif isinstance(request, Prefer):
            self._collector.prefer(request.pids[:MAX_PREFERRED])
        elif isinstance(request, Uses):
            self._collector.uses.wanted = request.wanted
        elif isinstance(request, Options):
            with self._watchdog.looking():
                options = answer_options(
                    self._collector.procfs, self._collector.answering, request, self._collector.namespaces
                )
            self._send(options)
        elif isinstance(request, Locate):
            with self._watchdog.looking():
                located = locate(self._collector, request)
            self._send(located)
        elif isinstance(request, Terminals):
            with self._watchdog.looking():
                terminals = self._inspector.terminals(request)
            self._send(terminals)
        else:
            with self._watchdog.looking():
                answer = self._inspector.answer(request, self._kind(request))
            self._send(answer)

    def _kind(self, request: Inspect) -> str | None:
        descriptor = self._collector.descriptor(request.pid, request.start, request.fd)
        return descriptor.kind if descriptor else None

    def _send(self, message: Message) -> None:
        data = memoryview(encode(message))
        while data:
            data = data[os.write(self._frames, data) :]


def _bounded(interval: float) -> float:
    return min(max(interval, MIN_INTERVAL), MAX_INTERVAL)


def _rest_the_garbage_collector() -> None:
    """Take the first picture out of what is searched for garbage: nearly all of it lives on for long."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
