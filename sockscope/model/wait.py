"""What the threads of a process wait for, as they were found when they last stopped running."""

from typing import Literal

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.model.keys import ProcessKey

Halt = Literal["", "stopped", "traced", "frozen"]
"""What keeps a thread from going on: a signal, who traces it, or its cgroup."""
Manner = Literal["", "private", "shared", "lock", "signal"]
"""What a call waits for beyond its descriptor: another thread of its process (a private futex), whoever has the same
memory (a shared futex), who holds a lock on the file, or a signal alone."""


class Wait(Struct, frozen=True, array_like=True, gc=False):
    """One thread that is blocked (`/proc/PID/task/TID/syscall`)."""

    tid: int
    call: Clean
    """Name of the call, its number where the architecture's table is not known, "" for one outside of a call."""
    fd: int = -1
    """The descriptor that the call works on, -1 for none."""
    timed: bool = False
    """Whether the call returns by itself: it was given a timeout."""
    child: int = 0
    """Of a wait for a child: its pid, -1 for any child; 0 for every other call."""
    manner: Manner = ""
    halted: Halt = ""
    """It was in the call when that happened, and does not wait on before it goes on."""
    since: float = 0.0
    """Seconds since the epoch when it was first seen so; it has not run since."""
    slices: int = 0
    """How often it had come to run by then (`schedstat`): as long as that stays, it is the same wait."""


class ProcessWaits(Struct, frozen=True, array_like=True, gc=False):
    """All threads of one process."""

    pid: int
    start: int
    waits: tuple[Wait, ...] = ()
    """Those that are blocked, by tid."""
    running: int = 0
    """How many others were found running, or ready to."""
    unread: int = 0
    """Of how many nothing could be read, or was: permission, or too many."""
    run_ns: int = 0
    """Processor time of all its living threads so far; 0 unknown."""

    @property
    def key(self) -> ProcessKey:
        """The process."""
        return ProcessKey(self.pid, self.start)

    @property
    def threads(self) -> int:
        """How many threads it has."""
        return len(self.waits) + self.running + self.unread
