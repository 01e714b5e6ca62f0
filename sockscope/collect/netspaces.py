"""One sock_diag socket per network namespace that is looked at, opened on demand and kept."""

from collections.abc import Iterable
from typing import NamedTuple

from sockscope.kernel.diag.transport import DiagSocket


class NetNamespace(NamedTuple):
    """A network namespace and a process that lives in it."""

    inode: int
    pid: int


class DiagSockets:
    """Keep netlink sockets into the namespaces in use."""

    def __init__(self, home: int, root: str = "/proc") -> None:
        """Treat `home` as our own namespace, which needs no entering."""
        self._home = home
        self._root = root
        self._open: dict[int, DiagSocket] = {}
        self.failures: dict[int, str] = {}
        """Why a namespace could not be entered, by its inode."""

    def get(self, namespace: NetNamespace) -> DiagSocket | None:
        """Return a socket inside a namespace, or None where it cannot be entered."""
        known = self._open.get(namespace.inode)
        if known is not None:
            return known
        path = None if namespace.inode == self._home else f"{self._root}/{namespace.pid}/ns/net"
        try:
            opened = DiagSocket(path)
        except OSError as error:
            self.failures[namespace.inode] = error.strerror or str(error)
            return None
        self.failures.pop(namespace.inode, None)
        self._open[namespace.inode] = opened
        return opened

    def keep(self, inodes: Iterable[int]) -> None:
        """Close the sockets into all other namespaces, so that looking does not keep one alive."""
        wanted = set(inodes)
        for inode in [inode for inode in self._open if inode not in wanted]:
            self._open.pop(inode).close()
        for inode in [inode for inode in self.failures if inode not in wanted]:
            del self.failures[inode]

    def drop(self, inode: int) -> None:
        """Close the socket into a namespace after an error, so that the next use starts afresh."""
        found = self._open.pop(inode, None)
        if found is not None:
            found.close()

    def close(self) -> None:
        """Close all of them."""
        self.keep(())
