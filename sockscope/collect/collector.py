"""The collector: one refresh after another, each reading as little as it can."""

import os
import socket
import time

from sockscope.collect.anonymous import AnonymousIdentity, shared_inode
from sockscope.collect.answering import SILENT, Answering
from sockscope.collect.capabilities import Capabilities, notes
from sockscope.collect.cgroups import CgroupPaths, unified_mount
from sockscope.collect.crew import Crew
from sockscope.collect.descriptors import Descriptors
from sockscope.collect.details import socket_details
from sockscope.collect.dumps import Dumps
from sockscope.collect.epolls import EpollCollector
from sockscope.collect.exact import ExactQuestions
from sockscope.collect.files import FileClassifier
from sockscope.collect.identity import IdentityRegistry
from sockscope.collect.mounts import MountTables
from sockscope.collect.namespace_names import NamespaceNames
from sockscope.collect.netspaces import DiagSockets, NetNamespace
from sockscope.collect.picture import Picture, frame
from sockscope.collect.processes import ProcessReader
from sockscope.collect.sockets import Held, SocketCollector
from sockscope.collect.tables import TableReader
from sockscope.collect.walk import ProcessWalk, Walked
from sockscope.collect.work import Work
from sockscope.frames.messages import Frame
from sockscope.kernel import netns
from sockscope.kernel.procfs import Procfs
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.socket import Socket


class Collector:
    """Look at one machine again and again."""

    def __init__(
        self, root: str = "/proc", *, all_flags: bool = False, once: bool = False, no_diag: bool = False
    ) -> None:
        """Look at the processes below `root`.

        Args:
            root: a procfs.
            all_flags: read the open flags of every descriptor.
            once: expect to be asked for one picture only, and use all cores for it.
            no_diag: never open a sock_diag socket, which can load kernel modules; read /proc/net instead.
        """
        self._procfs = Procfs(root)
        self._work = Work()
        self._registry = IdentityRegistry()
        shared = shared_inode(self._procfs)
        self._known = Descriptors(shared)
        self._mounts = MountTables(self._procfs)
        files = FileClassifier(self._mounts)
        anonymous = AnonymousIdentity(self._registry, shared)
        self._tables = TableReader(self._procfs, files, anonymous, _own_devices(), self._work)
        self._tables.all_flags = all_flags
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
        self._epolls = EpollCollector(self._procfs, self._known, self._work)
        self._processes = ProcessReader(self._procfs)
        self.answering = Answering(self._procfs)
        """Who does not answer."""
        crew = Crew(self._procfs, self._tables, self._mounts, self._work, self.answering) if once else None
        self._walk = ProcessWalk(
            self._procfs, self._tables, self._processes, self._mounts, self._registry, self._known, self._work,
            self.answering, crew,
        )  # fmt: skip
        self._picture: Picture | None = None
        self._counted: tuple[dict[int, Socket], int] = {}, 0
        self._seq = 0
        self.interval = 0.0
        """Seconds between refreshes, told to the viewer; 0 for a single one."""
        self.asked_interval = 0.0
        """Seconds between refreshes that the viewer has asked for."""

    def begin(self) -> None:
        """Send out the forks that help with a single look; to be called where another thread is about to be made."""
        self._mounts.begin()
        self._walk.begin()

    def refresh(self) -> Frame:
        """Look once more and return what has changed; the first time, everything."""
        started = time.perf_counter()
        self._work.reset()
        comparisons, converted = self._registry.comparisons, self._sockets.converted
        self._mounts.begin()
        self._cgroups.begin()
        self._pins.refresh()
        walked = self._walk.refresh(self.interval)
        watched = walked.watched
        picture = Picture(
            processes={key: one.process for key, one in watched.items()},
            tables={key: one.table for key, one in watched.items()},
        )
        self._describe(picture, walked)
        picture.coverage = self._coverage(picture, walked)
        picture.stats = Stats(
            scan_ms=(time.perf_counter() - started) * 1000,
            scanned=self._work.scanned,
            kcmp=self._registry.comparisons - comparisons,
            fdinfo=self._work.fdinfo,
            dumps=self._work.dumps,
            exact=self._work.exact,
            missed=self._work.missed,
            converted=self._sockets.converted - converted,
            proven=self._work.proven,
            interval=self.interval,
            asked_interval=self.asked_interval or self.interval,
        )
        # Seldom asked: their threads are not kept.
        self.answering.close()
        self._sockets.close()
        result = frame(self._picture, picture, self._seq, time.time())
        self._picture = picture
        self._seq += 1
        return result

    def preview(self) -> Frame:
        """Look at the processes alone: what can be shown while their tables are read for the first time."""
        processes = tuple(self._walk.preview())
        users = [one for one in processes if not one.kernel_thread]
        counts = Coverage(processes=len(users), descriptors=sum(max(0, one.fd_count) for one in users))
        stats = Stats(interval=self.interval, asked_interval=self.asked_interval)
        return Frame(
            self._seq, full=True, time=time.time(), processes=processes, coverage=counts, stats=stats, preview=True
        )

    def descriptor(self, pid: int, start: int, fd: int) -> Descriptor | None:
        """Return a descriptor of the last picture."""
        return self._walk.descriptor(pid, start, fd)

    @property
    def procfs(self) -> Procfs:
        """The procfs that is looked at."""
        return self._procfs

    def details(self, ino: int) -> Fields:
        """Ask for a socket of the last picture in depth."""
        return socket_details(self._sockets.entry(ino), self._diag, self._ways)

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

    def _describe(self, picture: Picture, walked: Walked) -> None:
        """Fill in the sockets and epolls of a picture."""
        fresh = {one.ino for key in walked.fresh for one in walked.watched[key].table.values() if one.kind == "socket"}
        pins = self._pins.paths
        survey = self._names.survey(picture.processes.values(), pins)
        self._ways = self._names.ways_in(survey, pins)
        homes = {process.pid: process.netns for process in picture.processes.values()}
        picture.sockets = self._sockets.refresh(
            self._ways, Held(self._known.sockets, fresh, homes, self._known.sockets_moved)
        )
        picture.namespaces = self._names.describe(survey, pins, self._dumps.sources(self._ways))
        picture.epolls = self._epolls.refresh(walked.epolls)

    def _unknown(self, sockets: dict[int, Socket]) -> int:
        """Count the sockets that nothing describes, again only when the sockets are others than before."""
        if self._counted[0] is not sockets:
            self._counted = sockets, sum(not one.source for one in sockets.values())
        return self._counted[1]

    def _coverage(self, picture: Picture, walked: Walked) -> Coverage:
        users = [one for one in walked.watched.values() if not one.process.kernel_thread]
        denied = [one for one in users if one.denied]
        unreadable = sum(one.unreadable or max(0, one.process.fd_count) for one in denied)
        unreadable += sum(one.unreadable for one in users if not one.denied)
        capabilities = self._capabilities.found(
            walked.hidden + sum(one.denied != SILENT for one in denied),
            self.answering.silent,
            self._processes.unanswering,
            self._dumps,
            self._diag.failures,
        )
        out_of_sight = walked.hidden + walked.unknown
        return Coverage(
            processes=len(users) + out_of_sight,
            unreadable_processes=len(denied) + out_of_sight,
            descriptors=self._known.count,
            unreadable_descriptors=unreadable,
            sockets=len(picture.sockets),
            unknown_sockets=self._unknown(picture.sockets),
            notes=tuple(notes(capabilities, self._diag.failures)),
            capabilities=capabilities,
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
