"""What recording costs beside the collector that it needs, how large a recording gets, and what a jump in it costs.

Run as a program it looks and records, and prints one JSON object.
"""

import argparse
import contextlib
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.frames.codec import MessageReader, encode
from sockscope.frames.messages import Frame, Hello
from sockscope.recording.reader import Recording
from sockscope.recording.writer import LEAST, LOOKS, Writer
from sockscope.world.world import World

DAY = 86_400


def look(count: int, interval: float) -> dict[str, Any]:
    """Look `count` times after a first one, and record every look as `record` does, in one process."""
    collector = Collector()
    collector.interval = interval or 1.0
    file = os.memfd_create("recording")
    writer, reader = Writer(file), MessageReader()
    greeting = hello(collector.procfs, os.geteuid())
    list(reader.feed(encode(greeting)))
    writer.greet(greeting)
    looking: list[float] = []
    recording: list[float] = []
    sizes: list[int] = []
    due = time.monotonic()
    for _ in range(count + 1):
        started = time.process_time()
        data = encode(collector.refresh())
        looked = time.process_time()
        before = os.fstat(file).st_size
        for message in reader.feed(data):
            if isinstance(message, Frame):
                writer.take(message, time.clock_gettime(time.CLOCK_BOOTTIME))
        recording.append(time.process_time() - looked)
        looking.append(looked - started)
        sizes.append(os.fstat(file).st_size - before)
        gc.freeze()
        due += interval
        time.sleep(max(0.0, due - time.monotonic()))
    descriptors = writer.picture.descriptors
    collector.close()
    writer.end_block()
    result = {"looking": looking, "recording": recording, "sizes": sizes, "descriptors": descriptors}
    return {**result, "file": os.fstat(file).st_size, **jumps(file)}


def jumps(file: int) -> dict[str, float]:
    """Take the first look into an empty world, then jump to the middle and back, in seconds of CPU each."""
    recording = Recording(os.dup(file))
    world = World()
    started = time.process_time()
    for message in recording.play(0, 0):
        _take(world, message)
    first = time.process_time() - started
    spent = []
    middle = len(recording.looks) // 2
    for number in (middle, 0, middle, 0):
        started = time.process_time()
        for message in recording.play(number, number):
            _take(world, message)
        spent.append(time.process_time() - started)
    recording.close()
    return {"first": first, "jump": min(spent[::2])}


def _take(world: World, message: Hello | Frame) -> None:
    if isinstance(message, Hello):
        world.greet(message)
    else:
        world.apply(message)


def per_day(result: dict[str, Any], interval: float = 1.0) -> float:
    """Return bytes a day: looks, those aside that began a block, and a picture as often as these make one due."""
    picture, *looks = result["sizes"]
    alone = [size for size in looks if size < picture / 2] or looks
    usual = sum(alone) / len(alone)
    return (usual + picture / min(LOOKS, max(1.0, max(LEAST, picture) / usual))) * DAY / interval


def measure(count: int, interval: float = 1.0) -> dict[str, Any]:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, str(count), str(interval)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@contextlib.contextmanager
def connections(rate: int) -> Iterator[None]:
    """Have so many connections a second made and closed."""
    program = [sys.executable, str(Path(__file__).with_name("connecting.py")), str(rate)]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield
        finally:
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("interval", type=float)
    words = parser.parse_args()
    print(json.dumps(look(words.count, words.interval)))
