"""Threads with a descriptor table of their own: `unshare(CLONE_FILES)` parts a thread from its process."""

from sockscope.kernel import kcmp
from sockscope.kernel.process import ProcessStat
from sockscope.kernel.procfs import Procfs

MAX_THREADS = 4096
"""Threads of one process that are compared; a process with more is a load test or a bomb."""


def private_threads(procfs: Procfs, pid: int, stat: ProcessStat) -> tuple[int, ...]:
    """List one thread for each further table of a process, by tid; empty where kcmp is denied.

    A process whose main thread has ended keeps its table in the others (kcmp fails with EBADF for the
    dead one): the first of them stands for it.
    """
    if stat.threads < 2:  # noqa: PLR2004  # the main thread alone
        return ()
    try:
        tids = procfs.tasks(pid)[:MAX_THREADS]
    except OSError:
        return ()
    tables = [] if stat.state == "Z" else [pid]
    for tid in tids:
        if tid != pid and _is_new(tid, tables):
            tables.append(tid)
    return tuple(tid for tid in tables if tid != pid)


def _is_new(tid: int, tables: list[int]) -> bool:
    try:
        return not any(kcmp.same_table(tid, other) for other in tables)
    except OSError:
        return False
