"""Several processes that walk descriptor tables at once, for one complete picture of a crowded host.

Reading a table is waiting for the kernel to write text, and two cores read twice as much of it. Each
member of the crew is a fork that reads its share, reports and ends. What only one process can decide,
which anonymous files are one object, is left to the one that asked.
"""

import os
from collections.abc import Sequence

import msgspec

from sockscope.collect.mounts import MountTables
from sockscope.collect.tables import TableReader, TableScan
from sockscope.collect.work import Work
from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey

MOST = 8
"""Processes that read at once; more would wait for each other inside the kernel."""
FEW = 16
"""Processes for each member below which a fork costs more than it saves."""
STAT_LIMIT = 4096
_READ = 1 << 20


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
    scanned: int
    fdinfo: int


class Crew:
    """Forks of this process that read ahead. What one of them could not read, whoever asked reads again."""

    def __init__(self, procfs: Procfs, tables: TableReader, mounts: MountTables, work: Work, size: int = 0) -> None:
        """Read with `tables` in `size` processes, this one included; 0 for one on each core."""
        self._procfs = procfs
        self._tables = tables
        self._mounts = mounts
        self._work = work
        self._size = size or min(len(os.sched_getaffinity(0)), MOST)
        self._members: list[tuple[int, int]] = []
        """(pid, pipe to read from)."""

    def start(self, pids: Sequence[int]) -> list[int]:
        """Send members out to read some processes, and return the pids that are left for this one."""
        count = min(self._size, len(pids) // FEW)
        if count < 2:  # noqa: PLR2004  # this process alone
            return list(pids)
        # Ourselves last: what a fork shows of its parent's table is the parent's to tell.
        others = [pid for pid in pids if pid != os.getpid()]
        for place in range(1, count):
            self._members.append(self._send(others[place::count]))
            self._tables.own.add(self._members[-1][1])
        return [*others[::count], os.getpid()]

    def collect(self) -> dict[ProcessKey, TableScan]:
        """Wait for the members and return what they have read."""
        found: dict[ProcessKey, TableScan] = {}
        members, self._members = self._members, []
        for pid, pipe in members:
            data = _drain(pipe)
            os.waitpid(pid, 0)
            self._tables.own.discard(pipe)
            try:
                report = msgspec.msgpack.decode(data, type=_Report)
            except msgspec.MsgspecError:
                continue  # it was ended before it had reported
            self._work.scanned += report.scanned
            self._work.fdinfo += report.fdinfo
            found.update({ProcessKey(one.pid, one.start): self._scan(one) for one in report.shares})
        return found

    def _scan(self, share: _Share) -> TableScan:
        table = {one.fd: self._tables.named(one) for one in share.descriptors}
        return TableScan(table, share.unreadable, share.denied, share.epolls)

    def _send(self, pids: Sequence[int]) -> tuple[int, int]:
        reading, writing = os.pipe()
        member = os.fork()
        if member:
            os.close(writing)
            return member, reading
        status = 1
        try:
            os.close(reading)
            self._tables.defer()
            self._work.reset()
            shares = [share for pid in pids if (share := self._read(pid)) is not None]
            report = msgspec.msgpack.encode(_Report(shares, self._work.scanned, self._work.fdinfo))
            while report:
                report = report[os.write(writing, report) :]
            status = 0
        finally:
            # Never back into the code of the parent, whatever happens.
            os._exit(status)

    def _read(self, pid: int) -> _Share | None:
        """Read one process; one that ends meanwhile, or has no table, is left out."""
        try:
            stat = parse_stat(self._procfs.read(pid, "stat", STAT_LIMIT))
            if stat.is_kernel_thread:
                return None
            scan = self._tables.scan(ProcessKey(pid, stat.start), self._mounts.namespace(pid), {})
        except (FileNotFoundError, PermissionError, ProcessLookupError, ValueError):
            return None
        return _Share(pid, stat.start, list(scan.descriptors.values()), scan.unreadable, scan.denied, scan.epolls)


def _drain(pipe: int) -> bytes:
    chunks = []
    with os.fdopen(pipe, "rb", 0) as reading:
        while chunk := reading.read(_READ):
            chunks.append(chunk)
    return b"".join(chunks)
