"""Several processes that walk descriptor tables at once, for one complete picture of a crowded host.

Reading a table is waiting for the kernel to write text, and two cores read twice as much of it. Each
of these is a fork that reads its share, reports and ends. Which anonymous files are one object
only one process can decide, the one that asked; the forks sort theirs, so that it has merely to merge.
"""

import os
from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec import Struct

from sockscope.abi.strings import Raw
from sockscope.collect.allowance import Accounts, Budget
from sockscope.collect.counters import Counters
from sockscope.collect.processes.activity import Activity, read_activity
from sockscope.collect.processes.answering import Answering
from sockscope.collect.tables.anonymous import Sorted
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.tables.parts import UNKNOWN
from sockscope.collect.tables.reading import TableReader
from sockscope.collect.tables.table_walk import TableScan
from sockscope.collect.watchdog import kill_endless
from sockscope.forks import Fork, cores
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey

FEW = 16
"""Processes for each member below which a fork costs more than it saves."""


class _Share(msgspec.Struct, array_like=True, gc=False):
    """One table as a member has read it."""

    pid: int
    start: int
    descriptors: list[Descriptor]
    unreadable: int
    denied: str
    epolls: dict[int, Raw]
    activity: Activity
    unread: int = 0
    next: int = 0


class Ahead(Struct, frozen=True):
    """A table that was read ahead."""

    scan: TableScan
    activity: Activity
    """How much its process had run before."""


class _Report(msgspec.Struct, array_like=True, gc=False):
    """What a member says at its end."""

    shares: list[_Share]
    sorted: Sorted
    accounts: Accounts
    half_read: list[int]
    """Mount namespaces of which not everything was read."""
    scanned: int
    fdinfo: int


class ParallelTables:
    """Forks of this process that read ahead. What one of them could not read, whoever asked reads again."""

    def __init__(
        self,
        procfs: Procfs,
        tables: TableReader,
        mounts: MountTables,
        counters: Counters,
        answering: Answering,
        budget: Budget,
        size: int = 0,
    ) -> None:
        """Read with `tables` in `size` processes, this one included; 0 for one on each core, each within `budget`."""
        self._procfs = procfs
        self._tables = tables
        self._mounts = mounts
        self._counters = counters
        self._answering = answering
        self._budget = budget
        self._size = size or cores()
        self._members: list[Fork] = []

    def start(self, pids: Sequence[int]) -> list[int]:
        """Send members out to read some processes, and return the pids that are left for this one."""
        count = min(self._size, len(pids) // FEW)
        if count < 2:  # noqa: PLR2004  # this process alone
            return list(pids)
        self._budget.part(count)
        # Ourselves last: what a fork shows of its parent's table is the parent's to tell.
        others = [pid for pid in pids if pid != os.getpid()]
        for number in range(1, count):
            member = Fork(partial(self._report, others[number::count]))
            self._members.append(member)
            self._tables.own.add(member.pipe)
        return [*others[::count], os.getpid()]

    def collect(self) -> dict[ProcessKey, Ahead]:
        """Wait for the members and return what they have read."""
        found: dict[ProcessKey, Ahead] = {}
        members, self._members = self._members, []
        for member in members:
            data = member.collect(kill_endless(self._procfs, member.pid))
            self._tables.own.discard(member.pipe)
            if data is None:
                continue  # it was ended before it had reported
            report = msgspec.msgpack.decode(data, type=_Report)
            self._tables.adopt(report.sorted)
            self._budget.adopt(report.accounts)
            self._mounts.note_half_read(report.half_read)
            self._counters.scanned += report.scanned
            self._counters.fdinfo += report.fdinfo
            found.update({ProcessKey(one.pid, one.start): self._ahead(one) for one in report.shares})
        self._budget.part(1)
        return found

    def _ahead(self, share: _Share) -> Ahead:
        table = {one.fd: self._tables.expected(one) for one in share.descriptors}
        scan = TableScan(table, share.unreadable, share.denied, share.epolls, share.unread, share.next)
        return Ahead(scan, share.activity)

    def _report(self, pids: Sequence[int]) -> bytes:
        """Read some processes, in a fork."""
        self._counters.reset()
        shares = [share for pid in pids if (share := self._read(pid)) is not None]
        return msgspec.msgpack.encode(
            _Report(
                shares, self._tables.sorted(), self._budget.accounts, self._mounts.half_read, self._counters.scanned,
                self._counters.fdinfo,
            )
        )  # fmt: skip

    def _read(self, pid: int) -> _Share | None:
        """Read one process; one that ends meanwhile, does not answer or has no table is left out."""
        if not self._answering.check(pid):
            return None
        try:
            stat = self._procfs.stat(pid)
            if stat.is_kernel_thread:
                return None
            activity = read_activity(self._procfs, pid, stat.start, stat.threads, running=stat.state == "R")
            uid = self._procfs.owner(pid)
            allowed = self._budget.allow(uid, pid)
            namespace = self._mounts.namespace(pid)
            scan = self._tables.scan(ProcessKey(pid, stat.start), namespace, UNKNOWN, allowed, activity)
            self._budget.settle(uid, allowed, pid)
        except (FileNotFoundError, PermissionError, ProcessLookupError, ValueError):
            return None
        table = list(scan.descriptors.values())
        return _Share(
            pid, stat.start, table, scan.unreadable, scan.denied, scan.epolls, activity, scan.unread, scan.next
        )  # fmt: skip
