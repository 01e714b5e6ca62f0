"""What a process has used so far, for who looks at one: psutil knows each file and every errno of it (`proc(5)`)."""

import contextlib
from collections.abc import Callable

import psutil

from sockscope.model.descriptor import CleanFields

ONE_CPU_FOR_EACH = 1024
"""Processors that are listed at most; whoever may run on more is not confined in a way worth telling."""


def created(pid: int) -> float:
    """Return when a process began, in seconds since the epoch; 0 where that is not known."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def metadata(pid: int) -> CleanFields:
    """Tell what a process has used: `memory_bytes`, `cpu_s`, `nice`, `read_bytes`, `written_bytes`, `cpus`.

    None of it lies in the memory of the process, so nobody is waited for. What is denied, or was never counted, is left
    out; all of it where the process has ended.
    """
    found: CleanFields = {}
    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return found
    with process.oneshot():
        for read in READERS:
            with contextlib.suppress(psutil.Error, OSError):
                found |= read(process)
    return found


def _memory(process: psutil.Process) -> CleanFields:
    return {"memory_bytes": process.memory_info().rss}


def _cpu(process: psutil.Process) -> CleanFields:
    times = process.cpu_times()
    return {"cpu_s": round(times.user + times.system, 2)}


def _nice(process: psutil.Process) -> CleanFields:
    return {"nice": process.nice()}


def _io(process: psutil.Process) -> CleanFields:
    counted = process.io_counters()
    return {"read_bytes": counted.read_bytes, "written_bytes": counted.write_bytes}


def _cpus(process: psutil.Process) -> CleanFields:
    allowed = process.cpu_affinity() or []
    confined = len(allowed) < (psutil.cpu_count() or 0)
    return {"cpus": allowed} if confined and len(allowed) <= ONE_CPU_FOR_EACH else {}


READERS: tuple[Callable[[psutil.Process], CleanFields], ...] = (_memory, _cpu, _nice, _io, _cpus)
"""Each denied, or not, for itself."""
