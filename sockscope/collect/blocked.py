"""Threads that wait in open(2) of a FIFO, or for the answer of a fanotify group: looked for when somebody asks.

Which file a thread opens lies in the memory of its process, which is not read for that. So whoever waits is a
candidate, left out where the kernel says that it cannot be this file: nothing of its file system is mounted where he
lives, or he may not open it. An argument of his that leads to the very file is a strong hint, and no proof.
"""

import contextlib
import os
import platform
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours
from sockscope.collect.asked_path import AskedPaths
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.collect.processes.answering import Answering
from sockscope.collect.tables.mounts import MountTables
from sockscope.kernel.blocked_open import FOR_ANSWER, FOR_PARTNER, opened_for
from sockscope.kernel.filetype import FileFacts
from sockscope.kernel.process import ProcessStatus
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.wait import describe
from sockscope.model.blocked import Blocked

MAX_THREADS = 64
"""Threads of one process that are looked at."""
MAX_LOOKED_AT = 65_536
"""Threads that are looked at in all."""
MAX_FOUND = 256
MAX_ARGUMENTS = 64
ARGUMENTS_LIMIT = 16 << 10
"""Bytes of arguments that are read."""
BY_MOUNT = ours("its mounts have this file system")
BY_RIGHTS = ours("it may open it")

_DAC_OVERRIDE, _DAC_READ_SEARCH = 1 << 1, 1 << 2
"""Bits of the capabilities that permissions do not bind (capabilities(7))."""
_OVERRIDES = {"r": _DAC_OVERRIDE | _DAC_READ_SEARCH}
_BITS, _ANY = {"r": 0o444, "w": 0o222}, 0o666
_OWNER, _OTHERS = 0o700, 0o077

_MACHINE = platform.machine()


class AskedFifo(NamedTuple):
    """The FIFO that somebody asks about."""

    facts: FileFacts
    superblock: int
    """Device of its mount, 0 where that is not known."""


class BlockedThreads:
    """Look at all threads of the machine."""

    def __init__(self, procfs: Procfs, answering: Answering, patience: Patience) -> None:
        """Read below the root of `procfs` of who is `answering`; `patience` asks what may take long."""
        self._procfs = procfs
        self._answering = answering
        self._patience = patience

    def for_answer(self, notes: list[Clean]) -> tuple[Blocked, ...]:
        """List who waits until a fanotify group allows something; `notes` gets what was not looked at."""
        return tuple(self._found(FOR_ANSWER, notes))

    def for_partner(self, fifo: AskedFifo, notes: list[Clean]) -> tuple[Blocked, ...]:
        """List who opens a FIFO, and may be opening this one; `notes` gets what was not looked at."""
        mounts = MountTables(self._procfs)
        paths = AskedPaths(mounts)
        try:
            found = (self._narrowed(one, fifo, mounts, paths) for one in self._found(FOR_PARTNER, notes))
            return tuple(one for one in found if one is not None)
        finally:
            paths.close()

    def _found(self, wchans: Collection[bytes], notes: list[Clean]) -> Iterator[Blocked]:
        left, found = MAX_LOOKED_AT, 0
        for pid in self._procfs.pids():
            try:
                tids = self._procfs.tasks(pid)
            except OSError:
                continue  # it has ended, or is hidden
            for tid in tids[: min(MAX_THREADS, left)]:
                left -= 1
                one = self._blocked(pid, tid, wchans)
                if one is not None:
                    found += 1
                    yield one
            if left <= 0 or found >= MAX_FOUND:
                notes.append(ours("not all threads were looked at: there are too many"))
                return

    def _blocked(self, pid: int, tid: int, wchans: Collection[bytes]) -> Blocked | None:
        try:
            if self._procfs.wchan(pid, tid) not in wchans:
                return None
            # Only now: who waits for an answer while he becomes another program is asked nothing that waits for him.
            if not self._answering.check(pid):
                return Blocked(pid, 0, tid)
            start = self._procfs.stat(pid).start
            call, access = self._call(pid, tid)
            still = self._procfs.wchan(pid, tid) in wchans and self._procfs.stat(pid).start == start
        except (OSError, ValueError):
            return None  # it has ended
        return Blocked(pid, start, tid, call, access) if still else None

    def _call(self, pid: int, tid: int) -> tuple[Clean, Access]:
        try:
            state = self._procfs.syscall(pid, tid)
        except PermissionError:
            return NOTHING, ""  # it takes ptrace access
        if state is None or state.number < 0:
            return NOTHING, ""
        name, _ = describe(state, _MACHINE)
        return name, opened_for(name, state.args)

    def _narrowed(self, one: Blocked, fifo: AskedFifo, mounts: MountTables, paths: AskedPaths) -> Blocked | None:
        narrowed: list[Clean] = []
        known = mounts.table(one.pid, mounts.namespace(one.pid)).types if fifo.superblock else {}
        if known:
            if fifo.superblock not in known:
                return None
            narrowed.append(BY_MOUNT)
        try:
            status = self._procfs.status(one.pid)
        except (OSError, ValueError):
            return None  # it has ended
        if status.uid >= 0 and fifo.facts.mode >= 0:
            if not may_open(fifo.facts, status, one.access):
                return None
            narrowed.append(BY_RIGHTS)
        named = self._named(one.pid, fifo.facts, paths)
        return Blocked(one.pid, one.start, one.tid, one.syscall, one.access, named, tuple(narrowed))

    def _named(self, pid: int, facts: FileFacts, paths: AskedPaths) -> bool:
        """Whether an argument leads to the file, from where the process stands."""
        try:
            return self._patience.ask(("arguments", pid), lambda: self._one_leads(pid, facts, paths))
        except (NoAnswerError, OSError):
            return False

    def _one_leads(self, pid: int, facts: FileFacts, paths: AskedPaths) -> bool:
        arguments = [one for one in self._procfs.cmdline(pid, ARGUMENTS_LIMIT).split(b"\0") if one]
        with contextlib.ExitStack() as opened:
            tops = {}
            for link in ("root", "cwd"):
                directory = f"{self._procfs.root}/{pid}/{link}"
                tops[link] = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
                opened.callback(os.close, tops[link])
            for argument in arguments[:MAX_ARGUMENTS]:
                start = tops["root" if argument.startswith(b"/") else "cwd"]
                named = paths.cached(argument.lstrip(b"/") or b".", start)
                if named is not None and (named.facts.dev, named.facts.ino) == (facts.dev, facts.ino):
                    return True
        return False


def may_open(facts: FileFacts, status: ProcessStatus, access: Access) -> bool:
    """Whether a process may be allowed to open a file: False only where nothing would let it.

    Access lists are not read. What they grant to others than the owner is within the bits of the group (acl(5)).
    """
    if status.cap_eff & _OVERRIDES.get(access, _DAC_OVERRIDE):
        return True
    own = _OWNER if status.uid == facts.uid else _OTHERS
    return bool(facts.mode & own & _BITS.get(access, _ANY))
