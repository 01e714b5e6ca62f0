"""The `snapshot` document: everything that was selected, as one value, or as one record a line in pieces."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.report import records
from sockscope.report.selection import Selection
from sockscope.report.to_records import (
    comm_of,
    coverage_record,
    descriptor_record,
    epoll_record,
    group_record,
    namespace_record,
    process_record,
    socket_record,
)
from sockscope.world.relations.registry import LEADING_OUTSIDE
from sockscope.world.relations.relation import Subject
from sockscope.world.relations.tie import Tie
from sockscope.world.world import World

PIECE = 2048
"""Records of a piece: their memory is used again for the next."""
_One = TypeVar("_One")
_encoder = msgspec.json.Encoder()


def snapshot_document(world: World, selection: Selection) -> records.Snapshot:
    """Make the document of `snapshot --format json`."""
    processes = selection.processes(world)
    listed = [entry for process in processes for entry in selection.descriptors(world, process.key)]
    return records.Snapshot(
        **header_facts(world, selection),
        groups=list(_groups(world, selection, processes)),
        processes=[process_record(world, process) for process in processes],
        descriptors=[descriptor_record(world, descriptor) for descriptor in listed],
        sockets=[socket_record(world, socket) for socket in _sockets(world, selection, listed)],
        epolls=[epoll_record(world, epoll) for epoll in _epolls(world, selection, listed)],
        outside=[] if selection.everything else list(_outside(world, listed)),
    )


def header_facts(world: World, selection: Selection) -> dict[str, Any]:
    """What stands once in a snapshot."""
    hello = world.hello
    return {
        "schema": records.SCHEMA,
        "host": hello.host if hello else "",
        "time": world.time,
        "kernel": hello.kernel if hello else "",
        "coverage": coverage_record(world.coverage),
        "namespaces": [namespace_record(one) for one in world.namespaces.values()],
        "boot_id": hello.boot_id if hello else "",
        "boot_time": (hello.boot_time or None) if hello else None,
        "selected": not selection.everything,
        "looked_by": (hello.pid or None) if hello else None,
    }


def snapshot_lines(world: World, selection: Selection) -> list[Callable[[], bytes]]:
    """Divide the lines of `snapshot --format ndjson` into pieces of about equal size, each made when it is called.

    A line is one object that says what it is in `record`, and ends with a newline. The pieces in order are
    the whole; none holds records that another one needs, so each can be made on a core of its own.
    """
    processes = selection.processes(world)
    listed = [entry for process in processes for entry in selection.descriptors(world, process.key)]
    outside = [] if selection.everything else list(_outside(world, listed))
    head = records.Header(**header_facts(world, selection))
    return [
        lambda: _lines("header", [head]),
        lambda: _lines("group", list(_groups(world, selection, processes))),
        *_pieces("process", process_record, world, processes),
        *_pieces("descriptor", descriptor_record, world, listed),
        *_pieces("socket", socket_record, world, _sockets(world, selection, listed)),
        *_pieces("epoll", epoll_record, world, _epolls(world, selection, listed)),
        lambda: _lines("outside", outside),
    ]


def _pieces(
    record: str, fill: Callable[[World, _One], msgspec.Struct], world: World, found: Sequence[_One]
) -> Iterator[Callable[[], bytes]]:
    """Divide the lines of one kind of record, each `fill`ed in from what was `found`."""
    for start in range(0, len(found), PIECE):
        piece = found[start : start + PIECE]
        yield partial(_filled, record, fill, world, piece)


def _filled(record: str, fill: Callable[[World, _One], msgspec.Struct], world: World, found: Sequence[_One]) -> bytes:
    return _lines(record, [fill(world, one) for one in found])


def _lines(record: str, entries: Sequence[msgspec.Struct]) -> bytes:
    """Write one object a line, `record` first: no text in JSON holds a newline, so only a line begins behind one."""
    lines = b"\n" + _encoder.encode_lines(entries)
    return lines.replace(b"\n{", b'\n{"record":"%s",' % record.encode())[1:]


def _groups(world: World, selection: Selection, processes: Iterable[Process]) -> Iterator[records.GroupRecord]:
    for pgid in sorted({process.pgid for process in processes}):
        group = world.group(pgid)
        if group is not None:
            yield group_record(group, selection.members(world, group))


def _sockets(world: World, selection: Selection, listed: Iterable[Descriptor]) -> list[Socket]:
    """All sockets, or those behind the listed descriptors and at their other ends, and those asked for of nobody."""
    if selection.everything:
        return [world.sockets[key] for key in sorted(world.sockets)]
    found: dict[int, Socket] = {socket.key: socket for socket, _ in selection.unheld(world)}
    for descriptor in listed:
        socket = world.socket_of(descriptor)
        if socket is None or socket.key in found:
            continue
        found[socket.key] = socket
        others = (world.socket_by_ino(peer.ino) for peer in world.peers_of(socket))
        found.update({other.key: other for other in others if other is not None})
    return [found[key] for key in sorted(found)]


def _epolls(world: World, selection: Selection, listed: Iterable[Descriptor]) -> list[EpollInstance]:
    wanted = set(world.epolls) if selection.everything else {entry.object for entry in listed if entry.kind == "epoll"}
    return [world.epolls[object_] for object_ in sorted(wanted & world.epolls.keys())]


def _outside(world: World, listed: list[Descriptor]) -> Iterator[records.OutsideRecord]:
    """Descriptors that are not listed and that a listed one is related to, each once: by what tells most."""
    seen = {descriptor.key for descriptor in listed}
    for relation, tie in _related(world, listed):
        for key in tie.holders:
            descriptor = world.descriptor(key)
            if key in seen or descriptor is None:
                continue
            seen.add(key)
            yield records.OutsideRecord(
                pid=key.pid,
                fd=key.fd,
                comm=comm_of(world, key),
                kind=descriptor.kind,
                object=descriptor.object,
                relation=relation,
                confidence=tie.confidence,
                evidence=tie.evidence,
            )


def _related(world: World, listed: list[Descriptor]) -> Iterator[tuple[str, Tie]]:
    """Ties that lead out of a selection, with the word for their relation."""
    ends = {(entry.object, entry.access): entry for entry in listed}.values()
    for relation in LEADING_OUTSIDE:
        for descriptor in ends:
            word = relation.outside(descriptor) if relation.outside is not None else ""
            if word:
                yield from ((word, tie) for tie in relation.find(world, Subject(descriptor, None)))
