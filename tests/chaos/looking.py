"""A collector on its stream, read to the frame that is wanted; and actors of this room."""

import contextlib
import ctypes
import itertools
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from sockscope.frames.codec import MessageReader, encode
from sockscope.frames.messages import Answer, Frame, Inspect, Message, Next, Options, OptionsAnswer, Request
from sockscope.world.world import World
from tests.live.conftest import Truth, dismiss, told
from tests.requirements import KernelLacks

MNT_DETACH = 2

Reply = TypeVar("Reply", Answer, OptionsAnswer)
ACTORS = Path(__file__).parent / "actors"
PATIENCE = 60
"""Seconds after which a frame that does not come is a hang; only a failing test waits this long."""
SOAK = float(os.environ.get("SOCKSCOPE_SOAK", "0"))
"""Seconds that the storms may take together; 0 for the short forms."""
STORM = SOAK / 10
"""Seconds of each of the four storms; what is left is for 10,000 refreshes of every process of ours."""


def looks(at_least: int) -> Iterator[int]:
    """Count looks: some in `make test`, for as long as a storm's share lasts in `make soak`."""
    end = time.monotonic() + STORM
    for number in itertools.count(1):
        yield number
        if number >= at_least and time.monotonic() >= end:
            return


@contextlib.contextmanager
def acting(name: str, *arguments: object) -> Iterator[Truth]:
    """Keep an actor of this room on stage."""
    actor = subprocess.Popen(
        [sys.executable, str(ACTORS / f"{name}.py"), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield told(actor)
    finally:
        dismiss(actor)


@contextlib.contextmanager
def silent(actor: str, directory: Path) -> Iterator[Truth]:
    """Keep an actor on stage whose file system answers nobody."""
    if not os.path.exists("/dev/fuse"):
        reason = "the kernel has no FUSE"
        raise KernelLacks(reason)
    directory.mkdir()
    try:
        with acting(actor, directory) as truth:
            yield truth
    finally:
        ctypes.CDLL(None).umount2(os.fsencode(directory), MNT_DETACH)


class Looker:
    """Somebody who reads a collector's stream into a world."""

    def __init__(self, *before: str, interval: str = "0.1") -> None:
        """Start a collector, behind another program when one is named."""
        self.process = subprocess.Popen(
            [*before, sys.executable, "-P", "-m", "sockscope", "collect", "--interval", interval],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.world = World()
        self.starts: dict[int, int] = {}
        """Start time of each process, by pid."""
        self._messages = self._read()

    def _read(self) -> Iterator[Message]:
        reader = MessageReader()
        assert self.process.stdout is not None
        out = self.process.stdout.fileno()
        while True:
            ready, _, _ = select.select([out], [], [], PATIENCE)
            assert ready, "the collector hangs"
            data = os.read(out, 1 << 18)
            assert data, f"the collector has ended (status {self.process.wait()})"
            yield from reader.feed(data)

    def frame(self) -> Frame:
        """Take the next frame that tells everything, and ask for another."""
        for message in self._messages:
            if isinstance(message, Frame):
                self.world.apply(message)
                if not message.preview:
                    break
        frame = message
        assert isinstance(frame, Frame)
        self.starts.update({process.pid: process.start for process in frame.processes})
        self._send(Next())
        return frame

    def inspect(self, pid: int, start: int, fd: int) -> Answer:
        """Ask for one descriptor in depth."""
        return self._ask(Inspect(1, pid, start, fd), Answer)

    def options(self, pid: int, start: int, fd: int) -> OptionsAnswer:
        """Ask for the options of a socket."""
        return self._ask(Options(1, pid, start, fd, 1), OptionsAnswer)

    def _ask(self, request: Request, wanted: type[Reply]) -> Reply:
        self._send(request)
        for message in self._messages:
            if isinstance(message, wanted):
                return message
            if isinstance(message, Frame):
                self.world.apply(message)
                self._send(Next())
        msg = "the stream ended before the answer"
        raise AssertionError(msg)

    def _send(self, request: Request) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(encode(request))
        self.process.stdin.flush()

    def hang_up(self) -> int:
        """Close its input, and return with what status it ends by itself."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """Hang up and wait for its end."""
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self.process.kill()
        self.process.wait(PATIENCE)


@contextlib.contextmanager
def looking(*before: str, interval: str = "0.1") -> Iterator[Looker]:
    """Look, for as long as the block runs."""
    looker = Looker(*before, interval=interval)
    try:
        yield looker
    finally:
        looker.close()
