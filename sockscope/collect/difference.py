"""One state of the machine, and the frame that leads from the state before to it."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec import Struct, field

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

K = TypeVar("K")
V = TypeVar("V")


class MachineState(Struct):
    """Everything that one refresh has found."""

    processes: dict[ProcessKey, Process] = field(default_factory=dict)
    tables: dict[ProcessKey, dict[int, Descriptor]] = field(default_factory=dict)
    sockets: dict[int, Socket] = field(default_factory=dict)
    epolls: dict[str, EpollInstance] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    stats: Stats = field(default_factory=Stats)
    namespaces: tuple[NetworkNamespace, ...] = ()
    limits: Limits = field(default_factory=Limits)
    waits: dict[ProcessKey, ProcessWaits] = field(default_factory=dict)
    locks: tuple[LockWait, ...] = ()


def frame(before: MachineState | None, after: MachineState, seq: int, time: float) -> Frame:
    """Build the frame from one picture to the next; a full one where there is none before."""
    old = before or MachineState()
    return Frame(
        seq=seq,
        full=before is None,
        time=time,
        processes=tuple(_changed(old.processes, after.processes)),
        ended=tuple((key.pid, key.start) for key in old.processes if key not in after.processes),
        tables=tuple(_tables(old.tables, after.tables)),
        sockets=tuple(_changed(old.sockets, after.sockets)),
        sockets_gone=tuple(_gone(old.sockets, after.sockets)),
        epolls=tuple(_changed(old.epolls, after.epolls)),
        epolls_gone=tuple(_gone(old.epolls, after.epolls)),
        coverage=after.coverage,
        stats=after.stats,
        namespaces=() if after.namespaces == old.namespaces else after.namespaces,
        limits=None if after.limits == old.limits else after.limits,
        waits=tuple(_changed(old.waits, after.waits)),
        locks=None if after.locks == old.locks else after.locks,
    )


def _changed(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[V]:
    if before is after:
        return
    for key, value in after.items():
        old = before.get(key)
        # What was taken over unread is the same object; only the rest needs comparing.
        if old is not value and old != value:
            yield value


def _gone(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[K]:
    if before is not after:
        yield from (key for key in before if key not in after)


def _tables(
    before: Mapping[ProcessKey, dict[int, Descriptor]], after: Mapping[ProcessKey, dict[int, Descriptor]]
) -> Iterator[Table]:
    for key, table in after.items():
        old = before.get(key)
        if old is table:
            continue
        old = old or {}
        opened = tuple(_changed(old, table))
        closed = tuple(fd for fd in old if fd not in table)
        if opened or closed:
            yield Table(key.pid, key.start, opened, closed)
