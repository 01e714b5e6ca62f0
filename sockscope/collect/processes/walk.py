"""The walk over all processes: who is looked at, in which order, and what follows from all of it together."""

from collections.abc import Collection, Iterable, Iterator

import msgspec

from sockscope.collect.allowance import Budget
from sockscope.collect.counters import Counters
from sockscope.collect.processes.answering import Answering
from sockscope.collect.processes.closer_look import ProcessLook
from sockscope.collect.processes.processes import ProcessReader
from sockscope.collect.processes.settling import Settling
from sockscope.collect.processes.sharers import TableSharers
from sockscope.collect.processes.stillness import Stillness
from sockscope.collect.processes.turns import Turns
from sockscope.collect.processes.walked import Walked, Watched
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.tables.parallel_tables import ParallelTables
from sockscope.collect.tables.reading import TableReader
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
        self._registry = registry
        self._known = known
        self._counters = counters
        self._answering = answering
        self._budget = budget
        self._sharers = TableSharers()
        self._borrowers: set[int] = set()
        """Who was last said to have the table of another process."""
        self._settling = Settling(registry, tables, Stillness(procfs, self._sharers.of))
        self._look = ProcessLook(procfs, tables, processes, mounts, registry, answering, budget, turns, self._sharers)
        self._turn = 0
        self._parallel = parallel
        self._pids: list[int] = []
        """Who is to be looked at, where `begin` was called; and those of them that no fork does."""
        self._mine: list[int] = []

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
        self._look_at_all(self._look.turns.order(mine), parts, found, thread_of)
        if self._parallel is not None:
            self._look.ahead = self._parallel.collect()
            own = set(mine)
            self._look_at_all([pid for pid in pids if pid not in own], parts, found, thread_of)
        self._look_at_children(found)
        for tid, pid in thread_of.items():
            self._look_at_thread(tid, pid, self._turn % parts == pid % parts, found)
        self._look.ahead.clear()
        self._forget_ended(found)
        self._settle(found)
        self._keep_in_step(found)
        self._look.remember(found.watched)
        self._name_lenders()
        self._look.turns.end(sum(one.denied == NOT_YET for one in found.watched.values()))
        self._turn += 1
        return found

    def _look_at_all(self, pids: Iterable[int], parts: int, found: Walked, thread_of: dict[int, int]) -> None:
        """Look at some processes, and note their threads with tables of their own.

        Who does not answer is found out before any table is read: what is read there may have to be compared
        with a descriptor of his, which waits for him as well.
        """
        turn = self._turn % parts
        resting = [self._look.resting(pid, turn == pid % parts) for pid in pids]
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
                yield self._look.preview(pid)
            except (FileNotFoundError, ProcessLookupError, ValueError):
                continue  # it has ended

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
            _differs(self._look.watched[key].table, found.watched[key].table)
            for key in found.idle
            if key in found.watched
        )
        # The ended first: a pid may have been given away again.
        for key, gone in self._look.watched.items():
            if key not in found.watched:
                known.replace(key.pid, gone.table, nothing)
        for key in found.fresh:
            before = self._look.watched.get(key)
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
        if self._look.closer(key.pid, before.process.thread_of, True, found) is None:  # noqa: FBT003
            self._registry.forget_process(key.pid)

    def _forget_ended(self, found: Walked) -> None:
        """Compare with the ended no more, and find out who shares the table of those who have come or have run."""
        living = {key.pid for key in found.watched}
        ended = [key.pid for key in self._look.watched if key not in found.watched and key.pid not in living]
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
            key = self._look.keys.get(pid)
            watched = None if key is None else self._look.watched[key]
            if watched is not None and watched.process.table_of != lenders.get(pid, 0):
                watched.process = msgspec.structs.replace(watched.process, table_of=lenders.get(pid, 0))
        self._borrowers = set(lenders)

    def _look_at_children(self, found: Walked) -> None:
        """Read the `stat` of processes that have not run where their parent has ended, or may have moved them.

        A process that rests gets another parent when its own ends, and a parent may move a child to another
        process group (`setpgid(2)`). The first of all processes moves none of those it has adopted.
        """
        ended = {key.pid for key in self._look.watched if key not in found.watched}
        movers = (found.stirred - {INIT}) | ended
        for key in found.rested:
            if found.watched[key].process.ppid in movers:
                del found.watched[key]
                self._look.closer(key.pid, 0, False, found)  # noqa: FBT003

    def _look_at(self, pid: int, resting: Watched | None, due: bool, found: Walked) -> ProcessKey | None:  # noqa: FBT001
        """Look at one process; one that ends meanwhile is left out."""
        if resting is None:
            return self._look.closer(pid, 0, due, found)
        key = self._look.keys[pid]
        found.watched[key] = resting
        found.rested.append(key)
        return key

    def _look_at_thread(self, tid: int, pid: int, due: bool, found: Walked) -> None:  # noqa: FBT001
        """Look at a thread with a table of its own."""
        resting = self._look.resting(tid, due)
        if resting is not None:
            found.watched[self._look.keys[tid]] = resting
        elif self._answering.check(tid):
            self._look.closer(tid, pid, due, found)


def _differs(before: dict[int, Descriptor], after: dict[int, Descriptor]) -> bool:
    """Tell whether descriptors came or went; what fdinfo says of them others may change."""
    return before.keys() != after.keys() or any(after[fd].object != one.object for fd, one in before.items())


def _has_a_table(one: Watched) -> bool:
    """Whether a process has a table of its own or with others that may be asked about, maybe an empty one.

    The threads of the kernel have one in common, which nobody asks about; one that has ended has none, and for kcmp(2)
    all who have none have the same. Of who does not answer kcmp(2) does not return.
    """
    return not one.denied and (bool(one.table) or not (one.process.kernel_thread or one.process.ended))
