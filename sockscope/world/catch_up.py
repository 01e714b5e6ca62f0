"""A full frame as the difference to what is known: a restarted collector must not move the cursor."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from sockscope.frames.messages import Frame, Table
from sockscope.model.keys import ProcessKey
from sockscope.world.index.store import Store

_T = TypeVar("_T")


def as_difference(store: Store, frame: Frame) -> Frame:
    """Add to a full frame what it no longer mentions, so that applying it leaves nothing stale.

    Equal values are left in: applying them changes nothing and costs one comparison.
    """
    return msgspec.structs.replace(
        frame,
        full=False,
        ended=tuple(_missing(store.processes, {process.key for process in frame.processes})),
        tables=_tables(store, frame),
        sockets_gone=tuple(_missing(store.sockets, {socket.key for socket in frame.sockets})),
        locks=frame.locks or (),
        epolls_gone=tuple(_missing(store.epolls, {epoll.object for epoll in frame.epolls})),
    )


def _missing(known: Iterable[_T], present: set[_T]) -> Iterable[_T]:
    return (key for key in known if key not in present)


def _tables(store: Store, frame: Frame) -> tuple[Table, ...]:
    seen: dict[ProcessKey, set[int]] = {}
    for table in frame.tables:
        seen.setdefault(ProcessKey(table.pid, table.start), set()).update(entry.fd for entry in table.opened)
    closing = (
        Table(pid=key.pid, start=key.start, opened=(), closed=tuple(_missing(known, seen.get(key, set()))))
        for key, known in store.tables.items()
    )
    return (*closing, *frame.tables)
