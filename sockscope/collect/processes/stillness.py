"""Whether processes have stood still since their tables were read, so that several questions are as good as one.

A thread that was found asleep after its `schedstat` was read, and whose `schedstat` is the same later, has not run
between: coming to run counts at once, and the time that a thread runs is settled when it stops. Descriptor tables may
be shared by several processes (`clone(CLONE_FILES)`): then all of them have to have stood still.
"""

import os
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct

from sockscope.collect.processes.activity import Activity, read_run
from sockscope.kernel.procfs import Procfs

MAX_THREADS = 512
"""Threads of one process that are watched for a moment; asking for more takes longer than such a moment lasts."""
Sharers = Callable[[int], Iterable[int]]
"""Who shares the descriptor table of a process: itself and others."""


class Moment(Struct, frozen=True):
    """A time that has begun, in which some processes are watched."""

    runs: tuple[tuple[int, bytes], ...]
    """`schedstat` of all threads at its beginning, by process."""

    @property
    def threads(self) -> int:
        """How many are watched: what it costs to ask whether it lasts."""
        return sum(run.count(b"\n") for _, run in self.runs)


class Stillness:
    """Tell who has moved since a table was read, or since a moment began.

    This process itself counts as still: what it opens while it looks, it leaves out.
    """

    def __init__(self, procfs: Procfs, sharers: Sharers) -> None:
        """Ask below `procfs`; whoever is among the `sharers` of a process can change its table."""
        self._procfs = procfs
        self._sharers = sharers
        self._since: dict[int, Activity] = {}
        self._asleep: dict[int, Activity] = {}

    def begin(self, since: dict[int, Activity]) -> None:
        """Start a look: `since` tells for each process how much it had run when its table was read."""
        self._since = since
        self._asleep = {pid: found for pid, found in self._asleep.items() if since.get(pid) is found}

    def moved(self, pids: Collection[int]) -> set[int]:
        """Return those of some processes that may have changed their tables since these were read."""
        ran: dict[int, bool] = {}
        return {pid for pid in pids if any(self._ran(one, ran) for one in self._sharers(pid))}

    def moment(self, pid: int) -> Moment | None:
        """Begin to watch a process; None where it is running, or cannot be watched."""
        runs = tuple((one, self._run(one)) for one in self._sharers(pid) if one != os.getpid())
        if all(run for _, run in runs) and not any(self._is_running(one) for one, _ in runs):
            return Moment(runs)
        return None

    def lasts(self, moment: Moment) -> bool:
        """Tell whether none of those who are watched has run since the moment began."""
        return all(self._run(pid) == run for pid, run in moment.runs)

    def _ran(self, pid: int, known: dict[int, bool]) -> bool:
        if pid not in known:
            known[pid] = pid != os.getpid() and self._has_run(pid)
        return known[pid]

    def _has_run(self, pid: int) -> bool:
        since = self._since.get(pid)
        if since is None or not since.run or since.running:
            return True
        if self._asleep.get(pid) is not since:
            if self._is_running(pid):
                return True
            self._asleep[pid] = since
        return (
            read_run(self._procfs, pid, since.threads) != since.run
            or self._procfs.table_state(pid) != (since.inode, since.fd_count)
        )  # fmt: skip

    def _run(self, pid: int) -> bytes:
        try:
            threads = len(self._procfs.tasks(pid))
        except OSError:
            return b""
        return read_run(self._procfs, pid, threads, most=MAX_THREADS)

    def _is_running(self, pid: int) -> bool:
        """Tell whether a thread of a process runs or is about to, or cannot be asked."""
        try:
            tids = self._procfs.tasks(pid)
            return any(self._state(pid, tid) == "R" for tid in tids)
        except (OSError, ValueError):
            return True

    def _state(self, pid: int, tid: int) -> str:
        return self._procfs.stat(pid, tid).state
