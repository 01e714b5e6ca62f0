"""Exact questions: one socket that a dump has passed over, asked for before it is called gone."""

from collections.abc import Iterable
from typing import Any

from sockscope.collect.counters import Counters
from sockscope.collect.sockets.families import BY_LABEL, Family
from sockscope.collect.sockets.netspaces import DiagSockets, NetNamespace
from sockscope.kernel.diag import inet, unix
from sockscope.kernel.diag.inet import InetSocket

MOST = 1 << 13
"""Questions in one look; who is not asked about then waits for the next."""


class QuestionsByName:
    """Ask for sockets one by one; each question costs as much as a hundred rows of a dump."""

    def __init__(self, diag: DiagSockets, counters: Counters) -> None:
        """Ask through `diag`."""
        self._diag = diag
        self._counters = counters
        self.left = MOST
        """Questions that there is room for in this look."""

    def begin(self) -> None:
        """Start a look."""
        self.left = MOST

    def unix(self, ino: int, namespaces: Iterable[NetNamespace]) -> tuple[unix.UnixSocket, NetNamespace] | None:
        """Ask namespaces for a unix socket by its inode; a refusal is no answer, and the dump has noted it."""
        for namespace in namespaces:
            diag = self._diag.get(namespace)
            if diag is None:
                continue
            self._count()
            try:
                row = unix.read(diag, ino)
            except OSError:
                continue
            if row is not None:
                return row, namespace
        return None

    def again(self, row: Any, label: str, namespace: NetNamespace) -> Any | None:
        """Ask for a socket by the addresses and cookie it had; None for families without such a question."""
        family = BY_LABEL.get(label)
        diag = self._diag.get(namespace)
        if diag is None or family is None or not _askable(row, family):
            return None
        self._count()
        try:
            return inet.read(diag, row, family.protocol)
        except OSError:
            return None

    def _count(self) -> None:
        self._counters.exact += 1
        self.left = max(0, self.left - 1)


def _askable(row: Any, family: Family) -> bool:
    # MPTCP sockets are looked up by token instead, and listeners have none (net/mptcp/mptcp_diag.c).
    return isinstance(row, InetSocket) and bool(row.cookie) and family.protocol not in {0, inet.MPTCP}
