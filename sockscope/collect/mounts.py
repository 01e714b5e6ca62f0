"""Mounts of each mount namespace: which device a mount id of fdinfo stands for."""

from sockscope.kernel.mountinfo import Mount, parse_mountinfo
from sockscope.kernel.procfs import Procfs

LOCAL_TYPES = frozenset(
    {"bcachefs", "btrfs", "devpts", "devtmpfs", "ext2", "ext3", "ext4", "erofs", "f2fs", "overlay", "ramfs",
     "rootfs", "squashfs", "tmpfs", "vfat", "xfs", "zfs"}
)  # fmt: skip
"""File systems that no other machine and no user process answers for."""
UNREADABLE = -1


class MountTable:
    """The mounts of one mount namespace."""

    def __init__(self, mounts: dict[int, Mount]) -> None:
        """Index what mountinfo lists."""
        self.by_id = mounts
        self.root_is_local = False
        self.devpts = 0
        """Device of the devpts that `/dev/pts` shows, 0 none: the instance that `/dev/ptmx` opens."""
        for mount in mounts.values():
            if mount.mount_point == "/":
                self.root_is_local = mount.fstype in LOCAL_TYPES
            if mount.mount_point == "/dev/pts" and mount.fstype == "devpts":
                self.devpts = mount.dev


class MountTables:
    """Mount tables by namespace, read once a refresh at most and only when a mount id is not known."""

    def __init__(self, procfs: Procfs) -> None:
        """Start without any table."""
        self._procfs = procfs
        self._tables: dict[int, MountTable] = {}
        self._fresh: set[int] = set()

    def begin(self) -> None:
        """Start a refresh: tables may be read again."""
        self._fresh.clear()

    def namespace(self, pid: int) -> int:
        """Return the inode of a process's mount namespace, or `UNREADABLE`."""
        try:
            text = self._procfs.link(pid, "ns/mnt")
        except OSError:
            return UNREADABLE
        return int(text.partition(b"[")[2].rstrip(b"]") or b"-1")

    def find(self, pid: int, namespace: int, mount_id: int) -> tuple[MountTable, Mount | None]:
        """Return a process's mount table and the mount of an id, None where the id is not a mount of it.

        Kernel-internal mounts (sockfs, pipefs, the one behind memfds) are in no table.
        """
        table = self._tables.get(namespace)
        if (table is None or mount_id not in table.by_id) and namespace not in self._fresh:
            table = self._read(pid, namespace)
        table = table or MountTable({})
        return table, table.by_id.get(mount_id)

    def _read(self, pid: int, namespace: int) -> MountTable | None:
        self._fresh.add(namespace)
        try:
            table = MountTable(parse_mountinfo(self._procfs.read(pid, "mountinfo", 16 << 20)))
        except OSError:
            return self._tables.get(namespace)
        self._tables[namespace] = table
        return table
