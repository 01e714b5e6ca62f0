"""The walk over all processes: who is there, and the tables of those that may have changed theirs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from sockscope.collect.answering import DISK_SLEEP, SILENT, Answering
from sockscope.collect.crew import Crew
from sockscope.collect.descriptors import Descriptors
from sockscope.collect.gate import Activity, read_activity, rests, unchanged
from sockscope.collect.identity import IdentityRegistry
from sockscope.collect.mounts import MountTables
from sockscope.collect.processes import ProcessReader
from sockscope.collect.tables import TableReader, TableScan
from sockscope.collect.threads import private_threads
from sockscope.collect.work import Work
from sockscope.kernel.process import ProcessStat, parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process

STAT_LIMIT = 4096
FULL_PASS = 60.0
"""Seconds in which every table is walked at least once, whatever the gate says."""
INIT = 1
DEFAULT_PARTS = 30
"""Refreshes of a full pass where the time between them is not known."""


@dataclass(slots=True)
class Watched:
    """What is remembered of a process between two refreshes."""

    stat: bytes
    """`/proc/PID/stat` as it was read."""
    process: Process
    activity: Activity | None = None
    table: dict[int, Descriptor] = field(default_factory=dict)
    unreadable: int = 0
    denied: str = ""
    threads: tuple[int, ...] = ()
    """Threads with descriptor tables of their own."""


@dataclass(slots=True)
class Walked:
    """What one walk has found out."""

    watched: dict[ProcessKey, Watched] = field(default_factory=dict)
    fresh: list[ProcessKey] = field(default_factory=list)
    """Processes whose tables were walked."""
    epolls: dict[str, bytes] = field(default_factory=dict)
    """fdinfo of the epoll instances in those tables, by object."""
    hidden: int = 0
    """Processes that are listed and say nothing at all of themselves: `hidepid=1` (proc(5))."""
    unknown: int = 0
    """Processes that have not answered since they were first seen, so that not even their start is known."""
    rested: list[ProcessKey] = field(default_factory=list)
    """Processes that have not run, and whose `stat` was not read."""
    stirred: set[int] = field(default_factory=set)
    """Pids of those that have run, are new or were read anew for another reason."""


class ProcessWalk:
    """Walk the processes again and again, and keep `known` in step with them."""

    def __init__(
        self,
        procfs: Procfs,
        tables: TableReader,
        processes: ProcessReader,
        mounts: MountTables,
        registry: IdentityRegistry,
        known: Descriptors,
        work: Work,
        answering: Answering,
        crew: Crew | None = None,
    ) -> None:
        """Read processes with `processes` and tables with `tables`, those of a first look in a `crew` if there is one.

        A crew reads tables before the activity of their processes is read, so what it has read is good for one look.
        """
        self._procfs = procfs
        self._tables = tables
        self._processes = processes
        self._mounts = mounts
        self._registry = registry
        self._known = known
        self._work = work
        self._answering = answering
        self._watched: dict[ProcessKey, Watched] = {}
        self._keys: dict[int, ProcessKey] = {}
        """Who had a pid in the walk before."""
        self._turn = 0
        self._crew = crew
        self._pids: list[int] = []
        """Who is to be looked at, where `begin` was called; and those of them that no crew does."""
        self._mine: list[int] = []
        self._ahead: dict[ProcessKey, TableScan] = {}
        """What the crew has read."""

    def begin(self) -> None:
        """Send the crew out, if there is one: before there is another thread here, which forks do not get on with."""
        self._pids = self._procfs.pids()
        self._mine = self._crew.start(self._pids) if self._crew is not None else self._pids

    def refresh(self, interval: float) -> Walked:
        """Look at every process; refreshes come every `interval` seconds, 0 unknown."""
        parts = max(1, round(FULL_PASS / interval)) if interval > 0 else DEFAULT_PARTS
        found = Walked()
        thread_of: dict[int, int] = {}
        if not self._pids:
            self.begin()
        pids, mine, self._pids = self._pids, self._mine, []
        self._answering.keep(pids)
        self._look_at_all(mine, parts, found, thread_of)
        if self._crew is not None:
            self._ahead = self._crew.collect()
            own = set(mine)
            self._look_at_all([pid for pid in pids if pid not in own], parts, found, thread_of)
        self._look_at_children(found)
        for tid, pid in thread_of.items():
            self._look_at_thread(tid, pid, self._turn % parts == pid % parts, found)
        self._ahead.clear()
        self._keep_in_step(found)
        self._watched = found.watched
        self._keys = {key.pid: key for key in found.watched}
        self._turn += 1
        return found

    def _look_at_all(self, pids: Iterable[int], parts: int, found: Walked, thread_of: dict[int, int]) -> None:
        """Look at some processes, and note their threads with tables of their own.

        Who does not answer is found out before any table is read: what is read there may have to be compared
        with a descriptor of his, which waits for him as well.
        """
        turn = self._turn % parts
        resting = [self._resting(pid, turn == pid % parts) for pid in pids]
        for pid, before in zip(pids, resting, strict=True):
            if before is None and not self._answering.check(pid):
                self._tables.forget(self._known.slots(pid))
        for pid, before in zip(pids, resting, strict=True):
            key = self._look_at(pid, before, turn == pid % parts, found)
            if key is not None:
                thread_of.update(dict.fromkeys(found.watched[key].threads, pid))

    def preview(self) -> Iterator[Process]:
        """Read the processes without their tables."""
        for pid in filter(self._answering.check, self._procfs.pids()):
            try:
                stat = parse_stat(self._procfs.read(pid, "stat", STAT_LIMIT))
                count = 0 if stat.is_kernel_thread else self._procfs.fd_count(pid)
                yield self._processes.read(pid, stat, None, count)
            except (FileNotFoundError, ProcessLookupError, ValueError):
                continue  # it has ended

    def descriptor(self, pid: int, start: int, fd: int) -> Descriptor | None:
        """Return a descriptor of the last walk."""
        found = self._watched.get(ProcessKey(pid, start))
        return found.table.get(fd) if found else None

    def _keep_in_step(self, found: Walked) -> None:
        known, nothing = self._known, dict[int, Descriptor]()
        known.settle()
        # The ended first: a pid may have been given away again.
        for key, gone in self._watched.items():
            if key not in found.watched:
                known.replace(key.pid, gone.table, nothing)
        for key in found.fresh:
            before = self._watched.get(key)
            known.replace(key.pid, before.table if before else nothing, found.watched[key].table)
        self._registry.forget(self._left(known.closed))

    def _left(self, closed: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
        """Pick the slots that have not been placed anew since they were emptied."""
        for slot in closed:
            now = self._known.at(slot)
            if now is None or self._registry.object(slot) != now.object:
                yield slot

    def _look_at_children(self, found: Walked) -> None:
        """Read the `stat` of processes that have not run where their parent has ended, or may have moved them.

        A process that rests gets another parent when its own ends, and a parent may move a child to another
        process group (`setpgid(2)`). The first of all processes moves none of those it has adopted.
        """
        ended = {key.pid for key in self._watched if key not in found.watched}
        movers = (found.stirred - {INIT}) | ended
        for key in found.rested:
            if found.watched[key].process.ppid in movers:
                del found.watched[key]
                self._look_closer(key.pid, 0, False, found)  # noqa: FBT003

    def _resting(self, pid: int, due: bool) -> Watched | None:  # noqa: FBT001
        """Return what is known of a process where there is nothing to read of it."""
        key = self._keys.get(pid)
        if key is None or due or pid not in self._answering or not self._rests(self._watched[key]):
            return None
        return self._watched[key]

    def _look_at(self, pid: int, resting: Watched | None, due: bool, found: Walked) -> ProcessKey | None:  # noqa: FBT001
        """Look at one process; one that ends meanwhile is left out."""
        if resting is None:
            return self._look_closer(pid, 0, due, found)
        key = self._keys[pid]
        found.watched[key] = resting
        found.rested.append(key)
        return key

    def _look_at_thread(self, tid: int, pid: int, due: bool, found: Walked) -> None:  # noqa: FBT001
        """Look at a thread with a table of its own."""
        resting = self._resting(tid, due)
        if resting is not None:
            found.watched[self._keys[tid]] = resting
        elif self._answering.check(tid):
            self._look_closer(tid, pid, due, found)

    def _rests(self, before: Watched) -> bool:
        """Tell whether there is nothing to read of a process.

        Others change the foreground group of a terminal, which stands in the `stat` of all that it controls. A
        kernel thread has no table, and is looked at for nothing but its end.
        """
        activity, process = before.activity, before.process
        if activity is None or process.tty:
            return False
        if process.kernel_thread:
            return activity.inode != 0 and self._procfs.table_state(process.pid)[0] == activity.inode
        return rests(self._procfs, process.pid, activity)

    def _look_closer(self, pid: int, thread_of: int, due: bool, found: Walked) -> ProcessKey | None:  # noqa: FBT001
        """Read the `stat` of a process, and its table if it has run or it is `due`."""
        if pid not in self._answering:
            return self._look_away(pid, found)
        try:
            raw = self._procfs.read(pid, "stat", STAT_LIMIT)
            stat = parse_stat(raw)
            key = ProcessKey(pid, stat.start)
            before = self._watched.get(key)
            now = self._watch(key, raw, stat, thread_of, before, due, found)
        except PermissionError:
            found.hidden += 1
            return None
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        if now is not before:
            found.stirred.add(pid)
        found.watched[key] = now
        return key

    def _look_away(self, pid: int, found: Walked) -> ProcessKey | None:
        """Keep what does not change of a process that does not answer, if it is known to be the one it was."""
        key = self._keys.get(pid)
        before = self._watched[key] if key is not None else None
        inode, count = self._procfs.table_state(pid)
        if key is None or before is None or before.activity is None or not inode or inode != before.activity.inode:
            found.unknown += 1
            return None
        process = msgspec.structs.replace(before.process, state=DISK_SLEEP, denied=SILENT, fd_count=count)
        # Of the activity only the identity: once it answers, it is to be read like a new one.
        activity = Activity(key.start, before.activity.threads, b"", running=False, fd_count=count, inode=inode)
        found.fresh.append(key)
        found.watched[key] = Watched(before.stat, _keep(before.process, process), activity, denied=SILENT)
        return key

    def _watch(
        self,
        key: ProcessKey,
        raw: bytes,
        stat: ProcessStat,
        thread_of: int,
        before: Watched | None,
        due: bool,  # noqa: FBT001
        found: Walked,
    ) -> Watched:
        known = before.process if before else None
        if stat.is_kernel_thread:
            inode, _ = self._procfs.table_state(key.pid)
            asleep = Activity(stat.start, 1, b"", running=False, fd_count=0, inode=inode)
            return Watched(raw, _keep(known, self._processes.read(key.pid, stat, known, 0)), asleep)
        activity = read_activity(self._procfs, key.pid, stat.start, stat.threads, running=stat.state == "R")
        idle = before is not None and unchanged(before.activity, activity)
        if before is not None and idle and not due:
            if raw == before.stat:
                return before
            process = self._processes.read(key.pid, stat, before.process, activity.fd_count)
            process = _keep(known, _finish(process, thread_of, before.denied))
            return Watched(
                raw, process, activity, before.table, before.unreadable, before.denied, before.threads
            )  # fmt: skip
        process = self._processes.read(key.pid, stat, None, activity.fd_count, known)
        scan = self._ahead.get(key) or self._scan(key, before)
        threads = () if thread_of else private_threads(self._procfs, key.pid, stat)
        again = parse_stat(self._procfs.read(key.pid, "stat", STAT_LIMIT))
        if again.start != stat.start:
            raise ProcessLookupError  # the pid was reused while its table was walked
        if again.state == "R":
            # It may be in the middle of a time slice that `schedstat` has counted already.
            activity = activity._replace(running=True)
        if before is not None and idle and _differs(before.table, scan.descriptors):
            self._work.missed += 1
        found.fresh.append(key)
        found.epolls.update({scan.descriptors[fd].object: raw for fd, raw in scan.epolls.items()})
        process = _keep(known, _finish(process, thread_of, scan.denied))
        return Watched(raw, process, activity, scan.descriptors, scan.unreadable, scan.denied, threads)

    def _scan(self, key: ProcessKey, before: Watched | None) -> TableScan:
        return self._tables.scan(key, self._mounts.namespace(key.pid), before.table if before else {})


def _differs(before: dict[int, Descriptor], after: dict[int, Descriptor]) -> bool:
    """Tell whether descriptors came or went; what fdinfo says of them others may change."""
    return before.keys() != after.keys() or any(after[fd].object != one.object for fd, one in before.items())


def _keep(before: Process | None, after: Process) -> Process:
    """Prefer the description from before where nothing has changed, so that frames need not compare it."""
    return before if before is not None and before == after else after


def _finish(process: Process, thread_of: int, denied: str) -> Process:
    if not thread_of and not denied:
        return process
    return msgspec.structs.replace(process, thread_of=thread_of, denied=denied)
