"""Refresh after refresh: descriptors, threads, children and memory of every process of ours stay flat."""

import os
from typing import NamedTuple

import psutil

from tests.chaos.looking import SOAK, looking
from tests.security.recorded_pty import explorer

WARM, REFRESHES = 20, 10_000 if SOAK else 40
GROWTH = 3 << 20
"""Bytes. A kilobyte leaked a refresh is 10 MB in the long form."""


class Size(NamedTuple):
    """What a process holds."""

    descriptors: int
    threads: int
    children: int


def size(process: psutil.Process) -> Size:
    return Size(process.num_fds(), process.num_threads(), len(process.children()))


def test_a_collector_stays_as_large_as_it_was() -> None:
    with looking() as looker:
        process = psutil.Process(looker.process.pid)
        for _ in range(WARM):
            looker.frame()
        before, memory = size(process), process.memory_info().rss
        for _ in range(REFRESHES):
            looker.frame()
        after, grown = size(process), process.memory_info().rss - memory
    print({"before": before, "after": after, "grown": grown})
    assert after == before
    assert grown < GROWTH


def test_view_and_spawner_stay_as_large_as_they_were() -> None:
    with explorer("--interval", "0.1", "--pid", str(os.getpid())) as terminal:
        family = terminal.family()

        def draw(seconds: float) -> None:
            for _ in range(int(seconds * 10)):
                terminal.press(b"jk")
                terminal.read(0.1)
            terminal.stream = b""

        draw(3)
        before = [size(process) for process in family]
        draw(SOAK / 5 or 3)
        after = [size(process) for process in family]
    print({"before": before, "after": after})
    assert after == before
