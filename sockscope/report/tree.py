"""The `snapshot` tree: process groups, processes, descriptors, as text."""

from collections.abc import Iterable, Iterator

from sockscope.abi.text import cut
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import slot_name
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.report.selection import Selection
from sockscope.world.describe import kind_label, row_text
from sockscope.world.world import World

LEADER_WIDTH = 60
"""Characters of the leader's command on a group's line; the line of the process has it whole."""


def snapshot_tree(world: World, selection: Selection, width: int | None = None) -> str:
    """Draw what is selected; lines are cut to `width` characters (of a terminal), None leaves them whole."""
    lines = [*_head(world), *_groups(world, selection), *_unheld(selection.unheld(world))]
    lines += [f"! {note}" for note in world.coverage.notes]
    return "\n".join(cut(line, width or 0) for line in lines) + "\n"


def _head(world: World) -> Iterator[str]:
    seen = world.coverage
    host = world.hello.host if world.hello else ""
    counts = ((seen.processes, "process"), (seen.descriptors, "descriptor"), (seen.sockets, "socket"))
    yield f"{host}: " + ", ".join(_counted(number, name) for number, name in counts)
    if seen.unreadable_processes:
        hidden = _counted(seen.unreadable_descriptors, "descriptor")
        yield f"{_counted(seen.unreadable_processes, 'process')} with {hidden} could not be read"
    if seen.partly_read:
        left = _counted(seen.unread_descriptors, "descriptor")
        yield f"{_counted(seen.partly_read, 'process')} partly read, {left} left"


def _counted(number: int, name: str) -> str:
    plural = "es" if name.endswith("s") else "s"
    return f"{number} {name}{'' if number == 1 else plural}"


def _groups(world: World, selection: Selection) -> Iterator[str]:
    members: dict[int, list[Process]] = {}
    for process in selection.processes(world):
        members.setdefault(process.pgid, []).append(process)
    for pgid in sorted(members):
        yield _group_line(world, selection, pgid, len(members[pgid]))
        for process in members[pgid]:
            yield from _process(world, selection, process)


def _group_line(world: World, selection: Selection, pgid: int, listed: int) -> str:
    group = world.group(pgid)
    if group is None:
        return f"pgrp {pgid}"
    members = len(selection.members(world, group))
    count = _counted(members, "process")
    if listed != members:
        count = f"{listed} of {count}"
    short = cut(group.leader, LEADER_WIDTH)
    leader = f"{short} (leader gone)" if group.leader_gone else short
    terminal = f"{group.tty} ▶ foreground" if group.foreground else group.tty
    return "  ".join(part for part in (f"pgrp {pgid}", leader, count, terminal) if part)


def _process(world: World, selection: Selection, process: Process) -> Iterator[str]:
    parts = [f"  {process.pid}", process.title, process.state]
    if world.hello is None or process.uid != world.hello.euid:
        parts.append(process.user)
    if process.thread_of:
        parts.append(f"thread of {process.thread_of}, with a descriptor table of its own")
    if process.table_of:
        parts.append(f"shares the descriptor table of {process.table_of}")
    parts.append(_count(world, process))
    yield "  ".join(part for part in parts if part)
    yield from _descriptors(world, selection.descriptors(world, process.key))


def _count(world: World, process: Process) -> str:
    if process.denied:
        number = f"{_counted(process.fd_count, 'descriptor')}, " if process.fd_count >= 0 else ""
        return f"{number}not readable: {process.denied}"
    left = f", {process.unread} more not read" if process.unread else ""
    return _counted(world.open_count(process.key), "descriptor") + left


def _descriptors(world: World, descriptors: Iterable[Descriptor]) -> Iterator[str]:
    for descriptor in descriptors:
        count = world.holder_count(descriptor.object)
        shared = f"  ×{count}" if count > 1 and not descriptor.unproven else ""
        label = kind_label(world, descriptor)
        number = slot_name(descriptor.fd)
        yield f"    {number:>5}  {descriptor.access:<2}  {label:<10}  {row_text(world, descriptor)}{shared}"


def _unheld(sockets: list[tuple[Socket, str]]) -> Iterator[str]:
    if not sockets:
        return
    yield f"sockets that no readable descriptor leads to  {len(sockets)}"
    for socket, reason in sockets:
        address = " → ".join(part for part in (socket.local_text, socket.remote_text) if part)
        ino = f"ino {socket.ino}" if socket.ino else "no inode"
        yield "  ".join(part for part in ("   ", socket.label, socket.state, address, ino, reason) if part)
