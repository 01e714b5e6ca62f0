"""Network namespaces: which one a process lives in, and how to get a socket inside another one."""

import ctypes
import errno
import os
import select
import socket
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from sockscope.abi.strings import Clean, Raw
from sockscope.kernel.mountinfo import Mount, parse_mountinfo
from sockscope.kernel.protocols import read_counts

CLONE_NEWNET = 0x40000000
_COUNTS_LIMIT = 64 << 10
"""Bytes; a line for each protocol of the kernel."""

T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)


def read_netns(pid: int, root: str = "/proc") -> int:
    """Read the inode that identifies a process's network namespace (`namespaces(7)`).

    Raises:
        OSError: EACCES without PTRACE_MODE_READ, ENOENT when the process has ended.
    """
    text = os.readlink(f"{root}/{pid}/ns/net")
    return int(text.partition("[")[2].rstrip("]"))


class InsideSocket(NamedTuple):
    """A netlink socket inside a network namespace."""

    fd: int
    counts: dict[str, int]
    """Sockets that the namespace had when it was entered, as `protocols.read_counts` has them; empty unknown."""


def netlink_socket_in(path: str | int, protocol: int, inode: int = 0) -> InsideSocket:
    """Make a netlink socket inside the network namespace that a path leads to; the caller closes its descriptor.

    Args:
        path: `/proc/PID/ns/net`, a file that a namespace is mounted on, or a descriptor of ours that leads to one.
        protocol: the netlink protocol.
        inode: the namespace that is meant, 0 for any: a reused pid leads elsewhere.

    Raises:
        OSError: the namespace is gone, or CAP_SYS_ADMIN is missing here or in its user namespace.
    """

    def make() -> InsideSocket:
        fd = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, protocol).detach()
        try:
            return InsideSocket(fd, read_counts(_read_here))
        except OSError:
            return InsideSocket(fd, {})

    return run_in(path, make, inode)


def _read_here(name: str) -> Raw:
    """Read a file of the network namespace that this thread is in."""
    with open(f"/proc/thread-self/net/{name}", "rb") as file:
        return Raw(file.read(_COUNTS_LIMIT))


def run_in(path: str | int, work: Callable[[], T], inode: int = 0) -> T:
    """Do some work inside a network namespace and return its result.

    A thread of its own enters the namespace and ends: nothing else of this process ever leaves home.

    Raises:
        OSError: the namespace is gone or may not be entered, or the work raised it.
    """
    outcome: list[T] = []
    failure: list[OSError] = []

    def enter() -> None:
        try:
            _enter(path, inode)
            outcome.append(work())
        except OSError as error:
            failure.append(error)

    worker = threading.Thread(target=enter, name="netns")
    try:
        worker.start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, "no thread can be started (ulimit -u)") from error
    worker.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _enter(path: str | int, inode: int) -> None:
    """Move the calling thread into a network namespace (`setns(2)`)."""
    fd = os.dup(path) if isinstance(path, int) else os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if inode and os.fstat(fd).st_ino != inode:
            raise ProcessLookupError(errno.ESRCH, "it ended while it was looked at")
        if _libc.setns(fd, CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(fd)


def pinned(mounts: Iterable[Mount]) -> dict[int, Clean]:
    """Find the network namespaces that are mounted on files: inode to path, the shortest path where several are.

    `ip netns add` mounts one under `/run/netns`, docker under `/run/docker/netns`. What a mount shows as the
    root of an nsfs is the name of the namespace (`fs/nsfs.c`), so no file is touched to learn it.
    """
    found: dict[int, Clean] = {}
    for mount in mounts:
        if mount.fstype != "nsfs" or not mount.root.startswith("net:["):
            continue
        inode = int(mount.root[len("net:[") : -1])
        known = found.get(inode)
        if known is None or len(mount.mount_point) < len(known):
            found[inode] = mount.mount_point
    return found


class PinnedNamespaces:
    """The mounted network namespaces of our own mount namespace, read again only when a mount has changed."""

    def __init__(self, root: str = "/proc") -> None:
        """Watch `self/mountinfo` below `root`; a kernel or tree without it pins nothing."""
        self.mounts: list[Mount] = []
        self.paths: dict[int, Clean] = {}
        """Inode to the file it is mounted on."""
        self._poll = select.poll()
        try:
            self._fd = os.open(f"{root}/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._fd = -1
            return
        self._poll.register(self._fd, select.POLLPRI)
        self._read()

    def refresh(self) -> None:
        """Read again if a mount came or went: the kernel wakes a poll for it (`proc_pid_mounts(5)`)."""
        if self._fd < 0:
            return
        try:
            changed = self._poll.poll(0)
        except OSError:
            changed = []
        if changed:
            self._read()

    def close(self) -> None:
        """Stop watching."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _read(self) -> None:
        os.lseek(self._fd, 0, os.SEEK_SET)
        chunks = []
        while chunk := os.read(self._fd, 1 << 16):
            chunks.append(chunk)
        self.mounts = list(parse_mountinfo(Raw().join(chunks)).values())
        self.paths = pinned(self.mounts)
