"""One descriptor or one process in depth, read when somebody looks at it."""

import contextlib
from collections.abc import Iterable, Sequence

from sockscope.abi.signals import signal_names
from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean, clean_lines, clean_str, ours
from sockscope.collect.blocked import AskedFifo, BlockedThreads
from sockscope.collect.collector import Collector
from sockscope.collect.file_locks import read_file_locks
from sockscope.collect.futexes import Futexes
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.collect.sockets.details import socket_details
from sockscope.collect.tables.inspected_paths import ADD, add_file_facts, add_file_system, add_pinned_facts
from sockscope.collect.terminals import ask_terminal
from sockscope.collect.waits import Waits
from sockscope.frames.messages import (
    Answer,
    AskedTerminal,
    DescriptorReport,
    FutexWait,
    Inspect,
    ProcessReport,
    TerminalReport,
    Terminals,
    TerminalsAnswer,
    Waiting,
)
from sockscope.kernel import kcmp
from sockscope.kernel.fdinfo import decode
from sockscope.kernel.filetype import read_pinned_facts
from sockscope.kernel.links import parse_link
from sockscope.kinds.char_device import ALWAYS_READY
from sockscope.kinds.registry import MOUNTED, WITH_OFFSET
from sockscope.kinds.words import number
from sockscope.model.blocked import Blocked
from sockscope.model.descriptor import CleanFields

RAW_LIMIT = 256 << 10
"""Bytes of fdinfo that are sent; an epoll with thousands of registrations has more."""
MAX_HOLDERS = 256
MAX_TERMINALS = 256
PROCESS = -1
"""The number that asks for no descriptor; below it are files that are used without one."""

Slot = tuple[int, int]
"""(pid, fd)."""


class Inspector:
    """Answer `Inspect` requests."""

    def __init__(self, collector: Collector) -> None:
        """Look closer at what `collector` has seen."""
        self._collector = collector
        self._procfs = procfs = collector.procfs
        self._answering = answering = collector.answering
        self._patience = Patience()
        self._blocked = BlockedThreads(procfs, answering, self._patience)
        self._futexes = Futexes(procfs, collector.uses.files)

    def close(self) -> None:
        """Wait for nobody any more."""
        self._patience.close()

    def answer(self, request: Inspect, kind: str | None) -> Answer:
        """Look at one process, and at one of its descriptors when the request names one.

        Args:
            request: what is asked for.
            kind: the kind of the descriptor where it is known; else its link says.
        """
        error = self._silence(request.pid) or self._identity_error(request.pid, request.start)
        if error:
            return Answer(request.id, request.pid, request.start, request.fd, None, None, (), error)
        waits = Waits(self._procfs, self._patience, inside=request.inside)
        process = self._process(request.pid, waits)
        descriptor: DescriptorReport | None = None
        waiters: tuple[Waiting, ...] = ()
        notes: list[Clean] = []
        holders = [one for one in request.holders[:MAX_HOLDERS] if self._answering.check(one[0])]
        if request.fd >= 0:
            try:
                descriptor = self._descriptor(request.pid, request.fd, kind)
            except OSError as problem:
                error = ours("{}:{}: {}", request.pid, request.fd, clean_str(problem.strerror or ""))
            found = waits.on([(request.pid, request.fd), *holders], notes)
            ready = kind in WITH_OFFSET or (descriptor is not None and _is_always_ready(descriptor.fields))
            waiters = tuple(wait for wait in found if not wait.unread or not ready)
        blocked = self._candidates(request, kind, descriptor, notes) if descriptor is not None else ()
        locks = self._locks(descriptor, [(request.pid, request.fd), *holders], notes)
        same, others = compare_files((request.pid, request.fd), holders if descriptor else ())
        futexes = self._waits_in_memory([request.pid, *(pid for pid, _ in holders)]) if request.fd < PROCESS else ()
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
            notes=tuple(notes),
            terminal=self.terminal(request.pid, request.terminal) if request.terminal else None,
            futexes=futexes,
            locks=locks,
            inside=request.inside,
            blocked=blocked,
        )

    def _candidates(
        self, request: Inspect, kind: str | None, descriptor: DescriptorReport, notes: list[Clean]
    ) -> tuple[Blocked, ...]:
        """Look for threads that wait for what is behind a descriptor and have none on it."""
        if kind == "fanotify":
            return self._blocked.for_answer(notes)
        if kind != "fifo":
            return ()
        link = f"{self._procfs.root}/{request.pid}/fd/{request.fd}"
        try:
            facts = self._patience.ask(("fifo", request.pid, request.fd), lambda: read_pinned_facts(link))
            mount = self._procfs.mountinfo(request.pid).get(
                -1 if (mount_id := number(descriptor.fields, "mnt_id")) is None else mount_id
            )
        except (NoAnswerError, OSError):
            return ()
        return self._blocked.for_partner(AskedFifo(facts, mount.dev if mount else 0), notes)

    def _locks(
        self, descriptor: DescriptorReport | None, slots: Sequence[Slot], notes: list[Clean]
    ) -> tuple[CleanFields, ...]:
        """Read who has locked the file, whichever of its holders that is: fdinfo tells its own locks alone."""
        ino = descriptor.fields.get("ino") if descriptor is not None and "locks" in descriptor.fields else None
        return read_file_locks(self._procfs, ino, slots, notes) if isinstance(ino, int) and ino else ()

    def terminals(self, request: Terminals) -> TerminalsAnswer:
        """Ask how terminals are set."""
        return TerminalsAnswer(request.id, tuple(map(self._asked_terminal, request.asked[:MAX_TERMINALS])))

    def terminal(self, pid: int, slots: Sequence[Slot]) -> TerminalReport:
        """Ask how the controlling terminal of a process is set, through one of these descriptors on it."""
        return ask_terminal(self._procfs, self._answering, self._patience, pid, slots)

    def _asked_terminal(self, asked: AskedTerminal) -> TerminalReport:
        error = self._silence(asked.pid) or self._identity_error(asked.pid, asked.start)
        return TerminalReport(error) if error else self.terminal(asked.pid, asked.slots)

    def _waits_in_memory(self, pids: Iterable[int]) -> tuple[FutexWait, ...]:
        return self._futexes.of(pids)

    def _silence(self, pid: int) -> Clean:
        return NOTHING if self._answering.check(pid) else ours("process {} does not answer", pid)

    def _identity_error(self, pid: int, start: int) -> Clean:
        try:
            found = self._procfs.stat(pid).start
        except (OSError, ValueError):
            return ours("process {} has ended", pid)
        return NOTHING if found == start else ours("process {} has ended, its number now means another process", pid)

    def _descriptor(self, pid: int, fd: int, kind: str | None) -> DescriptorReport:
        target = self._procfs.fd_link(pid, fd)
        link = parse_link(target)
        kind = kind or ("file" if link.kind == "path" else link.kind)
        raw = self._procfs.fdinfo(pid, fd, RAW_LIMIT)
        fields = decode(kind, raw)
        if kind in MOUNTED:
            add_file_facts(link.path, fields)
            if link.deleted and "mode" not in fields:
                add_file_facts(target, fields)
                fields |= {"deleted": False} if "mode" in fields else {}  # its very name ends in ` (deleted)`
            self._add_nameless_facts(pid, fd, fields)
            add_file_system(self._procfs, pid, fields, kind)
        if kind in ADD:
            ADD[kind](self._procfs, fields)
        details = socket_details(*self._collector.way_to(link.ino)) if kind == "socket" else {}
        return DescriptorReport(clean_lines(raw).rstrip("\n"), fields, details)

    def _add_nameless_facts(self, pid: int, fd: int, fields: CleanFields) -> None:
        """Add how large a file is that its name does not lead to: deleted, renamed, of another mount namespace."""
        if "mode" in fields:
            return
        link = f"{self._procfs.root}/{pid}/fd/{fd}"
        with contextlib.suppress(OSError, NoAnswerError):  # closed meanwhile, or on a file server that is silent
            add_pinned_facts(self._patience.ask(("size", pid, fd), lambda: read_pinned_facts(link)), fields)

    def _process(self, pid: int, waits: Waits) -> ProcessReport:
        # Here, because psutil is loaded when somebody looks at a process, and not for a snapshot.
        from sockscope.collect.metadata import created, metadata

        notes: list[Clean] = []
        cwd = self._place(pid, ours("cwd"), notes)
        exe = self._place(pid, ours("exe"), notes)
        waiting = waits.of(pid, notes)
        try:
            threads = len(self._procfs.tasks(pid))
        except OSError:
            threads = 0
        return ProcessReport(
            cwd, exe, threads, tuple(waiting), self._signals(pid), created(pid), tuple(notes),
            self._waits_in_memory([pid]), metadata(pid),
        )  # fmt: skip

    def _place(self, pid: int, name: Clean, notes: list[Clean]) -> Clean:
        """Name the working directory or executable of a process, "" with a note where it is hidden.

        As the kernel writes it: whether the file is still there would have to be asked on its file system,
        which may not answer.
        """
        try:
            return clean(self._procfs.used_link(pid, name))
        except PermissionError:
            notes.append(ours("{}: permission denied", name))
        except ProcessLookupError:
            notes.append(ours("{}: the process has ended", name))
        except FileNotFoundError:
            pass  # a kernel thread has none
        return NOTHING

    def _signals(self, pid: int) -> CleanFields:
        try:
            status = self._procfs.status(pid)
        except OSError:
            return {}
        return {
            "caught": signal_names(status.sigcgt),
            "ignored": signal_names(status.sigign),
            "blocked": signal_names(status.sigblk),
        }


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


def _is_always_ready(fields: CleanFields) -> bool:
    return fields.get("device") in ALWAYS_READY
