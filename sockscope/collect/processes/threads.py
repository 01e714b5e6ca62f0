"""Threads with a descriptor table of their own: `unshare(CLONE_FILES)` parts a thread from its process."""

from sockscope.collect.tables.compared import LOWER
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
    # In the order of the kernel: one thread for each table.
    tables = [] if stat.state == "Z" else [pid]
    found = []
    for tid in tids:
        if tid == pid:
            continue
        position = _place(tid, tables)
        if position is not None:
            tables.insert(position, tid)
            found.append(tid)
    return tuple(found)


def _place(tid: int, tables: list[int]) -> int | None:
    """Find where the table of a thread stands among others by binary search, None where it is one of them."""
    low, high = 0, len(tables)
    try:
        while low < high:
            middle = (low + high) // 2
            order = kcmp.compare_tables(tid, tables[middle])
            if order == 0:
                return None
            low, high = (low, middle) if order == LOWER else (middle + 1, high)
    except OSError:
        return None
    return low
