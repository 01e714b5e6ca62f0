"""The tree as a list of rows: what is listed, what is folded, where the cursor is. No screen in here.

Everything is keyed by identities that survive a refresh. A line number exists only while a question is answered.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeGuard

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.ghosts import Departed
from sockscope.tui.highlight import Highlight, Inside
from sockscope.tui.listing import Block, Listing, Segment
from sockscope.tui.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey, parent_process
from sockscope.tui.selection import Selection
from sockscope.tui.surroundings import Surroundings
from sockscope.tui.unheld import Order, UnheldBranch
from sockscope.world.changes import Changes
from sockscope.world.relations import Related
from sockscope.world.world import World

OPEN_AT_START = 32
"""Selected processes up to this number start unfolded: their descriptors are what was asked for."""


class Row(NamedTuple):
    """How one row stands in the list; what it says is asked of the world."""

    key: RowKey
    opened: bool | None
    """Whether the branch is unfolded; None for a row with nothing below it."""
    sign: str
    """● ◆ ◉ for a related descriptor, or ""."""
    inside: Inside
    """Related descriptors folded away below this row."""
    change: str
    """`new` or `gone` for one refresh, or ""."""
    guest: bool
    """Listed although the selection does not contain it, because it was followed to."""


class Rows:
    """Listed rows, folds, cursor and highlight over one world."""

    def __init__(self, world: World, pids: Iterable[int] = ()) -> None:
        """List every process of `world`, or with `pids` only those processes."""
        self.world = world
        self.selection = Selection(world, pids)
        self.cursor: RowKey | None = None
        self.expanded: set[RowKey] = set()
        self.gone = Departed()
        self.surroundings = Surroundings(world)
        self.unheld = UnheldBranch(world, self.selection)
        """The last branch, below all groups."""
        self._fresh: set[RowKey] = set()
        self._listing = Listing()
        self._members: dict[GroupKey, list[ProcessKey]] = {}
        self._home: dict[ProcessKey, GroupKey] = {}
        self._cursor_home: GroupKey | None = None
        self._cursor_place: Order | None = None
        """Where the socket under the cursor stands among those nobody holds."""
        self._walk: list[RowKey] = []

    @property
    def highlight(self) -> Highlight:
        """Signs of the rows that are related to the one under the cursor."""
        return self.surroundings.highlight

    @property
    def related(self) -> Related | None:
        """What is known of the descriptor under the cursor, None on other rows."""
        return self.surroundings.related

    # What is listed

    @property
    def length(self) -> int:
        """Number of lines."""
        return self._listing.length + self.unheld.height

    def key_at(self, line: int) -> RowKey:
        """Return the row on a line.

        Raises:
            IndexError: the list has no such line.
        """
        below = line - self._listing.length
        return self.unheld.key_at(below) if 0 <= below < self.unheld.height else self._listing.key_at(line)

    def line_of(self, key: RowKey) -> int | None:
        """Return the line of a row, None when it is not listed or folded away."""
        if isinstance(key, UnheldKey):
            line = self.unheld.line_of(key)
            return None if line is None else self._listing.length + line
        return self._listing.line_of(key, self.group_of(key))

    def row(self, line: int) -> Row:
        """Return how the row on a line stands."""
        key = self.key_at(line)
        sign = self.highlight.marks.get(key, "")
        guest = parent_process(key) in self.selection.guests
        if isinstance(key, DescriptorKey) or (isinstance(key, UnheldKey) and key != UNHELD):
            return Row(key, None, sign, (), self._change(key), guest)
        opened = self._opened(key)
        return Row(key, opened, sign, () if opened else self._inside(key), self._change(key), guest)

    def _inside(self, key: GroupKey | ProcessKey | UnheldKey) -> Inside:
        if not self.highlight.marks:
            return ()
        if isinstance(key, UnheldKey):
            return self.highlight.inside_unheld()
        if isinstance(key, GroupKey):
            return self.highlight.inside_group(self.members(key))
        return self.highlight.inside_process(key)

    def members(self, group: GroupKey) -> list[ProcessKey]:
        """Return the listed processes of a group, ghosts included, by pid."""
        return self._members.get(group, [])

    def group_of(self, key: RowKey) -> GroupKey | None:
        """Return the group a row belongs to, None for a process that is not there and for sockets nobody holds."""
        if isinstance(key, GroupKey):
            return key
        if isinstance(key, UnheldKey):
            return None
        process = self.process(key)
        return None if process is None else GroupKey("pgrp", process.pgid)

    def process(self, key: RowKey) -> Process | None:
        """Return the process of a row, the one that has just ended included."""
        owner = parent_process(key)
        if owner is None:
            return None
        return self.world.processes.get(owner) or self.gone.processes.get(owner)

    def _opened(self, key: GroupKey | ProcessKey | UnheldKey) -> bool | None:
        if isinstance(key, ProcessKey) and not self.world.tables.get(key) and key not in self.gone.descriptors:
            return None
        return key in self.expanded

    def _change(self, key: RowKey) -> str:
        if key in self._fresh or (isinstance(key, UnheldKey) and self.unheld.is_new(key)):
            return "new"
        return "gone" if self._is_ghost(key) else ""

    def _is_ghost(self, key: RowKey) -> bool:
        if isinstance(key, UnheldKey):
            return False
        if isinstance(key, GroupKey):
            return key in self.gone.groups and not self.world.group_members().get(key.id)
        if isinstance(key, ProcessKey):
            return key in self.gone.processes
        return self.gone.descriptor(key) is not None and self.world.descriptor(key) is None

    # A refresh

    def opened_processes(self) -> list[ProcessKey]:
        """Return the processes whose descriptors have rows now."""
        return [
            key
            for key in self.expanded
            if isinstance(key, ProcessKey) and self._home.get(key) in self.expanded and key in self.world.processes
        ]

    def settle(self, changes: Changes, departed: Departed) -> None:
        """Follow what a frame changed; `departed` was collected before the world applied it."""
        first = not self.selection.bound
        if first:
            self.selection.bind()
        self.selection.take_in(changes.processes_new)
        dirty = None if changes.full else self._groups_touched(self.gone, changes, departed)
        known = set(self._members)
        self.gone = departed
        self._fresh = {*changes.processes_new, *changes.descriptors_new}
        self._relist(dirty)
        self.unheld.settle(changes, opened=UNHELD in self.expanded)
        if not changes.full:
            self._fresh.update(self._members.keys() - known)
        self._forget_ended()
        if first:
            self._open_selected()
        self._keep_cursor()

    def _groups_touched(self, past: Departed, changes: Changes, departed: Departed) -> set[GroupKey]:
        """Groups whose segment has to be made anew."""
        touched = {key for key in changes.processes_changed if self._home.get(key) != self._group_key(key)}
        touched.update(changes.processes_new, changes.processes_ended, past.processes, departed.processes)
        for keys in (changes.descriptors_new, changes.descriptors_closed):
            touched.update(key.process for key in keys if key.process in self.expanded)
        touched.update(past.descriptors, departed.descriptors)
        groups = {self._home.get(key) for key in touched} | {self._group_key(key) for key in touched}
        return {group for group in groups if group is not None} | set(past.groups)

    def _group_key(self, key: ProcessKey) -> GroupKey | None:
        process = self.world.processes.get(key)
        return None if process is None else GroupKey("pgrp", process.pgid)

    def _forget_ended(self) -> None:
        self.expanded -= {key for key in self.expanded if self._vanished(key)}
        self.selection.guests -= {key for key in self.selection.guests if self._vanished(key)}

    def _vanished(self, key: RowKey) -> bool:
        if isinstance(key, GroupKey):
            return key not in self._members and not self.world.group_members().get(key.id)
        return key != UNHELD and self.process(key) is None

    def _open_selected(self) -> None:
        if self.selection.pids and len(self._home) <= OPEN_AT_START:
            self.expanded.update(self._members, self._home)
            self._relist(None)

    def _relist(self, dirty: set[GroupKey] | None) -> None:
        """Make the segments of the `dirty` groups anew (None: of all) and line all of them up."""
        living = self.world.group_members()
        pgids = living.keys() | {group.id for group in self.gone.groups}
        segments = []
        for pgid in sorted(pgids):
            key = GroupKey("pgrp", pgid)
            segment = self._listing.segment(key)
            if dirty is None or key in dirty:
                segment = self._segment(key, living.get(pgid, ()))
            if segment is not None:
                segments.append(segment)
        for key in self._members.keys() - {segment.key for segment in segments}:
            self._forget_members(key)
        self._listing.rebuild(segments)

    def _forget_members(self, group: GroupKey) -> None:
        for key in self._members.pop(group, ()):
            if self._home.get(key) == group:
                del self._home[key]

    def _segment(self, group: GroupKey, living: Iterable[ProcessKey]) -> Segment | None:
        self._forget_members(group)
        ghosts = [key for key, process in self.gone.processes.items() if process.pgid == group.id]
        listed = sorted(key for key in {*living, *ghosts} if self._lists(key))
        if not listed:
            return None
        self._members[group] = listed
        self._home.update(dict.fromkeys(listed, group))
        if group not in self.expanded:
            return Segment(group)
        return Segment(group, [Block(key, self._fds(key) if key in self.expanded else ()) for key in listed])

    def _lists(self, key: ProcessKey) -> bool:
        process = self.process(key)
        return process is not None and self.selection.contains(process)

    def _fds(self, key: ProcessKey) -> list[int]:
        table = self.world.tables.get(key, {})
        ghosts = self.gone.descriptors.get(key)
        return sorted(table.keys() | ghosts.keys()) if ghosts else sorted(table)

    # Cursor

    def select(self, key: RowKey) -> None:
        """Put the cursor on a row and highlight what is related to it."""
        self._walk = []
        self._place(key)

    def move(self, lines: int) -> None:
        """Move the cursor by a number of lines, stopping at the ends."""
        line = self.cursor_line
        self.move_to(0 if line is None else line + lines)

    def move_to(self, line: int) -> None:
        """Move the cursor to a line, or to the nearest end."""
        if self.length:
            self.select(self.key_at(max(0, min(line, self.length - 1))))

    @property
    def cursor_line(self) -> int | None:
        """Line of the cursor, None in an empty list."""
        return None if self.cursor is None else self.line_of(self.cursor)

    def _place(self, key: RowKey | None) -> None:
        self.cursor = key
        self._cursor_home = None if key is None else self.group_of(key)
        self._cursor_place = self.unheld.place(key) if isinstance(key, UnheldKey) else None
        self.surroundings.look(key, self._stands_for(key))

    def _stands_for(self, key: RowKey | None) -> Sequence[ProcessKey]:
        if isinstance(key, GroupKey):
            return self.world.group_members().get(key.id, ())
        return (key,) if isinstance(key, ProcessKey) else ()

    def _keep_cursor(self) -> None:
        """Stay on the row; when it is gone take its next sibling, the previous one, or the branch it was in."""
        key = self.cursor
        if key is None:
            self.move_to(0)
            return
        if self.line_of(key) is None and self.group_of(key) not in {None, self._cursor_home}:
            # The process has moved to another group (setpgid), which may be folded.
            self.reveal(key)
        if self.line_of(key) is None:
            self._walk = []
            key = self._heir(key)
        self._place(key)

    def _heir(self, key: RowKey) -> RowKey | None:
        if isinstance(key, UnheldKey):
            above = self._listing.key_at(self._listing.length - 1) if self._listing.length else None
            return self.unheld.heir(key, self._cursor_place) or above
        below = UNHELD if self.unheld.height else None
        return self._listing.heir(key, self._cursor_home) or below

    # Folds

    def show_kernel_threads(self, *, shown: bool) -> None:
        """List kernel threads, or hide them."""
        self.selection.kernel_threads = shown
        self._relist(None)
        self._keep_cursor()

    def reveal(self, key: RowKey) -> bool:
        """Unfold the branches above a row, listing its process as a guest if the selection does not contain it.

        Returns:
            False when there is no such row any more.
        """
        if isinstance(key, UnheldKey):
            return self._reveal_unheld(key)
        group = self.group_of(key)
        if group is None or (isinstance(key, DescriptorKey) and not self._has_descriptor(key)):
            return False
        process = parent_process(key)
        if process is not None:
            if not self._lists(process):
                self.selection.guests.add(process)
            self.expanded.add(group)
            if isinstance(key, DescriptorKey):
                self.expanded.add(process)
        elif self.line_of(key) is None:
            self.selection.guests.update(self.world.group_members().get(group.id, ()))
        self._relist({group})
        return self.line_of(key) is not None

    def _reveal_unheld(self, key: UnheldKey) -> bool:
        if key != UNHELD and self.unheld.socket(key) is not None:
            if self.selection.pids:
                self.unheld.take_in(key)
            self.expanded.add(UNHELD)
            self._relist_unheld()
        return self.line_of(key) is not None

    def _relist_unheld(self) -> None:
        self.unheld.relist(opened=UNHELD in self.expanded)

    def _has_descriptor(self, key: DescriptorKey) -> bool:
        return self.world.descriptor(key) is not None or self.gone.descriptor(key) is not None

    def is_branch(self, key: RowKey) -> bool:
        """Whether there is something below a row."""
        return self._heads_branch(key) and self._opened(key) is not None

    def is_leaf(self, key: RowKey) -> bool:
        """Whether nothing can ever be below a row: a descriptor, a socket nobody holds."""
        return not self._heads_branch(key)

    @staticmethod
    def _heads_branch(key: RowKey) -> TypeGuard[GroupKey | ProcessKey | UnheldKey]:
        return key == UNHELD or isinstance(key, GroupKey | ProcessKey)

    def open(self, key: RowKey) -> None:
        """Unfold a branch; a group of one process unfolds that process too."""
        if not self._heads_branch(key) or self._opened(key) is not False:
            return
        self.expanded.add(key)
        if isinstance(key, GroupKey) and len(self.members(key)) == 1:
            self.expanded.update(self.members(key))
        self._refold(key)

    def close(self, key: RowKey) -> None:
        """Fold a branch; a cursor inside it moves to it."""
        if self._heads_branch(key) and key in self.expanded:
            self.expanded.discard(key)
            self._refold(key)

    def toggle(self, key: RowKey) -> None:
        """Fold a branch or unfold it."""
        (self.close if key in self.expanded else self.open)(key)

    def parent(self, key: RowKey) -> RowKey | None:
        """Return the row above in the hierarchy, None for a group and for the last branch."""
        if isinstance(key, DescriptorKey):
            return key.process
        if isinstance(key, UnheldKey):
            return None if key == UNHELD else UNHELD
        return self.group_of(key) if isinstance(key, ProcessKey) else None

    def unfold_level(self) -> None:
        """Unfold one level everywhere: first all groups, then all processes."""
        closed = (self._members.keys() | self._last()) - self.expanded
        self.expanded.update(closed or self._home)
        self._refold(None)

    def fold_level(self) -> None:
        """Fold one level everywhere: first all processes, then all groups."""
        opened = self.expanded & self._home.keys()
        self.expanded = self.expanded - opened if opened else set()
        self._refold(None)

    def toggle_all(self) -> None:
        """Unfold everything, or fold everything when all of it is unfolded."""
        branches = self._members.keys() | {key for key in self._home if self._opened(key) is not None} | self._last()
        self.expanded = set() if branches <= self.expanded else set(branches)
        self._refold(None)

    def _last(self) -> set[UnheldKey]:
        return {UNHELD} if self.unheld.height else set()

    def _refold(self, key: GroupKey | ProcessKey | UnheldKey | None) -> None:
        if key == UNHELD or key is None:
            self._relist_unheld()
        if key != UNHELD:
            group = None if key is None else self.group_of(key)
            self._relist(None if group is None else {group})
        while self.cursor is not None and self.line_of(self.cursor) is None:
            above = self.parent(self.cursor)
            if above is None:
                self._keep_cursor()
                return
            self.select(above)

    # Related rows

    def next_related(self, step: int) -> RowKey | None:
        """Put the cursor on the next (`step` 1) or previous (-1) related row, unfolding what hides it.

        While this is called again and again it goes round the rows related to the one it started from.
        """
        here = self.cursor
        if here is None:
            return None
        walk = [key for key in self._walk if self._exists(key)]
        if here not in walk:
            walk = sorted({here, *self.highlight.marks}, key=self._rank)
        target = walk[(walk.index(here) + step) % len(walk)]
        if target == here or not self.reveal(target):
            return None
        self._place(target)
        self._walk = walk
        return target

    def _exists(self, key: RowKey) -> bool:
        if isinstance(key, UnheldKey):
            return self.unheld.socket(key) is not None
        if isinstance(key, GroupKey):
            return key.id in self.world.group_members()
        return self.world.descriptor(key) is not None if isinstance(key, DescriptorKey) else key in self.world.processes

    def _rank(self, key: RowKey) -> tuple[int, tuple[int, ...]]:
        """Order as on the screen; what the selection does not contain comes last."""
        if isinstance(key, UnheldKey):
            return len(self._members) + 1, (self.line_of(key) or 0, key.socket)
        process = parent_process(key)
        group = key if isinstance(key, GroupKey) else None if process is None else self._home.get(process)
        place = len(self._members) if group is None else self._listing.position(group)
        return place, () if isinstance(key, GroupKey) else tuple(key)
