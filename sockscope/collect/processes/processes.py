"""A process as the model describes it: what `/proc/PID` says of it, in clean text."""

import os
import pwd
import signal
from collections.abc import Callable

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean, clean_str, ours
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.kernel import netns
from sockscope.kernel.process import ProcessStat, ProcessStatus, parse_cmdline
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.ttys import tty_name
from sockscope.model.process import Disposition, Process

CMDLINE_LIMIT = 4096
"""Bytes. A process may have a gigabyte of arguments; a row shows a line."""


class ProcessReader:
    """Read processes; what is the same for many (user names, namespaces) is remembered."""

    def __init__(self, procfs: Procfs, user_name: Callable[[int], str]) -> None:
        """Read below the root of `procfs`; `user_name` says what a uid is called or raises KeyError, and may wait."""
        self._procfs = procfs
        self._user_name = user_name
        self._memories, self._name_services = Patience(), Patience()
        self._users: dict[int, Clean] = {}
        try:
            self._tty_drivers = procfs.tty_drivers()
        except OSError:
            # Absent in some containers: a terminal of an unusual driver then shows by its numbers.
            self._tty_drivers = []
        self._netns_by_file: dict[int, int] = {}
        """Inode of `/proc/PID/net/tcp`, one per namespace and readable for all, to the namespace's own inode."""
        self._netns(os.getpid())

    @property
    def unanswering(self) -> int:
        """How many processes have not let their command line be read so far."""
        return self._memories.owed

    def read(
        self, pid: int, stat: ProcessStat, before: Process | None, fd_count: int, known: Process | None = None
    ) -> Process:
        """Describe a process.

        Args:
            pid: its pid, or the tid of a thread with a private descriptor table.
            stat: its parsed `stat`.
            before: the description of the same process while it has not run since, else None.
            fd_count: number of its open descriptors, -1 unknown.
            known: what was said of the same process last, for what cannot be read now.

        Raises:
            OSError: it has ended.
        """
        if before is None:
            uid = self._procfs.owner(pid)
            cmdline = () if stat.is_kernel_thread else self._cmdline(pid, stat.start, known)
            cgroup = self._cgroup(pid)
            status = self._procfs.status(pid)
            inner = status.nspid[-1] if len(status.nspid) > 1 else 0
            sigint, sigttin = disposition(status, signal.SIGINT), disposition(status, signal.SIGTTIN)
            namespace = 0 if stat.is_kernel_thread else self._netns(pid)
            limit = -1 if stat.is_kernel_thread else self._fd_limit(pid)
        else:
            uid, cmdline, cgroup = before.uid, before.cmdline, before.cgroup
            inner, namespace = before.inner_pid, before.netns
            sigint, sigttin, limit = before.sigint, before.sigttin, before.fd_limit
        return Process(
            pid=pid,
            start=stat.start,
            ppid=stat.ppid,
            pgid=stat.pgid,
            sid=stat.sid,
            tty=tty_name(stat.tty_nr, self._tty_drivers),
            tpgid=stat.tpgid,
            comm=clean(stat.comm),
            cmdline=cmdline,
            uid=uid,
            user=self._user(uid),
            state=stat.state,
            netns=namespace,
            fd_count=fd_count,
            kernel_thread=stat.is_kernel_thread,
            inner_pid=inner,
            cgroup=cgroup,
            sigint=sigint,
            sigttin=sigttin,
            ended=stat.has_ended,
            fd_limit=limit,
        )

    def close(self) -> None:
        """Wait for nothing any more."""
        self._memories.close()
        self._name_services.close()

    def _cmdline(self, pid: int, start: int, known: Process | None) -> tuple[Clean, ...]:
        try:
            # One byte beyond what is kept tells that something was cut.
            data = self._memories.ask((pid, start), lambda: self._procfs.cmdline(pid, CMDLINE_LIMIT + 1))
        except NoAnswerError:
            return known.cmdline if known is not None else ()
        return parse_cmdline(data, CMDLINE_LIMIT)

    def _cgroup(self, pid: int) -> Clean:
        return self._procfs.cgroup(pid)

    def _fd_limit(self, pid: int) -> int:
        try:
            return self._procfs.nofile(pid)
        except OSError:
            return -1

    def _netns(self, pid: int) -> int:
        """Tell the network namespace of a process; for one we may not ask, through a neighbour in the same one.

        Without such a neighbour it is the negated inode of a file that each namespace has one of: it
        keeps namespaces apart all the same.
        """
        try:
            shared = self._procfs.net_inode(pid)
        except OSError:
            shared = 0
        try:
            namespace = netns.read_netns(pid, self._procfs.root)
        except PermissionError:
            return self._netns_by_file.get(shared, -shared)
        except FileNotFoundError:
            return 0
        if shared:
            self._netns_by_file[shared] = namespace
        return namespace

    def _user(self, uid: int) -> Clean:
        name = self._users.get(uid)
        if name is None:
            try:
                name = clean_str(self._name_services.ask(uid, lambda: self._user_name(uid)))
            except KeyError:
                name = ours("{}", uid)
            except NoAnswerError:
                return ours("{}", uid)
            self._users[uid] = name
        return name


def by_name_services(uid: int) -> str:
    """Return what a uid is called, as this process itself is told; may wait as long as the services do.

    Raises:
        KeyError: it has no name.
    """
    return pwd.getpwuid(uid).pw_name


def disposition(status: ProcessStatus, number: int) -> Disposition:
    """Say what a process has arranged for a signal: `blocked`, `ignored`, `caught` or `default`.

    The kernel asks in this order: a blocked signal waits, whatever else is arranged. The main thread's
    mask stands for the process; another thread may still take the signal.
    """
    bit = 1 << (number - 1)
    if status.sigblk & bit:
        return "blocked"
    if status.sigign & bit:
        return "ignored"
    return "caught" if status.sigcgt & bit else "default"
