"""Threads that wait for a futex in memory that other processes map too: a semaphore or lock between processes."""

import platform
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sockscope.abi.text import clean
from sockscope.collect.patience import NoAnswerError
from sockscope.collect.used_files import UsedFile, UsedFiles
from sockscope.frames.messages import FutexWait
from sockscope.kernel.futex import shared_futex
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.wait import SyscallState, describe

MAX_THREADS = 64
"""Threads of one process that are looked at."""
MAX_PROCESSES = 256

_MACHINE = platform.machine()


class _Sleeper(NamedTuple):
    tid: int
    call: SyscallState
    address: int


class Futexes:
    """Look at threads."""

    def __init__(self, procfs: Procfs, files: UsedFiles) -> None:
        """Read below the root of `procfs`, and take what is mapped from `files`."""
        self._procfs = procfs
        self._files = files

    def of(self, pids: Iterable[int]) -> tuple[FutexWait, ...]:
        """List the threads of some processes, as far as that is not denied."""
        wanted = list(dict.fromkeys(pids))[:MAX_PROCESSES]
        found = tuple(wait for pid in wanted for wait in self._waits(pid))
        self._files.close()
        return found

    def _waits(self, pid: int) -> Iterator[FutexWait]:
        sleepers = list(self._sleepers(pid))
        if not sleepers:
            return  # its mappings need not be read
        try:
            files = self._files.read(pid)
        except (NoAnswerError, OSError):
            return
        for sleeper in sleepers:
            mapped = _mapped(files, sleeper.address)
            # Who has gone on meanwhile may have been in other memory when that was read.
            if mapped is not None and self._call(pid, sleeper.tid) == sleeper.call:
                file, offset = mapped
                yield FutexWait(pid, sleeper.tid, clean(file.target), file.object, offset)

    def _sleepers(self, pid: int) -> Iterator[_Sleeper]:
        try:
            tids = self._procfs.tasks(pid)[:MAX_THREADS]
        except OSError:
            return
        for tid in tids:
            call = self._call(pid, tid)
            if call is None or call.number < 0:
                continue
            address = shared_futex(describe(call, _MACHINE)[0], call.args)
            if address:
                yield _Sleeper(tid, call, address)

    def _call(self, pid: int, tid: int) -> SyscallState | None:
        try:
            return self._procfs.syscall(pid, tid)
        except OSError:
            return None  # denied, or the thread has ended


def _mapped(files: Sequence[UsedFile], address: int) -> tuple[UsedFile, int] | None:
    """Find the file that is mapped at an address and shared there, with the offset into it."""
    for file in files:
        for mapping in file.mappings:
            if mapping.start <= address < mapping.end:
                return (file, address - mapping.start + mapping.offset) if mapping.shared else None
    return None
