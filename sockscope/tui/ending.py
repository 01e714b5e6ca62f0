"""The end of the explorer that nobody pressed a key for: a signal, or a terminal that is gone.

Textual writes to the terminal through a short queue; when nobody reads the terminal, its event loop
waits for that queue and answers nothing any more, signals included. So a thread of its own watches,
asks the app to leave, and makes an end when it cannot.
"""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import FrameType

PATIENCE = 2.0
"""Seconds that the terminal gets to take what is written; then it is thrown away, so that the app can leave."""
LAST_PATIENCE = 10.0
"""Seconds that the app then gets to leave in order; ending a stuck collector takes most of them."""
_STEP = 0.05
SIGNALS = (
    signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
    signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, signal.SIGXCPU, signal.SIGPWR, signal.SIGSTKFLT,
)  # fmt: skip
"""Those that end a process and can be answered from outside of what it was doing (`signal(7)`)."""
_RESTORE = (
    b"\x1b\\"  # ends whatever sequence was cut off
    b"\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?2004l\x1b[?2048l\x1b[?1004l"
    b"\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[m"
)


class Ending:
    """Watches over the terminal on standard input."""

    def __init__(self) -> None:
        """Remember the terminal as it is, before the app changes it."""
        self._terminal = sys.stdin.fileno()
        self._settings = termios.tcgetattr(self._terminal)
        self._wake, self._call = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._left = threading.Event()
        self._discarded = False

    def watch(self, leave: Callable[[], None]) -> None:
        """Call `leave`, from another thread, when it is time; end the process when that does not help.

        To be called in the main thread.
        """
        for number in SIGNALS:
            signal.signal(number, self._answer)
        threading.Thread(target=self._watch, args=(leave,), name="ending", daemon=True).start()

    def left(self) -> None:
        """Say that the app has left the terminal, and repeat what got lost of its farewell."""
        self._left.set()
        if self._discarded:
            self._restore()

    def _answer(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # as signal.signal calls it
        # Runs even while the main thread waits for a lock; full pipe: the thread has been woken already.
        with contextlib.suppress(BlockingIOError):
            os.write(self._call, b".")

    def _watch(self, leave: Callable[[], None]) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        # No event is asked for: only a hang-up is reported.
        poll.register(self._terminal, 0)
        poll.poll()
        with contextlib.suppress(RuntimeError):  # the event loop has ended just now
            leave()
        if self._left.wait(PATIENCE):
            return
        self._discarded = True
        end = time.monotonic() + LAST_PATIENCE
        while time.monotonic() < end:
            self._discard()
            if self._left.wait(_STEP):
                return
        # Not in this thread: the write may wait for ever.
        threading.Thread(target=self._restore, daemon=True).start()
        self._left.wait(_STEP)
        os._exit(128 + signal.SIGHUP)

    def _discard(self) -> None:
        """Throw away what the terminal has not taken, and wake blocked writes: the kernel does not tell them."""
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcflush(self._terminal, termios.TCOFLUSH)
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.ident is not None:
                with contextlib.suppress(ProcessLookupError):  # it has ended just now
                    signal.pthread_kill(thread.ident, signal.SIGHUP)

    def _restore(self) -> None:
        """Give the terminal back past everything that waits to be written."""
        with contextlib.suppress(OSError, termios.error):  # the terminal is gone
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._settings)
            termios.tcflush(self._terminal, termios.TCOFLUSH)
            os.write(self._terminal, _RESTORE)
