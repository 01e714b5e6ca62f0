"""Network namespaces that are looked at, and one sock_diag socket into each, opened on demand and kept."""

import errno
import heapq
import os
import resource
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean, clean_str, ours
from sockscope.kernel.diag.transport import DiagSocket
from sockscope.kernel.nsfs import open_mounted_namespace, open_namespace

NO_DIAG = ours("sock_diag is switched off (--no-diag)")

GONE = ours("what led there has ended or was closed")
LEFT = ours("left for a later look: there are too many for one")
_LED_NOWHERE = (FileNotFoundError, ProcessLookupError)
MOST_KEEPERS = 4
"""Of what leads to a namespace so many are known: one may have closed it by the time it is entered."""
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


Keepers = Mapping[int, tuple[Keeper, ...]]
"""What keeps a network namespace, by its inode: the most telling first, no more than `MOST_KEEPERS`."""


def opened_by(slots: Iterable[tuple[int, int]]) -> tuple[Keeper, ...]:
    """Choose among the descriptors (pid and number) that lead to a namespace: the lowest of each of some processes."""
    lowest: dict[int, int] = {}
    for pid, fd in slots:
        lowest[pid] = min(fd, lowest.get(pid, fd))
    return tuple(Keeper(*slot) for slot in heapq.nsmallest(MOST_KEEPERS, lowest.items()))


def all_keepers(*found: Keepers) -> Keepers:
    """Put together what keeps each namespace, in the order of what is given."""
    together: dict[int, tuple[Keeper, ...]] = {}
    for some in found:
        for inode, keepers in some.items():
            together[inode] = (*together.get(inode, ()), *keepers)[:MOST_KEEPERS]
    return together


class NetNamespace(NamedTuple):
    """A network namespace and a way into it."""

    inode: int
    """Negative where only the inode of its `/proc/PID/net/tcp` is known: it may not be entered then."""
    pid: int
    """A process that lives in it, 0 when it is only mounted or none of them answers."""
    pin: Clean = NOTHING
    """A file it is mounted on."""
    keepers: tuple[Keeper, ...] = ()
    """What leads to it where neither a process nor a mount does, or when these are gone: the most telling first."""


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
        if not (namespace.pid or namespace.pin or namespace.keepers) and namespace.inode != self._home:
            self._fail(namespace, ours("none of its processes answers"))
            return None
        try:
            opened = self._enter_with_room(namespace)
        except _LED_NOWHERE:
            self._fail(namespace, GONE)
            return None
        except OSError as error:
            self._fail(namespace, clean_str(error.strerror or str(error)))
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

    def _fail(self, namespace: NetNamespace, reason: Clean) -> None:
        self.entered.discard(namespace.inode)
        self.failures[namespace.inode] = reason

    def _enter_with_room(self, namespace: NetNamespace) -> DiagSocket:
        """Enter, and give up sockets that are kept where no descriptor is left: entering takes three of them."""
        while True:
            try:
                return self._enter(namespace)
            except OSError as error:
                if error.errno != errno.EMFILE or not self._open:
                    raise
                self._open.popitem()[1].close()

    def _enter(self, namespace: NetNamespace) -> DiagSocket:
        """Enter on the first way that still leads there: whoever held the namespace may have closed it since.

        Raises:
            OSError: of the last way that was tried.
        """
        if namespace.inode == self._home:
            return DiagSocket()
        *ways, last = self._ways(namespace)
        for way in ways:
            try:
                return way()
            except _LED_NOWHERE:
                continue
        return last()

    def _ways(self, namespace: NetNamespace) -> Iterator[Callable[[], DiagSocket]]:
        if namespace.pid:
            yield partial(DiagSocket, f"{self._root}/{namespace.pid}/ns/net", namespace.inode)
        if namespace.pin:
            yield partial(DiagSocket, namespace.pin, namespace.inode)
        for keeper in namespace.keepers:
            yield partial(self._enter_kept, namespace.inode, keeper)

    def _enter_kept(self, inode: int, keeper: Keeper) -> DiagSocket:
        if keeper.tid:
            return DiagSocket(f"{self._root}/{keeper.tid}/ns/net", inode)
        process = f"{self._root}/{keeper.pid}"
        if keeper.mount_point:
            opened = open_mounted_namespace(f"{process}/root", keeper.mount_point, inode)
        else:
            opened = open_namespace(f"{process}/fd/{keeper.fd}", inode)
        try:
            return DiagSocket(opened, inode)
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
        self.shut([inode])

    def close(self) -> None:
        """Close all of them."""
        self.keep(())


def _budget() -> int:
    """Say how many of these sockets may be open at once: a quarter of the descriptors that we may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(2, min(MOST_OPEN, soft // 4 if soft > 0 else MOST_OPEN))
