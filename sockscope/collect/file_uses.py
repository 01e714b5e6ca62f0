"""Who uses a file, or anything on a mount, without that a descriptor's (device, inode) would tell.

Working directories, roots, programs and mappings of all processes; mounts whose root is the file; loop devices that it
is behind. For the root of a mount also what lies anywhere on it, told by the number of the mount: that is what makes
umount(2) say busy. What is open through another mount of the same file system does not. For a block device all that
lies on its file systems, wherever these are mounted.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean, ours
from sockscope.collect.allowance import Allowance, Budget
from sockscope.collect.asked_path import AskedFile, AskedPaths
from sockscope.collect.patience import NoAnswerError
from sockscope.collect.processes.answering import Answering
from sockscope.collect.tables.mounts import NUMBERED_APART, MountTables
from sockscope.collect.used_files import UsedFile, UsedFiles
from sockscope.kernel.filetype import FileFacts
from sockscope.kernel.loop_devices import read_loop_devices
from sockscope.kernel.mountinfo import Mount
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.located import FileUse

INFO_LIMIT = 64 << 10
PROVEN = ours("device and inode, from the file itself")
BY_DEVICE = ours("device of the file system and inode of the mapping; there several files may have them")
BY_MOUNT = ours("number of the mount")
BY_FILE_SYSTEM = ours("device of the file system; through which mount could not be asked")
BY_SYSTEM = ours("device of the file system, which lies on this block device")
BY_NAME = ours("the name it was set up with, which leads to this file here")
Tables = Mapping[ProcessKey, Mapping[int, Descriptor]]


class FileUses:
    """Ask all processes, all mounts and all loop devices."""

    def __init__(self, procfs: Procfs, mounts: MountTables, paths: AskedPaths, answering: Answering) -> None:
        """Read below the root of `procfs` of who is `answering`; names are asked for through `paths`."""
        self._procfs = procfs
        self._mounts = mounts
        self._paths = paths
        self._answering = answering
        self._used = UsedFiles(procfs, mounts)
        self._budget = Budget()
        self._left = 0
        """Descriptors that were not asked through which mount they are open."""
        self.systems: frozenset[int] = frozenset()
        """Superblocks that lie on the file, where that is a block device."""

    def read(self, file: AskedFile, tables: Tables) -> tuple[list[FileUse], int]:
        """List the uses of a file, and count the processes that could not be asked.

        Args:
            file: the file.
            tables: descriptors of all processes, for what is open on a mount.
        """
        found: list[FileUse] = []
        unread = 0
        self.systems = frozenset(self._systems_on(file)) if file.block_device else frozenset()
        for pid in self._procfs.pids():
            if pid == os.getpid():
                continue  # whoever looks uses what he looks with
            try:
                found += self._of_process(pid, file)
            except (NoAnswerError, PermissionError):
                unread += 1
            except OSError:
                continue  # it has ended, or is a thread of the kernel
        if file.named.mount_root:
            found += self._open_on(file, tables)
        if self.systems:
            found += self._open_on_systems(tables)
        found += self._mounted(file)
        found += self._behind_loops(file)
        return found, unread

    @property
    def notes(self) -> tuple[Clean, ...]:
        """Say what was not asked, in one sentence."""
        if not self._left:
            return ()
        which = ours("1 descriptor was") if self._left == 1 else ours("{:,} descriptors were", self._left)
        return (ours("{} not asked through which mount they are open: there is too much to read of them", which),)

    def close(self) -> None:
        """Wait for nobody any more."""
        self._used.close()

    # Processes

    def _of_process(self, pid: int, file: AskedFile) -> list[FileUse]:
        if not self._answering.check(pid):
            raise NoAnswerError
        start = self._start(pid)
        uses = [use for used in self._used.read(pid) if (use := self._use(pid, start, used, file)) is not None]
        # The number may have been given to another process meanwhile.
        return uses if not uses or self._start(pid) == start else []

    def _start(self, pid: int) -> int:
        return self._procfs.stat(pid).start

    def _use(self, pid: int, start: int, used: UsedFile, file: AskedFile) -> FileUse | None:
        facts = file.named.facts
        name = clean(used.target)
        if used.identified and (used.dev, used.ino) == (facts.dev, facts.ino):
            return FileUse(used.use, pid, start, name=name, evidence=PROVEN)
        if not used.identified and (used.dev, used.ino) == (file.superblock, file.named.inner):
            return FileUse(used.use, pid, start, name=name, confidence="inferred", evidence=BY_DEVICE)
        if self.systems and self._is_on_systems(pid, used):
            return FileUse(used.use, pid, start, name=name, evidence=BY_SYSTEM, on_mount=True)
        return self._use_on_mount(pid, start, used, file) if file.named.mount_root else None

    def _use_on_mount(self, pid: int, start: int, used: UsedFile, file: AskedFile) -> FileUse | None:
        if not self._may_be_on(used.dev, file):
            return None
        name = clean(used.target)
        mount = self._used.mount(pid, used)
        if mount == file.named.facts.mount:
            return FileUse(used.use, pid, start, name=name, evidence=BY_MOUNT, on_mount=True)
        if mount >= 0:
            return None
        evidence = BY_FILE_SYSTEM
        return FileUse(used.use, pid, start, name=name, confidence="inferred", evidence=evidence, on_mount=True)

    def _may_be_on(self, dev: int, file: AskedFile) -> bool:
        """Tell whether a file of this device may lie on the mount; where layers have their own, any may."""
        return dev == file.superblock or file.numbered_apart

    # Block devices

    def _systems_on(self, file: AskedFile) -> Iterator[int]:
        """Yield the superblocks on a block device: most have its number, and btrfs names it as its source."""
        for pid, _ in self._mount_namespaces():
            for mount in self._mounts.table(pid, self._mounts.namespace(pid)).by_id.values():
                if mount.dev == file.block_device or self._is_source(mount, file):
                    yield mount.dev

    def _is_source(self, mount: Mount, file: AskedFile) -> bool:
        if mount.fstype not in NUMBERED_APART or not mount.source.startswith("/"):
            return False
        named = self._paths.cached(mount.source.encode("utf-8", "surrogateescape"))
        return named is not None and named.facts.rdev == file.named.facts.rdev != (0, 0)

    def _is_on_systems(self, pid: int, used: UsedFile) -> bool:
        if used.dev in self.systems:
            return True
        mount = self._mounts.find(pid, self._mounts.namespace(pid), used.mount)[1]
        return mount is not None and mount.dev in self.systems

    def _open_on_systems(self, tables: Tables) -> Iterator[FileUse]:
        for key, table in tables.items():
            for fd, descriptor in table.items():
                if descriptor.superblock in self.systems:
                    yield FileUse("open", key.pid, key.start, fd, descriptor.target, evidence=BY_SYSTEM, on_mount=True)

    # Descriptors

    def _open_on(self, file: AskedFile, tables: Tables) -> Iterator[FileUse]:
        for key, table in tables.items():
            fitting = [fd for fd, one in table.items() if one.target.startswith("/") and self._may_lie_on(one, file)]
            for fd in self._through(key.pid, fitting, file.named.facts.mount):
                target = table[fd].target
                yield FileUse("open", key.pid, key.start, fd, target, evidence=BY_MOUNT, on_mount=True)

    def _may_lie_on(self, descriptor: Descriptor, file: AskedFile) -> bool:
        return not descriptor.dev or self._may_be_on(descriptor.dev, file)

    def _through(self, pid: int, fds: Sequence[int], mount: int) -> Iterator[int]:
        """Yield those descriptors of a process that are open through a mount; what is too much to read is counted."""
        if not fds:
            return
        try:
            uid = self._procfs.owner(pid)
        except OSError:
            return  # it has ended
        allowed = self._budget.allow(uid)
        for position, fd in enumerate(fds):
            if allowed.spent >= allowed.most:
                self._left += len(fds) - position
                break
            if self._mount_of(pid, fd, allowed) == mount:
                yield fd
        self._budget.settle(uid, allowed)

    def _mount_of(self, pid: int, fd: int, allowed: Allowance) -> int:
        try:
            info = allowed.read(self._procfs.fdinfo(pid, fd, INFO_LIMIT))
        except OSError:
            return -1
        number = next((line[7:] for line in info.splitlines() if line.startswith(b"mnt_id:")), b"")
        return int(number) if number.strip().isdigit() else -1

    # Mounts and loop devices

    def _mounted(self, file: AskedFile) -> Iterator[FileUse]:
        """Yield mounts whose root is the file, in every mount namespace, and what is mounted on its own mount."""
        for pid, own in self._mount_namespaces():
            yield from self._mounted_in(pid, file, own=own)

    def _mount_namespaces(self) -> Iterator[tuple[int, bool]]:
        """Yield one process of each mount namespace, ours first, and whether it is ours."""
        seen: set[int] = set()
        home = self._mounts.namespace(os.getpid())
        for pid in (os.getpid(), *self._procfs.pids()):
            namespace = self._mounts.namespace(pid)
            if namespace in seen or namespace < 0:
                continue
            seen.add(namespace)
            yield pid, namespace == home

    def _mounted_in(self, pid: int, file: AskedFile, *, own: bool) -> Iterator[FileUse]:
        table = self._mounts.table(pid, self._mounts.namespace(pid))
        number = file.named.facts.mount
        where = NOTHING if own else ours(" (in the mount namespace of process {})", pid)
        for mount in table.by_id.values():
            if file.named.mount_root and mount.parent == number != mount.id:
                yield FileUse("mount", name=mount.mount_point, evidence=BY_MOUNT, on_mount=True)
            elif mount.dev in self.systems:
                yield FileUse("mount", name=mount.mount_point + where, evidence=BY_SYSTEM, on_mount=True)
        if not own and not table.root_is_local:
            return
        candidates = [one for one in table.by_id.values() if one.dev == file.superblock and one.id != number]
        for mount in self._with_this_root(pid, candidates, file, own=own):
            yield FileUse("mount", name=mount.mount_point + where, evidence=PROVEN)

    def _with_this_root(self, pid: int, candidates: Iterable[Mount], file: AskedFile, *, own: bool) -> Iterator[Mount]:
        try:
            root = os.open(f"{self._procfs.root}/{pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return
        try:
            for mount in candidates:
                named = self._paths.cached(mount.point if own else mount.point.lstrip(b"/") or b".", root)
                if named is not None and named.facts.mount == mount.id and _same(named.facts, file.named.facts):
                    yield mount
        finally:
            os.close(root)

    def _behind_loops(self, file: AskedFile) -> Iterator[FileUse]:
        """Yield loop devices whose file is this one, or lies on this mount: by the name they were set up with."""
        for device, path in read_loop_devices().items():
            named = self._paths.cached(path)
            if named is None:
                continue
            itself = _same(named.facts, file.named.facts)
            on_mount = file.named.mount_root and named.facts.mount == file.named.facts.mount
            if itself or on_mount or named.facts.dev in self.systems:
                name = ours("{} {}", device, clean(path))
                yield FileUse("loop", name=name, confidence="inferred", evidence=BY_NAME, on_mount=not itself)


def _same(one: FileFacts, other: FileFacts) -> bool:
    return (one.dev, one.ino) == (other.dev, other.ino)
