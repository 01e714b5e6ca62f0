"""The walk over all processes: who is there, and the tables of those that may have changed theirs."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from sockscope.abi.strings import Raw
from sockscope.collect.allowance import Budget
from sockscope.collect.counters import Counters
from sockscope.collect.processes.activity import Activity, read_activity, rests, unchanged
from sockscope.collect.processes.answering import DISK_SLEEP, SILENT, Answering
from sockscope.collect.processes.processes import ProcessReader
from sockscope.collect.processes.settling import Settling
from sockscope.collect.processes.sharers import TableSharers
from sockscope.collect.processes.stillness import Stillness
from sockscope.collect.processes.threads import private_threads
from sockscope.collect.processes.turns import Turns
from sockscope.collect.processes.walked import Walked, Watched
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.tables.parallel_tables import Ahead, ParallelTables
from sockscope.collect.tables.parts import UNKNOWN, Known
from sockscope.collect.tables.reading import TableReader, TableScan
from sockscope.kernel.process import ProcessStat, parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import NOT_YET, Process

FULL_PASS = 60.0
"""Seconds in which every table is walked at least once, whether it has run or not."""
PASSES = 2
"""Times that those are walked again in one look who have moved since their descriptors were settled."""
INIT = 1
DEFAULT_PARTS = 30
"""Refreshes of a full pass where the time between them is not known."""


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
        counters: Counters,
        answering: Answering,
        budget: Budget,
        turns: Turns,
        parallel: ParallelTables | None = None,
    ) -> None:
        """Read processes with `processes` and tables with `tables`, those of a single look in `parallel` if given.

        No table causes more work than `budget` allows, and those whose turn has not come by `turns` none.
        """
        self._procfs = procfs
        self._tables = tables
        self._processes = processes
        self._mounts = mounts
        self._registry = registry
        self._known = known
        self._counters = counters
        self._answering = answering
        self._budget = budget
        self._turns = turns
        self._sharers = TableSharers()
        self._borrowers: set[int] = set()
        """Who was last said to have the table of another process."""
        self._settling = Settling(registry, tables, Stillness(procfs, self._sharers.of))
        self._watched: dict[ProcessKey, Watched] = {}
        self._keys: dict[int, ProcessKey] = {}
        """Who had a pid in the walk before."""
        self._turn = 0
        self._parallel = parallel
        self._pids: list[int] = []
        """Who is to be looked at, where `begin` was called; and those of them that no fork does."""
        self._mine: list[int] = []
        self._ahead: dict[ProcessKey, Ahead] = {}
        """What forks have read."""

    def begin(self) -> None:
        """Send forks out, if any: before there is another thread here, which forks do not get on with."""
        self._pids = self._procfs.pids()
        self._mine = self._parallel.start(self._pids) if self._parallel is not None else self._pids

    def refresh(self, interval: float) -> Walked:
        """Look at every process; refreshes come every `interval` seconds, 0 unknown."""
        parts = max(1, round(FULL_PASS / interval)) if interval > 0 else DEFAULT_PARTS
        found = Walked()
        thread_of: dict[int, int] = {}
        self._budget.begin()
        if not self._pids:
            self.begin()
        pids, mine, self._pids = self._pids, self._mine, []
        self._answering.keep(pids)
        self._look_at_all(self._turns.order(mine), parts, found, thread_of)
        if self._parallel is not None:
            self._ahead = self._parallel.collect()
            own = set(mine)
            self._look_at_all([pid for pid in pids if pid not in own], parts, found, thread_of)
        self._look_at_children(found)
        for tid, pid in thread_of.items():
            self._look_at_thread(tid, pid, self._turn % parts == pid % parts, found)
        self._ahead.clear()
        self._forget_ended(found)
        self._settle(found)
        self._keep_in_step(found)
        self._watched = found.watched
        self._keys = {key.pid: key for key in found.watched}
        self._name_lenders()
        self._turns.end(sum(one.denied == NOT_YET for one in found.watched.values()))
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
        """Read the processes without their tables; who then waits for his turn is not described again."""
        for pid in filter(self._answering.check, self._procfs.pids()):
            try:
                raw = self._procfs.stat_record(pid)
                stat = parse_stat(raw)
                count = 0 if stat.is_kernel_thread else self._procfs.fd_count(pid)
                process = self._processes.read(pid, stat, None, count)
            except (FileNotFoundError, ProcessLookupError, ValueError):
                continue  # it has ended
            if not stat.is_kernel_thread:
                waits = Watched(raw, _finish(process, 0, NOT_YET), denied=NOT_YET)
                self._watched[ProcessKey(pid, stat.start)] = waits
            yield process

    def moved(self, pids: Collection[int]) -> Collection[int]:
        """Return those of some processes that may have changed their tables since the last walk has read these."""
        return self._settling.who_moved(pids)

    @property
    def comparisons(self) -> int:
        """Calls of kcmp made so far for files and tables."""
        return self._registry.comparisons + self._sharers.comparisons

    def _keep_in_step(self, found: Walked) -> None:
        known, nothing = self._known, dict[int, Descriptor]()
        known.settle()
        self._counters.missed += sum(
            _differs(self._watched[key].table, found.watched[key].table) for key in found.idle if key in found.watched
        )
        # The ended first: a pid may have been given away again.
        for key, gone in self._watched.items():
            if key not in found.watched:
                known.replace(key.pid, gone.table, nothing)
        for key in found.fresh:
            before = self._watched.get(key)
            known.replace(key.pid, before.table if before else nothing, found.watched[key].table)

    def _settle(self, found: Walked) -> None:
        """Settle what the tables have shown; who has moved since he was known to rest is walked again for that."""
        for _ in range(PASSES):
            displaced = self._settling.settle(found)
            if not displaced:
                return
            for key in [key for key in found.watched if key.pid in displaced]:
                self._look_again(key, found)
        self._settling.give_up(self._settling.settle(found), found)

    def _look_again(self, key: ProcessKey, found: Walked) -> None:
        before = found.watched.pop(key)
        if key in found.fresh:
            found.fresh.remove(key)
        if self._look_closer(key.pid, before.process.thread_of, True, found) is None:  # noqa: FBT003
            self._registry.forget_process(key.pid)

    def _forget_ended(self, found: Walked) -> None:
        """Compare with the ended no more, and find out who shares the table of those who have come or have run."""
        living = {key.pid for key in found.watched}
        ended = [key.pid for key in self._watched if key not in found.watched and key.pid not in living]
        self._budget.forget(ended)
        for pid in ended:
            self._registry.forget_process(pid)
        walked = [(key.pid, found.watched[key]) for key in found.fresh]
        self._sharers.refresh(
            [(pid, one.activity.threads) for pid, one in walked if one.activity is not None and _has_a_table(one)],
            [*ended, *(pid for pid, one in walked if one.denied)],
        )

    def _name_lenders(self) -> None:
        """Say of each process that has another's descriptor table whose it is, and no more so of who has one again."""
        lenders = self._sharers.lenders
        for pid in lenders.keys() | self._borrowers:
            key = self._keys.get(pid)
            watched = None if key is None else self._watched[key]
            if watched is not None and watched.process.table_of != lenders.get(pid, 0):
                watched.process = msgspec.structs.replace(watched.process, table_of=lenders.get(pid, 0))
        self._borrowers = set(lenders)

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
        key = self._keys.get(pid)
        activity = self._watched[key].activity if key is not None else None
        return activity is not None and rests(self._procfs, pid, activity)

    def _look_closer(self, pid: int, thread_of: int, due: bool, found: Walked) -> ProcessKey | None:  # noqa: FBT001
        """Read the `stat` of a process, and its table if it has run or it is `due`."""
        if pid not in self._answering:
            return self._look_away(pid, found)
        try:
            raw = self._procfs.stat_record(pid)
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
        ahead = self._ahead.get(key)
        if ahead is None and (before is None or before.denied == NOT_YET):
            count = self._procfs.fd_count(key.pid)
            if not self._turns.has_come(count):
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
        return before.process.unread > 0 and self._turns.has_come(before.process.unread)

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
            self._turns.took(allowed)
        return scan


def _differs(before: dict[int, Descriptor], after: dict[int, Descriptor]) -> bool:
    """Tell whether descriptors came or went; what fdinfo says of them others may change."""
    return before.keys() != after.keys() or any(after[fd].object != one.object for fd, one in before.items())


def _keep(before: Process | None, after: Process) -> Process:
    """Prefer the description from before where nothing has changed, so that frames need not compare it."""
    return before if before is not None and before == after else after


def _finish(process: Process, thread_of: int, denied: str, unread: int = 0) -> Process:
    if not thread_of and not denied and not unread:
        return process
    return msgspec.structs.replace(process, thread_of=thread_of, denied=denied, unread=unread)


def _has_a_table(one: Watched) -> bool:
    """Whether a process has a table of its own or with others that may be asked about, maybe an empty one.

    The threads of the kernel have one in common, which nobody asks about; one that has ended has none, and for kcmp(2)
    all who have none have the same. Of who does not answer kcmp(2) does not return.
    """
    return not one.denied and (bool(one.table) or not (one.process.kernel_thread or one.process.ended))
