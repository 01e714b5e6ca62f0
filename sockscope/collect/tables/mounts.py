"""Mounts of each mount namespace: which device a mount id of fdinfo stands for."""

import os
import time
from collections.abc import Iterable

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import ours
from sockscope.kernel.mountinfo import Mount, parse_mountinfo
from sockscope.kernel.procfs import Procfs

LOCAL_TYPES = frozenset(
    {"bcachefs", "binfmt_misc", "bpf", "btrfs", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs",
     "efivarfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fusectl", "hugetlbfs", "iso9660", "jfs", "mqueue",
     "nsfs", "ntfs3", "overlay", "proc", "pstore", "ramfs", "reiserfs", "rootfs", "securityfs", "selinuxfs", "squashfs",
     "sysfs", "tmpfs", "tracefs", "udf", "vfat", "xfs", "zfs"}
)  # fmt: skip
"""File systems that no other machine and no user process answers for. An overlay may lie on one that is not."""
UNREADABLE = -1
OF_OUR_OWN = 16 << 20
OF_ONE, OF_A_LOOK, OF_ALL = 2 << 20, 16 << 20, 32 << 20
"""Bytes of mountinfo; a mount has some 130, and takes 5 µs to parse."""
UNUSED = 180.0
"""Seconds after which a table goes that nobody asks about: all processes are looked at in a third of this."""


NUMBERED_APART = frozenset({"aufs", "bcachefs", "btrfs", "ceph", "overlay", "shiftfs", "zfs"})
"""File systems that number their files more than once: each subvolume, snapshot or layer has a device of its own.

That device is what `stat(2)` says; mountinfo, `maps`, and whatever else names a superblock, say another.
"""


class MountTable:
    """The mounts of one mount namespace."""

    def __init__(self, mounts: dict[int, Mount]) -> None:
        """Index what mountinfo lists."""
        self.by_id = mounts
        self.root_is_local = False
        self.devpts = 0
        """Device of the devpts that `/dev/pts` shows, 0 none: the instance that `/dev/ptmx` opens."""
        self.types = {mount.dev: mount.fstype for mount in mounts.values()}
        """File systems by the device of their superblock."""
        for mount in mounts.values():
            if mount.mount_point == "/":
                self.root_is_local = mount.fstype in LOCAL_TYPES
            if mount.mount_point == "/dev/pts" and mount.fstype == "devpts":
                self.devpts = mount.dev


class MountTables:
    """Mount tables by namespace, read once a refresh at most and only when a mount id is not known.

    Any user can have mount namespaces, and mounts in them by the hundred thousand. So no more is read of one than
    `OF_ONE`, of all of them in one look than `OF_A_LOOK`, and kept than `OF_ALL`, in bytes as the kernel writes them;
    of our own, where only root mounts, everything. Files behind a mount that was not read are asked themselves.
    """

    def __init__(self, procfs: Procfs) -> None:
        """Start without any table."""
        self._procfs = procfs
        self._own = self.namespace(os.getpid())
        self._tables: dict[int, MountTable] = {}
        self._fresh: set[int] = set()
        self._anywhere: dict[int, Mount] = {}
        """All mounts of all tables by id, which is unique on the machine."""
        self._now = time.monotonic()
        self._used: dict[int, float] = {}
        """When a namespace was asked about last."""
        self._sizes: dict[int, int] = {}
        """Bytes of each table that is kept."""
        self._kept = 0
        """Bytes of all of them."""
        self._spent = 0
        self._left: set[int] = set()
        """Namespaces of which not everything was read when they were asked about last."""

    def begin(self) -> None:
        """Start a refresh: tables may be read again, and those that nobody has asked about for long are dropped."""
        self._fresh.clear()
        self._spent = 0
        self._now = time.monotonic()
        for namespace in [one for one, used in self._used.items() if self._now - used > UNUSED]:
            self._forget(namespace)
            del self._used[namespace]
            self._left.discard(namespace)

    def namespace(self, pid: int) -> int:
        """Return the inode of a process's mount namespace, or `UNREADABLE`."""
        try:
            return self._procfs.namespace(pid, "mnt")
        except (OSError, ValueError):
            return UNREADABLE

    def table(self, pid: int, namespace: int) -> MountTable:
        """Return the mounts that a process sees, as they were when this refresh asked first."""
        self._used[namespace] = self._now
        if namespace not in self._fresh:
            self._read(pid, namespace)
        return self._tables.get(namespace) or MountTable({})

    def find(self, pid: int, namespace: int, mount_id: int) -> tuple[MountTable, Mount | None]:
        """Return a process's mount table, and the mount of an id where it is in that or another table.

        A service keeps what was opened for it before it got mounts of its own. None for a mount that was made without a
        place or has lost it (fsmount(2), open_tree(2), a lazy unmount), for the kernel's own (pipefs, mqueue), and for
        one that was too much to read.
        """
        self._used[namespace] = self._now
        table = self._tables.get(namespace)
        if (table is None or mount_id not in table.by_id) and namespace not in self._fresh:
            table = self._read(pid, namespace)
        table = table or MountTable({})
        return table, table.by_id.get(mount_id) or self._anywhere.get(mount_id)

    @property
    def half_read(self) -> list[int]:
        """Namespaces of which not everything was read when they were asked about last."""
        return list(self._left)

    def note_half_read(self, namespaces: Iterable[int]) -> None:
        """Note namespaces of which another process has not read everything, and this one no more."""
        self._left.update(one for one in namespaces if one not in self._tables)

    @property
    def notes(self) -> tuple[Clean, ...]:
        """Say what was not read, in one sentence."""
        if not self._left:
            return ()
        which = ours("1 mount namespace") if len(self._left) == 1 else ours("{:,} mount namespaces", len(self._left))
        return (ours("not all mounts of {} were read: there are too many", which),)

    def _read(self, pid: int, namespace: int) -> MountTable | None:
        self._fresh.add(namespace)
        most = self._room(namespace)
        try:
            data = self._procfs.mounts(pid, most) if most > 0 else Raw()
        except OSError:
            return self._tables.get(namespace)
        self._spent += len(data)
        if len(data) < most:
            self._left.discard(namespace)
        else:
            data = data[: data.rfind(b"\n") + 1]
            before = self._tables.get(namespace)
            if before is not None and len(data) <= self._sizes[namespace]:
                return before  # of which more was read before
            self._left.add(namespace)
            if not data:
                return None
        self._forget(namespace)
        table = self._tables[namespace] = MountTable(parse_mountinfo(data))
        self._sizes[namespace] = len(data)
        self._kept += len(data)
        self._anywhere.update(table.by_id)
        return table

    def _room(self, namespace: int) -> int:
        """Say how much may be read of a namespace; half of a look is for those that were never read whole."""
        if namespace in {self._own, UNREADABLE}:
            return OF_OUR_OWN
        again = namespace in self._tables and namespace not in self._left
        kept = self._kept - self._sizes.get(namespace, 0)
        return min(OF_ONE, (OF_A_LOOK // 2 if again else OF_A_LOOK) - self._spent, OF_ALL - kept)

    def _forget(self, namespace: int) -> None:
        self._kept -= self._sizes.pop(namespace, 0)
        before = self._tables.pop(namespace, None)
        for mount_id in before.by_id if before is not None else ():
            self._anywhere.pop(mount_id, None)
