"""The collector: one refresh after another, each reading as little as it can."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sockscope.abi.strings import Clean
from sockscope.collect.allowance import LOOK, ONLY_LOOK, Budget
from sockscope.collect.capabilities import Capabilities, notes
from sockscope.collect.counters import Counters
from sockscope.collect.difference import MachineState, frame
from sockscope.collect.lock_waits import read_lock_waits
from sockscope.collect.processes.answering import SILENT, Answering
from sockscope.collect.processes.cgroups import CgroupPaths, unified_mount
from sockscope.collect.processes.processes import ProcessReader, by_name_services
from sockscope.collect.processes.turns import EARLY, SLICE, Turns
from sockscope.collect.processes.waiting import ThreadWaits
from sockscope.collect.processes.walk import ProcessWalk
from sockscope.collect.processes.walked import Walked
from sockscope.collect.sockets import rounds
from sockscope.collect.sockets.ask_by_name import QuestionsByName
from sockscope.collect.sockets.dumps import Dumps
from sockscope.collect.sockets.mounted_namespaces import MountedNamespaces
from sockscope.collect.sockets.namespace_names import NamespaceNames
from sockscope.collect.sockets.netspaces import DiagSockets, NetNamespace, all_keepers, opened_by
from sockscope.collect.sockets.rounds import Rounds
from sockscope.collect.sockets.sockets import Entry, Held, SocketCollector
from sockscope.collect.sockets.thread_namespaces import ThreadNamespaces
from sockscope.collect.sockets.undescribed import Undescribed, undescribed
from sockscope.collect.tables.anonymous import AnonymousIdentity, shared_inode
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.collect.tables.epolls import EpollCollector
from sockscope.collect.tables.files import FileClassifier
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.collect.tables.mounts import MountTables
from sockscope.collect.tables.parallel_tables import ParallelTables
from sockscope.collect.tables.reading import TableReader
from sockscope.collect.uses import Uses
from sockscope.frames.messages import Frame
from sockscope.kernel import netns
from sockscope.kernel.limits import read_limits
from sockscope.kernel.procfs import Procfs
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import NOT_YET
from sockscope.model.socket import Socket


class WayToSocket(NamedTuple):
    """What it takes to ask for one socket."""

    entry: Entry | None
    """None for one that is not known."""
    diag: DiagSockets
    namespace: NetNamespace | None
    """Where it lies, None where that could not be seen."""


class Collector:
    """Look at one machine again and again."""

    def __init__(
        self,
        root: str = "/proc",
        *,
        all_flags: bool = False,
        once: bool = False,
        staged: bool = False,
        no_diag: bool = False,
        user_name: Callable[[int], str] = by_name_services,
    ) -> None:
        """Look at the processes below `root`.

        Args:
            root: a procfs.
            all_flags: read the open flags of every descriptor.
            once: expect to be asked for one picture only, and use all cores for it.
            staged: put the first picture of a crowded machine together in several looks.
            no_diag: never open a sock_diag socket, which can load kernel modules; read /proc/net instead.
            user_name: returns what a uid is called, or raises KeyError; may wait.
        """
        self._procfs = Procfs(root)
        self._counters = Counters()
        self._registry = IdentityRegistry()
        shared = shared_inode(self._procfs)
        self._known = Descriptors(shared)
        self._mounts = MountTables(self._procfs)
        self._files = FileClassifier(self._mounts)
        anonymous = AnonymousIdentity(self._registry, shared)
        self._tables = TableReader(
            self._procfs, self._files, anonymous, _own_devices(), self._counters, all_flags=all_flags
        )
        self._home = netns.read_netns(os.getpid(), root)
        self._diag = DiagSockets(self._home, root, allowed=not no_diag)
        self._pins = netns.PinnedNamespaces(root)
        self._cgroups = CgroupPaths(unified_mount(self._pins.mounts))
        self._rounds = Rounds(rounds.ONLY_LOOK if once else rounds.LOOK)
        self._dumps = Dumps(self._diag, self._procfs, self._home, self._cgroups, self._counters)
        self._sockets = SocketCollector(self._diag, self._dumps, QuestionsByName(self._diag, self._counters), root)
        self._names = NamespaceNames(self._home)
        self._threads = ThreadNamespaces(self._procfs)
        self._mounted = MountedNamespaces(self._mounts)
        self._ways: list[NetNamespace] = []
        """The network namespaces of the last picture."""
        self._capabilities = Capabilities(self._procfs, diag=not no_diag, cgroup_root=self._cgroups.root)
        self._epolls = EpollCollector(self._procfs, self._known, self._registry, self._counters)
        self._processes = ProcessReader(self._procfs, user_name)
        self.answering = Answering(self._procfs)
        """Who does not answer."""
        self._turns = Turns(SLICE, EARLY) if staged else Turns()
        self._budget = Budget(ONLY_LOOK if once else LOOK)
        parallel = (
            ParallelTables(
                self._procfs, self._tables, self._mounts, self._counters, self.answering, self._budget
            ) if once else None
        )  # fmt: skip
        self._walk = ProcessWalk(
            self._procfs, self._tables, self._processes, self._mounts, self._registry, self._known, self._counters,
            self.answering, self._budget, self._turns, parallel,
        )  # fmt: skip
        self._waits = ThreadWaits(self._procfs, self.answering, self._counters)
        self.uses = Uses(self._procfs, self._mounts)
        """What processes use without a descriptor, for who wants to see it."""
        self._state: MachineState | None = None
        self._counted: tuple[dict[int, Socket], Undescribed] = {}, Undescribed(0, 0)
        self._seq = 0
        self.interval = 0.0
        """Seconds between refreshes, told to the viewer; 0 for a single one."""
        self.waiting = 0
        """Processes whose descriptors the looks so far have not come to."""
        self.asked_interval = 0.0
        """Seconds between refreshes that the viewer has asked for."""

    def begin(self) -> None:
        """Send out the forks that help with a single look; to be called where another thread is about to be made."""
        self._mounts.begin()
        self._walk.begin()

    def refresh(self) -> Frame:
        """Look once more and return what has changed.

        Everything the first time, and again for as long as some had to wait for their turn: who has had a picture
        before, of another collector, can pass over what is not whole.
        """
        before = None if self.waiting else self._state
        started = time.perf_counter()
        self._counters.reset()
        comparisons, converted = self._walk.comparisons, self._sockets.converted
        self._mounts.begin()
        self._cgroups.begin()
        self._pins.refresh()
        walked = self._walk.refresh(self.interval)
        watched = walked.watched
        state = MachineState(
            processes={key: one.process for key, one in watched.items()},
            tables=self.uses.tables(watched),
        )
        waited = () if self._state is None else self._state.waits.values()
        locks = read_lock_waits(self._procfs, self._known, waited)
        state.locks = locks.waits
        state.waits = self._waits.refresh(watched, time.time())
        self._describe(state, walked)
        state.limits = read_limits(self._procfs)
        state.coverage = self._coverage(state, walked, locks.notes)
        self.waiting = state.coverage.waiting_processes
        state.stats = Stats(
            scan_ms=(time.perf_counter() - started) * 1000,
            scanned=self._counters.scanned,
            kcmp=self._walk.comparisons - comparisons,
            fdinfo=self._counters.fdinfo,
            dumps=self._counters.dumps,
            exact=self._counters.exact,
            missed=self._counters.missed,
            converted=self._sockets.converted - converted,
            proven=self._counters.proven,
            interval=self.interval,
            asked_interval=self.asked_interval or self.interval,
            waits=self._counters.waits,
        )
        # Seldom asked: their threads are not kept.
        self.answering.close()
        self._sockets.close()
        self._files.close()
        result = frame(before, state, self._seq, time.time())
        self._state = state
        self._seq += 1
        return result

    def preview(self) -> Frame:
        """Look at the processes alone: what can be shown while their tables are read for the first time."""
        processes = tuple(self._walk.preview())
        users = [one for one in processes if not one.kernel_thread]
        counts = Coverage(processes=len(users), descriptors=sum(max(0, one.fd_count) for one in users))
        self._turns.expect(counts.descriptors)
        stats = Stats(interval=self.interval, asked_interval=self.asked_interval)
        return Frame(
            self._seq, full=True, time=time.time(), processes=processes, coverage=counts, stats=stats, preview=True
        )

    def prefer(self, pids: Iterable[int]) -> None:
        """Let some processes come before all others while the first picture is put together."""
        self._turns.prefer(pids)

    def descriptor(self, pid: int, start: int, fd: int) -> Descriptor | None:
        """Return a descriptor of the last picture, or what a process uses without one."""
        return self.tables.get(ProcessKey(pid, start), {}).get(fd)

    @property
    def tables(self) -> Mapping[ProcessKey, Mapping[int, Descriptor]]:
        """Descriptors of the last picture, and what processes use without one while that is wanted."""
        return {} if self._state is None else self._state.tables

    @property
    def procfs(self) -> Procfs:
        """The procfs that is looked at."""
        return self._procfs

    def way_to(self, ino: int) -> WayToSocket:
        """Return what it takes to ask for a socket of the last picture in depth."""
        entry = self._sockets.entry(ino)
        netns = 0 if entry is None else entry.socket.netns
        return WayToSocket(entry, self._diag, next((one for one in self._ways if one.inode == netns), None))

    @property
    def namespaces(self) -> frozenset[int]:
        """Inodes of the network namespaces that a process, a mount or a descriptor of theirs keeps, as last seen."""
        return frozenset(one.inode for one in self._ways)

    @property
    def refreshes(self) -> int:
        """How often it has looked."""
        return self._seq

    def close(self) -> None:
        """Close the netlink sockets, and wait for no process any more."""
        self.answering.close()
        self._processes.close()
        self._sockets.close()
        self._diag.close()
        self._pins.close()

    def _describe(self, state: MachineState, walked: Walked) -> None:
        """Fill in the sockets and epolls of a picture."""
        fresh = {one.ino for key in walked.fresh for one in walked.watched[key].table.values() if one.kind == "socket"}
        pins = self._pins.paths
        opened = {inode: opened_by(slots) for inode, slots in self._known.namespaces.items()}
        users = (process.pid for process in state.processes.values() if not process.kernel_thread)
        kept = all_keepers(self._threads.still(), opened, self._mounted.refresh(users))
        homes = {process.pid: process.netns for process in state.processes.values()}
        held = Held(self._known.sockets, fresh, homes, self._known.sockets_moved)
        survey = self._names.survey(state.processes.values(), pins, kept)
        self._ways = self._names.ways_in(survey, pins, kept)
        waits = any(one.denied == NOT_YET for one in walked.watched.values())
        if waits and not self._dumps.are_few(self._ways):
            # Listing a hundred thousand sockets again and again would keep waiting who waits for his turn.
            if self._state is not None:
                state.sockets, state.namespaces = self._state.sockets, self._state.namespaces
            self._watch(state, walked, whole=False)
            return
        self._rounds.begin()
        first = {homes[pid] for pid in self._turns.preferred if pid in homes}
        asked, left = self._rounds.choose(self._ways, first)
        state.sockets = self._sockets.refresh(asked, held, left)
        moved = self._threads.search(state.sockets, self._known.on_inode, survey)
        if moved:
            kept = all_keepers(moved, kept)
            survey = self._names.survey(state.processes.values(), pins, kept)
            self._ways = self._names.ways_in(survey, pins, kept)
            asked, left = self._rounds.choose(self._ways, first)
            state.sockets = self._sockets.refresh(asked, held, left)
        state.namespaces = self._names.describe(survey, pins, self._dumps.sources(self._ways), kept)
        self._watch(state, walked, whole=not waits)

    def _watch(self, state: MachineState, walked: Walked, *, whole: bool) -> None:
        """Fill in the epolls; that nobody holds what one watches is known only of the `whole` machine."""
        whole = whole and not any(one.process.unread for one in walked.watched.values())
        fresh = (key.pid for key in walked.fresh)
        state.epolls = self._epolls.refresh(walked.epolls, fresh, self._walk.moved, whole=whole)

    def _unknown(self, sockets: dict[int, Socket]) -> Undescribed:
        """Count the sockets that nothing describes, again only when the sockets are others than before."""
        if self._counted[0] is not sockets:
            unlisted = {*self._dumps.absent, *(label for _, label in self._dumps.refused)}
            self._counted = sockets, undescribed(sockets.values(), unlisted)
        return self._counted[1]

    def _coverage(self, state: MachineState, walked: Walked, more: tuple[Clean, ...]) -> Coverage:
        users = [one for one in walked.watched.values() if not one.process.kernel_thread]
        waiting = sum(one.denied == NOT_YET for one in users)
        left = [one.process.unread for one in users if one.process.unread]
        denied = [one for one in users if one.denied]
        unreadable = sum(one.unreadable or max(0, one.process.fd_count) for one in denied)
        unreadable += sum(one.unreadable for one in users if not one.denied)
        # What could be relied on shows when everything was tried.
        capabilities = () if waiting else self._capabilities.found(
            walked.hidden + sum(one.denied != SILENT for one in denied),
            left,
            self.answering.silent,
            self._processes.unanswering,
            self._dumps,
            self._diag.failures,
        )  # fmt: skip
        out_of_sight = walked.hidden + walked.unknown
        unknown = self._unknown(state.sockets)
        return Coverage(
            processes=len(users) + out_of_sight,
            unreadable_processes=len(denied) + out_of_sight,
            descriptors=self._known.count - sum(len(one.table) for one in users if one.process.table_of),
            unreadable_descriptors=unreadable,
            sockets=len(state.sockets),
            unknown_sockets=unknown.anyhow,
            sockets_elsewhere=unknown.elsewhere,
            notes=(
                *notes(capabilities, self._diag.failures),
                *self._mounts.notes,
                *self._budget.notes,
                *self.uses.notes,
                *more,
            ),
            capabilities=capabilities,
            waiting_processes=waiting,
            partly_read=len(left),
            unread_descriptors=sum(left),
        )


def _own_devices() -> dict[str, int]:
    """Learn the devices of sockfs and pipefs from descriptors of our own (`major << 20 | minor`)."""
    first, second = socket.socketpair()
    read, write = os.pipe()
    with first, second:
        socket_device = os.fstat(first.fileno()).st_dev
    pipe_device = os.fstat(read).st_dev
    os.close(read)
    os.close(write)
    return {"socket": _kernel_device(socket_device), "pipe": _kernel_device(pipe_device)}


def _kernel_device(device: int) -> int:
    return os.major(device) << 20 | os.minor(device)
