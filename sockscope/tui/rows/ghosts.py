"""What a frame is about to take away, kept for a while so that it does not vanish under the eye."""

from collections.abc import Callable

from msgspec import Struct, field

from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.world.catch_up import as_difference
from sockscope.world.describe import row_text
from sockscope.world.grouping.title import Title
from sockscope.world.world import World

MAX_DESCRIPTORS = 256
"""A server that drops more connections than this at once shows the first ones go; no eye follows the rest."""
MAX_KEPT = 2000
"""Ghosts that are kept for longer than one refresh."""


class GoneDescriptor(Struct, frozen=True):
    """A descriptor as its row was last drawn."""

    descriptor: Descriptor
    text: str


class Departed(Struct):
    """Rows that are drawn although their things are gone."""

    processes: dict[ProcessKey, Process] = field(default_factory=dict)
    descriptors: dict[ProcessKey, dict[int, GoneDescriptor]] = field(default_factory=dict)
    groups: dict[GroupKey, Title] = field(default_factory=dict)
    """Groups that ghosts stand in, as they were; most of them live on."""
    homes: dict[ProcessKey, GroupKey] = field(default_factory=dict)
    """Groups in which the processes stood."""

    def descriptor(self, key: DescriptorKey) -> GoneDescriptor | None:
        """Return a descriptor that was closed."""
        return self.descriptors.get(key.process, {}).get(key.fd)

    def add(self, other: "Departed") -> None:
        """Take in later ghosts."""
        self.processes.update(other.processes)
        self.groups.update(other.groups)
        self.homes.update(other.homes)
        for key, table in other.descriptors.items():
            self.descriptors.setdefault(key, {}).update(table)

    @property
    def size(self) -> int:
        """How many rows that is."""
        return len(self.processes) + sum(map(len, self.descriptors.values()))


class Graveyard:
    """The ghosts of the last refresh, or of a longer time."""

    def __init__(self) -> None:
        """Keep ghosts for one refresh."""
        self.seconds = 0.0
        """How long ghosts are kept; 0 for one refresh."""
        self._batches: list[tuple[float, Departed]] = []

    def bury(self, departed: Departed, time: float) -> Departed:
        """Take the ghosts of a refresh at `time`, in seconds since the epoch; return all that are still shown."""
        if not self.seconds:
            self._batches = []
            return departed
        self._batches = [batch for batch in self._batches if time - batch[0] < self.seconds]
        if departed.size:
            self._batches.append((time, departed))
        while len(self._batches) > 1 and sum(batch.size for _, batch in self._batches) > MAX_KEPT:
            self._batches.pop(0)
        merged = Departed()
        for _, batch in self._batches:
            merged.add(batch)
        return merged


def departing(
    world: World,
    frame: Frame,
    shows: Callable[[DescriptorKey], bool],
    home: Callable[[RowKey], GroupKey | None],
    title: Callable[[GroupKey], Title | None],
) -> Departed:
    """Collect what `frame` will remove, before the world applies it.

    Descriptors are collected only where `shows` says that they have a row; `home` and `title` tell of each
    ghost which group it stands in and what that is called.
    """
    gone = Departed()
    if frame.full:
        frame = as_difference(world, frame)
    for ended in frame.ended:
        process = world.processes.get(ProcessKey(*ended))
        if process is not None:
            gone.processes[process.key] = process
            _remember(gone, home(process.key), process.key, title)
    _collect_descriptors(world, frame, shows, gone)
    for key, table in gone.descriptors.items():
        for fd in table:
            _remember(gone, home(DescriptorKey(*key, fd)), None, title)
    return gone


def _remember(
    gone: Departed, group: GroupKey | None, process: ProcessKey | None, title: Callable[[GroupKey], Title | None]
) -> None:
    if group is None:
        return
    if process is not None:
        gone.homes[process] = group
    said = None if group in gone.groups else title(group)
    if said is not None:
        gone.groups[group] = said


def _collect_descriptors(world: World, frame: Frame, shows: Callable[[DescriptorKey], bool], gone: Departed) -> None:
    leaving: dict[ProcessKey, set[int]] = {key: set(world.tables.get(key, ())) for key in gone.processes}
    for change in frame.tables:
        key = ProcessKey(change.pid, change.start)
        leaving.setdefault(key, set()).update(world.tables.get(key, {}).keys() & change.closed)
    room = MAX_DESCRIPTORS
    for process, fds in leaving.items():
        for fd in sorted(fds):
            # What is used without a descriptor is not listed any more when nobody wants it, and not gone.
            if room and fd >= 0 and shows(DescriptorKey(*process, fd)):
                entry = world.tables[process][fd]
                gone.descriptors.setdefault(process, {})[fd] = GoneDescriptor(entry, row_text(world, entry))
                room -= 1
