"""Descriptors with a path: what they are and which inode, by the file itself and not by its name.

A name may have been removed, mounted over, or given to another file since. The link of the descriptor leads to the file
all the same, and pinning that (O_PATH) opens nothing. Where following it might wait for a file server, a thread does.
"""

import os
from typing import NamedTuple

from sockscope.abi.open_flags import O_LARGEFILE
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.collect.tables.mounts import LOCAL_TYPES, NUMBERED_APART, UNREADABLE, MountTable, MountTables
from sockscope.kernel.fdinfo import Fdinfo, kind_by_keys
from sockscope.kernel.filetype import FileFacts, read_file_facts, read_pinned_facts
from sockscope.kernel.links import Link
from sockscope.kernel.memory_mount import MemoryMount, read_memory_mount
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.nsfs import read_device, read_type
from sockscope.kinds.char_device import STATELESS
from sockscope.kinds.registry import PTYS
from sockscope.model.descriptor import Identified, KindName

PTS_MAJORS = range(136, 144)
TTY_MAJORS = frozenset({4, 5, 188, 204, 229})
"""Major numbers of other terminals (`Documentation/admin-guide/devices.txt`): tty, console, USB and serial lines."""
STAND_INS = frozenset({(4, 0), (5, 0), (5, 1)})
"""Nodes that stand for another terminal, for each opener his own: `/dev/tty0`, `/dev/tty`, `/dev/console`."""


PTMX = (5, 2)
OVERLAY = "overlay"


class Opened(NamedTuple):
    """Where a descriptor is open, and how to get there."""

    pid: int
    namespace: int
    """Mount namespace of the process."""
    table: int
    """Descriptor of its directory of links."""
    fd: int


class PathFacts(NamedTuple):
    """What is known of a descriptor that has a path."""

    kind: KindName
    dev: int
    """Device as `stat(2)` says it (`major << 20 | minor`), 0 unknown."""
    superblock: int
    """Device by which the kernel's tables name the file system, 0 unknown: another where files are numbered apart."""
    object: str
    """Equal exactly for descriptors of one file; "" where only a comparison of open files can tell, or nothing."""
    identified: Identified
    """What `object` rests on; `kcmp` where that has yet to be asked: all openings of a device sit on one inode."""
    size: int
    """Bytes, -1 unknown."""
    links: int
    """Names that lead to it, -1 unknown."""
    allocated: int
    """Bytes that it takes, -1 unknown."""
    rdev: tuple[int, int]
    instance: int
    """For a terminal: device of its devpts, 0 unknown."""
    instance_proven: bool
    namespace: Clean = NOTHING
    """Type of a namespace as links below `/proc/PID/ns` write it (`net`), "" unknown."""


class FileClassifier:
    """Tell path descriptors apart without opening, or waiting for, any of them."""

    def __init__(self, mounts: MountTables) -> None:
        """Look file systems up in `mounts`."""
        self._mounts = mounts
        self._own = mounts.namespace(os.getpid())
        self._memory = read_memory_mount()
        self._nsfs = read_device()
        self._patience = Patience()
        self._layered: set[int] = set()
        """Overlays that have answered once: their layers may lie with a file server (see `kernel.filetype`)."""

    def close(self) -> None:
        """Wait for nobody any more; the next file that may keep us waiting gets a thread again."""
        self._patience.close()

    def memory(self, info: Fdinfo) -> MemoryMount | None:
        """Return the kernel's own mount for memory where a descriptor lies there: a memfd, whatever its name."""
        return self._memory if info.mnt_id == self._memory.mount >= 0 else None

    def is_mounted(self, opened: Opened, info: Fdinfo) -> bool:
        """Tell whether a file lies in a mount that its process sees, where a link's text can be anybody's choice."""
        return self._mounts.find(opened.pid, opened.namespace, info.mnt_id)[1] is not None

    def describe(self, opened: Opened, link: Link, info: Fdinfo) -> PathFacts:
        """Say what a descriptor is, from the file that its link leads to, its fdinfo and its mount."""
        table, mount = self._mounts.find(opened.pid, opened.namespace, info.mnt_id)
        facts = self._facts(opened, link, info, table, mount)
        kind = self._kind(link, info, mount, facts)
        dev = facts.dev if facts else _device_of(mount)
        instance, proven = _instance(kind, mount, table)
        rdev = facts.rdev if facts else (0, 0)
        object_, identified = _object(kind, dev, facts.ino if facts else info.ino, rdev)
        namespace = _namespace_type(opened, info.ino, mount) if kind == "namespace" else NOTHING
        if namespace:
            object_ = f"{namespace}:[{info.ino}]"  # as its link reads where it was opened below /proc/PID/ns
        return PathFacts(
            kind=kind,
            dev=dev,
            superblock=mount.dev if mount else 0,
            object=object_,
            identified=identified,
            size=facts.size if facts else -1,
            links=facts.links if facts else -1,
            allocated=facts.allocated if facts else -1,
            rdev=rdev,
            instance=instance,
            instance_proven=proven,
            namespace=namespace,
        )

    def settled(self, opened: Opened, info: Fdinfo) -> int:
        """Return the device of a descriptor's file where its mount alone tells, 0 where the file has to be asked."""
        return _device_of(self._mounts.find(opened.pid, opened.namespace, info.mnt_id)[1])

    def _facts(
        self, opened: Opened, link: Link, info: Fdinfo, table: MountTable, mount: Mount | None
    ) -> FileFacts | None:
        """Ask for the file: at once where nobody has to be waited for, then for its name, then by a thread."""
        if mount is not None and self._answers_at_once(mount):
            return _fitting(_pinned(opened), info, mount)
        named = None if mount is None or link.deleted else self._named(opened, link.path, table)
        found = _fitting(named, info, mount) or _fitting(self._patiently(opened, info.mnt_id), info, mount)
        if found is not None and mount is not None and mount.fstype == OVERLAY:
            self._layered.add(mount.id)
        return found

    def _answers_at_once(self, mount: Mount) -> bool:
        return mount.fstype in LOCAL_TYPES and (mount.fstype != OVERLAY or mount.id in self._layered)

    def _patiently(self, opened: Opened, mount_id: int) -> FileFacts | None:
        """Pin a file that may lie on a dead file server, which is then waited for once, whatever lies there."""
        try:
            asked, facts = self._patience.ask(mount_id, lambda: (opened, _pinned(opened)))
        except NoAnswerError:
            return None
        return facts if asked == opened else None

    def _named(self, opened: Opened, path: Raw, table: MountTable) -> FileFacts | None:
        """Look a path up in what the kernel has cached of the process's mount namespace."""
        if opened.namespace in {self._own, UNREADABLE}:
            return _cached_facts(path)
        if not table.root_is_local:
            return None  # reaching its root could wait for another machine
        try:
            root = os.open(f"/proc/{opened.pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return _cached_facts(path.lstrip(b"/") or b".", root)
        finally:
            os.close(root)

    def _kind(self, link: Link, info: Fdinfo, mount: Mount | None, facts: FileFacts | None) -> KindName:
        if kind_by_keys(info.lines) == "pty-master":
            # A master may be opened under any name, through a second mount of devpts for one.
            return "pty-master"
        if _is_queue(link, info.flags, mount):
            return "mqueue"
        if facts is None:
            return _kind_by_name(link, info.flags)
        if facts.kind != "char-device":
            return "namespace" if facts.dev == self._nsfs != 0 else facts.kind
        if facts.rdev == PTMX and link.kind == "pty-master":
            return "pty-master"  # before Linux 4.18 fdinfo does not tell
        return "tty" if facts.rdev[0] in PTS_MAJORS or facts.rdev[0] in TTY_MAJORS else "char-device"


def _pinned(opened: Opened) -> FileFacts | None:
    try:
        return read_pinned_facts(str(opened.fd), opened.table)
    except OSError:
        return None  # closed meanwhile, or a FUSE file system of another user, which tells nobody else


def _namespace_type(opened: Opened, ino: int, mount: Mount | None) -> Clean:
    """Tell the type of a namespace: the mount that it was opened through says it, else the namespace itself."""
    if mount is not None and mount.root.endswith(f":[{ino}]"):
        return mount.root.partition(":")[0]
    try:
        return read_type(str(opened.fd), ino, opened.table)
    except OSError:
        return NOTHING


def _fitting(facts: FileFacts | None, info: Fdinfo, mount: Mount | None) -> FileFacts | None:
    """Believe facts only where they are of the file that fdinfo was about: the number may have been used again."""
    if facts is None or (facts.mount != info.mnt_id and facts.mount >= 0):
        return None
    if mount is not None and (mount.fstype in NUMBERED_APART or (facts.mount == mount.id and facts.dev != mount.dev)):
        return facts  # there an inode may have one number in memory and another for stat(2)
    return facts if facts.ino == info.ino and (mount is None or facts.dev == mount.dev) else None


def _device_of(mount: Mount | None) -> int:
    return 0 if mount is None or mount.fstype in NUMBERED_APART else mount.dev


def _object(kind: str, dev: int, ino: int, rdev: tuple[int, int]) -> tuple[str, Identified]:
    """Name the object: a block device or terminal by its number, since nodes of it may be many, else the inode.

    Of a character device each open file is another, but for those that keep nothing of who has them open.
    """
    if kind == "char-device" and rdev in STATELESS:
        return STATELESS[rdev], "number"
    if kind == "char-device" or (kind == "tty" and rdev in STAND_INS):
        return "", "kcmp"
    if kind == "block-device" or (kind == "tty" and rdev[0] in TTY_MAJORS):
        return f"{kind}:{rdev[0]}:{rdev[1]}", "number"
    return (f"inode:{dev}:{ino}", "inode") if dev else ("", "")


def _kind_by_name(link: Link, flags: int) -> KindName:
    if link.kind != "path":
        return link.kind
    return "directory" if _is_directory(flags) else "file"


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
    if kind not in PTYS:
        return 0, False
    if mount is not None and mount.fstype == "devpts":
        return mount.dev, True
    return (table.devpts, False) if kind == "pty-master" else (0, False)
