"""One descriptor table: links, access modes and fdinfo of a process turned into descriptors."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sockscope.collect.anonymous import AnonymousIdentity, Sorted
from sockscope.collect.files import FileClassifier
from sockscope.collect.work import Work
from sockscope.kernel.fdinfo import Fdinfo, decode_kind, parse_fdinfo, parse_flags
from sockscope.kernel.fdinfo import access as access_mode
from sockscope.kernel.links import Link, parse_link
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.text import clean
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey

_SOCKET, _PIPE = b"socket:[", b"pipe:["
PATH_KINDS = frozenset({"file", "directory", "fifo", "char-device", "block-device", "tty", "mqueue"})
INODE_KINDS = PATH_KINDS | {"memfd", "dmabuf"}
PLAIN_KINDS = frozenset({"file", "directory", "char-device"})
"""Kinds whose description has nothing that changes while name, inode, mount and flags stay."""
EPOLL = Link("epoll", 0, b"[eventpoll]", deleted=False)
EPOLL_LIMIT = 16 << 20
"""Bytes; an instance with 100,000 registrations has 8 MB of fdinfo."""


@dataclass(slots=True)
class TableScan:
    """What one walk of a table found."""

    descriptors: dict[int, Descriptor] = field(default_factory=dict)
    unreadable: int = 0
    """Descriptors whose link or fdinfo was denied."""
    denied: str = ""
    """Why nothing could be read, or ""."""
    epolls: dict[int, bytes] = field(default_factory=dict)
    """fdinfo of the epolls in it, by number."""


class TableReader:
    """Walk descriptor tables."""

    def __init__(
        self,
        procfs: Procfs,
        files: FileClassifier,
        anonymous: AnonymousIdentity,
        devices: dict[str, int],
        work: Work,
    ) -> None:
        """Classify with `files` and `anonymous`; `devices` are those of sockets and pipes."""
        self._procfs = procfs
        self._files = files
        self._anonymous = anonymous
        self._devices = devices
        self._work = work
        self.all_flags = False
        """Read fdinfo of every descriptor, also where the row does not need it."""
        self.own: set[int] = set()
        """Descriptors of this process that are open only because it looks."""

    def scan(self, key: ProcessKey, namespace: int, before: dict[int, Descriptor]) -> TableScan:
        """Walk the table of a process; what has not changed since `before` is taken over as it is.

        Raises:
            FileNotFoundError, ProcessLookupError: the process has ended.
        """
        scan = TableScan()
        try:
            table = self._procfs.open_table(key.pid)
        except PermissionError:
            scan.denied = "permission denied"
            return scan
        self._work.scanned += 1
        infos = -1
        try:
            # Denied: then each fdinfo file is, and is counted.
            with contextlib.suppress(PermissionError):
                infos = self._procfs.open_infos(key.pid)
            self._walk(_Walk(table, infos, key, namespace, scan), before)
        finally:
            os.close(table)
            if infos >= 0:
                os.close(infos)
        if scan.unreadable and not scan.descriptors:
            scan.denied = "permission denied"
        return scan

    def defer(self) -> None:
        """Sort the objects that only kcmp can tell apart and leave them to be `named` in another process."""
        self._anonymous.deferred = True

    def sorted(self) -> Sorted:
        """Return what was sorted since `defer`."""
        return self._anonymous.sorted()

    def adopt(self, found: Sorted) -> None:
        """Take over what another process has sorted, before its descriptors are `named`."""
        self._anonymous.adopt(found)

    def forget(self, slots: Sequence[tuple[int, int]]) -> None:
        """Compare no other descriptor with these any more."""
        self._anonymous.forget(slots)

    def named(self, descriptor: Descriptor) -> Descriptor:
        """Name the object of a descriptor that was read where naming was deferred."""
        if descriptor.object:
            return descriptor
        slot = (descriptor.pid, descriptor.fd)
        adopted = self._anonymous.adopted(slot)
        if adopted is not None:
            return msgspec.structs.replace(descriptor, object=adopted, unproven=False)
        number = descriptor.fields.get("id") if descriptor.kind == "eventfd" and descriptor.fields else None
        object_, proven = self._anonymous.name(descriptor.kind, slot, descriptor.ino, number)
        return msgspec.structs.replace(descriptor, object=object_, unproven=not proven)

    def _walk(self, walk: "_Walk", before: dict[int, Descriptor]) -> None:
        scan, descriptors = walk.scan, walk.scan.descriptors
        # The walk's own descriptors of the directories are no part of the picture.
        own = {walk.table, walk.infos} | self.own if walk.key.pid == os.getpid() else set()
        for fd, raw, error in self._procfs.links(walk.table):
            if fd in own:
                continue
            if raw is None:
                scan.unreadable += isinstance(error, PermissionError)
                continue
            old = before.get(fd)
            try:
                new = self._describe(walk, fd, raw, old)
            except PermissionError:
                scan.unreadable += 1
                continue
            except (FileNotFoundError, ProcessLookupError):
                continue  # closed since it was listed, or the process is ending
            descriptors[fd] = old if old is not None and new == old else new

    def _describe(self, walk: "_Walk", fd: int, raw: bytes, old: Descriptor | None) -> Descriptor:
        key = walk.key
        if raw.startswith(_SOCKET):
            if old is not None and not self.all_flags and old.target.encode() == raw:
                return old
            return self._numbered(walk, fd, raw, "socket", "rw")
        if raw.startswith(_PIPE):
            mode = "" if self.all_flags else self._procfs.access(walk.table, fd)
            return self._numbered(walk, fd, raw, "pipe", mode)
        link = parse_link(raw)
        if link.kind == "namespace":
            mode = self._procfs.access(walk.table, fd)
            return Descriptor(key.pid, key.start, fd, link.kind, clean(raw), mode, clean(raw), link.ino)
        if link.kind == "epoll":
            return self._epoll(walk, fd, raw)
        return self._by_fdinfo(walk, fd, raw, link, old)

    def _by_fdinfo(self, walk: "_Walk", fd: int, raw: bytes, link: Link, old: Descriptor | None) -> Descriptor:
        key = walk.key
        info = parse_fdinfo(self._fdinfo(walk, fd))
        if link.kind != "path" and link.kind not in PATH_KINDS and link.kind != "pty-master":
            return self._without_path(key, fd, raw, link, info)
        if old is not None and self._is_same_file(old, raw, info, key.pid, walk.namespace):
            return old
        return self._with_path(key, fd, raw, link, info, walk.namespace)

    def _is_same_file(self, old: Descriptor, raw: bytes, info: Fdinfo, pid: int, namespace: int) -> bool:
        """Tell whether a plain file is the one that was classified before: same name, inode, mount and flags."""
        return (
            old.kind in PLAIN_KINDS
            and (old.ino, old.flags, old.target) == (info.ino, info.flags, clean(raw))
            and old.dev != 0
            and old.dev == self._files.device(pid, namespace, info.mnt_id)
        )

    def _epoll(self, walk: "_Walk", fd: int, raw: bytes) -> Descriptor:
        """Describe an epoll; its registrations are proven and kept apart, once an instance."""
        text = self._fdinfo(walk, fd, EPOLL_LIMIT)
        info = parse_fdinfo(text.partition(b"tfd:")[0])
        found = self._without_path(walk.key, fd, raw, EPOLL, info)
        walk.scan.epolls[fd] = text
        return found

    def _numbered(self, walk: "_Walk", fd: int, raw: bytes, kind: str, mode: str) -> Descriptor:
        """Describe a socket or pipe, whose link text names its inode."""
        target = raw.decode("ascii", "replace")
        ino = int(raw[raw.index(b"[") + 1 : -1])
        flags = -1
        if self.all_flags:
            flags = parse_flags(self._fdinfo(walk, fd))
            mode = mode or access_mode(flags)
        pid, start = walk.key
        return Descriptor(pid, start, fd, kind, target, mode, target, ino, self._devices[kind], flags)

    def _with_path(self, key: ProcessKey, fd: int, raw: bytes, link: Link, info: Fdinfo, namespace: int) -> Descriptor:
        facts = self._files.describe(key.pid, namespace, link, info)
        fields: dict[str, Any] = {}
        object_, proven = f"inode:{facts.identity}", True
        if facts.kind == "pty-master":
            fields = decode_kind(facts.kind, info)
            object_, proven = self._anonymous.name(facts.kind, (key.pid, fd), info.ino, None)
        elif facts.kind == "tty" and facts.instance and link.deleted:
            # Its master is closed, and the next terminal gets its number and with it its inode (fs/devpts/inode.c):
            # two of these with one number may be two, and none is an end of the terminal that has it now.
            object_, proven = f"{object_}:gone:{key.pid}:{fd}", False
            facts = facts._replace(instance=0)
        elif facts.kind == "tty" and facts.instance:
            fields = {"index": facts.rdev[1]}
        if facts.instance:
            fields |= {"instance": facts.instance, "instance_proven": facts.instance_proven}
        return Descriptor(
            key.pid, key.start, fd, facts.kind, clean(raw), access_mode(info.flags), object_,
            info.ino, facts.dev, info.flags, not proven, fields or None,
        )  # fmt: skip

    def _without_path(self, key: ProcessKey, fd: int, raw: bytes, link: Link, info: Fdinfo) -> Descriptor:
        fields = {} if link.kind == "epoll" else decode_kind(link.kind, info)
        # What a timer has left is another number at each look; an inspection tells it.
        fields.pop("remaining_ns", None)
        proven = True
        if link.kind in INODE_KINDS:
            object_ = f"inode:m{info.mnt_id}:{info.ino}"
        else:
            eventfd_id = fields.get("id") if link.kind == "eventfd" else None
            object_, proven = self._anonymous.name(link.kind, (key.pid, fd), info.ino, eventfd_id)
        return Descriptor(
            key.pid, key.start, fd, link.kind, clean(raw), access_mode(info.flags), object_,
            info.ino, 0, info.flags, not proven, fields or None,
        )  # fmt: skip

    def _fdinfo(self, walk: "_Walk", fd: int, limit: int = 1 << 20) -> bytes:
        self._work.fdinfo += 1
        if walk.infos < 0:
            raise PermissionError
        return self._procfs.read_record(walk.infos, str(fd), limit)


@dataclass(slots=True, frozen=True)
class _Walk:
    """One walk of one table."""

    table: int
    """Descriptor of its directory."""
    infos: int
    """Descriptor of the directory of its fdinfo files, -1 where that is denied."""
    key: ProcessKey
    namespace: int
    """Mount namespace."""
    scan: TableScan
