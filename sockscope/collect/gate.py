"""The activity gate: whether a process may have changed its descriptor table since it was walked.

A table changes only while a thread that shares it runs. `/proc/PID/task/TID/schedstat` counts the
time each thread has run, in nanoseconds; where the sum, the number of threads and the start time are
as before, and no thread was running then or now, the table is as it was. (Exceptions: a seccomp
supervisor may inject a descriptor, and two processes may share one table by CLONE_FILES. The number of
open descriptors shows most of these, the slow walk of everything finds the rest.)
"""

from typing import NamedTuple

from sockscope.kernel.procfs import Procfs

MANY_THREADS = 64
"""A process with more threads is walked at each refresh: asking for each thread would cost as much."""


class Activity(NamedTuple):
    """How much a process has run."""

    start: int
    threads: int
    run_time: int
    """Nanoseconds, summed over its threads; -1 where it could not be learnt."""
    running: bool
    fd_count: int
    """Open descriptors, -1 unknown: another process may share the table, or put something into it."""


def read_activity(procfs: Procfs, pid: int, start: int, threads: int, *, running: bool) -> Activity:
    """Read how much a process has run. To be read before the table, so that a change in between shows.

    Args:
        procfs: where to read.
        pid: the process.
        start: its start time, from `stat`.
        threads: how many it has, from `stat`.
        running: whether its main thread is running, from `stat`.
    """
    return Activity(start, threads, _run_time(procfs, pid, threads), running, procfs.fd_count(pid))


def unchanged(before: Activity | None, now: Activity) -> bool:
    """Tell whether the table cannot have changed between two looks."""
    return before == now and not now.running and now.run_time >= 0


def _run_time(procfs: Procfs, pid: int, threads: int) -> int:
    if threads > MANY_THREADS:
        return -1
    try:
        if threads == 1:
            return _parse(procfs.read(pid, "schedstat", 128))
        return sum(_parse(procfs.read(pid, f"task/{tid}/schedstat", 128)) for tid in procfs.tasks(pid))
    except OSError:
        return -1


def _parse(data: bytes) -> int:
    """Parse the run time and the number of time slices of `schedstat` into one number that only grows.

    The run time is settled when a thread leaves the processor and the number of slices when it
    enters one, so their sum changes in either case. A kernel without CONFIG_SCHED_INFO writes zeros,
    which say nothing.
    """
    run_time, _, slices = (*data.split(), b"0", b"0", b"0")[:3]
    if slices == b"0":
        msg = "schedstat is not kept by this kernel"
        raise OSError(msg)
    return int(run_time) + int(slices)
