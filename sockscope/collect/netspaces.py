"""Network namespaces that are looked at, and one sock_diag socket into each, opened on demand and kept."""

from collections.abc import Iterable
from typing import NamedTuple

from sockscope.kernel.diag.transport import DiagSocket

NO_DIAG = "sock_diag is switched off (--no-diag)"


class NetNamespace(NamedTuple):
    """A network namespace and a way into it."""

    inode: int
    """Negative where only the inode of its `/proc/PID/net/tcp` is known: it may not be entered then."""
    pid: int
    """A process that lives in it, 0 when it is only mounted or none of them answers."""
    pin: str = ""
    """A file it is mounted on."""


class DiagSockets:
    """Keep netlink sockets into the namespaces in use."""

    def __init__(self, home: int, root: str = "/proc", *, allowed: bool = True) -> None:
        """Treat `home` as our own namespace, which needs no entering; open nothing at all unless `allowed`."""
        self._home = home
        self._root = root
        self._allowed = allowed
        self._open: dict[int, DiagSocket] = {}
        self.failures: dict[int, str] = {}
        """Why a namespace could not be entered, by its inode."""

    def get(self, namespace: NetNamespace) -> DiagSocket | None:
        """Return a socket inside a namespace, or None where it cannot be entered."""
        known = self._open.get(namespace.inode)
        if known is not None or not self._allowed:
            return known
        if namespace.inode < 0:
            self.failures[namespace.inode] = "permission denied (ptrace access to one of its processes is needed)"
            return None
        if not namespace.pid and not namespace.pin and namespace.inode != self._home:
            self.failures[namespace.inode] = "none of its processes answers"
            return None
        try:
            opened = self._enter(namespace)
        except OSError as error:
            self.failures[namespace.inode] = error.strerror or str(error)
            return None
        self.failures.pop(namespace.inode, None)
        self._open[namespace.inode] = opened
        return opened

    def _enter(self, namespace: NetNamespace) -> DiagSocket:
        if namespace.inode == self._home:
            return DiagSocket()
        path = f"{self._root}/{namespace.pid}/ns/net" if namespace.pid else namespace.pin
        return DiagSocket(path, namespace.inode)

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
