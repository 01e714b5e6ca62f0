"""A process as the model describes it: what `/proc/PID` says of it, in clean text."""

import os
import pwd
import signal

from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.kernel import netns
from sockscope.kernel.process import ProcessStat, ProcessStatus, parse_cgroup, parse_cmdline, parse_status
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.text import clean
from sockscope.kernel.ttys import parse_tty_drivers, tty_name
from sockscope.model.process import Process

CMDLINE_LIMIT = 4096
"""Bytes. A process may have a gigabyte of arguments; a row shows a line."""
STATUS_LIMIT = 64 << 10


class ProcessReader:
    """Read processes; what is the same for many (user names, namespaces) is remembered."""

    def __init__(self, procfs: Procfs) -> None:
        """Read below the root of `procfs`."""
        self._procfs = procfs
        self._memories, self._name_services = Patience(), Patience()
        self._users: dict[int, str] = {}
        try:
            self._tty_drivers = parse_tty_drivers(procfs.read_system("tty/drivers"))
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
            status = parse_status(self._procfs.read(pid, "status", STATUS_LIMIT))
            inner = status.nspid[-1] if len(status.nspid) > 1 else 0
            sigint, sigttin = disposition(status, signal.SIGINT), disposition(status, signal.SIGTTIN)
            namespace = 0 if stat.is_kernel_thread else self._netns(pid)
        else:
            uid, cmdline, cgroup = before.uid, before.cmdline, before.cgroup
            inner, namespace = before.inner_pid, before.netns
            sigint, sigttin = before.sigint, before.sigttin
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
        )

    def close(self) -> None:
        """Wait for nothing any more."""
        self._memories.close()
        self._name_services.close()

    def _cmdline(self, pid: int, start: int, known: Process | None) -> tuple[str, ...]:
        try:
            # One byte beyond what is kept tells that something was cut.
            data = self._memories.ask((pid, start), lambda: self._procfs.read(pid, "cmdline", CMDLINE_LIMIT + 1))
        except NoAnswerError:
            return known.cmdline if known is not None else ()
        return parse_cmdline(data, CMDLINE_LIMIT)

    def _cgroup(self, pid: int) -> str:
        return parse_cgroup(self._procfs.read(pid, "cgroup", STATUS_LIMIT))

    def _netns(self, pid: int) -> int:
        """Tell the network namespace of a process; for one we may not ask, through a neighbour in the same one.

        Without such a neighbour it is the negated inode of a file that each namespace has one of: it
        keeps namespaces apart all the same.
        """
        try:
            shared = self._procfs.inode(pid, "net/tcp")
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

    def _user(self, uid: int) -> str:
        name = self._users.get(uid)
        if name is None:
            try:
                entry = self._name_services.ask(uid, lambda: pwd.getpwuid(uid))
                name = clean(entry.pw_name.encode("utf-8", "surrogateescape"))
            except KeyError:
                name = str(uid)
            except NoAnswerError:
                return str(uid)
            self._users[uid] = name
        return name


def disposition(status: ProcessStatus, number: int) -> str:
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
