"""Where the time goes: one cold scan, one refresh, one keystroke, by function."""

import asyncio
import cProfile
import gc
import json
import pstats
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from benchmarks.load import Load, Shape
from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.frames.messages import Frame, Hello, Message, Request
from sockscope.tui.app import Explorer
from sockscope.tui.options import Options

LINES = 14
KEYS = 30


def profiles(rounds: int) -> dict[str, list[str]]:
    """Profile on a large load, in a process of its own."""
    del rounds  # a profile is not repeated
    with Load(Shape(200, 250, active=4)):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.profiling"], capture_output=True, text=True, check=True
        )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


class OnePicture:
    """A feed that says one thing and then nothing."""

    death = ""

    def __init__(self, greeting: Hello, frame: Frame) -> None:
        self._said: list[Message] = [greeting, frame]

    async def start(self) -> None:
        """Nothing has to be started."""

    async def messages(self) -> AsyncIterator[Message]:
        """Say it."""
        for message in self._said:
            yield message
        await asyncio.Event().wait()

    def send(self, request: Request) -> None:
        """Take no request."""

    def kill(self) -> None:
        """Nothing has to be killed."""

    async def stop(self) -> None:
        """Nothing has to be stopped."""


def _lines(profile: cProfile.Profile, times: int) -> list[str]:
    stats: Any = pstats.Stats(profile)
    total = stats.total_tt
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:LINES]
    head = f"  {1000 * total / times:8.1f} ms in all (slower than unprofiled), by function without what it calls:"
    return [head, *(f"  {100 * own / total:5.1f} %{calls / times:10.0f} calls  {_name(place)}"
                    for place, (_, calls, own, _, _) in rows)]  # fmt: skip


def _name(place: tuple[str, int, str]) -> str:
    file, _, function = place
    return function if file == "~" else f"{Path(file).stem}.{function}"


async def _keystrokes(greeting: Hello, frame: Frame) -> list[str]:
    app = Explorer(OnePicture(greeting, frame), Options())
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        await pilot.press("asterisk")
        await pilot.pause()
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(KEYS):
            await pilot.press("down")
        profile.disable()
    return _lines(profile, KEYS)


def main() -> None:
    """Print the profiles as one JSON object."""
    gc.disable()
    collector = Collector(all_flags=True)
    collector.interval = 1.0
    scan, again = cProfile.Profile(), cProfile.Profile()
    frame = scan.runcall(collector.refresh)
    for _ in range(10):
        again.runcall(collector.refresh)
    found = {
        "cold scan": ["one cold scan in one process", *_lines(scan, 1)],
        "refresh": ["one refresh", *_lines(again, 10)],
        "keystroke": ["one keystroke", *asyncio.run(_keystrokes(hello(collector.procfs), frame))],
    }
    collector.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
