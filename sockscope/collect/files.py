"""Descriptors with a path: file, directory, FIFO, device, terminal, or message queue, and which inode."""

import os
from typing import NamedTuple

from sockscope.collect.mounts import UNREADABLE, MountTable, MountTables
from sockscope.kernel.fdinfo import Fdinfo, kind_by_keys
from sockscope.kernel.filetype import FileFacts, read_file_facts
from sockscope.kernel.links import Link
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.openflags import O_LARGEFILE

PTS_MAJORS = range(136, 144)
TTY_MAJORS = frozenset({4, 5, 188, 204, 229})
"""Major numbers of other terminals (`Documentation/admin-guide/devices.txt`): tty, console, USB and serial lines."""
_MINOR_BITS = 20
BTRFS_LIKE = frozenset({"btrfs", "bcachefs", "overlay", "zfs"})
"""File systems whose stat device is not the device of their mount."""


class PathFacts(NamedTuple):
    """What is known of a descriptor that has a path."""

    kind: str
    dev: int
    """Device of the mount (`major << 20 | minor`), 0 where the mount is in no table."""
    identity: str
    """The inode as a text that is equal exactly for equal inodes."""
    size: int
    """Bytes, -1 unknown."""
    rdev: tuple[int, int]
    instance: int
    """For a terminal: device of its devpts, 0 unknown."""
    instance_proven: bool


class FileClassifier:
    """Tell path descriptors apart without opening, following or waiting for any of them."""

    def __init__(self, mounts: MountTables) -> None:
        """Look device numbers up in `mounts`."""
        self._mounts = mounts
        self._own = mounts.namespace(os.getpid())

    def describe(self, pid: int, namespace: int, link: Link, info: Fdinfo) -> PathFacts:
        """Say what a descriptor is, from its link text, its fdinfo and what the kernel has cached of its path."""
        table, mount = self._mounts.find(pid, namespace, info.mnt_id)
        dev = mount.dev if mount else 0
        facts = None if link.deleted else self._facts(pid, namespace, link, info, table, mount)
        kind = self._kind(link, info, mount, facts)
        # Without a device the mount id keeps inodes apart: it is unique on the machine.
        place = str(dev) if dev else f"m{info.mnt_id}"
        instance, proven = _instance(kind, mount, table)
        return PathFacts(
            kind,
            dev,
            f"{place}:{info.ino}",
            facts.size if facts else -1,
            facts.rdev if facts else (0, 0),
            instance,
            proven,
        )

    def device(self, pid: int, namespace: int, mount_id: int) -> int:
        """Return the device of a mount, 0 where it is in no table."""
        _, mount = self._mounts.find(pid, namespace, mount_id)
        return mount.dev if mount else 0

    def _facts(
        self, pid: int, namespace: int, link: Link, info: Fdinfo, table: MountTable, mount: Mount | None
    ) -> FileFacts | None:
        path = link.path
        if namespace not in {self._own, UNREADABLE}:
            facts = self._facts_inside(pid, path, table)
        else:
            facts = _cached_facts(path)
        if facts is None or facts.ino != info.ino:
            return None
        if mount is not None and facts.dev != mount.dev and mount.fstype not in BTRFS_LIKE:
            return None
        return facts

    def _facts_inside(self, pid: int, path: bytes, table: MountTable) -> FileFacts | None:
        """Look a path up in another mount namespace, if reaching its root cannot wait for another machine."""
        if not table.root_is_local:
            return None
        try:
            root = os.open(f"/proc/{pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return _cached_facts(path.lstrip(b"/") or b".", root)
        finally:
            os.close(root)

    def _kind(self, link: Link, info: Fdinfo, mount: Mount | None, facts: FileFacts | None) -> str:
        told = kind_by_keys(info.lines)
        if told == "pty-master":
            # A master may be opened under any name, through a second mount of devpts for one.
            return told
        if link.kind != "path":
            return link.kind
        if _is_queue(link, info.flags, mount):
            return "mqueue"
        if facts is None:
            return "directory" if _is_directory(info.flags) else "file"
        if facts.kind == "char-device" and (facts.rdev[0] in PTS_MAJORS or facts.rdev[0] in TTY_MAJORS):
            return "tty"
        return facts.kind


def _is_queue(link: Link, flags: int, mount: Mount | None) -> bool:
    """Tell a POSIX message queue by its mount, or by how `mq_open(3)` opens it: in a mount of the kernel's own.

    There its path is one name, and it comes without O_LARGEFILE, which `open(2)` always adds in a 64-bit process
    (fs/open.c, `force_o_largefile`; not so in ipc/mqueue.c). O_PATH drops that flag as well.
    """
    if _is_directory(flags):
        return False
    if mount is not None:
        return mount.fstype == "mqueue"
    return link.path.rfind(b"/") == 0 and not flags & (O_LARGEFILE | os.O_PATH)


def _is_directory(flags: int) -> bool:
    """Tell whether a file was opened as a directory; O_TMPFILE, a file without a name, contains that bit."""
    return bool(flags & os.O_DIRECTORY) and flags & os.O_TMPFILE != os.O_TMPFILE


def _cached_facts(path: bytes, root: int | None = None) -> FileFacts | None:
    if not path.startswith(b"/") and root is None:
        return None
    try:
        return read_file_facts(path) if root is None else read_file_facts(path, root)
    except OSError:
        # Not cached, renamed, or out of reach: the type stays what the link and the flags say.
        return None


def _instance(kind: str, mount: Mount | None, table: MountTable) -> tuple[int, bool]:
    """Tell which devpts a terminal belongs to, and whether that is certain.

    A master opened as `/dev/ptmx` on another file system belongs to the devpts that its opener saw
    at `/dev/pts` (fs/devpts/inode.c), most likely the one that is there now.
    """
    if kind not in {"tty", "pty-master"}:
        return 0, False
    if mount is not None and mount.fstype == "devpts":
        return mount.dev, True
    return (table.devpts, False) if kind == "pty-master" else (0, False)
