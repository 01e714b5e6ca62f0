"""One state of the machine, and the frame that leads from the state before to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sockscope.frames.messages import Frame, Table
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import ProcessKey
from sockscope.model.netns import NetworkNamespace
from sockscope.model.process import Process
from sockscope.model.socket import Socket

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Picture:
    """Everything that one refresh has found."""

    processes: dict[ProcessKey, Process] = field(default_factory=dict)
    tables: dict[ProcessKey, dict[int, Descriptor]] = field(default_factory=dict)
    sockets: dict[int, Socket] = field(default_factory=dict)
    epolls: dict[str, EpollInstance] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    stats: Stats = field(default_factory=Stats)
    namespaces: tuple[NetworkNamespace, ...] = ()


def frame(before: Picture | None, after: Picture, seq: int, time: float) -> Frame:
    """Build the frame from one picture to the next; a full one where there is none before."""
    old = before or Picture()
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
