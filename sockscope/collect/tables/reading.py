"""One descriptor table: which numbers are read, how far a look goes, and what is read twice."""

import contextlib
import os
from collections.abc import Sequence

import msgspec

from sockscope.abi.strings import Raw
from sockscope.abi.text import clean
from sockscope.collect.allowance import LINK, PLACED, Allowance
from sockscope.collect.counters import Counters
from sockscope.collect.processes.activity import Activity, stands
from sockscope.collect.tables.anonymous import AnonymousIdentity, Sorted
from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.describing import EPOLL_LIMIT, DescriptorReader
from sockscope.collect.tables.files import FileClassifier
from sockscope.collect.tables.parts import Known, completed, in_turn
from sockscope.collect.tables.table_walk import TableScan, TableWalk
from sockscope.kernel.procfs import Procfs
from sockscope.kinds import words
from sockscope.kinds.registry import MOUNTED
from sockscope.model.descriptor import Descriptor, Identified
from sockscope.model.keys import ProcessKey

READINGS = 3
"""Times that a number is read whose process puts one file after another there, until it is given up for this look."""


class TableReader:
    """Walk descriptor tables."""

    def __init__(
        self,
        procfs: Procfs,
        files: FileClassifier,
        anonymous: AnonymousIdentity,
        devices: dict[str, int],
        counters: Counters,
        *,
        all_flags: bool = False,
    ) -> None:
        """Classify with `files` and `anonymous`; `devices` are those of sockets and pipes.

        With `all_flags` fdinfo is read of every descriptor, also where the row does not need it.
        """
        self._procfs = procfs
        self._anonymous = anonymous
        self._counters = counters
        self._descriptors = DescriptorReader(procfs, files, anonymous, devices, counters, all_flags=all_flags)
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
            walk = TableWalk(table, infos, key, namespace, scan, allowance)
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

    def _walk(self, walk: TableWalk, known: Known) -> None:
        scan, descriptors, allowance = walk.scan, walk.scan.descriptors, walk.allowance
        most = allowance.most
        # The walk's own descriptors of the directories are no part of the picture.
        own = {walk.table, walk.infos} | self.own if walk.key.pid == os.getpid() else set()
        numbers = self._procfs.numbers(walk.table)
        if own:
            numbers = [fd for fd in numbers if fd not in own]
        order = in_turn(numbers, known)
        reached = 0
        describe = self._descriptors.describe
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
                new = describe(walk, fd, raw, old)
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

    def _read_again(self, walk: TableWalk, fd: int) -> None:
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
                found = walk.scan.descriptors[fd] = self._descriptors.describe(walk, fd, raw, None)
        except OSError:
            self._leave_out(walk, fd)
            return
        self._leave_out(walk, fd)
        name = f"unknown?{pid}:{fd}"
        walk.scan.descriptors[fd] = Descriptor(pid, walk.key.start, fd, "unknown", clean(raw), "", name, unproven=True)

    def _leave_out(self, walk: TableWalk, fd: int) -> None:
        """Take back what was read of a number."""
        walk.scan.descriptors.pop(fd, None)
        walk.scan.epolls.pop(fd, None)
        self._anonymous.forget([(walk.key.pid, fd)])


def _identified(descriptor: Descriptor, object_: str, identified: Identified) -> Descriptor:
    return msgspec.structs.replace(descriptor, object=object_, identified=identified, unproven=not identified)
