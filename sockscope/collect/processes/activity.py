"""Activity: whether a process may have changed its descriptor table since it was walked.

A table changes only while a thread that shares it runs. `/proc/PID/task/TID/schedstat` counts the time each
thread has run, in nanoseconds, and how often it came to run; where these, the number of threads and the
identity of the process are as before, and no thread was running when its table had been walked, the table is
as it was. (Exceptions: a seccomp supervisor may inject a descriptor, and two processes may share one table by
CLONE_FILES. The number of open descriptors shows most of these, the slow walk of everything finds the rest.)
"""

from typing import NamedTuple

from sockscope.kernel.procfs import Procfs

MANY_THREADS = 64
"""A process with more threads is walked at each refresh: asking for each thread would cost as much."""


class Activity(NamedTuple):
    """How much a process has run."""

    start: int
    threads: int
    run: bytes
    """`schedstat` of its threads, one after the other; empty where it could not be learnt."""
    running: bool
    fd_count: int
    """Open descriptors, -1 unknown: another process may share the table, or put something into it."""
    inode: int
    """Of `/proc/PID/fd`, which no other process ever has; 0 unknown."""


def read_activity(procfs: Procfs, pid: int, start: int, threads: int, *, running: bool) -> Activity:
    """Read how much a process has run. To be read before the table, so that a change in between shows.

    Args:
        procfs: where to read.
        pid: the process.
        start: its start time, from `stat`.
        threads: how many it has, from `stat`.
        running: whether its main thread is running, from `stat`.
    """
    run = read_run(procfs, pid, threads)
    inode, count = procfs.table_state(pid)
    return Activity(start, threads, run, running, count, inode)


def unchanged(before: Activity | None, now: Activity) -> bool:
    """Tell whether the table cannot have changed between two looks."""
    return before == now and not now.running and now.run != b""


def stands(procfs: Procfs, pid: int, since: Activity) -> bool:
    """Tell whether a process has not run since its activity was read: what was read between is of one moment."""
    return not since.running and since.run != b"" and read_run(procfs, pid, since.threads) == since.run


def rests(procfs: Procfs, pid: int, before: Activity) -> bool:
    """Tell whether a process is the one it was and has not run since, from two files and without its `stat`.

    A thread that sleeps cannot run without coming to run, which `schedstat` counts at once; so what it did not
    do at the look before it does not do now, whatever its state is.
    """
    if before.running or not before.run or not before.inode:
        return False
    if read_run(procfs, pid, before.threads) != before.run:
        return False
    return procfs.table_state(pid) == (before.inode, before.fd_count)


def read_run(procfs: Procfs, pid: int, threads: int, most: int = MANY_THREADS) -> bytes:
    """Read `schedstat` of each thread of a process; empty where one cannot be read or there are more than `most`."""
    if threads > most:
        return b""
    try:
        if threads == 1:
            return _checked(procfs.schedstat(pid))
        return b"".join(_checked(procfs.schedstat(pid, tid)) for tid in procfs.tasks(pid))
    except OSError:
        return b""


def _checked(schedstat: bytes) -> bytes:
    """Return the run time, the time spent waiting and the number of time slices as they are.

    The run time is settled when a thread leaves the processor and the number of slices when it enters one, so
    either changes some of the bytes. A kernel without CONFIG_SCHED_INFO writes zeros, which say nothing.
    """
    if schedstat.endswith((b" 0\n", b" 0")) or not schedstat:
        msg = "schedstat is not kept by this kernel"
        raise OSError(msg)
    return schedstat
