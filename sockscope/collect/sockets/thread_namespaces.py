"""Network namespaces that only a thread lives in, as Go programs and container plug-ins make them (`setns(2)`).

`/proc/PID/ns/net` is that of the first thread. The others are asked where a process holds sockets that no namespace
has: reading the link of every thread of the machine at every look would cost more than all else.
"""

from collections.abc import Callable, Collection, Mapping

from sockscope.collect.sockets.netspaces import Keeper, Keepers
from sockscope.kernel.netns import read_netns
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket

MOST_THREADS = 4096
"""Threads that are asked in one look, of all processes together."""
ASK_AGAIN = 30
"""Refreshes after which the threads of the same processes are asked again: a thread may move."""


class ThreadNamespaces:
    """Find them, and keep them while the thread stays."""

    def __init__(self, procfs: Procfs) -> None:
        """Read links below `procfs`."""
        self._procfs = procfs
        self._kept: dict[int, Keeper] = {}
        self._sockets: Mapping[int, Socket] = {}
        self._undescribed: set[int] = set()
        """Inodes of those of `_sockets` that somebody holds and nothing describes."""
        self._lost: set[int] = set()
        self._turn = 0

    def still(self) -> Keepers:
        """Return what was found before and still is so, by inode."""
        self._kept = {inode: keeper for inode, keeper in self._kept.items() if self._lives_in(keeper.tid) == inode}
        return {inode: (keeper,) for inode, keeper in self._kept.items()}

    def search(
        self, sockets: Mapping[int, Socket], holders: Callable[[int], Collection[Descriptor]], known: Collection[int]
    ) -> Keepers:
        """Ask the threads of those who hold sockets that nothing describes; return what is new, by inode.

        Args:
            sockets: all that were found; the same mapping as before while neither they nor their holders are others,
                and then it is not gone through again.
            holders: returns the descriptors of a socket by its inode: any of their processes may have the thread.
            known: namespaces that were looked into.
        """
        if sockets is not self._sockets:
            self._sockets = sockets
            self._undescribed = {
                one.ino for one in sockets.values() if one.cookie == 0 and one.netns == 0 and holders(one.ino)
            }
        lost = self._undescribed
        self._turn += 1
        if not lost or (lost <= self._lost and self._turn % ASK_AGAIN):
            return {}
        self._lost = lost
        found: dict[int, Keeper] = {}
        room = MOST_THREADS
        for pid in sorted({holder.pid for ino in lost for holder in holders(ino)}):
            tasks = self._tasks(pid)[:room]
            room -= len(tasks)
            for tid in tasks:
                inode = self._lives_in(tid)
                if inode and inode not in known:
                    found.setdefault(inode, Keeper(pid, tid=tid))
        self._kept = {**self._kept, **found}
        return {inode: (keeper,) for inode, keeper in found.items()}

    def _tasks(self, pid: int) -> list[int]:
        try:
            return [tid for tid in self._procfs.tasks(pid) if tid != pid]
        except OSError:
            return []  # it has ended

    def _lives_in(self, tid: int) -> int:
        try:
            return read_netns(tid, self._procfs.root)
        except OSError:
            return 0
