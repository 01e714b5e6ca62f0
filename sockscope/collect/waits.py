"""What threads wait in, read when somebody looks: their calls, and on request the sets of `poll` and `select`."""

import platform
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import ours
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.frames.messages import Waiting
from sockscope.kernel import kcmp
from sockscope.kernel.memory import read_memory
from sockscope.kernel.polled import AskedSet, locate_set, parse_set
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.wait import SyscallState, describe, halted
from sockscope.model.wait import Halt

MAX_THREADS = 64
"""Threads of one process whose system call is read."""
MAX_POLLED = 4096
"""Descriptors of one poll(2) or select(2) that are read."""
HALTED = {
    "stopped": ours("stopped by a signal, and goes on when it is continued"),
    "traced": ours("held by the process that traces it"),
    "frozen": ours("frozen with its cgroup"),
}

Slot = tuple[int, int]
"""(pid, fd)."""
Fds = tuple[int, ...]
"""Descriptors that one call waits on, ascending."""

_MACHINE = platform.machine()


class Waits:
    """Look at threads, for one question."""

    def __init__(self, procfs: Procfs, patience: Patience, *, inside: bool = False) -> None:
        """Read below the root of `procfs`, and only where that is asked for `inside` of processes.

        What lies in the memory of a process has `patience` asked, once for each call: a question that comes back to a
        thread gets the set that was read.
        """
        self._procfs = procfs
        self._patience = patience
        self._inside = inside
        self._sets: dict[tuple[int, int, SyscallState], Fds | None] = {}

    def of(self, pid: int, notes: list[Clean]) -> list[Waiting]:
        """List the threads of a process that are blocked in a system call; `notes` gets what was not seen, and why."""
        return list(self._threads(pid, None, notes))

    def on(self, slots: Sequence[Slot], notes: list[Clean]) -> list[Waiting]:
        """List the threads of the holders that are blocked on one of the given descriptors, or on what was not read.

        Notes also get the holders that are kept from going on: who is stopped accepts nothing, wherever he was.
        """
        wanted: dict[int, set[int]] = {}
        for pid, fd in slots:
            wanted.setdefault(pid, set()).add(fd)
        found: list[Waiting] = []
        for pid, fds in wanted.items():
            found += self._threads(pid, fds, notes)
            notes += self._standstill(pid)
        return found

    def _threads(self, pid: int, wanted: set[int] | None, notes: list[Clean]) -> Iterator[Waiting]:
        try:
            tids = self._procfs.tasks(pid)
        except OSError:
            return
        if len(tids) > MAX_THREADS:
            notes.append(ours("only the first {} of {} threads of {} were looked at", MAX_THREADS, len(tids), pid))
        looked_at = tids[:MAX_THREADS]
        for tid in looked_at:
            try:
                thread = self._thread(pid, tid, wanted, notes)
                thread = None if thread is None else _with_table(thread, looked_at)
            except PermissionError:
                if wanted is None:
                    notes.append(ours("system calls: permission denied (ptrace access is needed)"))
                return
            except (OSError, ValueError):
                continue  # the thread has ended
            if thread is not None and not (thread.own_table and wanted is not None):
                yield thread

    def _thread(self, pid: int, tid: int, wanted: set[int] | None, notes: list[Clean]) -> Waiting | None:
        state = self._call(pid, tid)
        if state is None or state.running or state.number < 0:
            return None
        name, fd = describe(state, _MACHINE)
        asked_set = locate_set(name, state.args, MAX_POLLED)
        fds = () if asked_set is None else self._set(pid, tid, state, asked_set)
        if fds is None and self._inside:
            who = ours("{}", pid) if tid == pid else ours("thread {} of {}", tid, pid)
            notes.append(ours("{} waits in {}(2), and on what could not be read", who, name))
        if asked_set is not None and fds is not None and self._call(pid, tid) != state:
            return None  # what was read may belong to another call
        if fds is not None and wanted is not None and fd not in wanted and wanted.isdisjoint(fds):
            return None
        return Waiting(pid, tid, name, fd, self._halted(pid, tid), fds or (), unread=fds is None)

    def _call(self, pid: int, tid: int) -> SyscallState | None:
        return self._procfs.syscall(pid, tid)

    def _set(self, pid: int, tid: int, state: SyscallState, asked_set: AskedSet) -> Fds | None:
        """Return the set of a call; None where it was not asked for, and where it could not be read."""
        if not self._inside:
            return None
        key = (pid, tid, state)
        if key not in self._sets:
            try:
                self._sets[key] = self._polled(pid, asked_set)
            except (NoAnswerError, OSError):
                self._sets[key] = None
        return self._sets[key]

    def _polled(self, pid: int, asked_set: AskedSet) -> Fds:
        """Read a set out of the memory of a process, which may keep us waiting; then none of it is read again soon."""

        def read() -> list[Raw]:
            return [read_memory(pid, address, asked_set.length) for address in asked_set.addresses]

        return parse_set(asked_set, self._patience.ask(("memory", pid), read))

    def _halted(self, pid: int, tid: int) -> Halt:
        state = self._procfs.stat(pid, tid).state
        try:
            wchan = self._procfs.wchan(pid, tid)
        except OSError:
            wchan = Raw()
        return halted(state, wchan)

    def _standstill(self, pid: int) -> Iterable[Clean]:
        try:
            why = self._halted(pid, pid)
            name = self._procfs.comm(pid)
        except (OSError, ValueError):
            return ()
        return (ours("{} {} is {}", pid, name, HALTED[why]),) if why else ()


def _with_table(wait: Waiting, tids: Iterable[int]) -> Waiting:
    """Add whose descriptor table the numbers of a call are of, and whether others have it."""
    own = wait.tid != wait.pid and _table(wait.tid, wait.pid) == "another"
    shared = any(_table(wait.tid, other) != "another" for other in tids if other != wait.tid)
    return msgspec.structs.replace(wait, own_table=own, shared=shared)


def _table(tid: int, other: int) -> Literal["one", "another", ""]:
    """Tell whether two threads have one descriptor table, "" unknown."""
    try:
        return "one" if kcmp.same_table(tid, other) else "another"
    except OSError:
        return ""
