"""The explorer in a pseudo-terminal: when its first picture comes, what a key costs, what it uses while idle."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from types import TracebackType
from typing import Any, Self

import psutil

from benchmarks.timing import SOCKSCOPE

ROWS, COLUMNS = 40, 140
QUIET = 0.12
"""Seconds without output after which a paint has ended."""
PATIENCE = 60.0
_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[()][A-B0-2]|\x1b[=>]")


class Explorer:
    """A running explorer, inside a `with` block."""

    def __init__(self, *words: str) -> None:
        self._words = (*SOCKSCOPE, *words)
        self.text = b""
        self.started = 0.0

    def __enter__(self) -> Self:
        self.started = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(self._words[0], self._words)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(OSError):  # EIO: its side of the terminal is closed
            while self._read(5.0):
                pass
        os.waitpid(self.pid, 0)
        os.close(self._terminal)

    def _read(self, patience: float) -> bytes:
        ready, _, _ = select.select([self._terminal], [], [], patience)
        return os.read(self._terminal, 1 << 16) if ready else b""

    def until(self, words: bytes) -> float:
        """Read until text that fits a pattern has been painted; return the seconds since the start."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.text += self._read(0.5)
            if re.search(words, _CONTROL.sub(b"", self.text)):
                return time.perf_counter() - self.started
        msg = f"the explorer has not painted {words!r}"
        raise RuntimeError(msg)

    def settle(self, quiet: float = QUIET, longest: float = 20.0) -> None:
        """Read until nothing comes for a while."""
        end = time.monotonic() + longest
        while time.monotonic() < end and self._read(quiet):
            pass

    def press(self, keys: bytes) -> float:
        """Press a key; return the seconds until the first bytes of its paint."""
        self.settle()
        started = time.perf_counter()
        os.write(self._terminal, keys)
        if not self._read(5.0):
            msg = f"nothing was painted for {keys!r}"
            raise RuntimeError(msg)
        return time.perf_counter() - started

    def type(self, keys: bytes) -> None:
        """Press keys and let the paint pass."""
        os.write(self._terminal, keys)
        self.settle(0.6)

    def family(self) -> list[psutil.Process]:
        """Name the explorer's processes."""
        own = psutil.Process(self.pid)
        return [own, *own.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its processes."""
        times = [one.cpu_times() for one in self.family()]
        return sum(one.user + one.system for one in times)

    def memory(self) -> dict[str, Any]:
        """Bytes that would be free without it, by process."""
        return {str(number): one.memory_full_info().uss for number, one in enumerate(self.family())}


DOWN, UP = b"\x1b[B", b"\x1b[A"


def idle_share(seconds: float, *words: str) -> dict[str, float]:
    """Start an explorer, leave it alone, and return its share of one core and the time of its first picture."""
    with Explorer(*words) as explorer:
        first = explorer.until(b"pgrp")
        explorer.settle(1.5, 6.0)
        before, started = explorer.cpu(), time.monotonic()
        end = started + seconds
        while time.monotonic() < end:
            explorer._read(0.2)  # noqa: SLF001 - the terminal has to be read for the explorer to go on
        return {"first": first, "share": (explorer.cpu() - before) / (time.monotonic() - started)}


def keystrokes(count: int, *words: str, unfold: bytes = b"*") -> dict[str, Any]:
    """Unfold everything and press down and up; return the seconds to paint of each, and the memory."""
    with Explorer(*words) as explorer:
        first = explorer.until(b"pgrp")
        # The preview has processes alone; unfolding it would leave the rows of the full picture folded.
        explorer.until(rb"[1-9][\d,]* sockets")
        explorer.settle(1.5, 15.0)
        explorer.type(unfold)
        explorer.settle(1.0, 15.0)
        times = [explorer.press(DOWN if number % 40 < 30 else UP) for number in range(count)]
        return {"first": first, "paint": times, "memory": explorer.memory()}


def first_paint(*words: str) -> float:
    """Start an explorer and return the seconds until it shows processes."""
    with Explorer(*words) as explorer:
        return explorer.until(b"pgrp")


def highlight(count: int, pid: int) -> list[float]:
    """Move on and off a listener that a thousand processes hold; return the seconds to paint of each move on."""
    with Explorer("--pid", str(pid)) as explorer:
        explorer.until(b"pgrp")
        explorer.settle(1.5, 15.0)
        # Chosen processes come unfolded; the listener is the last descriptor of the one that is listed.
        explorer.type(b"G")
        times = []
        for _ in range(count):
            explorer.press(UP)
            times.append(explorer.press(DOWN))
        return times
