"""A look at one process: whether there is anything to read of it, and what there is."""

import msgspec

from sockscope.abi.strings import Raw
from sockscope.collect.allowance import Budget
from sockscope.collect.processes.activity import Activity, read_activity, rests, unchanged
from sockscope.collect.processes.answering import DISK_SLEEP, SILENT, Answering
from sockscope.collect.processes.processes import ProcessReader
from sockscope.collect.processes.sharers import TableSharers
from sockscope.collect.processes.threads import private_threads
from sockscope.collect.processes.turns import Turns
from sockscope.collect.processes.walked import Walked, Watched
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.tables.parallel_tables import Ahead
from sockscope.collect.tables.parts import UNKNOWN, Known
from sockscope.collect.tables.reading import TableReader
from sockscope.collect.tables.table_walk import TableScan
from sockscope.kernel.process import ProcessStat, parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.model.keys import ProcessKey
from sockscope.model.process import NOT_YET, Process


class ProcessLook:
    """Look at processes one by one, each against what the walk before has found of it."""

    def __init__(
        self,
        procfs: Procfs,
        tables: TableReader,
        processes: ProcessReader,
        mounts: MountTables,
        registry: IdentityRegistry,
        answering: Answering,
        budget: Budget,
        turns: Turns,
        sharers: TableSharers,
    ) -> None:
        """Read as `ProcessWalk` says; a process rests only if its `sharers` do."""
        self._procfs = procfs
        self._tables = tables
        self._processes = processes
        self._mounts = mounts
        self._registry = registry
        self._answering = answering
        self._budget = budget
        self.turns = turns
        """Whose table is walked in this look, while the first picture is put together."""
        self._sharers = sharers
        self.watched: dict[ProcessKey, Watched] = {}
        """All of the walk before."""
        self.keys: dict[int, ProcessKey] = {}
        """Who had a pid in it."""
        self.ahead: dict[ProcessKey, Ahead] = {}
        """What forks have read for this walk."""

    def remember(self, watched: dict[ProcessKey, Watched]) -> None:
        """Keep what a walk has found for the next one."""
        self.watched = watched
        self.keys = {key.pid: key for key in watched}

    def preview(self, pid: int) -> Process:
        """Read a process without its table, and remember that it waits for its turn.

        Raises:
            FileNotFoundError, ProcessLookupError, ValueError: it has ended.
        """
        raw = self._procfs.stat_record(pid)
        stat = parse_stat(raw)
        count = 0 if stat.is_kernel_thread else self._procfs.fd_count(pid)
        process = self._processes.read(pid, stat, None, count)
        if not stat.is_kernel_thread:
            waits = Watched(raw, _finish(process, 0, NOT_YET), denied=NOT_YET)
            self.watched[ProcessKey(pid, stat.start)] = waits
        return process

    def resting(self, pid: int, due: bool) -> Watched | None:  # noqa: FBT001
        """Return what is known of a process where there is nothing to read of it."""
        key = self.keys.get(pid)
        if key is None or due or pid not in self._answering or not self._rests(self.watched[key]):
            return None
        return self.watched[key]

    def _rests(self, before: Watched) -> bool:
        """Tell whether there is nothing to read of a process.

        Others change the foreground group of a terminal, which stands in the `stat` of all that it controls. A
        kernel thread has no table, and is looked at for nothing but its end. Who shares a table changes it for all.
        """
        activity, process = before.activity, before.process
        if activity is None or process.tty or process.unread:
            return False
        if process.kernel_thread:
            return activity.inode != 0 and self._procfs.table_state(process.pid)[0] == activity.inode
        return rests(self._procfs, process.pid, activity) and self._sharers_rest(process.pid)

    def _sharers_rest(self, pid: int) -> bool:
        if not self._sharers.several(pid):
            return True
        return all(self._has_rested(one) for one in self._sharers.of(pid) if one != pid)

    def _has_rested(self, pid: int) -> bool:
        key = self.keys.get(pid)
        activity = self.watched[key].activity if key is not None else None
        return activity is not None and rests(self._procfs, pid, activity)

    def closer(self, pid: int, thread_of: int, due: bool, found: Walked) -> ProcessKey | None:  # noqa: FBT001
        """Read the `stat` of a process, and its table if it has run or it is `due`; None for one that was not seen."""
        if pid not in self._answering:
            return self._look_away(pid, found)
        try:
            raw = self._procfs.stat_record(pid)
            stat = parse_stat(raw)
            key = ProcessKey(pid, stat.start)
            before = self.watched.get(key)
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
        key = self.keys.get(pid)
        before = self.watched[key] if key is not None else None
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
        raw: Raw,
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
        ahead = self.ahead.get(key)
        if ahead is None and (before is None or before.denied == NOT_YET):
            count = self._procfs.fd_count(key.pid)
            if not self.turns.has_come(count):
                return self._wait(key, raw, stat, thread_of, before, count)
        running = stat.state == "R"
        activity = (
            ahead.activity if ahead else read_activity(self._procfs, key.pid, stat.start, stat.threads, running=running)
        )  # fmt: skip
        idle = before is not None and unchanged(before.activity, activity) and self._sharers_rest(key.pid)
        if before is not None and idle and not due and not self._goes_on(before):
            if raw == before.stat:
                return before
            process = self._processes.read(key.pid, stat, before.process, activity.fd_count)
            process = _keep(known, _finish(process, thread_of, before.denied, before.process.unread))
            return Watched(
                raw, process, activity, before.table, before.unreadable, before.denied, before.threads, before.next
            )  # fmt: skip
        process = self._processes.read(key.pid, stat, None, activity.fd_count, known)
        scan = ahead.scan if ahead else self._scan(key, before, process.uid, activity, stands=idle)
        threads = () if thread_of else private_threads(self._procfs, key.pid, stat)
        again = self._procfs.stat(key.pid)
        if again.start != stat.start:
            raise ProcessLookupError  # the pid was reused while its table was walked
        if again.state == "R":
            # It may be in the middle of a time slice that `schedstat` has counted already.
            activity = activity._replace(running=True)
        if idle and not (scan.unread or (before is not None and before.process.unread)):
            found.idle.append(key)
        found.fresh.append(key)
        found.texts.update({(key.pid, fd): raw for fd, raw in scan.epolls.items()})
        process = _keep(known, _finish(process, thread_of, scan.denied, scan.unread))
        return Watched(raw, process, activity, scan.descriptors, scan.unreadable, scan.denied, threads, scan.next)

    def _goes_on(self, before: Watched) -> bool:
        """Tell whether there is more to read of a table that stands, and room for it in this look."""
        return before.process.unread > 0 and self.turns.has_come(before.process.unread)

    def _wait(
        self, key: ProcessKey, raw: Raw, stat: ProcessStat, thread_of: int, before: Watched | None, count: int
    ) -> Watched:
        """Describe a process whose table has not had its turn yet."""
        if before is not None and raw == before.stat:
            return before
        known = before.process if before is not None else None
        process = self._processes.read(key.pid, stat, known, count)
        return Watched(raw, _keep(known, _finish(process, thread_of, NOT_YET)), denied=NOT_YET)

    def _scan(
        self, key: ProcessKey, before: Watched | None, uid: int, activity: Activity, *, stands: bool
    ) -> TableScan:
        """Walk a table; where it `stands`, and not all of it was read, what was not."""
        if before is None:
            self._registry.forget_process(key.pid)
        elif not (stands and before.next):
            self._registry.doubt(key.pid)
        known = Known(before.table, stands, before.next) if before is not None else UNKNOWN
        allowed = self._budget.allow(uid, key.pid, goes_on=known.stands and known.next > 0)
        scan = self._tables.scan(key, self._mounts.namespace(key.pid), known, allowed, activity)
        self._budget.settle(uid, allowed, key.pid)
        if before is None or before.denied == NOT_YET or before.process.unread:
            self.turns.took(allowed)
        return scan


def _keep(before: Process | None, after: Process) -> Process:
    """Prefer the description from before where nothing has changed, so that frames need not compare it."""
    return before if before is not None and before == after else after


def _finish(process: Process, thread_of: int, denied: str, unread: int = 0) -> Process:
    if not thread_of and not denied and not unread:
        return process
    return msgspec.structs.replace(process, thread_of=thread_of, denied=denied, unread=unread)
