"""Several processes that walk descriptor tables at once, for one complete picture of a crowded host.

Reading a table is waiting for the kernel to write text, and two cores read twice as much of it. Each
member of the crew is a fork that reads its share, reports and ends. Which anonymous files are one object
only one process can decide, the one that asked; the members sort theirs, so that it has merely to merge.
"""

import os
from collections.abc import Sequence
from functools import partial

import msgspec

from sockscope.collect.anonymous import Sorted
from sockscope.collect.answering import Answering
from sockscope.collect.mounts import MountTables
from sockscope.collect.tables import TableReader, TableScan
from sockscope.collect.watchdog import kill_endless
from sockscope.collect.work import Work
from sockscope.forks import Fork, cores
from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey

FEW = 16
"""Processes for each member below which a fork costs more than it saves."""
STAT_LIMIT = 4096


class _Share(msgspec.Struct, array_like=True, gc=False):
    """One table as a member has read it."""

    pid: int
    start: int
    descriptors: list[Descriptor]
    unreadable: int
    denied: str
    epolls: dict[int, bytes]


class _Report(msgspec.Struct, array_like=True, gc=False):
    """What a member says at its end."""

    shares: list[_Share]
    sorted: Sorted
    scanned: int
    fdinfo: int


class Crew:
    """Forks of this process that read ahead. What one of them could not read, whoever asked reads again."""

    def __init__(
        self,
        procfs: Procfs,
        tables: TableReader,
        mounts: MountTables,
        work: Work,
        answering: Answering,
        size: int = 0,
    ) -> None:
        """Read with `tables` in `size` processes, this one included; 0 for one on each core."""
        self._procfs = procfs
        self._tables = tables
        self._mounts = mounts
        self._work = work
        self._answering = answering
        self._size = size or cores()
        self._members: list[Fork] = []

    def start(self, pids: Sequence[int]) -> list[int]:
        """Send members out to read some processes, and return the pids that are left for this one."""
        count = min(self._size, len(pids) // FEW)
        if count < 2:  # noqa: PLR2004  # this process alone
            return list(pids)
        # Ourselves last: what a fork shows of its parent's table is the parent's to tell.
        others = [pid for pid in pids if pid != os.getpid()]
        for place in range(1, count):
            member = Fork(partial(self._report, others[place::count]))
            self._members.append(member)
            self._tables.own.add(member.pipe)
        return [*others[::count], os.getpid()]

    def collect(self) -> dict[ProcessKey, TableScan]:
        """Wait for the members and return what they have read."""
        found: dict[ProcessKey, TableScan] = {}
        members, self._members = self._members, []
        for member in members:
            data = member.collect(kill_endless(self._procfs, member.pid))
            self._tables.own.discard(member.pipe)
            if data is None:
                continue  # it was ended before it had reported
            report = msgspec.msgpack.decode(data, type=_Report)
            self._tables.adopt(report.sorted)
            self._work.scanned += report.scanned
            self._work.fdinfo += report.fdinfo
            found.update({ProcessKey(one.pid, one.start): self._scan(one) for one in report.shares})
        return found

    def _scan(self, share: _Share) -> TableScan:
        table = {one.fd: self._tables.named(one) for one in share.descriptors}
        return TableScan(table, share.unreadable, share.denied, share.epolls)

    def _report(self, pids: Sequence[int]) -> bytes:
        """Read some processes, in a fork."""
        self._tables.defer()
        self._work.reset()
        shares = [share for pid in pids if (share := self._read(pid)) is not None]
        return msgspec.msgpack.encode(_Report(shares, self._tables.sorted(), self._work.scanned, self._work.fdinfo))

    def _read(self, pid: int) -> _Share | None:
        """Read one process; one that ends meanwhile, does not answer or has no table is left out."""
        if not self._answering.check(pid):
            return None
        try:
            stat = parse_stat(self._procfs.read(pid, "stat", STAT_LIMIT))
            if stat.is_kernel_thread:
                return None
            scan = self._tables.scan(ProcessKey(pid, stat.start), self._mounts.namespace(pid), {})
        except (FileNotFoundError, PermissionError, ProcessLookupError, ValueError):
            return None
        return _Share(pid, stat.start, list(scan.descriptors.values()), scan.unreadable, scan.denied, scan.epolls)
