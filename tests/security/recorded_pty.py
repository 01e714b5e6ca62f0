"""The explorer on a pseudo-terminal whose other end the test holds: every byte it writes is kept."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

import psutil

PATIENCE = 60
"""Seconds to wait for what must come; only a failing test waits this long."""
EXPLORER = (sys.executable, "-m", "sockscope")
COLUMNS, LINES = 160, 50
PICTURE = re.compile(rb"[1-9][0-9,]* process")


class RecordedPty:
    """One program on a terminal of its own, in a session of its own."""

    def __init__(
        self,
        *arguments: str,
        program: Sequence[str] = EXPLORER,
        env: dict[str, str] | None = None,
        lines: int = LINES,
        controlling: bool = True,
    ) -> None:
        """Start it; nothing is read until the test asks for it."""
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.stream = b""
        self.process = subprocess.Popen(
            [*program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_the_terminal if controlling else None,  # noqa: PLW1509  # the test process has one thread
            env={**os.environ, "TERM": "xterm-256color", **(env or {})},
            cwd="/",
        )
        # Kept open, so that the settings of the terminal can be read after the program has left it.
        self.slave = slave

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        cast = self.family()
        for member in cast:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        self.process.wait(PATIENCE)
        for descriptor in (self.slave, self.master):
            with contextlib.suppress(OSError):  # the test has closed it: that was its point
                os.close(descriptor)

    def family(self) -> list[psutil.Process]:
        """The program and everything it has started."""
        try:
            program = psutil.Process(self.process.pid)
            return [program, *program.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def collectors(self) -> list[psutil.Process]:
        """What its spawner has started; the helpers of the view themselves are its children."""
        try:
            return [one for helper in psutil.Process(self.process.pid).children() for one in helper.children()]
        except psutil.NoSuchProcess:
            return []

    def read(self, seconds: float = 0.05) -> bytes:
        """Read what has been written, waiting a little for the first byte."""
        got = b""
        while select.select([self.master], [], [], 0 if got else seconds)[0]:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # EIO: nobody has the other end open any more
                break
            got += data
        self.stream += got
        return got

    def wait_until(self, condition: Callable[[], bool], wish: str) -> None:
        """Read on until a condition holds; the wish says which, for when it does not."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"expected {wish}; the last that was written: {self.stream[-2000:]!r}"
            self.read()

    def wait_for(self, text: str | bytes) -> None:
        """Read on until a text has been written."""
        wanted = text.encode() if isinstance(text, str) else text
        self.wait_until(lambda: wanted in self.stream, f"{wanted!r}")

    def wait_for_new(self, text: str | bytes) -> None:
        """Forget what was written so far and read on until a text is written."""
        self.stream = b""
        self.wait_for(text)

    def wait_for_picture(self) -> None:
        """Read on until a picture stands: the header counts processes."""
        self.wait_until(lambda: PICTURE.search(self.stream) is not None, "a picture")

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self.master, keys)

    def wait_for_end(self) -> int:
        """Read on until the program has ended, and return its exit status."""
        self.wait_until(lambda: self.process.poll() is not None, "the program to end")
        self.read()
        status = self.process.returncode
        assert status is not None
        return status

    def assert_restored(self) -> None:
        """Check that the terminal is as it was: settings, screen, cursor, mouse."""
        after = termios.tcgetattr(self.slave)
        assert after[:4] == self.before[:4]
        for on, off in ((b"?1049h", b"?1049l"), (b"?25l", b"?25h"), (b"?1000h", b"?1000l"), (b"?2004h", b"?2004l")):
            assert self.stream.rfind(off) > self.stream.rfind(on), f"{on!r} was not taken back"


@contextlib.contextmanager
def explorer(
    *arguments: str, env: dict[str, str] | None = None, program: Sequence[str] = EXPLORER
) -> Iterator[RecordedPty]:
    """Run the explorer until its first picture stands."""
    with RecordedPty(*arguments, program=program, env=env) as terminal:
        terminal.wait_for_picture()
        yield terminal


def gone(processes: Sequence[psutil.Process]) -> bool:
    """Whether none of the processes is left; what only waits to be collected is gone."""
    return not any(_alive(process) for process in processes)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _take_the_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
