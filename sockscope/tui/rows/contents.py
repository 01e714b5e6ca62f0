"""Which rows there are: the groups of an arrangement, and below them all the sockets that nobody holds."""

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.rows.arrangement import arrangement
from sockscope.tui.rows.ghosts import Departed
from sockscope.tui.rows.listing import Listing
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, RowKey, UnheldKey, parent_process
from sockscope.tui.rows.scope import Scope
from sockscope.tui.rows.selection import Selection
from sockscope.tui.rows.unheld import UnheldBranch
from sockscope.world.world import World

DEFAULT = "pgrp"


class Contents:
    """Lines to rows and back. Keyed by identities; a line number exists only while a question is answered."""

    def __init__(self, world: World, pids: Iterable[int] = ()) -> None:
        """List every process of `world` by process group, or with `pids` only those processes."""
        self.world = world
        self.selection = Selection(world, pids)
        self.scope = Scope(world, self.selection)
        self.arrangement = arrangement(self.scope, DEFAULT)
        self.expanded: set[RowKey] = set()
        self.unheld = UnheldBranch(world, lambda: self.scope.restricted, lambda: self.scope.accepts_unheld)
        """The last branch, below all groups."""
        self.listing = Listing()

    @property
    def gone(self) -> Departed:
        """What is still listed although it is gone."""
        return self.scope.gone

    @property
    def length(self) -> int:
        """Number of lines."""
        return self.listing.length + self.unheld.height

    def key_at(self, line: int) -> RowKey:
        """Return the row on a line.

        Raises:
            IndexError: the list has no such line.
        """
        below = line - self.listing.length
        return self.unheld.key_at(below) if 0 <= below < self.unheld.height else self.listing.key_at(line)

    def line_of(self, key: RowKey) -> int | None:
        """Return the line of a row, None when it is not listed or folded away."""
        if isinstance(key, UnheldKey):
            line = self.unheld.line_of(key)
            return None if line is None else self.listing.length + line
        return self.listing.line_of(key, self.group_of(key))

    def group_of(self, key: RowKey) -> GroupKey | None:
        """Return the group a row belongs to, None for what is not there and for sockets nobody holds."""
        return self.arrangement.home(key)

    def members(self, group: GroupKey) -> Sequence[ProcessKey]:
        """Return the listed processes of a group, ghosts included, in order."""
        return self.arrangement.processes(group)

    def process(self, key: RowKey) -> Process | None:
        """Return the process of a row, the one that has just ended included."""
        owner = parent_process(key)
        return None if owner is None else self.scope.process(owner)

    def parent(self, key: RowKey) -> RowKey | None:
        """Return the row above in the hierarchy, None for a group and for the last branch."""
        if isinstance(key, UnheldKey):
            return None if key == UNHELD else UNHELD
        if isinstance(key, GroupKey):
            return None
        if isinstance(key, DescriptorKey) and not self.by_object:
            return key.process
        return self.group_of(key)

    @property
    def by_object(self) -> bool:
        """Whether descriptors stand below their kernel objects, and processes have no rows."""
        return self.arrangement.name == "object"

    @staticmethod
    def heads_branch(key: RowKey) -> TypeGuard[GroupKey | ProcessKey | UnheldKey]:
        """Whether there may be something below a row."""
        return key == UNHELD or isinstance(key, GroupKey | ProcessKey)

    def is_leaf(self, key: RowKey) -> bool:
        """Whether nothing can ever be below a row: a descriptor, a socket nobody holds."""
        return not self.heads_branch(key)

    def is_branch(self, key: RowKey) -> bool:
        """Whether there is something below a row."""
        return self.heads_branch(key) and self.opened(key) is not None

    def opened(self, key: GroupKey | ProcessKey | UnheldKey) -> bool | None:
        """Whether a branch is unfolded, None when there is nothing below it."""
        if isinstance(key, ProcessKey) and not self.world.tables.get(key) and key not in self.gone.descriptors:
            return None
        return key in self.expanded

    def exists(self, key: RowKey) -> bool:
        """Whether what a row stands for is in the world."""
        if isinstance(key, UnheldKey):
            return self.unheld.socket(key) is not None
        if isinstance(key, GroupKey):
            return key.by == self.arrangement.name and self.arrangement.exists(key)
        return self.world.descriptor(key) is not None if isinstance(key, DescriptorKey) else key in self.world.processes

    def has_descriptor(self, key: DescriptorKey) -> bool:
        """Whether a descriptor is open, or was until just now."""
        return self.world.descriptor(key) is not None or self.gone.descriptor(key) is not None

    def shows(self, key: DescriptorKey) -> bool:
        """Whether the branches above a descriptor are open."""
        group = self.group_of(key)
        return group in self.expanded and (self.by_object or key.process in self.expanded) and self.scope.wants(key)

    def is_ghost(self, key: RowKey) -> bool:
        """Tell whether a row is listed although what it stands for is gone."""
        if isinstance(key, GroupKey):
            return key in self.gone.groups and not self.arrangement.exists(key)
        if isinstance(key, ProcessKey):
            return key in self.gone.processes
        if isinstance(key, UnheldKey):
            return False
        return self.gone.descriptor(key) is not None and self.world.descriptor(key) is None

    # Lining up

    def relist(self, dirty: set[GroupKey] | None, stale: set[ProcessKey] | None = None) -> None:
        """Make the segments of the `dirty` groups anew (None: of all) and line all of them up.

        Processes in them keep their rows unless they are `stale` (None: all are).
        """
        if dirty is None:
            self.arrangement.look_again()
            self.relist_unheld()
        self.listing.rebuild(self.arrangement.segments(self.listing, dirty, self.expanded, stale))

    def refold(self, group: GroupKey) -> None:
        """Make the segment of one group anew where nothing but its folds has changed."""
        segment = self.arrangement.segment(group, self.expanded) if self.listing.segment(group) else None
        if segment is None:
            self.relist({group})
        else:
            self.listing.replace([segment])

    def relist_unheld(self) -> None:
        """Line up the last branch anew."""
        self.unheld.relist(opened=UNHELD in self.expanded)
