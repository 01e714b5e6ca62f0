"""Network namespaces that are mounted on files in other mount namespaces, as containers have them for containers.

Those of our own mount namespace are known by their paths (`kernel.netns.pinned`). Elsewhere a mount is read of one
process for each mount namespace: of processes that are new, and of all again after some looks, since a process may
leave for a mount namespace of its own, and mounts come and go.
"""

import os
from collections.abc import Iterable

from sockscope.collect.sockets.netspaces import Keeper, Keepers
from sockscope.collect.tables.mounts import UNREADABLE, MountTables
from sockscope.kernel.mountinfo import Mount

ASK_AGAIN = 30
"""Looks after which everything is read again."""
NSFS, NETWORK = "nsfs", "net:["


class MountedNamespaces:
    """Find them, and keep them while the process that they were seen through stays where it was."""

    def __init__(self, mounts: MountTables) -> None:
        """Read mounts through `mounts`."""
        self._mounts = mounts
        self._own = mounts.namespace(os.getpid())
        self._asked: set[int] = set()
        self._through: dict[int, int] = {}
        """Mount namespace to the process that it was read of."""
        self._kept: dict[int, Keeper] = {}
        self._turn = 0

    def refresh(self, pids: Iterable[int]) -> Keepers:
        """Return what keeps each network namespace that is mounted elsewhere, by inode.

        Args:
            pids: processes that have a table of mounts; threads of the kernel have ours.
        """
        here = set(pids)
        if self._turn % ASK_AGAIN == 0:
            self._asked, self._through, self._kept = set(), {}, {}
        self._turn += 1
        self._kept = {inode: keeper for inode, keeper in self._kept.items() if self._stays(keeper.pid)}
        for pid in sorted(here - self._asked):
            self._ask(pid)
        self._asked = here
        return {inode: (keeper,) for inode, keeper in self._kept.items()}

    def _stays(self, pid: int) -> bool:
        return self._through.get(self._mounts.namespace(pid)) == pid

    def _ask(self, pid: int) -> None:
        namespace = self._mounts.namespace(pid)
        if namespace in {self._own, UNREADABLE} or namespace in self._through:
            return
        self._through[namespace] = pid
        for mount in self._mounts.table(pid, namespace).by_id.values():
            inode = _network_namespace(mount)
            if inode:
                self._kept.setdefault(inode, Keeper(pid, mount_point=mount.point))


def _network_namespace(mount: Mount) -> int:
    """Return the inode of the network namespace that a mount shows, 0 for any other mount (`fs/nsfs.c`)."""
    number = mount.root[len(NETWORK) : -1]
    return int(number) if mount.fstype == NSFS and mount.root.startswith(NETWORK) and number.isdigit() else 0
