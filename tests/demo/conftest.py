"""The example processes without an explorer, as `sockscope demo --processes-only` gives them."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

PATIENCE = 60
"""Seconds to wait for what must come; only a failing test waits this long."""

Truth = dict[str, Any]


class Demo:
    """A running demo, and every process below it."""

    def __init__(self) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-m", "sockscope", "demo", "--processes-only"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.program.stdout is not None
        self.truth: Truth = json.loads(self.program.stdout.readline())
        (self.stage,) = psutil.Process(self.program.pid).children()
        self.actors = self.stage.children(recursive=True)

    def hang_up(self) -> None:
        """Close its standard input."""
        assert self.program.stdin is not None
        self.program.stdin.close()

    def left(self) -> list[psutil.Process]:
        """Processes that still run, those that nobody has collected yet not counted."""
        return [one for one in (self.stage, *self.actors) if runs(one)]

    def close(self) -> None:
        """End whatever is left."""
        for one in (*self.actors, self.stage):
            with contextlib.suppress(psutil.NoSuchProcess):  # which is what is wanted
                one.kill()
        self.program.kill()
        self.program.wait()
        for stream in (self.program.stdin, self.program.stdout):
            assert stream is not None
            stream.close()


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], wish: str) -> None:
    """Wait until a condition holds that must come true; fail when it does not."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {wish}"
        time.sleep(0.02)


@pytest.fixture
def demo() -> Iterator[Demo]:
    """Start a demo, and leave nothing of it."""
    running = Demo()
    yield running
    running.close()
