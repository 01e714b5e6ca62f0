"""What a frame is about to take away, kept for one refresh so that it does not vanish under the eye."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.rowkeys import GroupKey
from sockscope.world.catch_up import as_difference
from sockscope.world.describe import row_text
from sockscope.world.relations import Group
from sockscope.world.world import World

MAX_DESCRIPTORS = 256
"""A server that drops more connections than this at once shows the first ones go; no eye follows the rest."""


@dataclass(frozen=True, slots=True)
class GoneDescriptor:
    """A descriptor as its row was last drawn."""

    descriptor: Descriptor
    text: str


@dataclass(slots=True)
class Departed:
    """Rows that are drawn once more although their things are gone."""

    processes: dict[ProcessKey, Process] = field(default_factory=dict)
    descriptors: dict[ProcessKey, dict[int, GoneDescriptor]] = field(default_factory=dict)
    groups: dict[GroupKey, Group] = field(default_factory=dict)

    def descriptor(self, key: DescriptorKey) -> GoneDescriptor | None:
        """Return a descriptor that has just been closed."""
        return self.descriptors.get(key.process, {}).get(key.fd)


def departing(world: World, frame: Frame, opened: Iterable[ProcessKey]) -> Departed:
    """Collect what `frame` will remove, before the world applies it.

    Descriptors are collected only of the `opened` processes: those of the others have no row.
    """
    gone = Departed()
    if frame.full:
        frame = as_difference(world, frame)
    for ended in frame.ended:
        process = world.processes.get(ProcessKey(*ended))
        if process is None:
            continue
        gone.processes[process.key] = process
        group = world.group(process.pgid)
        if group is not None:
            gone.groups[GroupKey("pgrp", process.pgid)] = group
    _collect_descriptors(world, frame, opened, gone)
    return gone


def _collect_descriptors(world: World, frame: Frame, opened: Iterable[ProcessKey], gone: Departed) -> None:
    closed: dict[ProcessKey, set[int]] = {}
    for change in frame.tables:
        closed.setdefault(ProcessKey(change.pid, change.start), set()).update(change.closed)
    room = MAX_DESCRIPTORS
    for key in opened:
        table = world.tables.get(key, {})
        leaving = table.keys() if key in gone.processes else table.keys() & closed.get(key, set())
        for fd in sorted(leaving)[:room]:
            ghost = GoneDescriptor(table[fd], row_text(world, table[fd]))
            gone.descriptors.setdefault(key, {})[fd] = ghost
            room -= 1
