"""One descriptor: its link, and its fdinfo where that says more, turned into what is shown of it."""

import os

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Raw
from sockscope.abi.text import clean, ours
from sockscope.collect.allowance import Allowance
from sockscope.collect.counters import Counters
from sockscope.collect.tables.anonymous import AnonymousIdentity
from sockscope.collect.tables.files import FileClassifier, Opened, PathFacts
from sockscope.collect.tables.table_walk import TableWalk
from sockscope.kernel.fdinfo import Fdinfo, decode_kind, in_flight, parse_fdinfo, parse_flags
from sockscope.kernel.fdinfo import access as access_mode
from sockscope.kernel.links import Link, parse_link
from sockscope.kernel.procfs import Procfs
from sockscope.kinds import words
from sockscope.kinds.char_device import instance_of
from sockscope.kinds.registry import MOUNTED, OWN_INODE, SETTLED
from sockscope.model.descriptor import CleanFields, Descriptor, Identified, KindName
from sockscope.model.keys import ProcessKey

_SOCKET, _PIPE = b"socket:[", b"pipe:["
COMPARED = MOUNTED - OWN_INODE
"""Kinds with a path whose open file is the object; fdinfo tells which instance of the device it is of."""
_INODE: Identified = "inode"
INFO_LIMIT = 4 << 20
"""Bytes of an fdinfo that are read: more watches than are kept of a process."""
EPOLL_LIMIT = 16 << 20
"""Bytes; an instance with 100,000 registrations has 8 MB of fdinfo."""


class DescriptorReader:
    """Describe descriptors, each as one walk of its table finds it."""

    def __init__(
        self,
        procfs: Procfs,
        files: FileClassifier,
        anonymous: AnonymousIdentity,
        devices: dict[str, int],
        counters: Counters,
        *,
        all_flags: bool,
    ) -> None:
        """Read as `TableReader` says."""
        self._procfs = procfs
        self._files = files
        self._anonymous = anonymous
        self._devices = devices
        self._counters = counters
        self._all_flags = all_flags

    def describe(self, walk: TableWalk, fd: int, raw: Raw, old: Descriptor | None) -> Descriptor:
        """Describe the descriptor of a number.

        Args:
            walk: the walk that has come to it.
            fd: its number.
            raw: its link.
            old: what the number led to before.

        Raises:
            PermissionError: its fdinfo was denied.
            FileNotFoundError, ProcessLookupError: it is closed by now, or its process has ended.
        """
        key = walk.key
        if raw.startswith(_SOCKET):
            if old is not None and not self._all_flags and old.target.encode() == raw:
                return old
            return self._numbered(walk, fd, raw, "socket", "rw")
        if raw.startswith(_PIPE):
            mode = "" if self._all_flags else self._procfs.access(walk.table, fd)
            return self._numbered(walk, fd, raw, "pipe", mode)
        link = parse_link(raw)
        if link.kind == "namespace":
            target, flags = clean(raw), parse_flags(self._fdinfo(walk, fd, INFO_LIMIT))
            return Descriptor(
                key.pid, key.start, fd, link.kind, target, access_mode(flags), target, link.ino,
                flags=flags, identified="inode",
            )  # fmt: skip
        if link.kind == "epoll":
            return self._epoll(walk, fd, raw)
        return self._by_fdinfo(walk, fd, raw, link, old)

    def _by_fdinfo(self, walk: TableWalk, fd: int, raw: Raw, link: Link, old: Descriptor | None) -> Descriptor:
        text = self._fdinfo(walk, fd, INFO_LIMIT)
        info = parse_fdinfo(text)
        opened = Opened(walk.key.pid, walk.namespace, walk.table, fd)
        kind = link.kind
        if kind != "path" and not self._is_path(opened, link, info):
            return self._without_path(walk, fd, raw, kind, info, cut=len(text) >= INFO_LIMIT)
        if old is not None and self._is_same_file(old, raw, info, opened):
            return old
        return self._with_path(walk.key, raw, link, info, opened)

    def _is_path(self, opened: Opened, link: Link, info: Fdinfo) -> bool:
        """Tell whether a link is the path of a file. A file may be called like the memory that has no path."""
        if link.kind in MOUNTED:
            return True
        return link.path.startswith(b"/") and self._files.memory(info) is None and self._files.is_mounted(opened, info)

    def _is_same_file(self, old: Descriptor, raw: Raw, info: Fdinfo, opened: Opened) -> bool:
        """Tell whether a plain file is the one that was classified before: same name, inode, mount and flags."""
        return (
            old.kind in SETTLED
            # What has no name grows unseen: its size is asked again whenever its process has run.
            and not (old.fields and "links" in old.fields)
            and (old.ino, old.flags, old.target) == (info.ino, info.flags, clean(raw))
            and old.dev != 0
            and old.dev == self._files.settled(opened, info)
        )

    def _epoll(self, walk: TableWalk, fd: int, raw: Raw) -> Descriptor:
        """Describe an epoll; its registrations are proven and kept apart, once an instance."""
        text = self._fdinfo(walk, fd, EPOLL_LIMIT)
        info = parse_fdinfo(text.partition(b"tfd:")[0])
        found = self._without_path(walk, fd, raw, "epoll", info)
        walk.scan.epolls[fd] = text
        return found

    def _numbered(self, walk: TableWalk, fd: int, raw: Raw, kind: KindName, mode: Access) -> Descriptor:
        """Describe a socket or pipe, whose link text names its inode."""
        target = clean(raw)
        ino = int(raw[raw.index(b"[") + 1 : -1])
        flags, fields = -1, None
        # A link without permissions is that of a pipe by name only (`O_PATH`), or flags are asked for anyway.
        if not mode or self._all_flags:
            text = self._fdinfo(walk, fd, INFO_LIMIT)
            flags = parse_flags(text)
            mode = mode or access_mode(flags)
            fields = in_flight(text) if kind == "socket" else None
        pid, start = walk.key
        return Descriptor(
            pid, start, fd, kind, target, mode, target, ino, self._devices[kind], flags,
            fields=fields, identified="inode",
        )  # fmt: skip

    def _with_path(self, key: ProcessKey, raw: Raw, link: Link, info: Fdinfo, opened: Opened) -> Descriptor:
        facts = self._files.describe(opened, link, info)
        fields = decode_kind(facts.kind, info) if facts.kind in COMPARED else {}
        if facts.kind == "char-device":
            fields = instance_of(fields)
        object_, identified = facts.object, facts.identified
        if identified == "kcmp" or (facts.kind in COMPARED and identified != "number"):
            object_, identified = self._anonymous.compare(facts.kind, (key.pid, opened.fd))
        elif facts.kind == "tty" and facts.instance and link.deleted:
            # Its master is closed. While it is open, even so, no other terminal gets its number or inode (fs/devpts,
            # tty_release in drivers/tty/tty_io.c). What only stands for its name holds nothing: that may be another's.
            if info.flags & os.O_PATH:
                object_, identified = f"{object_}:gone:{key.pid}:{opened.fd}", ""
            facts = facts._replace(instance=0)
        elif facts.kind == "tty" and facts.instance:
            fields = {"index": facts.rdev[1]}
        elif not object_:
            object_ = f"{facts.kind}?{key.pid}:{opened.fd}"
        if facts.namespace:
            fields = {"type": facts.namespace, "namespace": info.ino}
        if facts.instance:
            fields |= {"instance": facts.instance, "instance_proven": facts.instance_proven}
        return Descriptor(
            key.pid, key.start, opened.fd, facts.kind, clean(raw), access_mode(info.flags), object_,
            info.ino, facts.dev, info.flags, not identified, fields | _numbers(facts) or None, identified,
        )  # fmt: skip

    def _without_path(
        self, walk: TableWalk, fd: int, raw: Raw, kind: KindName, info: Fdinfo, *, cut: bool = False
    ) -> Descriptor:
        key = walk.key
        fields = {} if kind == "epoll" else _with_room(decode_kind(kind, info), walk.allowance, cut=cut)
        # What a timer has left is another number at each look; an inspection tells it.
        fields.pop("remaining_ns", None)
        memory = self._files.memory(info)
        if memory is not None:
            object_, identified = f"inode:{memory.dev}:{info.ino}", _INODE
        elif kind in OWN_INODE or self._anonymous.is_apart(info.ino):
            # Both numbers come from one reading of one file, whatever its link may have said before.
            object_, identified = f"inode:m{info.mnt_id}:{info.ino}", _INODE
        else:
            eventfd_id = words.number(fields, "id") if kind == "eventfd" else None
            object_, identified = self._anonymous.name(kind, (key.pid, fd), eventfd_id)
        return Descriptor(
            key.pid, key.start, fd, kind, clean(raw), access_mode(info.flags), object_,
            info.ino, memory.dev if memory else 0, info.flags, not identified, fields or None, identified,
        )  # fmt: skip

    def _fdinfo(self, walk: TableWalk, fd: int, limit: int) -> Raw:
        self._counters.fdinfo += 1
        if walk.infos < 0:
            raise PermissionError
        return walk.allowance.read(self._procfs.read_record(walk.infos, str(fd), limit))


def _numbers(facts: PathFacts) -> CleanFields:
    """Tell which device a node is of, and under which device the kernel's tables list a file, where that is another."""
    fields: CleanFields = {}
    if facts.kind == "file" and facts.links == 0:
        fields |= {"bytes": facts.size, "allocated_bytes": facts.allocated, "links": 0}
    if facts.rdev != (0, 0):
        fields["device"] = ours("{}:{}", *facts.rdev)
    if facts.superblock and facts.superblock != facts.dev:
        fields["superblock"] = facts.superblock
    return fields


def _with_room(fields: CleanFields, allowance: Allowance, *, cut: bool) -> CleanFields:
    """Leave out lists that there is no room for, or whose text was cut: what they would say is not known then."""
    lists = {name: len(value) for name, value in fields.items() if isinstance(value, list)}
    kept = {name for name, many in lists.items() if allowance.keep(allowance.room + 1 if cut else many)}
    return {name: value for name, value in fields.items() if name not in lists or name in kept}
