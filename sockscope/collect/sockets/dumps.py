"""Whole families of sockets, one namespace at a time: through sock_diag, or from /proc/net where that is denied."""

import errno
import socket
from collections.abc import Mapping
from typing import Any

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean_str
from sockscope.collect.counters import Counters
from sockscope.collect.processes.cgroups import CgroupPaths
from sockscope.collect.sockets.families import Family, in_use
from sockscope.collect.sockets.netspaces import LEFT, NO_DIAG, DiagSockets, NetNamespace
from sockscope.collect.sockets.origin import PROC_NET, SOCK_DIAG, SocketOrigin
from sockscope.kernel.procfs import Procfs
from sockscope.model.socket import Source

LIST_LIMIT = 256 << 20
"""Bytes of a file below /proc/PID/net: a line is 150, and a host may have a million sockets."""
FEW_SOCKETS, FEW_NAMESPACES = 4096, 16
"""Of as many all are listed while others still wait to be read for the first time."""
_BROKEN = frozenset({errno.EBADMSG, errno.EBUSY, errno.ENOBUFS, errno.EPIPE, errno.ETIMEDOUT})
"""Errors after which answers may still be on their way: the netlink socket is opened again."""


class Dumps:
    """Ask for families, and remember what the kernel does not answer for."""

    def __init__(self, diag: DiagSockets, procfs: Procfs, home: int, cgroups: CgroupPaths, counters: Counters) -> None:
        """Ask through `diag`, read below `procfs`; `home` is our own namespace."""
        self._diag = diag
        self._procfs = procfs
        self._home = home
        self._cgroups = cgroups
        self._counters = counters
        self.absent: dict[str, Clean] = {}
        """Families that this kernel has no handler for, with the reason; asked once, since asking loads modules."""
        self.refused: dict[tuple[int, str], Clean] = {}
        """Families that a namespace did not answer for in the last refresh."""
        self.answered: set[str] = set()
        """Kernel modules that have answered."""

    def wanted(self, namespace: NetNamespace, named: set[str]) -> list[Family]:
        """Choose the families that a namespace has sockets of; `named` are labels known from held sockets."""
        return in_use(self._counts(namespace), named)

    def are_few(self, namespaces: list[NetNamespace]) -> bool:
        """Tell whether listing the sockets of some namespaces is little work, as the kernel counts them."""
        if len(namespaces) > FEW_NAMESPACES:
            return False
        return sum(max(0, one) for space in namespaces for one in self._counts(space).values()) <= FEW_SOCKETS

    def rows(self, namespace: NetNamespace, family: Family) -> tuple[list[Any], SocketOrigin]:
        """Return the sockets of a family in a namespace; empty where nothing may be asked."""
        diag = self._diag.get(namespace)
        if diag is not None and family.dump is not None and family.label not in self.absent:
            try:
                rows = family.dump(diag)
            except OSError as error:
                self._refuse(namespace, family, error)
            else:
                self._counters.dumps += 1
                self.answered.add(family.module)
                self.refused.pop((namespace.inode, family.label), None)
                return rows, self.origin(namespace, SOCK_DIAG)
        return self._listed(namespace, family), self.origin(namespace, PROC_NET)

    def sources(self, namespaces: list[NetNamespace]) -> dict[int, tuple[Source, Clean]]:
        """Say of each namespace what describes its sockets, and why nothing better does."""
        return {namespace.inode: self._source(namespace) for namespace in namespaces}

    def _source(self, namespace: NetNamespace) -> tuple[Source, Clean]:
        reason = self._diag.failures.get(namespace.inode, NOTHING)
        if namespace.inode in self._diag.entered:
            return SOCK_DIAG, reason
        return PROC_NET if namespace.pid and reason != LEFT else "", reason or NO_DIAG

    def origin(self, namespace: NetNamespace, source: Source = SOCK_DIAG) -> SocketOrigin:
        """Describe where rows of a namespace come from."""
        diag = self._diag.get(namespace)
        if diag is not None:
            interface = diag.interface
        elif namespace.inode == self._home:
            interface = _own_interface
        else:
            interface = _no_interface
        return SocketOrigin(namespace.inode, source, self._cgroups.path, interface)

    def _refuse(self, namespace: NetNamespace, family: Family, error: OSError) -> None:
        reason = clean_str(error.strerror or str(error))
        if error.errno in {errno.ENOENT, errno.EOPNOTSUPP, errno.EINVAL}:
            self.absent[family.label] = reason
        else:
            self.refused[namespace.inode, family.label] = reason
        if error.errno in _BROKEN:
            self._diag.drop(namespace.inode)

    def _counts(self, namespace: NetNamespace) -> Mapping[str, int]:
        if not namespace.pid:
            diag = self._diag.get(namespace)
            return {} if diag is None else diag.counts
        try:
            return self._procfs.socket_counts(namespace.pid)
        except OSError:
            return {}

    def _listed(self, namespace: NetNamespace, family: Family) -> list[Any]:
        """Read a family from its file below /proc/PID/net, if the process still lives in the namespace."""
        if family.parse is None or not namespace.pid:
            return []
        listed = [data for name in family.files if (data := self._read(namespace.pid, name)) is not None]
        try:
            if not listed or not self._lives_in(namespace):
                return []
        except OSError:
            return []  # the process has ended
        self._counters.dumps += 1
        return [row for data in listed for row in family.parse(data)]

    def _read(self, pid: int, name: str) -> Raw | None:
        try:
            return self._procfs.net(pid, name, LIST_LIMIT)
        except OSError:
            return None  # no such protocol in this kernel, or the process has ended

    def _lives_in(self, namespace: NetNamespace) -> bool:
        if namespace.inode < 0:
            return self._procfs.net_inode(namespace.pid) == -namespace.inode
        return self._procfs.namespace(namespace.pid, "net") == namespace.inode


def _own_interface(index: int) -> Clean:
    try:
        return clean_str(socket.if_indextoname(index))
    except OSError:
        return NOTHING


def _no_interface(index: int) -> Clean:  # noqa: ARG001 - as the others, for a namespace that cannot be asked
    return NOTHING
