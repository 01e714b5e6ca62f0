"""Whole families of sockets, one namespace at a time: through sock_diag, or from /proc/net where that is denied."""

import errno
import socket
from typing import Any

from sockscope.collect.cgroups import CgroupPaths
from sockscope.collect.families import Family, in_use
from sockscope.collect.netspaces import NO_DIAG, DiagSockets, NetNamespace
from sockscope.collect.place import PROC_NET, SOCK_DIAG, Place
from sockscope.collect.work import Work
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.protocols import parse_protocols

LIST_LIMIT = 256 << 20
"""Bytes of a file below /proc/PID/net: a line is 150, and a host may have a million sockets."""
PROTOCOLS_LIMIT = 64 << 10
_BROKEN = frozenset({errno.EBADMSG, errno.EBUSY, errno.ENOBUFS, errno.EPIPE, errno.ETIMEDOUT})
"""Errors after which answers may still be on their way: the netlink socket is opened again."""


class Dumps:
    """Ask for families, and remember what the kernel does not answer for."""

    def __init__(self, diag: DiagSockets, procfs: Procfs, home: int, cgroups: CgroupPaths, work: Work) -> None:
        """Ask through `diag`, read below `procfs`; `home` is our own namespace."""
        self._diag = diag
        self._procfs = procfs
        self._home = home
        self._cgroups = cgroups
        self._work = work
        self.absent: dict[str, str] = {}
        """Families that this kernel has no handler for, with the reason; asked once, since asking loads modules."""
        self.refused: dict[tuple[int, str], str] = {}
        """Families that a namespace did not answer for in the last refresh."""
        self.answered: set[str] = set()
        """Kernel modules that have answered."""

    def wanted(self, namespace: NetNamespace, named: set[str]) -> list[Family]:
        """Choose the families that a namespace has sockets of; `named` are labels known from held sockets."""
        return in_use(self._counts(namespace), named)

    def rows(self, namespace: NetNamespace, family: Family) -> tuple[list[Any], Place]:
        """Return the sockets of a family in a namespace; empty where nothing may be asked."""
        diag = self._diag.get(namespace)
        if diag is not None and family.dump is not None and family.label not in self.absent:
            try:
                rows = family.dump(diag)
            except OSError as error:
                self._refuse(namespace, family, error)
            else:
                self._work.dumps += 1
                self.answered.add(family.module)
                self.refused.pop((namespace.inode, family.label), None)
                return rows, self.place(namespace, SOCK_DIAG)
        return self._listed(namespace, family), self.place(namespace, PROC_NET)

    def sources(self, namespaces: list[NetNamespace]) -> dict[int, tuple[str, str]]:
        """Say of each namespace what describes its sockets, and why nothing better does."""
        return {namespace.inode: self._source(namespace) for namespace in namespaces}

    def _source(self, namespace: NetNamespace) -> tuple[str, str]:
        reason = self._diag.failures.get(namespace.inode, "")
        if self._diag.get(namespace) is not None:
            return SOCK_DIAG, ""
        return PROC_NET if namespace.pid else "", reason or NO_DIAG

    def place(self, namespace: NetNamespace, source: str = SOCK_DIAG) -> Place:
        """Describe where rows of a namespace come from."""
        diag = self._diag.get(namespace)
        if diag is not None:
            interface = diag.interface
        elif namespace.inode == self._home:
            interface = _own_interface
        else:
            interface = _no_interface
        return Place(namespace.inode, source, self._cgroups.path, interface)

    def _refuse(self, namespace: NetNamespace, family: Family, error: OSError) -> None:
        reason = error.strerror or str(error)
        if error.errno in {errno.ENOENT, errno.EOPNOTSUPP, errno.EINVAL}:
            self.absent[family.label] = reason
        else:
            self.refused[namespace.inode, family.label] = reason
        if error.errno in _BROKEN:
            self._diag.drop(namespace.inode)

    def _counts(self, namespace: NetNamespace) -> dict[str, int]:
        if not namespace.pid:
            return {}
        try:
            return parse_protocols(self._procfs.read(namespace.pid, "net/protocols", PROTOCOLS_LIMIT))
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
        self._work.dumps += 1
        return [row for data in listed for row in family.parse(data)]

    def _read(self, pid: int, name: str) -> bytes | None:
        try:
            return self._procfs.read(pid, f"net/{name}", LIST_LIMIT)
        except OSError:
            return None  # no such protocol in this kernel, or the process has ended

    def _lives_in(self, namespace: NetNamespace) -> bool:
        if namespace.inode < 0:
            return self._procfs.inode(namespace.pid, "net/tcp") == -namespace.inode
        return self._procfs.link(namespace.pid, "ns/net") == b"net:[%d]" % namespace.inode


def _own_interface(index: int) -> str:
    try:
        return socket.if_indextoname(index)
    except OSError:
        return ""


def _no_interface(index: int) -> str:  # noqa: ARG001 - as the others, for a namespace that cannot be asked
    return ""
