"""The `snapshot` document: everything that was selected, as one value or as one record a line."""

from collections.abc import Iterable, Iterator

import msgspec

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.report import records
from sockscope.report.filling import (
    comm_of,
    coverage_record,
    descriptor_record,
    epoll_record,
    group_record,
    namespace_record,
    process_record,
    socket_record,
)
from sockscope.report.selection import Selection
from sockscope.world.peers import peers
from sockscope.world.world import World

_RECORDS = {
    "groups": "group",
    "processes": "process",
    "descriptors": "descriptor",
    "sockets": "socket",
    "epolls": "epoll",
    "outside": "outside",
}
"""Lists of the document and what a line of each is called."""
_encoder = msgspec.json.Encoder()


def snapshot_document(world: World, selection: Selection) -> records.Snapshot:
    """Make the document of `snapshot --format json`."""
    processes = selection.processes(world)
    listed = [entry for process in processes for entry in selection.descriptors(world, process.key)]
    return records.Snapshot(
        schema=records.SCHEMA,
        host=world.hello.host if world.hello else "",
        time=world.time,
        kernel=world.hello.kernel if world.hello else "",
        coverage=coverage_record(world.coverage),
        groups=list(_groups(world, selection, processes)),
        processes=[process_record(world, process) for process in processes],
        descriptors=[descriptor_record(world, descriptor) for descriptor in listed],
        sockets=[socket_record(world, socket) for socket in _sockets(world, selection, listed)],
        epolls=list(_epolls(world, selection, listed)),
        outside=[] if selection.everything else list(_outside(world, listed)),
        namespaces=[namespace_record(one) for one in world.namespaces.values()],
    )


def snapshot_lines(world: World, selection: Selection) -> Iterator[str]:
    """Make the lines of `snapshot --format ndjson`: one object each, told apart by `record`.

    Each ends with a newline.
    """
    document = snapshot_document(world, selection)
    fields = {name: getattr(document, name) for name in document.__struct_fields__ if name not in _RECORDS}
    yield _line(b'{"record":"header"', msgspec.json.encode(fields))
    for name, record in _RECORDS.items():
        head = b'{"record":"%s"' % record.encode()
        for entry in getattr(document, name):
            yield _line(head, _encoder.encode(entry))


def _line(head: bytes, fields: bytes) -> str:
    """Put a record's name before its fields."""
    return (head + (b"," if fields != b"{}" else b"") + fields[1:] + b"\n").decode()


def _groups(world: World, selection: Selection, processes: Iterable[Process]) -> Iterator[records.GroupRecord]:
    for pgid in sorted({process.pgid for process in processes}):
        group = world.group(pgid)
        if group is not None:
            yield group_record(group, selection.members(world, group))


def _sockets(world: World, selection: Selection, listed: Iterable[Descriptor]) -> list[Socket]:
    """All sockets, or those behind the listed descriptors and at their other ends."""
    if selection.everything:
        return [world.sockets[key] for key in sorted(world.sockets)]
    found: dict[int, Socket] = {}
    for descriptor in listed:
        socket = world.socket_of(descriptor)
        if socket is None or socket.key in found:
            continue
        found[socket.key] = socket
        others = (world.socket_by_ino(peer.ino) for peer in world.peers_of(socket))
        found.update({other.key: other for other in others if other is not None})
    return [found[key] for key in sorted(found)]


def _epolls(world: World, selection: Selection, listed: Iterable[Descriptor]) -> Iterator[records.EpollRecord]:
    wanted = set(world.epolls) if selection.everything else {entry.object for entry in listed if entry.kind == "epoll"}
    for object_ in sorted(wanted & world.epolls.keys()):
        yield epoll_record(world, world.epolls[object_])


def _outside(world: World, listed: list[Descriptor]) -> Iterator[records.OutsideRecord]:
    """Descriptors that are not listed and that a listed one shares its object with or talks to."""
    seen = {descriptor.key for descriptor in listed}
    for relation, keys in _related(world, listed):
        for key in keys:
            descriptor = world.descriptor(key)
            if key in seen or descriptor is None:
                continue
            seen.add(key)
            yield records.OutsideRecord(
                key.pid, key.fd, comm_of(world, key), descriptor.kind, descriptor.object, relation
            )


def _related(world: World, listed: list[Descriptor]) -> Iterator[tuple[str, tuple[DescriptorKey, ...]]]:
    ends = {(entry.object, entry.access): entry for entry in listed}.values()
    for descriptor in ends:
        for peer in peers(world, descriptor):
            yield "peer", peer.holders
    for descriptor in ends:
        if descriptor.kind not in {"file", "directory", "char-device"} and not descriptor.unproven:
            yield "holder", world.holders(descriptor.object)
