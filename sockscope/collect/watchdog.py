"""A way out of a wait that nothing ends, and of work that nothing ends: whoever looks may be made to do either.

A thread in such a wait hears no signal but one that kills the process (a file server that has taken its request and
is silent keeps it even then). So another thread watches, and ends the process.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours
from sockscope.kernel.procfs import Procfs

LOOKS, PAUSE = 5, 1.0
"""Looks in a row that find one and the same sleep, and seconds between them, until it counts as endless."""
REASON = ours("it waits in the kernel, as for a process or a file server that does not answer")
"""What is known: the sleep. For what, no other thread can tell."""
MOST_WORK = 120.0
"""Seconds of processor time for one look or one answer: a hundred times what a crowded machine takes. All loops over
what others control are bounded (`allowance.py`); this is for the one that nobody has thought of."""
TOO_MUCH = ours("looking took more than two minutes of processor time: something makes it far too much work")


class Sleep:
    """A process or thread that has work to do, and may be in such a wait."""

    def __init__(self, procfs: Procfs, pid: int, tid: int = 0) -> None:
        """Watch a process, or one thread of it."""
        self._procfs = procfs
        self._pid = pid
        self._tid = tid
        self._since = -1
        self._looks = 0

    def interrupt(self) -> None:
        """Forget the looks so far: it is allowed to sleep."""
        self._looks, self._since = 0, -1

    def is_endless(self) -> bool:
        """Look once more, and tell whether it has been in one sleep for all of the last looks."""
        try:
            sleep = self._procfs.sleep(self._pid, self._tid)
        except OSError:
            return False  # it has ended
        self._looks = self._looks + 1 if sleep >= 0 and sleep == self._since else 0
        self._since = sleep
        return self._looks >= LOOKS


class Toil:
    """How much a thread has worked on one thing."""

    def __init__(self) -> None:
        """Watch the thread that makes it."""
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._since = 0.0

    def begin(self) -> None:
        """Begin with another thing; to be called by the thread itself."""
        self._since = time.clock_gettime(self._clock)

    def is_endless(self) -> bool:
        """Tell whether it has worked for longer on it than anything should take."""
        return time.clock_gettime(self._clock) - self._since > MOST_WORK


class Watchdog:
    """Watch the thread that makes it, while that looks at something."""

    def __init__(self, procfs: Procfs, give_up: Callable[[Clean], None]) -> None:
        """Have `give_up` called with the reason, in another thread, before this process is killed."""
        self._toil = Toil()
        self._sleep = Sleep(procfs, os.getpid(), threading.get_native_id())
        self._give_up = give_up
        self._looking = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Watch as long as the block runs; what sleeps in there for long, or never gets done, has been caught."""
        self._toil.begin()
        self._looking = True
        try:
            yield
        finally:
            self._looking = False

    def __enter__(self) -> Self:
        """Get ready, if there may be another thread at all."""
        try:
            self._thread.start()
        except RuntimeError:
            self._over.set()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        if not self._over.is_set():
            self._over.set()
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(PAUSE):
            if not self._looking:
                self._sleep.interrupt()
                continue
            reason = REASON if self._sleep.is_endless() else TOO_MUCH if self._toil.is_endless() else NOTHING
            if reason:
                self._give_up(reason)
                os.kill(os.getpid(), signal.SIGKILL)
                return


def kill_endless(procfs: Procfs, pid: int) -> Callable[[], bool]:
    """Return what is to be called once a `PAUSE`: it kills a child in an endless wait, and then says True."""
    sleep = Sleep(procfs, pid)

    def look() -> bool:
        if not sleep.is_endless():
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    return look
