"""What all threads of the machine wait for: read once when a thread has stopped running, and kept while it rests.

A thread that waits in a call cannot leave it without coming to run, which its `schedstat` counts at once. That is
read before the call is: what ran in between is found out at the next look.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field

from sockscope.collect.counters import Counters
from sockscope.collect.processes.activity import Activity
from sockscope.collect.processes.answering import Answering
from sockscope.collect.processes.walked import Watched
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.wait import halted
from sockscope.kernel.waited import waited
from sockscope.model.keys import ProcessKey
from sockscope.model.wait import ProcessWaits, Wait

MAX_THREADS = 1024
"""Threads of one process that are looked at; the others are counted."""
MAX_LOOK = 32_768
"""Threads that are looked at in one look; whoever comes after has his counted, and is seen at the next."""

_MACHINE = platform.machine()


@dataclass(slots=True)
class _Thread:
    """What is known of one thread."""

    run: bytes
    """Its `schedstat`, read before all else."""
    wait: Wait | None
    """None for one that runs."""


@dataclass(slots=True)
class _Known:
    """What is remembered of one process."""

    run: bytes
    """`Activity.run` when it was looked at, b"" where that says nothing."""
    said: ProcessWaits
    threads: dict[int, _Thread] = field(default_factory=dict)


class ThreadWaits:
    """Read what threads wait for, those that have run since the look before."""

    def __init__(self, procfs: Procfs, answering: Answering, counters: Counters) -> None:
        """Read below the root of `procfs` of who is `answering`."""
        self._procfs = procfs
        self._answering = answering
        self._counters = counters
        self._known: dict[ProcessKey, _Known] = {}
        self._left = 0

    def refresh(self, watched: Mapping[ProcessKey, Watched], now: float) -> dict[ProcessKey, ProcessWaits]:
        """Look at the processes of a walk; `now` is in seconds since the epoch.

        What has not changed is the very object of the look before.
        """
        self._left = MAX_LOOK
        known: dict[ProcessKey, _Known] = {}
        for key, one in watched.items():
            if one.process.kernel_thread or one.process.thread_of or one.activity is None:
                continue
            before = self._known.get(key)
            if before is None or not _rests(before, one.activity):
                before = self._look(key, one.activity, before, now)
            known[key] = before
        self._known = known
        return {key: one.said for key, one in known.items()}

    def _look(self, key: ProcessKey, activity: Activity, before: _Known | None, now: float) -> _Known:
        threads: dict[int, _Thread] = {}
        count = activity.threads
        # Asked just before: it may have begun to become another program since the walk, and `syscall` waits for that.
        if self._left > 0 and self._answering.check(key.pid):
            tids = self._tids(key.pid, activity)
            count = max(len(tids), 1)
            wanted = tids[: min(MAX_THREADS, self._left)]
            self._left -= len(wanted)
            run = activity.run if len(tids) == 1 == activity.threads else b""
            for tid in wanted:
                thread = self._thread(key.pid, tid, run, before.threads.get(tid) if before else None, now)
                if thread is not None:
                    threads[tid] = thread
        waits = tuple(one.wait for _, one in sorted(threads.items()) if one.wait is not None)
        running = len(threads) - len(waits)
        spent = sum(_spent(one.run) for one in threads.values())
        said = ProcessWaits(key.pid, key.start, waits, running, count - len(threads), spent)
        if before is not None and before.said == said:
            said = before.said
        return _Known(activity.run, said, threads)

    def _tids(self, pid: int, activity: Activity) -> list[int]:
        if activity.threads == 1:
            return [pid]
        try:
            return self._procfs.tasks(pid)
        except OSError:
            return []

    def _thread(self, pid: int, tid: int, run: bytes, before: _Thread | None, now: float) -> _Thread | None:
        """Look at one thread, whose `schedstat` is `run` where that is known; None where nothing may be read."""
        try:
            run = run or self._procfs.schedstat(pid, tid)
            if before is not None and before.run == run and before.wait is not None:
                return before
            self._counters.waits += 1
            state = self._procfs.syscall(pid, tid)
            found = None if state is None else waited(state, _MACHINE)
            if found is None:
                return _Thread(run, None)
            letter = self._procfs.letter(pid, tid)
            halt = halted(letter, self._procfs.wchan(pid, tid))
        except (OSError, ValueError):
            return None
        wait = Wait(tid, *found, halt, round(now, 3), _slices(run))
        return _Thread(run, wait)


def _rests(before: _Known, now: Activity) -> bool:
    """Tell whether no thread of a process has run since it was looked at, and nothing was left open then."""
    return bool(now.run) and now.run == before.run and not before.said.running


def _spent(schedstat: bytes) -> int:
    return int(schedstat.split(maxsplit=1)[0]) if schedstat else 0


def _slices(schedstat: bytes) -> int:
    return int(schedstat.split()[2])
