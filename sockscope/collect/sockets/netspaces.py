"""Network namespaces that are looked at, and one sock_diag socket into each, opened on demand and kept."""

import os
import resource
from collections.abc import Iterable
from typing import NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean, clean_str, ours
from sockscope.kernel.diag.transport import DiagSocket
from sockscope.kernel.nsfs import open_mounted_namespace, open_namespace

NO_DIAG = ours("sock_diag is switched off (--no-diag)")

GONE = ours("what led there has ended or was closed")
LEFT = ours("left for a later look: there are too many for one")
MOST_OPEN = 256
"""Namespaces that a socket is kept in, however many descriptors we may have."""


class Keeper(NamedTuple):
    """What keeps a namespace that no process lives in: a descriptor, a single thread, or a mount that others see."""

    pid: int
    fd: int = -1
    tid: int = 0
    mount_point: Raw = Raw()
    """File that it is mounted on, as process `pid` sees it."""

    @property
    def words(self) -> Clean:
        """`fd 7 of 812`, `thread 813 of 812`, `mount /run/netns/blue of 812`."""
        if self.mount_point:
            return ours("mount {} of {}", clean(self.mount_point), self.pid)
        return ours("thread {} of {}", self.tid, self.pid) if self.tid else ours("fd {} of {}", self.fd, self.pid)


class NetNamespace(NamedTuple):
    """A network namespace and a way into it."""

    inode: int
    """Negative where only the inode of its `/proc/PID/net/tcp` is known: it may not be entered then."""
    pid: int
    """A process that lives in it, 0 when it is only mounted or none of them answers."""
    pin: Clean = NOTHING
    """A file it is mounted on."""
    keeper: Keeper | None = None
    """What leads to it where neither a process nor a mount does."""


class DiagSockets:
    """Keep netlink sockets into the namespaces in use."""

    def __init__(self, home: int, root: str = "/proc", *, allowed: bool = True) -> None:
        """Treat `home` as our own namespace, which needs no entering; open nothing at all unless `allowed`."""
        self._home = home
        self._root = root
        self._allowed = allowed
        self._open: dict[int, DiagSocket] = {}
        self._most = _budget()
        self.entered: set[int] = set()
        """Namespaces that could be entered when they were last tried."""
        self.failures: dict[int, Clean] = {}
        """Why a namespace could not be entered, by its inode."""

    def get(self, namespace: NetNamespace) -> DiagSocket | None:
        """Return a socket inside a namespace, or None where it cannot be entered."""
        known = self._open.pop(namespace.inode, None)
        if known is not None:
            self._open[namespace.inode] = known  # last in the order of use
        if known is not None or not self._allowed:
            return known
        if namespace.inode < 0:
            self.failures[namespace.inode] = ours("permission denied (ptrace access to one of its processes is needed)")
            return None
        if not (namespace.pid or namespace.pin or namespace.keeper) and namespace.inode != self._home:
            self.failures[namespace.inode] = ours("none of its processes answers")
            return None
        try:
            opened = self._enter(namespace)
        except (FileNotFoundError, ProcessLookupError):
            self.failures[namespace.inode] = GONE
            return None
        except OSError as error:
            self.failures[namespace.inode] = clean_str(error.strerror or str(error))
            return None
        self.failures.pop(namespace.inode, None)
        self._make_room()
        self._open[namespace.inode] = opened
        self.entered.add(namespace.inode)
        return opened

    def path(self, namespace: NetNamespace) -> str:
        """Name what leads into a namespace that a process lives in or that is mounted; "" for our own."""
        if namespace.inode == self._home:
            return ""
        return f"{self._root}/{namespace.pid}/ns/net" if namespace.pid else namespace.pin

    def _make_room(self) -> None:
        """Close what was asked last where as many are open as may be.

        A look asks one after the other: what was asked longest ago comes next.
        """
        while len(self._open) >= self._most:
            self._open.popitem()[1].close()

    def is_open(self, namespace: NetNamespace) -> bool:
        """Tell whether a namespace can be asked without entering it."""
        return namespace.inode in self._open

    def leave(self, namespaces: Iterable[NetNamespace]) -> None:
        """Say of some namespaces that their turn has not come in this look."""
        self.failures = {inode: why for inode, why in self.failures.items() if why != LEFT}
        self.failures.update((one.inode, LEFT) for one in namespaces)

    def _enter(self, namespace: NetNamespace) -> DiagSocket:
        if namespace.inode == self._home:
            return DiagSocket()
        if namespace.pid or namespace.pin or namespace.keeper is None:
            return DiagSocket(self.path(namespace), namespace.inode)
        keeper = namespace.keeper
        process = f"{self._root}/{keeper.pid}"
        if keeper.mount_point:
            opened = open_mounted_namespace(f"{process}/root", keeper.mount_point, namespace.inode)
        else:
            opened = open_namespace(f"{process}/fd/{keeper.fd}", namespace.inode)
        try:
            return DiagSocket(opened, namespace.inode)
        finally:
            os.close(opened)

    def keep(self, inodes: Iterable[int]) -> None:
        """Close the sockets into all other namespaces, so that looking does not keep one alive."""
        wanted = set(inodes)
        for inode in [inode for inode in self._open if inode not in wanted]:
            self._open.pop(inode).close()
        self.entered &= wanted
        for inode in [inode for inode in self.failures if inode not in wanted]:
            del self.failures[inode]

    def shut(self, inodes: Iterable[int]) -> None:
        """Close the sockets into some namespaces, which are entered again when they are asked."""
        for inode in inodes:
            found = self._open.pop(inode, None)
            if found is not None:
                found.close()

    def drop(self, inode: int) -> None:
        """Close the socket into a namespace after an error, so that the next use starts afresh."""
        self.entered.discard(inode)
        self.shut([inode])

    def close(self) -> None:
        """Close all of them."""
        self.keep(())


def _budget() -> int:
    """Say how many of these sockets may be open at once: a quarter of the descriptors that we may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(2, min(MOST_OPEN, soft // 4 if soft > 0 else MOST_OPEN))
