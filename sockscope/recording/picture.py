"""All that frames have said so far, without the indexes of a world: what a block of a recording begins with."""

from collections.abc import Collection
from typing import TypeVar

from sockscope.frames.messages import Frame, Table
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import ProcessKey
from sockscope.model.limits import Limits
from sockscope.model.lock import LockWait
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits

_K = TypeVar("_K")
_V = TypeVar("_V")


class Picture:
    """What is so after the frames that were applied. `frame` says it in one full frame."""

    def __init__(self) -> None:
        """Know nothing."""
        self.known = False
        """Whether a frame was applied."""
        self.seq = 0
        self.time = 0.0
        self.processes: dict[ProcessKey, Process] = {}
        self.tables: dict[ProcessKey, dict[int, Descriptor]] = {}
        self.sockets: dict[int, Socket] = {}
        self.epolls: dict[str, EpollInstance] = {}
        self.waits: dict[ProcessKey, ProcessWaits] = {}
        self.namespaces: tuple[NetworkNamespace, ...] = ()
        self.limits: Limits | None = None
        self.locks: tuple[LockWait, ...] = ()
        self.coverage = Coverage()
        self.stats = Stats()

    @property
    def descriptors(self) -> int:
        """How many are open."""
        return sum(map(len, self.tables.values()))

    def apply(self, frame: Frame) -> None:
        """Take one frame, as `World.apply` does."""
        if frame.full:
            self._forget_unmentioned(frame)
        for pid, start in frame.ended:
            self._end(ProcessKey(pid, start))
        for process in frame.processes:
            self.processes[process.key] = process
        for table in frame.tables:
            self._take_table(table)
        for key in frame.sockets_gone:
            self.sockets.pop(key, None)
        self.sockets.update((socket.key, socket) for socket in frame.sockets)
        for name in frame.epolls_gone:
            self.epolls.pop(name, None)
        self.epolls.update((epoll.object, epoll) for epoll in frame.epolls)
        self.waits.update((waits.key, waits) for waits in frame.waits if waits.key in self.processes)
        self.namespaces = frame.namespaces or self.namespaces
        self.limits = self.limits if frame.limits is None else frame.limits
        if frame.locks is not None:
            self.locks = frame.locks
        self.coverage, self.stats = frame.coverage, frame.stats
        self.seq, self.time = frame.seq, frame.time
        self.known = True

    def frame(self) -> Frame:
        """Say all of it in one full frame."""
        return Frame(
            seq=self.seq,
            full=True,
            time=self.time,
            processes=tuple(self.processes.values()),
            tables=tuple(
                Table(key.pid, key.start, tuple(table.values())) for key, table in self.tables.items() if table
            ),
            sockets=tuple(self.sockets.values()),
            epolls=tuple(self.epolls.values()),
            coverage=self.coverage,
            stats=self.stats,
            namespaces=self.namespaces,
            limits=self.limits,
            waits=tuple(self.waits.values()),
            locks=self.locks,
        )

    def _forget_unmentioned(self, frame: Frame) -> None:
        """Drop what a full frame no longer has. Waits stay with their process: a frame tells those that have run."""
        self.locks = ()
        self.tables.clear()
        _keep(self.processes, {process.key for process in frame.processes})
        _keep(self.waits, self.processes.keys())
        _keep(self.sockets, {socket.key for socket in frame.sockets})
        _keep(self.epolls, {epoll.object for epoll in frame.epolls})

    def _end(self, key: ProcessKey) -> None:
        self.processes.pop(key, None)
        self.tables.pop(key, None)
        self.waits.pop(key, None)

    def _take_table(self, table: Table) -> None:
        known = self.tables.setdefault(ProcessKey(table.pid, table.start), {})
        for fd in table.closed:
            known.pop(fd, None)
        known.update((descriptor.fd, descriptor) for descriptor in table.opened)


def _keep(known: dict[_K, _V], wanted: Collection[_K]) -> None:
    for key in [key for key in known if key not in wanted]:
        del known[key]
