"""The `show` documents: one descriptor or one process in depth."""

import msgspec

from sockscope.abi.text import NOTHING
from sockscope.frames.messages import Answer, OptionsAnswer
from sockscope.model.descriptor import Descriptor, Fields
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.located import Located
from sockscope.model.process import Process
from sockscope.report import records, show_records
from sockscope.report.file_document import used_without_descriptor
from sockscope.report.selection import Selection
from sockscope.report.sums_to_records import sums_record
from sockscope.report.ties_to_records import (
    connection_record,
    futex_records,
    holders_of,
    neighbour_record,
    peer_record,
    queue_record,
    relation_records,
    sibling_record,
    terminal_record,
    waiting_records,
    watcher_records,
)
from sockscope.report.to_records import (
    coverage_record,
    descriptor_record,
    group_record,
    process_record,
    socket_record,
    target_record,
)
from sockscope.world.describe import sentence
from sockscope.world.relations import connections, in_flight
from sockscope.world.relations.related import in_depth
from sockscope.world.relations.relation import Subject
from sockscope.world.sums import sums
from sockscope.world.targets.processes import descriptors_of
from sockscope.world.world import World


def show_document(
    world: World,
    key: DescriptorKey,
    answer: Answer | None,
    options: OptionsAnswer | None = None,
    located: Located | None = None,
) -> show_records.DescriptorReport | None:
    """Make the document of `show PID:FD`, None when the descriptor is not open.

    `answer`, `options` and `located` are the collector's, or None where it was not asked; what they would say is empty
    then.
    """
    related = world.related(key)
    if related is None:
        return None
    descriptor = related.descriptor
    process = world.processes.get(key.process)
    fdinfo = _fdinfo(answer)
    subject = Subject(descriptor, related.socket, answer)
    came = () if related.socket is None else connections.arrivals(world, related.socket)
    flying = next(iter(in_flight.RELATION.find(world, subject)), None)
    return show_records.DescriptorReport(
        schema=records.SCHEMA,
        coverage=coverage_record(world.coverage),
        descriptor=descriptor_record(world, descriptor),
        sentence=sentence(world, _in_depth(descriptor, fdinfo.decoded)),
        process=None if process is None else process_record(world, process),
        socket=None if related.socket is None else socket_record(world, related.socket),
        fdinfo=fdinfo,
        holders=holders_of(world, related, answer),
        holders_confidence=related.holders_confidence,
        peers=[peer_record(world, peer) for peer in related.peers],
        siblings=[sibling_record(world, sibling) for sibling in related.siblings],
        listeners=[sibling_record(world, listener) for listener in related.listeners],
        watchers=[row for watcher in related.watchers for row in watcher_records(world, watcher)],
        targets=[target_record(world, link.target) for link in related.targets],
        waiting=waiting_records(world, answer.waiters if answer else ()),
        queue=queue_record(world, related),
        in_flight=0 if flying is None else flying.facts["count"],
        terminal=terminal_record(world, process),
        notes=[
            *related.notes,
            *(answer.notes if answer else ()),
            *(one.error for one in (answer, options) if one and one.error),
        ],
        details=answer.descriptor.details if answer and answer.descriptor else {},
        options=options.options if options else {},
        connections=[connection_record(world, one) for one in came],
        holders_evidence=related.holding.evidence,
        in_flight_confidence="proven" if flying is None else flying.confidence,
        in_flight_evidence=in_flight.EVIDENCE,
        relations=relation_records(world, {**related.ties, **in_depth(world, subject)}),
        used_by=[] if located is None else used_without_descriptor(world, located),
    )


def _in_depth(descriptor: Descriptor, decoded: Fields) -> Descriptor:
    """Add what only the collector's answer knows; what fdinfo does not say (the devpts instance) stays."""
    return msgspec.structs.replace(descriptor, fields={**(descriptor.fields or {}), **decoded})


def _fdinfo(answer: Answer | None) -> show_records.Fdinfo:
    if answer is None or answer.descriptor is None:
        return show_records.Fdinfo(NOTHING, {})
    return show_records.Fdinfo(answer.descriptor.raw, answer.descriptor.fields)


def show_process_document(world: World, key: ProcessKey, answer: Answer | None) -> show_records.ProcessReport | None:
    """Make the document of `show PID`, None when there is no such process."""
    process = world.processes.get(key)
    if process is None:
        return None
    depth = answer.process if answer else None
    group = world.group(process.pgid)
    table = descriptors_of(world, process)
    return show_records.ProcessReport(
        schema=records.SCHEMA,
        coverage=coverage_record(world.coverage),
        process=process_record(world, process),
        group=None if group is None else group_record(group, _beside(process).members(world, group)),
        cwd=depth.cwd if depth else NOTHING,
        exe=depth.exe if depth else NOTHING,
        threads=depth.threads if depth else None,
        signals=depth.signals if depth else {},
        descriptors=[descriptor_record(world, table[fd]) for fd in sorted(table)],
        neighbours=[neighbour_record(world, neighbour) for neighbour in world.neighbours([key])],
        waiting=waiting_records(world, depth.waiting if depth else ()),
        terminal=terminal_record(world, process),
        notes=[*(depth.notes if depth else ()), *([answer.error] if answer and answer.error else [])],
        futexes=futex_records(world, depth.futexes if depth else ()),
        metadata=depth.metadata if depth else {},
        sums=sums_record(world, sums(world, [key])),
    )


def _beside(process: Process) -> Selection:
    """Choose the members of its group to name: kernel threads are named beside one of them only."""
    return Selection(kernel_threads=process.kernel_thread)
