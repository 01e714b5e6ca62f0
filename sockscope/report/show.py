"""The `show` documents: one descriptor or one process in depth."""

import msgspec

from sockscope.frames.messages import Answer, OptionsAnswer
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.epoll import event_names
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.report import records
from sockscope.report.filling import (
    comm_of,
    coverage_record,
    descriptor_record,
    group_record,
    holder_records,
    process_record,
    socket_record,
    target_record,
    terminal_record,
    waiting_records,
)
from sockscope.report.selection import Selection
from sockscope.world.commands import command
from sockscope.world.describe import sentence
from sockscope.world.relations import Neighbour, Peer, Pending, Related, Sibling, Watcher
from sockscope.world.world import World

COMMAND_WIDTH = 120


def show_document(
    world: World, key: DescriptorKey, answer: Answer | None, options: OptionsAnswer | None = None
) -> records.DescriptorReport | None:
    """Make the document of `show PID:FD`, None when the descriptor is not open.

    `answer` and `options` are the collector's, or None where it was not asked; what they would say is empty then.
    """
    related = world.related(key)
    if related is None:
        return None
    descriptor = related.descriptor
    process = world.processes.get(key.process)
    fdinfo = _fdinfo(answer)
    return records.DescriptorReport(
        schema=records.SCHEMA,
        coverage=coverage_record(world.coverage),
        descriptor=descriptor_record(world, descriptor),
        sentence=sentence(world, _in_depth(descriptor, fdinfo.decoded)),
        process=None if process is None else process_record(world, process),
        socket=None if related.socket is None else socket_record(world, related.socket),
        fdinfo=fdinfo,
        holders=_holders(world, related, answer),
        holders_confidence=related.holders_confidence,
        peers=[_peer(world, peer) for peer in related.peers],
        siblings=[_sibling(world, sibling) for sibling in related.siblings],
        listeners=[_sibling(world, listener) for listener in related.listeners],
        watchers=[row for watcher in related.watchers for row in _watchers(world, watcher)],
        targets=[target_record(world, link.target) for link in related.targets],
        waiting=waiting_records(answer.waiters if answer else ()),
        queue=_queue(world, related),
        in_flight=_in_flight(fdinfo.decoded or descriptor.fields or {}),
        terminal=terminal_record(world, process),
        notes=[*related.notes, *(one.error for one in (answer, options) if one and one.error)],
        details=answer.descriptor.details if answer and answer.descriptor else {},
        options=options.options if options else {},
        connections=_connections(world, related),
    )


def _holders(world: World, related: Related, answer: Answer | None) -> list[records.Holder]:
    """List the holders, and which of them share one open file description (kcmp KCMP_FILE)."""
    own = (related.descriptor.pid, related.descriptor.fd)
    compared = dict.fromkeys(answer.other_files, False) | dict.fromkeys(answer.same_file, True) if answer else {}
    compared[own] = True
    listed = holder_records(world, related.holders)
    return [msgspec.structs.replace(one, same_file=compared.get((one.pid, one.fd))) for one in listed]


def _in_depth(descriptor: Descriptor, decoded: Fields) -> Descriptor:
    """Add what only the collector's answer knows; what fdinfo does not say (the devpts instance) stays."""
    return msgspec.structs.replace(descriptor, fields={**(descriptor.fields or {}), **decoded})


def _fdinfo(answer: Answer | None) -> records.Fdinfo:
    if answer is None or answer.descriptor is None:
        return records.Fdinfo("", {})
    return records.Fdinfo(answer.descriptor.raw, answer.descriptor.fields)


def _in_flight(decoded: Fields) -> int:
    count = decoded.get("scm_fds", 0)
    return count if isinstance(count, int) else 0


def _peer(world: World, peer: Peer) -> records.PeerRecord:
    return records.PeerRecord(
        via=peer.via,
        ino=peer.ino or None,
        object=peer.object,
        confidence=peer.confidence,
        evidence=peer.evidence,
        holders=holder_records(world, peer.holders),
        note=peer.note,
    )


def _sibling(world: World, sibling: Sibling) -> records.SiblingRecord:
    return records.SiblingRecord(
        ino=sibling.ino or None,
        cookie=sibling.socket.cookie or None,
        local=sibling.socket.local,
        holders=holder_records(world, sibling.holders),
        remote=sibling.socket.remote,
    )


def _connections(world: World, related: Related) -> list[records.SiblingRecord]:
    found = () if related.socket is None else world.connections_of(related.socket)
    return [_sibling(world, connection) for connection in found]


def _watchers(world: World, watcher: Watcher) -> list[records.WatcherRecord]:
    return [
        records.WatcherRecord(
            pid=key.pid,
            fd=key.fd,
            comm=comm_of(world, key),
            object=watcher.object,
            events=event_names(watcher.target.events),
            registered_fd=watcher.target.fd,
            data=watcher.target.data,
            status=watcher.target.status,
            confidence=watcher.confidence,
        )
        for key in watcher.holders
    ]


def _queue(world: World, related: Related) -> records.QueueRecord | None:
    socket = related.socket
    if socket is None or not socket.listening:
        return None
    return records.QueueRecord(
        pending=[_pending(world, pending) for pending in related.pending],
        length=socket.queue if socket.queue >= 0 else None,
        backlog=socket.backlog if socket.backlog >= 0 else None,
    )


def _pending(world: World, pending: Pending) -> records.PendingRecord:
    return records.PendingRecord(
        ino=pending.ino or None,
        cookie=pending.cookie or None,
        remote=pending.remote,
        confidence=pending.confidence,
        evidence=pending.evidence,
        holders=holder_records(world, pending.holders),
    )


def show_process_document(world: World, key: ProcessKey, answer: Answer | None) -> records.ProcessReport | None:
    """Make the document of `show PID`, None when there is no such process."""
    process = world.processes.get(key)
    if process is None:
        return None
    depth = answer.process if answer else None
    group = world.group(process.pgid)
    table = world.tables.get(key, {})
    return records.ProcessReport(
        schema=records.SCHEMA,
        coverage=coverage_record(world.coverage),
        process=process_record(world, process),
        group=None if group is None else group_record(group, _beside(process).members(world, group)),
        cwd=depth.cwd if depth else "",
        exe=depth.exe if depth else "",
        threads=depth.threads if depth else None,
        signals=depth.signals if depth else {},
        descriptors=[descriptor_record(world, table[fd]) for fd in sorted(table)],
        neighbours=[_neighbour(world, neighbour) for neighbour in world.neighbours([key])],
        waiting=waiting_records(depth.waiting if depth else ()),
        terminal=terminal_record(world, process),
        notes=[*(depth.notes if depth else ()), *([answer.error] if answer and answer.error else [])],
    )


def _beside(process: Process) -> Selection:
    """Choose the members of its group to name: kernel threads are named beside one of them only."""
    return Selection(kernel_threads=process.kernel_thread)


def _neighbour(world: World, neighbour: Neighbour) -> records.NeighbourRecord:
    process = world.processes.get(neighbour.process)
    return records.NeighbourRecord(
        pid=neighbour.process.pid,
        comm="" if process is None else process.comm,
        command="" if process is None else command(process, COMMAND_WIDTH),
        phrase=neighbour.phrase,
        links=[records.LinkRecord(link.relation, len(link.objects), list(link.objects)) for link in neighbour.links],
    )
