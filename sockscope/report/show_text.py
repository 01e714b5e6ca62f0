"""The `show` documents as readable text: the same facts as the JSON, made from the same values."""

from collections.abc import Iterable, Iterator
from typing import Any

from sockscope.frames.messages import Answer, OptionsAnswer
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report import records
from sockscope.report.show import show_document, show_process_document
from sockscope.world.commands import cut
from sockscope.world.world import World

INDENT = "  "


def show_text(
    world: World,
    key: DescriptorKey,
    answer: Answer | None,
    width: int | None = None,
    options: OptionsAnswer | None = None,
) -> str | None:
    """Write one descriptor in depth, lines cut to `width` characters; None when it is not open."""
    document = show_document(world, key, answer, options)
    return None if document is None else _cut(descriptor_text(document), width)


def show_process_text(world: World, key: ProcessKey, answer: Answer | None, width: int | None = None) -> str | None:
    """Write one process in depth, lines cut to `width` characters; None when there is no such process."""
    document = show_process_document(world, key, answer)
    return None if document is None else _cut(process_text(document), width)


def _cut(text: str, width: int | None) -> str:
    return "".join(cut(line, width or 0) + "\n" for line in text.split("\n")[:-1])


def descriptor_text(document: records.DescriptorReport) -> str:
    """Write one descriptor in depth: what it is, then each relation with its evidence."""
    return _text(
        (
            _what(document),
            _socket(document.socket),
            _holders(document),
            *(_peer(peer) for peer in document.peers),
            _siblings("Same address, other sockets", document.siblings),
            _siblings("Came in by (inferred from the address)", document.listeners),
            _watchers(document.watchers),
            _targets(document),
            _waiting(document.waiting),
            _queue(document.queue),
            _siblings(f"Came in here ({len(document.connections)}, inferred from the address)", document.connections),
            _in_flight(document),
            _section("Details  sock_diag", _pairs(document.details)),
            _section("Options  getsockopt(2) on a duplicate", _pairs(document.options)),
            _fdinfo(document.fdinfo),
            _terminal(document.terminal),
            _notes([*document.notes, *document.coverage.notes]),
        )
    )


def process_text(document: records.ProcessReport) -> str:
    """Write one process in depth."""
    return _text(
        (
            _process(document),
            _waiting(document.waiting),
            _neighbours(document.neighbours),
            _table(document.descriptors),
            _terminal(document.terminal),
            _signals(document.signals),
            _notes([*document.notes, *document.coverage.notes]),
        )
    )


def _text(sections: Iterable[Iterator[str]]) -> str:
    blocks = ["\n".join(section) for section in sections]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = [INDENT + line for line in lines]
    if body:
        yield title
        yield from body


def _what(document: records.DescriptorReport) -> Iterator[str]:
    descriptor = document.descriptor
    command = " ".join(document.process.cmdline) or document.process.comm if document.process else ""
    yield _joined(f"{descriptor.pid}:{descriptor.fd}", descriptor.access, descriptor.label, command)
    yield document.sentence


def _socket(socket: records.SocketRecord | None) -> Iterator[str]:
    if socket is None:
        return
    yield from _section(
        "Socket",
        _pairs(
            {
                "inode": socket.ino,
                "cookie": None if socket.cookie is None else f"{socket.cookie:x}",
                "netns": _joined(str(socket.netns or ""), socket.netns_name),
                "state": socket.state,
                "local": socket.local,
                "remote": socket.remote,
                "peer inode": socket.peer_ino,
                "to be read": f"{socket.recv_q} bytes" if socket.recv_q else None,
                "not sent or not acknowledged": f"{socket.send_q} bytes" if socket.send_q else None,
                "shut down": ", ".join(socket.shutdown),
                "uid": socket.uid,
                "cgroup": socket.cgroup_path or socket.cgroup,
                **socket.extra,
            }
        ),
    )


def _holders(document: records.DescriptorReport) -> Iterator[str]:
    title = f"Held by ({len(document.holders)})  {document.holders_confidence}"
    socket = document.descriptor.kind == "socket"
    apart = [one for one in document.holders if not (one.same_file or socket)]
    # Half of a machine has /dev/null open, each for itself: that many lines would bury what follows.
    left_out = apart[FEW:] if len(apart) > FEW + 1 else []
    hidden = {(one.pid, one.fd) for one in left_out}
    shown = [one for one in document.holders if (one.pid, one.fd) not in hidden]
    lines = [_joined(_holder(one), FILES[one.same_file]) for one in shown]
    if left_out:
        pids = len({one.pid for one in left_out})
        processes = f"{pids} process{'' if pids == 1 else 'es'}"
        lines.append(f"… and {len(left_out):,} more in {processes}; --format json lists them all")
    yield from _section(title, lines)


FEW = 5
"""Holders that are named of those who share no open file with the one that was asked for."""
FILES = {
    True: "",
    False: "opened for itself: an offset and flags of its own",
    None: "not compared with kcmp: may or may not share offset and flags",
}


def _holder(holder: records.Holder) -> str:
    closes = "close-on-exec" if holder.cloexec else ""
    return _joined(f"{holder.pid}:{holder.fd}", holder.access, holder.comm, closes)


def _peer(peer: records.PeerRecord) -> Iterator[str]:
    ino = f"ino {peer.ino}" if peer.ino else ""
    title = _joined("Other end", peer.via, ino, f"{peer.confidence}, {peer.evidence}")
    yield from _section(title, [*map(_holder, peer.holders), *([peer.note] if peer.note else [])])


def _siblings(title: str, siblings: Iterable[records.SiblingRecord]) -> Iterator[str]:
    lines = []
    for sibling in siblings:
        lines.append(_joined(f"ino {sibling.ino}" if sibling.ino else "no inode", sibling.local, sibling.remote))
        lines += [INDENT + _holder(holder) for holder in sibling.holders]
    yield from _section(title, lines)


def _watchers(watchers: Iterable[records.WatcherRecord]) -> Iterator[str]:
    lines = (
        _joined(f"{one.pid}:{one.fd}", one.comm, " ".join(one.events), one.status, one.confidence) for one in watchers
    )
    yield from _section("Watched by", lines)


def _targets(document: records.DescriptorReport) -> Iterator[str]:
    lines = (
        _joined(f"fd {one.fd}", " ".join(one.events), f"data {one.data_hex}", one.status, _held(one), one.confidence)
        for one in document.targets
    )
    yield from _section(f"Watches ({len(document.targets)})", lines)


def _held(target: records.TargetRecord) -> str:
    places = ", ".join(f"{place.pid}:{place.fd}" for place in target.held_by)
    return f"held by {places}" if places else ""


def _waiting(waiting: Iterable[records.WaitingRecord]) -> Iterator[str]:
    yield from _section("Waiting now  proven, /proc/PID/task/TID/syscall", map(_thread, waiting))


def _thread(thread: records.WaitingRecord) -> str:
    of = "" if thread.tid == thread.pid else f" thread {thread.tid}"
    return f"{thread.pid}{of}  {thread.syscall}({'' if thread.fd is None else thread.fd})"


def _queue(queue: records.QueueRecord | None) -> Iterator[str]:
    if queue is None:
        return
    length = "an unknown number of" if queue.length is None else queue.length
    limit = "" if queue.backlog is None else f" of at most {queue.backlog}"
    lines = []
    for one in queue.pending:
        ino = f"ino {one.ino}" if one.ino else ""
        lines.append(_joined(one.remote, ino, f"{one.confidence}, {one.evidence}"))
        lines += [INDENT + _holder(holder) for holder in one.holders]
    yield f"Accept queue: {length}{limit}"
    yield from (INDENT + line for line in lines)


def _in_flight(document: records.DescriptorReport) -> Iterator[str]:
    if document.in_flight:
        yield f"In flight: {document.in_flight} descriptors wait in its receive queue (scm_fds)"


def _fdinfo(fdinfo: records.Fdinfo) -> Iterator[str]:
    yield from _section("fdinfo", _pairs(fdinfo.decoded))


READING = {
    "stop": "a read would stop it (SIGTTIN)",
    "caught": "a read would raise SIGTTIN, which it catches",
    "EIO": "a read would fail with EIO (it ignores or blocks SIGTTIN)",
    "": "what a read would do is not known",
}


def _terminal(terminal: records.TerminalRecord | None) -> Iterator[str]:
    if terminal is None:
        return
    reached = zip(terminal.sigint_goes_to, terminal.sigint_effects, strict=True)
    pids = ", ".join(f"{pid} ({effect or 'effect unknown'})" for pid, effect in reached) or "nobody that is shown"
    where = "in the foreground" if terminal.foreground else "in the background"
    yield f"Terminal {terminal.tty}"
    yield f"{INDENT}session {terminal.sid}, process group {terminal.pgid} {where}"
    yield f"{INDENT}foreground group {terminal.tpgid}; Ctrl+C sends SIGINT to {pids}"
    for reader in terminal.background_readers:
        yield f"{INDENT}{reader.pid}:{reader.fd} {reader.comm}, in the background: {READING.get(reader.effect, '')}"


def _notes(notes: Iterable[str]) -> Iterator[str]:
    yield from (f"! {note}" for note in notes)


def _process(document: records.ProcessReport) -> Iterator[str]:
    process = document.process
    yield _joined(str(process.pid), " ".join(process.cmdline) or f"[{process.comm}]")
    yield from (
        INDENT + line
        for line in _pairs(
            {
                "parent": process.ppid,
                "user": process.user,
                "state": process.state,
                "process group": process.pgid,
                "session": process.sid,
                "working directory": document.cwd,
                "executable": document.exe,
                "threads": document.threads,
                "netns": _joined(str(process.netns or ""), process.netns_name),
                "cgroup": process.cgroup,
                "descriptors": process.descriptors,
                "not readable": process.denied,
                "thread of": process.thread_of,
                "pid in its namespace": process.inner_pid,
            }
        )
    )


def _neighbours(neighbours: Iterable[records.NeighbourRecord]) -> Iterator[str]:
    lines = (_joined(str(one.pid), one.command, one.phrase) for one in neighbours)
    yield from _section("Shares with or talks to", lines)


def _table(descriptors: list[records.DescriptorRecord]) -> Iterator[str]:
    lines = (f"{one.fd:>5}  {one.access:<2}  {one.label:<10}  {one.text}" for one in descriptors)
    yield from _section(f"Descriptors ({len(descriptors)})", lines)


def _signals(signals: dict[str, Any]) -> Iterator[str]:
    yield from _section("Signals", _pairs(signals))


def _pairs(values: dict[str, Any]) -> Iterator[str]:
    """One line for each value that is known."""
    for name, value in values.items():
        text = _plain(value)
        if text:
            yield f"{name}: {text}"


def _plain(value: object) -> str:
    """Write a decoded value: lists with blanks between, dictionaries as name=value, None and "" as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "(" + " ".join(f"{name}={_plain(entry)}" for name, entry in value.items()) + ")"
    if isinstance(value, list | tuple):
        return " ".join(map(_plain, value))
    return str(value)


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part)
