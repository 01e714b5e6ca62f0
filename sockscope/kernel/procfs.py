"""Files and descriptor tables under /proc, read without opening what they lead to.

Only links are read (`readlink`, `lstat`): a target is never opened or followed, because a FIFO would
block, a terminal would be acquired, and a file on a dead network mount would hang the caller.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean
from sockscope.kernel.limits import parse_nofile
from sockscope.kernel.maps import Mapping, parse_maps
from sockscope.kernel.mountinfo import Mount, parse_mountinfo
from sockscope.kernel.process import (
    ProcessStat,
    ProcessStatus,
    letter_of,
    parse_cgroup,
    parse_process_of,
    parse_sleep,
    parse_stat,
    parse_state,
    parse_status,
)
from sockscope.kernel.protocols import read_counts
from sockscope.kernel.ttys import TtyDriver, parse_tty_drivers
from sockscope.kernel.wait import SyscallState, parse_syscall

_CHUNK = 16 << 10
_RECORD = 4 << 10
_NAME = 256
_STATUS = 64 << 10
_SYSTEM_STAT = 4 << 20
_BOOT_ID = 64
_MOUNTS = 16 << 20
"""Bytes that are read at most: of a record, a name, a file of few lines, all interrupts of the machine, all mounts."""

_ACCESS: tuple[Access, ...] = ("", "w", "r", "rw")
"""By the permission bits of the owner in a link: S_IWUSR, and above it S_IRUSR."""


class Procfs:
    """One procfs mount. Every method may raise `OSError`: processes end while they are looked at."""

    def __init__(self, root: str = "/proc") -> None:
        """Look at `root`, which may be a recorded tree."""
        self.root = root
        self._counts = self._has_counts()

    def pids(self) -> list[int]:
        """List the processes there are, in the order of the kernel (ascending)."""
        return [int(name) for name in os.listdir(self.root) if name.isdecimal()]

    def tasks(self, pid: int) -> list[int]:
        """List the threads of a process; its main thread has the tid `pid`."""
        return [int(name) for name in os.listdir(f"{self.root}/{pid}/task") if name.isdecimal()]

    def read(self, pid: int, name: str, limit: int = 1 << 20) -> Raw:
        """Read at most `limit` bytes of a file of a process, such as `stat` or `task/12/syscall`."""
        return _read(f"{self.root}/{pid}/{name}", limit)

    def record(self, pid: int, name: str) -> Raw:
        """Read a short file of a process that the kernel gives as one record, such as `schedstat`: in one go."""
        file = os.open(f"{self.root}/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return Raw(os.read(file, _RECORD))
        finally:
            os.close(file)

    def open_infos(self, pid: int) -> int:
        """Open the directory of a process's fdinfo files, for `read_record`. The caller closes it."""
        return os.open(f"{self.root}/{pid}/fdinfo", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @staticmethod
    def read_record(directory: int, name: str, limit: int = 1 << 20) -> Raw:
        """Read at most `limit` bytes of a file that the kernel gives as one record, as all of fdinfo.

        Below an open directory the path is not walked again: two thirds of the cost of `read`.
        """
        file = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
        try:
            record = Raw(os.read(file, _RECORD))
            # A record that leaves room in the buffer has ended (fs/seq_file.c).
            return record if len(record) < _RECORD else record + _rest(file, limit - len(record))
        finally:
            os.close(file)

    def read_system(self, name: str, limit: int = 1 << 20) -> Raw:
        """Read at most `limit` bytes of a file of no process, such as `tty/drivers`."""
        return _read(f"{self.root}/{name}", limit)

    def link(self, pid: int, name: str) -> Raw:
        """Read a link of a process, such as `cwd` or `ns/net`, as raw bytes."""
        return Raw(os.readlink(os.fsencode(f"{self.root}/{pid}/{name}")))

    def inode(self, pid: int, name: str) -> int:
        """Return the inode of a file of a process, such as `net/tcp`, the link itself where it is one."""
        return os.lstat(f"{self.root}/{pid}/{name}").st_ino

    def owner(self, pid: int) -> int:
        """Return the uid that owns a process: its effective uid, or root's while it is not dumpable."""
        return os.stat(f"{self.root}/{pid}").st_uid

    def stat(self, pid: int, tid: int = 0) -> ProcessStat:
        """Read `stat` of a process, or of one of its threads.

        Raises:
            ValueError: the process is ending, and the file was not whole.
        """
        return parse_stat(self.stat_record(pid, tid))

    def stat_record(self, pid: int, tid: int = 0) -> Raw:
        """Read `stat` as the kernel writes it: two that are equal need no parsing."""
        return self.record(pid, f"task/{tid}/stat" if tid else "stat")

    def status(self, pid: int) -> ProcessStatus:
        """Read `status` of a process."""
        return parse_status(self.read(pid, "status", _STATUS))

    def state(self, pid: int) -> Clean:
        """Read the letter of a process's state from `status`, which makes nobody wait."""
        return parse_state(self.record(pid, "status"))

    def process_of(self, tid: int) -> int:
        """Return the process that a thread belongs to: procfs finds threads that it does not list."""
        return parse_process_of(self.record(tid, "status"))

    def sleep(self, pid: int, tid: int = 0) -> int:
        """Number the sleep that a task is in: see `parse_sleep`."""
        return parse_sleep(self.record(pid, f"task/{tid}/status" if tid else "status"))

    def comm(self, pid: int) -> Clean:
        """Read the name that a process goes by; cleaned."""
        return clean(self.record(pid, "comm").removesuffix(b"\n"))

    def cmdline(self, pid: int, limit: int) -> Raw:
        """Read the arguments of a process, which lie in its memory: see `collect.patience`, and `parse_cmdline`."""
        return self.read(pid, "cmdline", limit)

    def cgroup(self, pid: int) -> Clean:
        """Read the path of a process's cgroup; cleaned."""
        return parse_cgroup(self.read(pid, "cgroup", _STATUS))

    def nofile(self, pid: int) -> int:
        """Read how many descriptors a process may have: see `parse_nofile`."""
        return parse_nofile(self.read(pid, "limits", _STATUS))

    def mountinfo(self, pid: int) -> dict[int, Mount]:
        """Read the mounts that a process sees, by id."""
        return parse_mountinfo(self.mounts(pid, _MOUNTS))

    def mounts(self, pid: int, limit: int) -> Raw:
        """Read the mounts that a process sees as the kernel writes them, `limit` bytes at most."""
        return self.read(pid, "mountinfo", limit)

    def maps(self, pid: int, limit: int) -> list[Mapping]:
        """Read the mapped memory of a process."""
        return parse_maps(self.read(pid, "maps", limit))

    def syscall(self, pid: int, tid: int) -> SyscallState | None:
        """Read which system call a thread is in."""
        return parse_syscall(self.record(pid, f"task/{tid}/syscall"))

    def wchan(self, pid: int, tid: int) -> Raw:
        """Read the name of the kernel's function that a thread sleeps in, `0` for none."""
        return self.record(pid, f"task/{tid}/wchan")

    def letter(self, pid: int, tid: int) -> str:
        """Read the letter of a thread's state from `stat`, and nothing else of it: see `letter_of`."""
        return letter_of(self.stat_record(pid, tid))

    def schedstat(self, pid: int, tid: int = 0) -> Raw:
        """Read how long a task has run, as the kernel writes it: two that are equal need no parsing."""
        return self.record(pid, f"task/{tid}/schedstat" if tid else "schedstat")

    def fdinfo(self, pid: int, fd: int, limit: int = 1 << 20) -> Raw:
        """Read what the kernel says of a descriptor; `kernel.fdinfo` parses as much of it as is wanted."""
        return self.read(pid, f"fdinfo/{fd}", limit)

    def used_link(self, pid: int, use: str) -> Raw:
        """Read the link of a file that a process uses without a descriptor: `cwd`, `root` or `exe`."""
        return self.link(pid, use)

    def fd_link(self, pid: int, fd: int) -> Raw:
        """Read the link of a descriptor, which is not followed."""
        return self.link(pid, f"fd/{fd}")

    def namespace(self, pid: int, kind: str) -> int:
        """Return the inode of a process's namespace of a kind, such as `net` (`namespaces(7)`).

        Raises:
            ValueError: the link is not one of a namespace.
        """
        return int(self.link(pid, f"ns/{kind}").partition(b"[")[2].rstrip(b"]"))

    def net(self, pid: int, name: str, limit: int) -> Raw:
        """Read a table of a process's network namespace, such as `unix`; the modules `kernel.procnet…` parse them."""
        return self.read(pid, f"net/{name}", limit)

    def net_inode(self, pid: int) -> int:
        """Return an inode that stands for the network namespace of a process where that is hidden."""
        return self.inode(pid, "net/tcp")

    def socket_counts(self, pid: int) -> dict[str, int]:
        """Read how many sockets of each protocol there are where a process lives: see `read_counts`."""
        return read_counts(lambda name: self.net(pid, name, _STATUS))

    def tty_drivers(self) -> list[TtyDriver]:
        """Read which terminals there are."""
        return parse_tty_drivers(self.read_system("tty/drivers"))

    def boot_time(self) -> float:
        """Read when the machine booted, in seconds since the epoch, 0 where it does not say (`proc_stat(5)`)."""
        for line in self.read_system("stat", _SYSTEM_STAT).splitlines():
            if line.startswith(b"btime "):
                return float(line.split()[1])
        return 0.0

    def boot_id(self) -> Clean:
        """Read which boot of which machine this is, "" where it is not told (`random(4)`)."""
        try:
            return clean(self.read_system("sys/kernel/random/boot_id", _BOOT_ID).rstrip(b"\n"))
        except OSError:
            return NOTHING

    def fd_count(self, pid: int) -> int:
        """Count open descriptors, readable for any process; -1 where this kernel or user cannot know.

        Since Linux 6.2 the size of `/proc/PID/fd` is this count (`Documentation/filesystems/proc.rst`).
        """
        return self.table_state(pid)[1]

    def table_state(self, pid: int) -> tuple[int, int]:
        """Return the inode of `/proc/PID/fd` and the number of open descriptors; 0 and -1 where they cannot be known.

        procfs makes the inode for one process and never for two (fs/proc/base.c, `proc_pid_make_inode`), so where
        it is as before, so is the process: a pid that was given away again has another.
        """
        try:
            found = os.stat(f"{self.root}/{pid}/fd")
        except OSError:
            return 0, -1
        return found.st_ino, found.st_size if self._counts else -1

    def open_table(self, pid: int, tid: int = 0) -> int:
        """Open the descriptor table of a process, or of one of its threads, for `numbers`, `links` and `access`.

        The directory descriptor stays with this very process: once it has ended, reads fail with
        `ESRCH` or `ENOENT` even if its pid is used again. The caller closes it.
        """
        path = f"{self.root}/{pid}/task/{tid}/fd" if tid else f"{self.root}/{pid}/fd"
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @staticmethod
    def numbers(table: int) -> list[int]:
        """List the descriptors of a table, in the order of the kernel (ascending)."""
        return [int(name) for name in os.listdir(table)]

    @staticmethod
    def links(table: int, numbers: Iterable[int]) -> Iterator[tuple[int, Raw | None, OSError | None]]:
        """Yield (number, link text, None) for each of these descriptors of a table, or (number, None, error).

        A descriptor that was closed since the listing yields `ENOENT`; a table that may be listed but not
        read yields `EACCES` for every number.
        """
        readlink = cast("Callable[..., Raw]", os.readlink)  # no call more for each link
        for number in numbers:
            try:
                yield number, readlink(b"%d" % number, dir_fd=table), None
            except OSError as error:
                yield number, None, error

    @staticmethod
    def access(table: int, name: int | str) -> Access:
        """Return `r`, `w`, `rw` or "" (`O_PATH`) for a descriptor of a table, from its link's permission bits."""
        mode = os.stat(str(name), dir_fd=table, follow_symlinks=False).st_mode
        return _ACCESS[mode >> 7 & 3]

    def _has_counts(self) -> bool:
        # Before Linux 6.2 the size is 0 for every process, and this one has descriptors open.
        try:
            return os.stat(f"{self.root}/self/fd").st_size > 0
        except OSError:
            return True


def _read(path: str, limit: int) -> Raw:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _rest(file, limit)
    finally:
        os.close(file)


def _rest(file: int, limit: int) -> Raw:
    # Files of /proc have no size to ask for, and give one record or page at a time.
    chunks: list[Raw] = []
    while limit > 0 and (chunk := os.read(file, min(limit, _CHUNK))):
        chunks.append(Raw(chunk))
        limit -= len(chunk)
    return chunks[0] if len(chunks) == 1 else Raw().join(chunks)
