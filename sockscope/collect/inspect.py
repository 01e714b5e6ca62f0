"""One descriptor or one process in depth, read when somebody looks at it."""

import platform
from collections.abc import Callable, Iterable

import psutil

from sockscope.collect.answering import Answering
from sockscope.collect.enrich import add_size, add_watched_paths
from sockscope.frames.messages import Answer, DescriptorReport, Inspect, ProcessReport, Waiting
from sockscope.kernel import kcmp
from sockscope.kernel.fdinfo import decode
from sockscope.kernel.links import parse_link
from sockscope.kernel.process import parse_stat, parse_status
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.signals import signal_names
from sockscope.kernel.text import clean, clean_lines
from sockscope.kernel.wait import describe, parse_syscall
from sockscope.model.descriptor import Fields

RAW_LIMIT = 256 << 10
"""Bytes of fdinfo that are sent; an epoll with thousands of registrations has more."""
STATUS_LIMIT = 64 << 10
MAX_HOLDERS = 256
MAX_THREADS = 64
"""Threads of one process whose system call is read."""

Slot = tuple[int, int]
"""(pid, fd)."""

_MACHINE = platform.machine()


class Inspector:
    """Answer `Inspect` requests."""

    def __init__(self, procfs: Procfs, answering: Answering, details: Callable[[int], Fields] | None = None) -> None:
        """Read below the root of `procfs` of who is `answering`; `details` tells more of a socket by its inode."""
        self._procfs = procfs
        self._answering = answering
        self._details = details

    def answer(self, request: Inspect, kind: str | None) -> Answer:
        """Look at one process, and at one of its descriptors when the request names one.

        Args:
            request: what is asked for.
            kind: the kind of the descriptor where it is known; else its link says.
        """
        error = self._silence(request.pid) or self._identity_error(request.pid, request.start)
        if error:
            return Answer(request.id, request.pid, request.start, request.fd, None, None, (), error)
        process = self._process(request.pid)
        descriptor: DescriptorReport | None = None
        waiters: tuple[Waiting, ...] = ()
        holders = [one for one in request.holders[:MAX_HOLDERS] if self._answering.check(one[0])]
        if request.fd >= 0:
            try:
                descriptor = self._descriptor(request.pid, request.fd, kind)
            except OSError as problem:
                error = f"{request.pid}:{request.fd}: {problem.strerror}"
            waiters = tuple(self._waiters([(request.pid, request.fd), *holders]))
        same, others = compare_files((request.pid, request.fd), holders if descriptor else ())
        # Asked again at the end: what was read in between belongs to the process only if it still lives.
        gone = self._identity_error(request.pid, request.start)
        return Answer(
            id=request.id,
            pid=request.pid,
            start=request.start,
            fd=request.fd,
            process=process,
            descriptor=descriptor,
            waiters=waiters,
            error=gone or error,
            same_file=same,
            other_files=others,
        )

    def _silence(self, pid: int) -> str:
        return "" if self._answering.check(pid) else f"process {pid} does not answer"

    def _identity_error(self, pid: int, start: int) -> str:
        try:
            found = parse_stat(self._procfs.read(pid, "stat", STATUS_LIMIT)).start
        except (OSError, ValueError):
            return f"process {pid} has ended"
        return "" if found == start else f"process {pid} has ended, its number now means another process"

    def _descriptor(self, pid: int, fd: int, kind: str | None) -> DescriptorReport:
        link = parse_link(self._procfs.link(pid, f"fd/{fd}"))
        kind = kind or ("file" if link.kind == "path" else link.kind)
        raw = self._procfs.read(pid, f"fdinfo/{fd}", RAW_LIMIT)
        fields = decode(kind, raw)
        if kind == "file":
            add_size(link.path, fields)
        elif kind == "inotify":
            add_watched_paths(self._procfs, fields)
        details = self._details(link.ino) if self._details and kind == "socket" else {}
        return DescriptorReport(clean_lines(raw).rstrip("\n"), fields, details)

    def _process(self, pid: int) -> ProcessReport:
        notes: list[str] = []
        cwd = self._place(pid, "cwd", notes)
        exe = self._place(pid, "exe", notes)
        try:
            created = psutil.Process(pid).create_time()
        except psutil.Error:
            created = 0.0
        waiting = self._threads(pid, notes)
        try:
            threads = len(self._procfs.tasks(pid))
        except OSError:
            threads = 0
        return ProcessReport(cwd, exe, threads, tuple(waiting), self._signals(pid), created, tuple(notes))

    def _place(self, pid: int, name: str, notes: list[str]) -> str:
        """Name the working directory or executable of a process, "" with a note where it is hidden.

        As the kernel writes it: whether the file is still there would have to be asked on its file system,
        which may not answer.
        """
        try:
            return clean(self._procfs.link(pid, name))
        except PermissionError:
            notes.append(f"{name}: permission denied")
        except ProcessLookupError:
            notes.append(f"{name}: the process has ended")
        except FileNotFoundError:
            pass  # a kernel thread has none
        return ""

    def _signals(self, pid: int) -> Fields:
        try:
            status = parse_status(self._procfs.read(pid, "status", STATUS_LIMIT))
        except OSError:
            return {}
        return {
            "caught": signal_names(status.sigcgt),
            "ignored": signal_names(status.sigign),
            "blocked": signal_names(status.sigblk),
        }

    def _threads(self, pid: int, notes: list[str]) -> list[Waiting]:
        """List the threads that are blocked in a system call now."""
        found: list[Waiting] = []
        try:
            tids = self._procfs.tasks(pid)
        except OSError:
            return found
        if len(tids) > MAX_THREADS:
            notes.append(f"only the first {MAX_THREADS} of {len(tids)} threads were looked at")
        for tid in tids[:MAX_THREADS]:
            try:
                state = parse_syscall(self._procfs.read(pid, f"task/{tid}/syscall", 4096))
            except PermissionError:
                notes.append("system calls: permission denied (ptrace access is needed)")
                return found
            except OSError:
                continue  # the thread has ended
            if state is None or state.running or state.number < 0:
                continue
            name, fd = describe(state, _MACHINE)
            found.append(Waiting(pid, tid, name, fd))
        return found

    def _waiters(self, holders: Iterable[tuple[int, int]]) -> Iterable[Waiting]:
        """List the threads of the holders that are blocked on one of the given descriptors."""
        wanted: dict[int, set[int]] = {}
        for pid, fd in holders:
            wanted.setdefault(pid, set()).add(fd)
        for pid, fds in wanted.items():
            yield from (one for one in self._threads(pid, []) if one.fd in fds)


def compare_files(slot: Slot, others: Iterable[Slot]) -> tuple[tuple[Slot, ...], tuple[Slot, ...]]:
    """Tell which descriptors share the open file description of another, and which have one of their own.

    kcmp(2) decides; one that it may not compare, or that has just been closed, is in neither part.
    """
    same: list[Slot] = []
    apart: list[Slot] = []
    for other in others:
        try:
            one = kcmp.compare_files(slot[0], slot[1], other[0], other[1]) == 0
        except OSError:
            continue
        (same if one else apart).append(other)
    return tuple(same), tuple(apart)
