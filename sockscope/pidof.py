"""Processes by name, as pidof finds them: what `--pid nginx` stands for."""

import os

from sockscope.kernel.process import parse_cmdline, parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.text import clean


def pids_named(procfs: Procfs, name: str) -> list[int]:
    """List the processes with this short name, or started as a program of this name.

    Neither the one that asks nor what has ended and only waits for its parent (a zombie).
    """
    return [pid for pid in procfs.pids() if pid != os.getpid() and name in _names(procfs, pid)]


def _names(procfs: Procfs, pid: int) -> set[str]:
    try:
        stat = parse_stat(procfs.read(pid, "stat"))
        arguments = parse_cmdline(procfs.read(pid, "cmdline"))
    except OSError:  # it has ended meanwhile
        return set()
    if stat.state in {"Z", "X"}:
        return set()
    comm = clean(stat.comm)
    return {comm, arguments[0].rpartition("/")[2]} if arguments else {comm}
