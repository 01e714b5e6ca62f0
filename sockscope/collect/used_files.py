"""Files that a process uses without a descriptor: working directory, root, program, and what it has mapped.

Read on request only. `maps` waits for the lock of the memory, and a link for a file server where it leads there, so
each process is asked by a thread that is left behind when no answer comes.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from sockscope.abi.strings import Raw
from sockscope.collect.patience import Patience
from sockscope.collect.tables.mounts import NUMBERED_APART, MountTable, MountTables
from sockscope.kernel.filetype import FileFacts, read_pinned_facts
from sockscope.kernel.maps import Mapping
from sockscope.kernel.memory_mount import read_memory_mount
from sockscope.kernel.procfs import Procfs

Use = Literal["cwd", "root", "exe", "mem"]
PLACES: tuple[Use, ...] = ("cwd", "root", "exe")
"""Links of procfs that lead to one file each."""
_SEGMENT = b"/SYSV"
"""What the kernel calls a System V segment (ipc/shm.c), in mounts of its own."""
MAPS_LIMIT = 16 << 20
"""Bytes; the 65,530 mappings that a process may have by default take 6 MB."""


class UsedFile(NamedTuple):
    """One file that a process uses in one way."""

    use: Use
    target: Raw
    """Its path as the kernel writes it, ` (deleted)` included; raw."""
    dev: int
    """Device as `stat(2)` says it, `major << 20 | minor`; the superblock's where it is not `identified`."""
    ino: int
    identified: bool
    """Whether (device, inode) tells the file from all others."""
    kind: str = ""
    """What it is, one of the kinds of `kernel.filetype`; "" unknown, for a mapping that was told by its device."""
    mappings: tuple[Mapping, ...] = ()
    """Where it is mapped, by address; empty for what is not."""
    mount: int = -1
    """Mount through which it is used; -1 unknown, as for a mapping that was told by its device."""
    ipc: int = 0
    """For a System V segment the IPC namespace of who maps it: there its inode is its number, and in no other."""

    @property
    def object(self) -> str:
        """Equal exactly for one file, as `Descriptor.object`; "" where it was not told from others."""
        if not self.identified:
            return ""
        return f"sysv:{self.ipc}:{self.ino}" if self.ipc else f"inode:{self.dev}:{self.ino}"


class UsedFiles:
    """Ask processes which files they use without a descriptor."""

    def __init__(self, procfs: Procfs, mounts: MountTables) -> None:
        """Read below the root of `procfs`, and take file systems from `mounts`."""
        self._procfs = procfs
        self._mounts = mounts
        self._memory = read_memory_mount().dev
        self._patience = Patience()

    def read(self, pid: int) -> tuple[UsedFile, ...]:
        """List what a process uses: working directory, root, program, then what is mapped, once for each file.

        What it may not be asked for, as by an ordinary user, is left out. Anonymous private memory is no file.

        Raises:
            NoAnswerError: its memory is locked, or a file server is silent.
            OSError: it has ended, or everything is denied.
        """
        table = self._mounts.table(pid, self._mounts.namespace(pid))
        return self._patience.ask(pid, lambda: tuple(self._read(pid, table)))

    def mount(self, pid: int, used: UsedFile) -> int:
        """Return the mount through which a process uses a file, -1 where that cannot be asked.

        Raises:
            NoAnswerError: a file server is silent.
        """
        if used.mount >= 0 or not used.mappings:
            return used.mount
        facts = self._patience.ask(pid, lambda: self._pinned(pid, used.mappings))
        return -1 if facts is None else facts.mount

    def close(self) -> None:
        """Wait for nobody any more."""
        self._patience.close()

    def _read(self, pid: int, table: MountTable) -> Iterator[UsedFile]:
        denied: OSError | None = None
        program: tuple[int, int] | None = None
        for use in PLACES:
            try:
                used = self._place(pid, use)
            except OSError as error:
                denied = error  # a kernel thread has none of them
                continue
            program = (used.dev, used.ino) if use == "exe" else program
            yield used
        try:
            mappings = self._procfs.maps(pid, MAPS_LIMIT)
        except OSError:
            if denied is not None:
                raise
            return
        for file in self._mapped(pid, mappings, table):
            if (file.dev, file.ino) != program:
                yield file

    def _place(self, pid: int, use: Use) -> UsedFile:
        target = self._procfs.used_link(pid, use)
        facts = read_pinned_facts(f"{self._procfs.root}/{pid}/{use}")
        return UsedFile(use, target, facts.dev, facts.ino, identified=True, kind=facts.kind, mount=facts.mount)

    def _mapped(self, pid: int, mappings: Iterable[Mapping], table: MountTable) -> Iterator[UsedFile]:
        files: dict[tuple[int, int, Raw], list[Mapping]] = {}
        for mapping in mappings:
            if mapping.ino or mapping.dev:
                files.setdefault((mapping.dev, mapping.ino, mapping.name), []).append(mapping)
        for (dev, ino, _), found in files.items():
            target = found[0].name + (b" (deleted)" if found[0].deleted else b"")
            if target.startswith(_SEGMENT) and dev not in table.types:
                ipc = self._ipc_namespace(pid)
                yield UsedFile("mem", target, dev, ino, ipc > 0, mappings=tuple(found), ipc=ipc)
                continue
            told = self._is_told_by_device(dev, table)
            facts = None if told else self._pinned(pid, found)
            if facts is None:
                yield UsedFile("mem", target, dev, ino, told, mappings=tuple(found))
            else:
                used = UsedFile("mem", target, facts.dev, facts.ino, identified=True, kind=facts.kind)
                yield used._replace(mappings=tuple(found), mount=facts.mount)

    def _ipc_namespace(self, pid: int) -> int:
        """Return the inode of an IPC namespace, 0 where that is denied. A segment's own inode is its number there."""
        try:
            return self._procfs.namespace(pid, "ipc")
        except (OSError, ValueError):
            return 0

    def _is_told_by_device(self, dev: int, table: MountTable) -> bool:
        """Tell whether a file system numbers its files once only. One in no table may be of any type."""
        fstype = table.types.get(dev, "")
        return dev == self._memory or (fstype != "" and fstype not in NUMBERED_APART)

    def _pinned(self, pid: int, mappings: Iterable[Mapping]) -> FileFacts | None:
        """Ask for the file itself, which takes CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE (fs/proc/base.c)."""
        for mapping in mappings:
            with contextlib.suppress(OSError):
                return read_pinned_facts(f"{self._procfs.root}/{pid}/map_files/{mapping.start:x}-{mapping.end:x}")
        return None
