"""The collector: one refresh after another, each reading as little as it can."""

import os
import socket
import time
from dataclasses import dataclass, field

import msgspec

from sockscope.collect.anonymous import AnonymousIdentity, shared_inode
from sockscope.collect.capabilities import Capabilities, notes
from sockscope.collect.cgroups import CgroupPaths, unified_mount
from sockscope.collect.details import socket_details
from sockscope.collect.dumps import Dumps
from sockscope.collect.epolls import Descriptors, EpollCollector
from sockscope.collect.exact import ExactQuestions
from sockscope.collect.files import FileClassifier
from sockscope.collect.gate import Activity, read_activity, unchanged
from sockscope.collect.identity import IdentityRegistry
from sockscope.collect.mounts import MountTables
from sockscope.collect.namespace_names import NamespaceNames
from sockscope.collect.netspaces import DiagSockets, NetNamespace
from sockscope.collect.picture import Picture, frame
from sockscope.collect.processes import ProcessReader
from sockscope.collect.sockets import Held, SocketCollector
from sockscope.collect.tables import TableReader
from sockscope.collect.threads import private_threads
from sockscope.collect.work import Work
from sockscope.frames.messages import Frame
from sockscope.kernel import netns
from sockscope.kernel.process import ProcessStat, parse_stat
from sockscope.kernel.procfs import Procfs
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process

STAT_LIMIT = 4096
FULL_CYCLE = 30
"""Refreshes in which every table is walked at least once, whatever the gate says."""


@dataclass(slots=True)
class _Watched:
    """What is remembered of a process between two refreshes."""

    activity: Activity | None = None
    process: Process | None = None
    table: dict[int, Descriptor] = field(default_factory=dict)
    unreadable: int = 0
    denied: str = ""
    threads: tuple[int, ...] = ()
    """Threads with descriptor tables of their own."""


class Collector:
    """Look at one machine again and again."""

    def __init__(self, root: str = "/proc", *, all_flags: bool = False, no_diag: bool = False) -> None:
        """Look at the processes below `root`.

        Args:
            root: a procfs.
            all_flags: read the open flags of every descriptor, for a single complete picture.
            no_diag: never open a sock_diag socket, which can load kernel modules; read /proc/net instead.
        """
        self._procfs = Procfs(root)
        self._work = Work()
        self._registry = IdentityRegistry()
        self._shared = shared_inode(self._procfs)
        self._mounts = MountTables(self._procfs)
        files = FileClassifier(self._mounts)
        anonymous = AnonymousIdentity(self._registry, self._shared)
        self._tables = TableReader(self._procfs, files, anonymous, _own_devices(), self._work)
        self._tables.all_flags = all_flags
        self._processes = ProcessReader(self._procfs)
        self._home = netns.read_netns(os.getpid(), root)
        self._diag = DiagSockets(self._home, root, allowed=not no_diag)
        self._pins = netns.PinnedNamespaces(root)
        self._cgroups = CgroupPaths(unified_mount(self._pins.mounts))
        self._dumps = Dumps(self._diag, self._procfs, self._home, self._cgroups, self._work)
        self._sockets = SocketCollector(self._diag, self._dumps, ExactQuestions(self._diag, self._work), root)
        self._names = NamespaceNames(self._home)
        self._ways: list[NetNamespace] = []
        """The network namespaces of the last picture."""
        self._capabilities = Capabilities(self._procfs, diag=not no_diag, cgroup_root=self._cgroups.root)
        self._epolls = EpollCollector(self._procfs, self._registry, self._work)
        self._watched: dict[ProcessKey, _Watched] = {}
        self._picture: Picture | None = None
        self._seq = 0
        self.interval = 0.0
        """Seconds between refreshes, told to the viewer; 0 for a single one."""

    def refresh(self) -> Frame:
        """Look once more and return what has changed; the first time, everything."""
        started = time.perf_counter()
        self._work.reset()
        comparisons = self._registry.comparisons
        self._mounts.begin()
        self._cgroups.begin()
        self._pins.refresh()
        watched, fresh, changed = self._look_at_processes()
        picture = Picture(
            processes={key: one.process for key, one in watched.items() if one.process is not None},
            tables={key: one.table for key, one in watched.items()},
        )
        known = self._index(picture)
        self._describe(picture, known, fresh, changed)
        picture.coverage = self._coverage(picture, watched)
        picture.stats = Stats(
            scan_ms=(time.perf_counter() - started) * 1000,
            scanned=self._work.scanned,
            kcmp=self._registry.comparisons - comparisons,
            fdinfo=self._work.fdinfo,
            dumps=self._work.dumps,
            exact=self._work.exact,
            interval=self.interval,
        )
        result = frame(self._picture, picture, self._seq, time.time())
        self._watched, self._picture = watched, picture
        self._seq += 1
        return result

    def descriptor(self, pid: int, start: int, fd: int) -> Descriptor | None:
        """Return a descriptor of the last picture."""
        found = self._watched.get(ProcessKey(pid, start))
        return found.table.get(fd) if found else None

    @property
    def procfs(self) -> Procfs:
        """The procfs that is looked at."""
        return self._procfs

    def details(self, ino: int) -> Fields:
        """Ask for a socket of the last picture in depth."""
        return socket_details(self._sockets.entry(ino), self._diag, self._ways)

    def close(self) -> None:
        """Close the netlink sockets."""
        self._diag.close()
        self._pins.close()

    def _look_at_processes(self) -> tuple[dict[ProcessKey, _Watched], set[int], set[int]]:
        """Walk the processes: those remembered, pids walked now, and inodes of descriptors that came or went."""
        watched: dict[ProcessKey, _Watched] = {}
        fresh: set[int] = set()
        changed: set[int] = set()
        pending = self._procfs.pids()
        thread_of: dict[int, int] = {}
        for pid in pending:
            key = self._look_at(pid, 0, watched, fresh, changed)
            if key is None:
                continue
            for tid in watched[key].threads:
                thread_of[tid] = pid
        for tid, pid in thread_of.items():
            self._look_at(tid, pid, watched, fresh, changed)
        for key, one in self._watched.items():
            if key not in watched:
                self._registry.forget((key.pid, fd) for fd in one.table)
                changed.update(descriptor.ino for descriptor in one.table.values())
        return watched, fresh, changed

    def _look_at(
        self, pid: int, thread_of: int, watched: dict[ProcessKey, _Watched], fresh: set[int], changed: set[int]
    ) -> ProcessKey | None:
        """Look at one process, or thread with a table of its own; one that ends meanwhile is left out."""
        try:
            stat = parse_stat(self._procfs.read(pid, "stat", STAT_LIMIT))
            key = ProcessKey(pid, stat.start)
            before = self._watched.get(key)
            now = self._watch(key, stat, thread_of, before)
            if before is not None and now.table is not before.table:
                self._compare(key, before.table, now.table, changed)
            elif before is None:
                changed.update(descriptor.ino for descriptor in now.table.values())
            if before is None or now.table is not before.table:
                fresh.add(pid)
                if parse_stat(self._procfs.read(pid, "stat", STAT_LIMIT)).start != stat.start:
                    return None  # the pid was reused while its table was walked
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        watched[key] = now
        return key

    def _watch(self, key: ProcessKey, stat: ProcessStat, thread_of: int, before: _Watched | None) -> _Watched:
        if stat.is_kernel_thread:
            known = before.process if before else None
            return _Watched(process=_keep(known, self._processes.read(key.pid, stat, known)))
        activity = read_activity(self._procfs, key.pid, stat)
        due = self._seq % FULL_CYCLE == key.pid % FULL_CYCLE
        if before is not None and before.process is not None and not due and unchanged(before.activity, activity):
            process = self._processes.read(key.pid, stat, before.process)
            process = _finish(process, thread_of, before.denied)
            return _Watched(
                activity, _keep(before.process, process), before.table, before.unreadable, before.denied, before.threads
            )
        process = self._processes.read(key.pid, stat, None)
        namespace = self._mounts.namespace(key.pid)
        old = before.table if before else {}
        scan = self._tables.scan(key, namespace, old)
        threads = () if thread_of else private_threads(self._procfs, key.pid, stat)
        process = _finish(process, thread_of, scan.denied)
        known = before.process if before else None
        return _Watched(activity, _keep(known, process), scan.descriptors, scan.unreadable, scan.denied, threads)

    def _compare(
        self, key: ProcessKey, before: dict[int, Descriptor], after: dict[int, Descriptor], changed: set[int]
    ) -> None:
        """Note what came and went in a table that was walked again."""
        for fd, old in before.items():
            new = after.get(fd)
            if new is None:
                self._registry.forget([(key.pid, fd)])
            if new is not old and (new is None or new.object != old.object):
                changed.add(old.ino)
        for fd, new in after.items():
            found = before.get(fd)
            if found is None or (found is not new and found.object != new.object):
                changed.add(new.ino)

    def _index(self, picture: Picture) -> Descriptors:
        known = Descriptors(self._shared, {}, {})
        for key, table in picture.tables.items():
            for fd, descriptor in table.items():
                known.by_slot[key.pid, fd] = descriptor
                if descriptor.ino != self._shared:
                    known.by_inode.setdefault(descriptor.ino, []).append(descriptor)
        return known

    def _describe(self, picture: Picture, known: Descriptors, fresh: set[int], changed: set[int]) -> None:
        """Fill in the sockets and epolls of a picture."""
        held: dict[int, Descriptor] = {}
        fresh_sockets: set[int] = set()
        epolls: dict[str, list[tuple[int, int]]] = {}
        for slot, descriptor in known.by_slot.items():
            if descriptor.kind == "socket":
                held[descriptor.ino] = descriptor
                if slot[0] in fresh:
                    fresh_sockets.add(descriptor.ino)
            elif descriptor.kind == "epoll":
                epolls.setdefault(descriptor.object, []).append(slot)
        pins = self._pins.paths
        survey = self._names.survey(picture.processes.values(), pins)
        self._ways = self._names.ways_in(survey, pins)
        homes = {process.pid: process.netns for process in picture.processes.values()}
        picture.sockets = self._sockets.refresh(self._ways, Held(held, fresh_sockets, homes))
        picture.namespaces = self._names.describe(survey, pins, self._dumps.sources(self._ways))
        picture.epolls = self._epolls.refresh(epolls, known, fresh, changed)

    def _coverage(self, picture: Picture, watched: dict[ProcessKey, _Watched]) -> Coverage:
        users = [one for one in watched.values() if one.process is not None and not one.process.kernel_thread]
        denied = [one for one in users if one.denied]
        unreadable = sum(one.unreadable or max(0, one.process.fd_count) for one in denied if one.process)
        unreadable += sum(one.unreadable for one in users if not one.denied)
        capabilities = self._capabilities.found(len(denied), self._dumps, self._diag.failures)
        return Coverage(
            processes=len(users),
            unreadable_processes=len(denied),
            descriptors=sum(map(len, picture.tables.values())),
            unreadable_descriptors=unreadable,
            sockets=len(picture.sockets),
            unknown_sockets=sum(not one.source for one in picture.sockets.values()),
            notes=tuple(notes(capabilities, self._diag.failures)),
            capabilities=capabilities,
        )


def _keep(before: Process | None, after: Process) -> Process:
    """Prefer the description from before where nothing has changed, so that frames need not compare it."""
    return before if before is not None and before == after else after


def _finish(process: Process, thread_of: int, denied: str) -> Process:
    if not thread_of and not denied:
        return process
    return msgspec.structs.replace(process, thread_of=thread_of, denied=denied)


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
