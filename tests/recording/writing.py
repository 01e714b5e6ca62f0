"""Recordings made in a directory of the test, of frames that it names."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from sockscope.frames.messages import VERSION, Frame
from sockscope.recording.writer import ANY, Room, Writer
from tests.world.build import HELLO, NOW, frame, inet, process, socket_fd

HELLO = msgspec.structs.replace(HELLO, version=VERSION)


@contextmanager
def writing(path: Path, room: Room = ANY) -> Iterator[Writer]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        writer = Writer(file, room)
        writer.greet(HELLO)
        yield writer
    finally:
        os.close(file)


def record(path: Path, frames: Iterable[Frame], room: Room = ANY) -> None:
    """Write frames five seconds apart, and end the last block."""
    with writing(path, room) as writer:
        for number, one in enumerate(frames):
            writer.take(one, 1000.0 + 5 * number)
        writer.end_block()


def story(looks: int, *, step: float = 5.0) -> list[Frame]:
    """A server that opens a descriptor at each look."""
    first = frame(process(10), socket_fd(10, 3, 100), inet(100, "127.0.0.1:80"), seq=1, time=NOW)
    later = [
        frame(process(10, fd_count=n), socket_fd(10, 3 + n, 100), full=False, seq=1 + n, time=NOW + step * n)
        for n in range(1, looks)
    ]
    return [first, *later]
