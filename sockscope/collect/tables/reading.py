"""One descriptor table: links, access modes and fdinfo of a process turned into descriptors."""

import contextlib
import os
from collections.abc import Sequence

import msgspec
from msgspec import Struct, field

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Raw
from sockscope.abi.text import clean, ours
from sockscope.collect.allowance import LINK, PLACED, Allowance
from sockscope.collect.counters import Counters
from sockscope.collect.processes.activity import Activity, stands
from sockscope.collect.tables.anonymous import AnonymousIdentity, Sorted
from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.files import FileClassifier, Opened, PathFacts
from sockscope.collect.tables.parts import Known, completed, in_turn
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
READINGS = 3
"""Times that a number is read whose process puts one file after another there, until it is given up for this look."""
INFO_LIMIT = 4 << 20
"""Bytes of an fdinfo that are read: more watches than are kept of a process."""
EPOLL_LIMIT = 16 << 20
"""Bytes; an instance with 100,000 registrations has 8 MB of fdinfo."""


class TableScan(Struct):
    """What one walk of a table found."""

    descriptors: dict[int, Descriptor] = field(default_factory=dict)
    unreadable: int = 0
    """Descriptors whose link or fdinfo was denied."""
    denied: str = ""
    """Why nothing could be read, or ""."""
    epolls: dict[int, Raw] = field(default_factory=dict)
    """fdinfo of the epolls in it, by number."""
    unread: int = 0
    """Descriptors that are open and were left for another walk."""
    next: int = 0
    """The first of these."""


class TableReader:
    """Walk descriptor tables."""

    def __init__(
        self,
        procfs: Procfs,
        files: FileClassifier,
        anonymous: AnonymousIdentity,
        devices: dict[str, int],
        counters: Counters,
    ) -> None:
        """Classify with `files` and `anonymous`; `devices` are those of sockets and pipes."""
        self._procfs = procfs
        self._files = files
        self._anonymous = anonymous
        self._devices = devices
        self._counters = counters
        self.all_flags = False
        """Read fdinfo of every descriptor, also where the row does not need it."""
        self.own: set[int] = set()
        """Descriptors of this process that are open only because it looks."""

    def scan(
        self, key: ProcessKey, namespace: int, known: Known, allowance: Allowance, activity: Activity | None = None
    ) -> TableScan:
        """Walk the table of a process as far as its `allowance` goes; what has not changed is taken over as it is.

        What is not reached was either found by an earlier walk and stands, or is left out and counted.

        Args:
            key: the process.
            namespace: its mount namespace.
            known: its table as it was walked before.
            allowance: how much work it may cause.
            activity: how much it had run when this began. If it has run since, what is new is looked at twice.

        Raises:
            FileNotFoundError, ProcessLookupError: the process has ended.
        """
        scan = TableScan()
        try:
            table = self._procfs.open_table(key.pid)
        except PermissionError:
            scan.denied = "permission denied"
            return scan
        self._counters.scanned += 1
        infos = -1
        try:
            # Denied: then each fdinfo file is, and is counted.
            with contextlib.suppress(PermissionError):
                infos = self._procfs.open_infos(key.pid)
            walk = _Walk(table, infos, key, namespace, scan, allowance)
            self._walk(walk, known)
            if activity is None or not stands(self._procfs, key.pid, activity):
                for fd in [fd for fd, one in scan.descriptors.items() if one is not known.table.get(fd)]:
                    allowance.spend(LINK)
                    self._read_again(walk, fd)
        finally:
            os.close(table)
            if infos >= 0:
                os.close(infos)
        if scan.unreadable and not scan.descriptors:
            scan.denied = "permission denied"
        return scan

    def sorted(self) -> Sorted:
        """Sort what only kcmp can tell apart of the tables that were read, for `adopt` in another process."""
        return self._anonymous.sorted()

    def adopt(self, found: Sorted) -> None:
        """Take over what another process has sorted, before its descriptors are `expected`."""
        self._anonymous.adopt(found)

    def forget(self, slots: Sequence[Slot]) -> None:
        """Compare no other descriptor with these any more."""
        self._anonymous.forget(slots)

    def doubt(self, pid: int) -> None:
        """Take nothing of what a process has for granted, since it has run."""
        self._anonymous.doubt(pid)

    def expected(self, descriptor: Descriptor) -> Descriptor:
        """Enter a descriptor that another process has read among those that are compared."""
        if descriptor.object:
            return descriptor
        slot = (descriptor.pid, descriptor.fd)
        if descriptor.kind in MOUNTED:
            return _identified(descriptor, *self._anonymous.compare(descriptor.kind, slot))
        number = words.number(descriptor.fields, "id") if descriptor.kind == "eventfd" and descriptor.fields else None
        return _identified(descriptor, *self._anonymous.name(descriptor.kind, slot, number))

    def settled(self, descriptor: Descriptor, object_: str) -> Descriptor:
        """Give a descriptor the object that it was found to lead to, "" where that could not be established."""
        slot = (descriptor.pid, descriptor.fd)
        named, identified = self._anonymous.settled(descriptor.kind, slot, object_)
        if (named, identified) == (descriptor.object, descriptor.identified):
            return descriptor
        return _identified(descriptor, named, identified)

    def again(self, descriptor: Descriptor) -> Raw | None:
        """Look at a descriptor once more: fdinfo of an epoll, else b""; None where it is another, or closed."""
        pid, fd = descriptor.pid, descriptor.fd
        try:
            if clean(self._procfs.fd_link(pid, fd)) != descriptor.target:
                return None
            if descriptor.kind != "epoll":
                return Raw()
            self._counters.fdinfo += 1
            return self._procfs.fdinfo(pid, fd, EPOLL_LIMIT)
        except OSError:
            return None

    def _walk(self, walk: "_Walk", known: Known) -> None:
        scan, descriptors, allowance = walk.scan, walk.scan.descriptors, walk.allowance
        most = allowance.most
        # The walk's own descriptors of the directories are no part of the picture.
        own = {walk.table, walk.infos} | self.own if walk.key.pid == os.getpid() else set()
        numbers = self._procfs.numbers(walk.table)
        if own:
            numbers = [fd for fd in numbers if fd not in own]
        order = in_turn(numbers, known)
        reached = 0
        for fd, raw, error in self._procfs.links(walk.table, order):
            # Not by a call: each takes as long as a tenth of the link.
            if allowance.spent >= most:
                break
            reached += 1
            allowance.spent += LINK
            if raw is None:
                scan.unreadable += isinstance(error, PermissionError)
                continue
            old = known.table.get(fd)
            try:
                new = self._describe(walk, fd, raw, old)
            except PermissionError:
                scan.unreadable += 1
                continue
            except (FileNotFoundError, ProcessLookupError):
                continue  # closed since it was listed, or the process is ending
            if new.identified == "kcmp":
                allowance.spend(PLACED)
            descriptors[fd] = old if old is not None and new == old else new
        if known.next or reached < len(order):
            scan.descriptors, kept, left = completed(scan.descriptors, numbers, order[reached:], known)
            scan.unread, scan.next = len(left), left[0] if left else 0
            self._anonymous.trust([(walk.key.pid, fd) for fd in kept])

    def _read_again(self, walk: "_Walk", fd: int) -> None:
        """Make sure that link and fdinfo were of one file: the number may have come to another one between the two."""
        found, pid = walk.scan.descriptors[fd], walk.key.pid
        if found.kind == "socket" and found.flags < 0:
            return  # nothing but its link was read
        try:
            for _ in range(READINGS):
                raw = self._procfs.fd_link(pid, fd)
                if clean(raw) == found.target:
                    return
                self._leave_out(walk, fd)
                found = walk.scan.descriptors[fd] = self._describe(walk, fd, raw, None)
        except OSError:
            self._leave_out(walk, fd)
            return
        self._leave_out(walk, fd)
        name = f"unknown?{pid}:{fd}"
        walk.scan.descriptors[fd] = Descriptor(pid, walk.key.start, fd, "unknown", clean(raw), "", name, unproven=True)

    def _leave_out(self, walk: "_Walk", fd: int) -> None:
        """Take back what was read of a number."""
        walk.scan.descriptors.pop(fd, None)
        walk.scan.epolls.pop(fd, None)
        self._anonymous.forget([(walk.key.pid, fd)])

    def _describe(self, walk: "_Walk", fd: int, raw: Raw, old: Descriptor | None) -> Descriptor:
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
            target, flags = clean(raw), parse_flags(self._fdinfo(walk, fd, INFO_LIMIT))
            return Descriptor(
                key.pid, key.start, fd, link.kind, target, access_mode(flags), target, link.ino,
                flags=flags, identified="inode",
            )  # fmt: skip
        if link.kind == "epoll":
            return self._epoll(walk, fd, raw)
        return self._by_fdinfo(walk, fd, raw, link, old)

    def _by_fdinfo(self, walk: "_Walk", fd: int, raw: Raw, link: Link, old: Descriptor | None) -> Descriptor:
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

    def _epoll(self, walk: "_Walk", fd: int, raw: Raw) -> Descriptor:
        """Describe an epoll; its registrations are proven and kept apart, once an instance."""
        text = self._fdinfo(walk, fd, EPOLL_LIMIT)
        info = parse_fdinfo(text.partition(b"tfd:")[0])
        found = self._without_path(walk, fd, raw, "epoll", info)
        walk.scan.epolls[fd] = text
        return found

    def _numbered(self, walk: "_Walk", fd: int, raw: Raw, kind: KindName, mode: Access) -> Descriptor:
        """Describe a socket or pipe, whose link text names its inode."""
        target = clean(raw)
        ino = int(raw[raw.index(b"[") + 1 : -1])
        flags, fields = -1, None
        # A link without permissions is that of a pipe by name only (`O_PATH`), or flags are asked for anyway.
        if not mode or self.all_flags:
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
        self, walk: "_Walk", fd: int, raw: Raw, kind: KindName, info: Fdinfo, *, cut: bool = False
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

    def _fdinfo(self, walk: "_Walk", fd: int, limit: int) -> Raw:
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


def _identified(descriptor: Descriptor, object_: str, identified: Identified) -> Descriptor:
    return msgspec.structs.replace(descriptor, object=object_, identified=identified, unproven=not identified)


class _Walk(Struct, frozen=True):
    """One walk of one table."""

    table: int
    """Descriptor of its directory."""
    infos: int
    """Descriptor of the directory of its fdinfo files, -1 where that is denied."""
    key: ProcessKey
    namespace: int
    """Mount namespace."""
    scan: TableScan
    allowance: Allowance
