"""Records of relations: every one carries how sure it is and how that is known, both taken from the tie."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sockscope.abi.epoll_events import event_names
from sockscope.abi.text import NOTHING, cut
from sockscope.frames.messages import Answer, FutexWait, TerminalReport, Waiting
from sockscope.model.process import Process
from sockscope.report import records, tie_records
from sockscope.report.futex_record import FutexRecord
from sockscope.report.slot import Slot
from sockscope.report.to_records import comm_of, holder_records
from sockscope.world.relations.answers import (
    BackgroundReader,
    Neighbour,
    Peer,
    Pending,
    Related,
    Sibling,
    Terminal,
    Waiter,
    Watcher,
)
from sockscope.world.relations.futex_waiters import futex_wait
from sockscope.world.relations.queue import LENGTH_EVIDENCE
from sockscope.world.relations.registry import RELATIONS
from sockscope.world.relations.tie import Tie
from sockscope.world.relations.waiting import wait_words, waiter
from sockscope.world.world import World

COMMAND_WIDTH = 120


def relation_records(world: World, ties: Mapping[str, Sequence[Tie]]) -> dict[str, list[tie_records.TieRecord]]:
    """Fill in all relations that have no record of their own, those without ties as empty lists."""
    names = (relation.name for relation in RELATIONS if not relation.record)
    return {name: [tie_record(world, tie) for tie in ties.get(name, ())] for name in names}


def tie_record(world: World, tie: Tie) -> tie_records.TieRecord:
    """Fill in what stands in one relation to the subject."""
    return tie_records.TieRecord(
        confidence=tie.confidence,
        evidence=tie.evidence,
        object=tie.object,
        holders=holder_records(world, tie.holders),
        pids=[key.pid for key in tie.processes],
        note=tie.note,
        facts=tie.facts,
    )


def peer_record(world: World, peer: Peer) -> tie_records.PeerRecord:
    """Fill in one object at the other end."""
    return tie_records.PeerRecord(
        via=peer.via,
        ino=peer.ino or None,
        object=peer.object,
        confidence=peer.confidence,
        evidence=peer.evidence,
        holders=holder_records(world, peer.holders),
        note=peer.note,
    )


def sibling_record(world: World, sibling: Sibling) -> tie_records.SiblingRecord:
    """Fill in another socket: on the same address, a listener, or what came in."""
    return tie_records.SiblingRecord(
        ino=sibling.ino or None,
        cookie=sibling.described.cookie or None,
        local=sibling.described.local_plain,
        holders=holder_records(world, sibling.holders),
        remote=sibling.described.remote_text,
        confidence=sibling.confidence,
        evidence=sibling.evidence,
        state=sibling.described.state,
        other_ends=[],
    )


def connection_record(world: World, sibling: Sibling) -> tie_records.SiblingRecord:
    """Fill in a connection that came in, with who is at its other end."""
    others = [peer_record(world, peer) for peer in world.peers_of(sibling.described)]
    return msgspec.structs.replace(sibling_record(world, sibling), other_ends=others)


def watcher_records(world: World, watcher: Watcher) -> list[tie_records.WatcherRecord]:
    """Fill in one epoll instance that watches the subject, once for each of its descriptors."""
    return [
        tie_records.WatcherRecord(
            pid=key.pid,
            fd=key.fd,
            comm=comm_of(world, key),
            object=watcher.object,
            events=event_names(watcher.target.events),
            registered_fd=watcher.target.fd,
            data=watcher.target.data,
            status=watcher.target.status,
            confidence=watcher.confidence,
            evidence=watcher.evidence,
        )
        for key in watcher.holders
    ]


def queue_record(world: World, related: Related) -> tie_records.QueueRecord | None:
    """Fill in the accept queue of a listener, None for anything else."""
    socket = related.socket
    if socket is None or not socket.listening:
        return None
    known = socket.queue >= 0
    return tie_records.QueueRecord(
        pending=[_pending(world, pending) for pending in related.pending],
        length=socket.queue if known else None,
        backlog=socket.backlog if socket.backlog >= 0 else None,
        confidence="proven" if known else "unknown",
        evidence=LENGTH_EVIDENCE[known],
    )


def _pending(world: World, pending: Pending) -> tie_records.PendingRecord:
    return tie_records.PendingRecord(
        ino=pending.ino or None,
        cookie=pending.cookie or None,
        remote=pending.remote,
        confidence=pending.confidence,
        evidence=pending.evidence,
        holders=holder_records(world, pending.holders),
    )


def waiter_record(tie: Waiter) -> tie_records.WaitingRecord:
    """Fill in one blocked thread."""
    wait = tie.wait
    return tie_records.WaitingRecord(
        pid=wait.pid,
        tid=wait.tid,
        syscall=wait.syscall,
        fd=wait.fd if wait.fd >= 0 else None,
        confidence=tie.confidence,
        evidence=tie.evidence,
        halted=wait.halted,
        fds=list(wait.fds),
        text=wait_words(wait),
        unread=wait.unread,
        own_table=wait.own_table,
    )


def waiting_records(world: World, waiting: Iterable[Waiting]) -> list[tie_records.WaitingRecord]:
    """Fill in blocked threads as the collector names them."""
    return [waiter_record(waiter(world, wait)) for wait in waiting]


def futex_records(world: World, waits: Iterable[FutexWait]) -> list[FutexRecord]:
    """Fill in threads that wait in mapped memory, each with who maps it."""
    return [_futex(wait, futex_wait(world, wait)) for wait in waits]


def _futex(wait: FutexWait, tie: Tie) -> FutexRecord:
    return FutexRecord(
        pid=wait.pid,
        tid=wait.tid,
        target=wait.target,
        offset=wait.offset,
        object=wait.object,
        mapped_by=[Slot(key.pid, key.fd) for key in tie.holders],
        confidence=tie.confidence,
        evidence=tie.evidence,
        note=tie.note,
    )


def terminal_record(world: World, process: Process | None) -> tie_records.TerminalRecord | None:
    """Fill in the controlling terminal of a process, None without one."""
    terminal = None if process is None else world.terminal(process)
    return None if process is None or terminal is None else _terminal(world, process, terminal)


def _terminal(world: World, process: Process, terminal: Terminal) -> tie_records.TerminalRecord:
    return tie_records.TerminalRecord(
        tty=terminal.tty,
        sid=terminal.sid,
        pgid=process.pgid,
        tpgid=terminal.tpgid if terminal.tpgid >= 0 else None,
        foreground=process.foreground,
        groups=list(terminal.groups),
        sigint_goes_to=list(terminal.sigint_goes_to),
        sigint_effects=list(terminal.sigint_effects),
        background_readers=[_reader(world, one) for one in terminal.background_readers],
        confidence=terminal.confidence,
        evidence=terminal.evidence,
        interrupt=terminal.interrupt.key,
        sigint_confidence=terminal.interrupt.confidence,
        sigint_evidence=terminal.interrupt.evidence,
        settings=_settings(terminal.interrupt.settings),
    )


def _settings(report: TerminalReport | None) -> tie_records.SettingsRecord | None:
    if report is None:
        return None
    return tie_records.SettingsRecord(
        signals=report.signals,
        canonical=report.canonical,
        echo=report.echo,
        interrupt=report.interrupt,
        quit=report.quit,
        suspend=report.suspend,
        silenced_by=report.silenced,
        pid=report.pid,
        fd=report.fd,
        end=report.end,
    )


def _reader(world: World, reader: BackgroundReader) -> tie_records.BackgroundReaderRecord:
    key = reader.key
    return tie_records.BackgroundReaderRecord(
        key.pid, key.fd, comm_of(world, key), reader.effect, reader.confidence, reader.evidence
    )


def neighbour_record(world: World, neighbour: Neighbour) -> tie_records.NeighbourRecord:
    """Fill in a process that shares something with the asked one or talks to it."""
    process = world.processes.get(neighbour.process)
    return tie_records.NeighbourRecord(
        pid=neighbour.process.pid,
        comm=NOTHING if process is None else process.comm,
        command="" if process is None else cut(process.title, COMMAND_WIDTH),
        phrase=neighbour.phrase,
        links=[
            tie_records.LinkRecord(link.relation, len(link.objects), list(link.objects), link.confidence, link.evidence)
            for link in neighbour.links
        ],
    )


def holders_of(world: World, related: Related, answer: Answer | None) -> list[records.Holder]:
    """List the holders, and which of them share one open file description (kcmp KCMP_FILE)."""
    own = (related.descriptor.pid, related.descriptor.fd)
    compared = dict.fromkeys(answer.other_files, False) | dict.fromkeys(answer.same_file, True) if answer else {}
    compared[own] = True
    return holder_records(world, related.holders, compared)
