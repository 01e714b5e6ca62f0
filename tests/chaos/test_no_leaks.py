"""Refresh after refresh: descriptors, threads, children and memory of every process of ours stay flat."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.chaos.looking import ACTORS, PATIENCE, SOAK, looking
from tests.security.recorded_pty import RecordedPty

WARM, REFRESHES, GROWTH = (15_000, 10_000, 2 << 20) if SOAK else (50, 150, 8 << 20)
"""Refreshes until the caches of interpreter and toolkit are full, refreshes that are watched, and bytes.

Those of the view fill for fourteen thousand refreshes, by less than a kilobyte each, and stay as they are from then on.
The short form allows for what waits to be collected: it finds a leak of 50 KB a refresh, and any descriptor or thread.
"""
HASTY = (sys.executable, str(ACTORS / "hasty.py"))


class Size(NamedTuple):
    """What a process holds."""

    descriptors: int
    threads: int
    children: int


def size(process: psutil.Process) -> Size:
    """Take the least of several looks: while it works, a process holds more for a moment."""
    looks = [(process.num_fds(), process.num_threads(), len(process.children())) for _ in range(50)]
    return Size(*map(min, zip(*looks, strict=True)))


def test_a_collector_stays_as_large_as_it_was() -> None:
    with looking(*HASTY, "-", interval="0") as looker:
        process = psutil.Process(looker.process.pid)
        for _ in range(WARM):
            looker.frame()
        before, memory = size(process), process.memory_info().rss
        for _ in range(REFRESHES):
            looker.frame()
        after, grown = size(process), process.memory_info().rss - memory
    print({"refreshes": REFRESHES, "before": before, "after": after, "grown": grown})
    assert after == before
    assert grown < GROWTH


def test_view_and_spawner_stay_as_large_as_they_were(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("0")
    program = (*HASTY, str(taken), "sockscope")
    with RecordedPty("--interval", "0", "--pid", str(os.getpid()), program=program) as terminal:
        terminal.wait_for_picture()
        family = terminal.family()

        def draw(refreshes: int) -> None:
            """Press keys with every refresh; pressed with everything that is drawn, they would feed on themselves."""
            pressed = now = int(taken.read_text())
            wanted = now + refreshes
            while now < wanted:
                if now > pressed:
                    terminal.press(b"jk")
                    pressed = now
                assert terminal.read(PATIENCE), "nothing is drawn any more"
                terminal.stream = b""
                now = int(taken.read_text())

        draw(WARM)
        before, memory = [size(process) for process in family], family[0].memory_info().rss
        draw(REFRESHES)
        after, grown = [size(process) for process in family], family[0].memory_info().rss - memory
    print({"refreshes": REFRESHES, "before": before, "after": after, "grown": grown})
    assert after == before
    assert grown < GROWTH
