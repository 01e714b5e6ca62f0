"""What one refresh costs, measured inside a collector that looks again and again.

Run as a program it prints one JSON object.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sockscope.collect.collector import Collector
from sockscope.collect.processes.waiting import ThreadWaits
from sockscope.frames.messages import Frame
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.tables import TABLES
from sockscope.tui.options import Options
from sockscope.tui.pages import findings
from sockscope.tui.session import Session

PAGE = os.sysconf("SC_PAGE_SIZE")
PAGE_WIDTH = 120
"""Cells that the page of findings is written for."""


class Flicker:
    """Rows that went although their process lives, and came again."""

    def __init__(self) -> None:
        self.alive: dict[tuple[int, int], int] = {}
        self.returned = 0
        self._left: set[tuple[int, int]] = set()

    def take(self, frame: Frame) -> None:
        """Count processes that come back: a key (pid, start) never belongs to two of them."""
        self._left.update(frame.ended)
        self.returned += sum((one.pid, one.start) in self._left for one in frame.processes)


def resident() -> int:
    """Bytes of memory of this process now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def timed_waits() -> list[float]:
    """Let each look note what learning the waits of all threads takes of it, in seconds of CPU."""
    spent: list[float] = []
    refresh = ThreadWaits.refresh

    def timed(self: ThreadWaits, watched: Any, now: float) -> Any:
        started = time.process_time()
        found = refresh(self, watched, now)
        spent.append(time.process_time() - started)
        return found

    ThreadWaits.refresh = timed  # type: ignore[method-assign]
    return spent


class Viewer:
    """What the explorer does of a frame, in seconds of CPU for each: applies it, asks the rules, writes their page."""

    def __init__(self) -> None:
        """Start without a picture."""
        self._session = Session(Options(), KeyNames(TABLES, {}), lambda _: None)
        self.spent: dict[str, list[float]] = {"applied": [], "rules": [], "page": []}

    def take(self, frame: Frame) -> None:
        """Take a frame."""
        session = self._session
        for name, act in (
            ("applied", lambda: session.world.apply(frame)),
            ("rules", session.diagnose),
            ("page", lambda: findings.PAGE.sections(session, PAGE_WIDTH)),
        ):
            started = time.process_time()
            act()
            self.spent[name].append(time.process_time() - started)


def look(count: int, interval: float, warm: int, *, viewed: bool = False) -> dict[str, Any]:
    """Refresh `count` times; `viewed` also measures what the explorer makes of it."""
    waits = timed_waits()
    viewer = Viewer() if viewed else None
    collector = Collector()
    collector.interval = interval or 1.0
    flicker = Flicker()
    started = time.process_time()
    frame = collector.refresh()
    first = time.process_time() - started
    flicker.take(frame)
    if viewer is not None:
        viewer.take(frame)
    gc.freeze()
    cpu: list[float] = []
    late: list[float] = []
    work: list[dict[str, float]] = []
    memory: list[int] = []
    due = time.monotonic()
    for turn in range(warm + count):
        due += interval
        time.sleep(max(0.0, due - time.monotonic()))
        late.append(max(0.0, time.monotonic() - due))
        started = time.process_time()
        frame = collector.refresh()
        spent = time.process_time() - started
        flicker.take(frame)
        if viewer is not None:
            viewer.take(frame)
        if turn >= warm:
            cpu.append(spent)
            memory.append(resident())
            stats = frame.stats
            counts = {
                name: getattr(stats, name) for name in ("scanned", "converted", "kcmp", "fdinfo", "missed", "waits")
            }
            work.append({**counts, "processes": len(frame.processes)})
    collector.close()
    return {
        "first": first,
        "cpu": cpu,
        "waits": waits[-count:],
        "viewer": {} if viewer is None else {name: spent[-count:] for name, spent in viewer.spent.items()},
        "late": late,
        "work": work,
        "memory": [memory[0], memory[-1], max(memory)],
        "returned": flicker.returned,
        "processes": frame.coverage.processes,
        "descriptors": frame.coverage.descriptors,
    }


def measure(count: int, interval: float = 0.5, warm: int = 3, *, viewed: bool = False) -> dict[str, Any]:
    """Measure in a process of its own."""
    words = [sys.executable, __file__, str(count), str(interval), str(warm), *(["--viewed"] if viewed else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("interval", type=float)
    parser.add_argument("warm", type=int)
    parser.add_argument("--viewed", action="store_true")
    words = parser.parse_args()
    print(json.dumps(look(words.count, words.interval, words.warm, viewed=words.viewed)))
