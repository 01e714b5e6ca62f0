"""Rows in groups: processes below what they share, or holders below the kernel object they hold."""

from collections.abc import Container, Iterable, Sequence
from typing import Any, Protocol

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.listing import Block, Branch, HolderSegment, Listing, Segment
from sockscope.tui.rows.object_places import ObjectPlaces
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.tui.rows.scope import Scope
from sockscope.tui.rows.sorting import BY_PID, PASSING, PROCESS_KEYS
from sockscope.world.changes import Changes
from sockscope.world.grouping.choice import grouping
from sockscope.world.grouping.objects import ObjectGrouping
from sockscope.world.grouping.processes import ProcessGrouping
from sockscope.world.grouping.title import Title

NUMBERED = frozenset({"pgrp", "session"})
"""Groupings in which 0 is a number as any other, and stands first."""


class Arrangement(Protocol):
    """One way of gathering rows."""

    name: str

    def settle(self, changes: Changes) -> set[GroupKey]:
        """Follow what a frame changed; return the groups whose members are others."""

    def look_again(self) -> None:
        """Take notice that the scope contains something else."""

    def order(self) -> Sequence[GroupKey]:
        """Return all groups in order, whether or not anything of them is listed."""

    def home(self, key: RowKey) -> GroupKey | None:
        """Return the group that a row stands in, None when it is not there."""

    def title(self, group: GroupKey) -> Title | None:
        """Say what a group is, None when it is gone."""

    def exists(self, group: GroupKey) -> bool:
        """Whether a group has a member in the world."""

    def processes(self, group: GroupKey) -> Sequence[ProcessKey]:
        """Return the listed processes of a group, ghosts included; of an object none."""

    def listed(self) -> Iterable[ProcessKey]:
        """Return all processes that have rows of their own, folded away or not."""

    def segment(self, group: GroupKey, expanded: set[RowKey]) -> Branch | None:
        """Make the rows of a group, None when nothing of it is listed."""

    def segments(
        self,
        listing: Listing,
        dirty: set[GroupKey] | None,
        expanded: set[RowKey],
        stale: set[ProcessKey] | None = None,
    ) -> list[Branch]:
        """Make the rows of the `dirty` groups (None: of all), and take those of the others from `listing`."""

    def depth(self, key: ProcessKey) -> int:
        """How far below the first process of its group a process stands."""


def arrangement(scope: Scope, name: str) -> Arrangement:
    """Gather by the grouping of this name (`world.grouping.names`)."""
    made = grouping(scope.world, name)
    return ByObject(scope, made) if isinstance(made, ObjectGrouping) else ByProcess(scope, made)


class ByProcess:
    """Processes below what they share, descriptors below their process."""

    def __init__(self, scope: Scope, made: ProcessGrouping) -> None:
        """Arrange what `scope` contains."""
        self.name = made.name
        self._scope = scope
        self._grouping = made
        self._listed: dict[GroupKey, list[ProcessKey]] = {}
        self._homes: dict[ProcessKey, GroupKey] = {}
        """Of the listed processes."""

    def settle(self, changes: Changes) -> set[GroupKey]:
        """Follow what a frame changed; return the groups whose members are others."""
        touched = {GroupKey(self.name, group) for group in self._grouping.settle(changes)}
        if self._scope.sorting.processes in PASSING:
            touched.update(self._listed)
        elif self._scope.sorting.processes != BY_PID:
            touched.update(home for key in changes.processes_changed if (home := self.home(key)) is not None)
        return touched

    def look_again(self) -> None:
        """Do nothing: every segment asks the scope."""

    def order(self) -> Sequence[GroupKey]:
        """Return all groups in order, those that only ghosts are left of included."""
        ghosts = {group.id for group in self._scope.gone.groups if group.by == self.name}
        ids = self._grouping.members.keys() | ghosts
        ranked = sorted(ids, key=lambda group: (not group and self.name not in NUMBERED, group))
        keys = [GroupKey(self.name, group) for group in ranked]
        value = PROCESS_KEYS.get(self._scope.sorting.processes)
        if value is not None:
            keys.sort(key=lambda key: self._best(key, value))
        return keys

    def _best(self, group: GroupKey, value: Any) -> Any:
        processes = self._scope.world.processes
        members = [processes[key] for key in self._grouping.members.get(group.id, ()) if key in processes]
        return (not members, min((value(self._scope.world, one) for one in members), default=0))

    def home(self, key: RowKey) -> GroupKey | None:
        """Return the group that a row stands in, None when it is not there."""
        if isinstance(key, GroupKey):
            return key if key.by == self.name else None
        if not isinstance(key, (ProcessKey, DescriptorKey)):
            return None
        process = key.process if isinstance(key, DescriptorKey) else key
        group = self._grouping.home(process)
        if group is not None:
            return GroupKey(self.name, group)
        return self._scope.gone.homes.get(process)

    def title(self, group: GroupKey) -> Title | None:
        """Say what a group is, None when it is gone."""
        return self._grouping.title(group.id)

    def exists(self, group: GroupKey) -> bool:
        """Whether a group has a member in the world."""
        return bool(self._grouping.members.get(group.id))

    def processes(self, group: GroupKey) -> Sequence[ProcessKey]:
        """Return the listed processes of a group, ghosts included, in order."""
        return self._listed.get(group, [])

    def listed(self) -> Iterable[ProcessKey]:
        """Return all processes that have rows, folded away or not."""
        return self._homes

    def depth(self, key: ProcessKey) -> int:
        """How far below the first process of its group a process stands."""
        return self._grouping.depths.get(key, 0)

    def segments(
        self,
        listing: Listing,
        dirty: set[GroupKey] | None,
        expanded: set[RowKey],
        stale: set[ProcessKey] | None = None,
    ) -> list[Branch]:
        """Make the rows of the `dirty` groups (None: of all), and take those of the others from `listing`.

        In a dirty group, too, processes keep their rows unless they are `stale` (None: all are): a thousand may
        stand in one group.
        """
        found: list[Branch] = []
        for key in self.order():
            segment = listing.segment(key)
            if dirty is None or key in dirty:
                segment = self.segment(key, expanded, *(() if stale is None else (segment, stale)))
            if segment is not None:
                found.append(segment)
        for key in self._listed.keys() - {segment.key for segment in found}:
            self._forget(key)
        return found

    def _forget(self, group: GroupKey) -> None:
        for key in self._listed.pop(group, ()):
            if self._homes.get(key) == group:
                del self._homes[key]

    def segment(
        self,
        group: GroupKey,
        expanded: set[RowKey],
        before: Branch | None = None,
        stale: Container[ProcessKey] = (),
    ) -> Branch | None:
        """Make the rows of a group, None when nothing of it is listed; `before` has those that are not `stale`."""
        self._forget(group)
        listed = self._members(group)
        if not listed:
            return None
        self._listed[group] = listed
        self._homes.update(dict.fromkeys(listed, group))
        if group not in expanded:
            return Segment(group)
        kept = {block.key: block for block in before.blocks} if isinstance(before, Segment) else {}
        return Segment(
            group, [(None if key in stale else kept.get(key)) or self._block(key, expanded) for key in listed]
        )

    def _block(self, key: ProcessKey, expanded: set[RowKey]) -> Block:
        return Block(key, self._scope.fds(key) if key in expanded else (), self._scope.ascending)

    def _members(self, group: GroupKey) -> list[ProcessKey]:
        gone, lists = self._scope.gone, self._scope.lists
        living = self._grouping.members.get(group.id, ())
        found = [key for key in living if lists(key)]
        ghosts = [key for key, home in gone.homes.items() if home == group and key not in living and lists(key)]
        if self._grouping.nested:
            return found + ghosts
        if ghosts:
            found = sorted(found + ghosts)
        self._scope.sort_processes(found)
        return found


class ByObject:
    """Holders below the kernel object they lead to."""

    name = "object"

    def __init__(self, scope: Scope, made: ObjectGrouping) -> None:
        """Arrange what `scope` contains."""
        self._scope = scope
        self._grouping = made
        self._keys: dict[str, GroupKey] = {}
        self._wanted: set[str] | None = None
        """Objects that anything listed leads to, None while that has to be worked out."""
        self._places = ObjectPlaces(scope.world)

    def settle(self, changes: Changes) -> set[GroupKey]:
        """Follow what a frame changed; return the objects whose holders are others."""
        self._wanted = None
        touched = self._grouping.settle(changes)
        self._places.settle(changes, touched)
        return {self._key(name) for name in touched}

    def look_again(self) -> None:
        """Work out anew which objects are wanted."""
        self._wanted = None

    def _key(self, name: str) -> GroupKey:
        return self._keys.get(name) or self._keys.setdefault(name, GroupKey(self.name, name))

    def order(self) -> Sequence[GroupKey]:
        """Return all objects as they are sorted, else those with the most holders first; what is gone stays below."""
        scope = self._scope
        names = self._places.sorted(self._grouping.order(), scope.ages, scope.sorting.descriptors)
        order = [self._key(name) for name in names]
        ghosts = [group for group in self._scope.gone.groups if group.by == self.name and not self.exists(group)]
        return order + ghosts if ghosts else order

    def home(self, key: RowKey) -> GroupKey | None:
        """Return the object that a descriptor leads to; processes have no place here."""
        if isinstance(key, GroupKey):
            return key if key.by == self.name else None
        if not isinstance(key, DescriptorKey):
            return None
        found = self._grouping.home(key)
        if found is None:
            ghost = self._scope.gone.descriptor(key)
            found = None if ghost is None else ghost.descriptor.object
        return None if found is None else self._key(found)

    def title(self, group: GroupKey) -> Title | None:
        """Say what an object is, None when nothing leads to it."""
        return self._grouping.title(str(group.id))

    def exists(self, group: GroupKey) -> bool:
        """Whether a descriptor leads to an object."""
        return bool(self._scope.world.holder_count(str(group.id)))

    def processes(self, group: GroupKey) -> Sequence[ProcessKey]:  # noqa: ARG002 - as the others
        """Return nothing: no process has a row."""
        return ()

    def listed(self) -> Iterable[ProcessKey]:
        """Return nothing: no process has a row."""
        return ()

    def depth(self, key: ProcessKey) -> int:  # noqa: ARG002 - as the others
        """Return 0: no process has a row."""
        return 0

    def segments(
        self,
        listing: Listing,
        dirty: set[GroupKey] | None,
        expanded: set[RowKey],
        stale: set[ProcessKey] | None = None,  # noqa: ARG002 - as the others
    ) -> list[Branch]:
        """Make the rows of the `dirty` objects (None: of all), and take those of the others from `listing`.

        There may be a hundred thousand, nearly all folded: those cost a look into a few sets.
        """
        wanted = self._wanted_objects()
        ghostly = self._scope.gone.groups
        order = self.order()
        found: list[Branch] = []
        for key in order:
            if wanted is not None and key.id not in wanted:
                continue
            known = listing.segment(key)
            folded = key not in expanded and key not in ghostly
            if known is not None and (known.height == 1 if folded else dirty is not None and key not in dirty):
                found.append(known)
            elif (made := self.segment(key, expanded)) is not None:
                found.append(made)
        if len(self._keys) > 2 * len(order):
            self._keys = {str(key.id): key for key in order}
        return found

    def segment(self, group: GroupKey, expanded: set[RowKey]) -> Branch | None:
        """Make the rows of an object, None when nothing that is listed leads to it."""
        wanted = self._wanted_objects()
        if wanted is not None and group.id not in wanted:
            return None
        ghosts = self._ghosts(group)
        if not ghosts and not self.exists(group):
            return None
        if group not in expanded:
            return HolderSegment(group)
        holders = [key for key in self._grouping.holders(str(group.id)) if self._scope.wants(key)]
        return HolderSegment(group, sorted([*holders, *ghosts]) if ghosts else holders)

    def _ghosts(self, group: GroupKey) -> list[DescriptorKey]:
        world = self._scope.world
        return [
            DescriptorKey(*process, fd)
            for process, table in self._scope.gone.descriptors.items()
            for fd, ghost in table.items()
            if ghost.descriptor.object == group.id and world.descriptor(DescriptorKey(*process, fd)) is None
        ]

    def _objects_of_processes(self) -> set[str]:
        scope = self._scope
        return {
            descriptor.object
            for key, table in scope.world.tables.items()
            if scope.lists(key)
            for fd, descriptor in table.items()
            if scope.wants(DescriptorKey(*key, fd))
        }

    def _objects_of(self, processes: Iterable[ProcessKey]) -> set[str]:
        tables = self._scope.world.tables
        return {descriptor.object for key in processes for descriptor in tables.get(key, {}).values()}

    def _wanted_objects(self) -> set[str] | None:
        """Objects of the listed processes' listed descriptors: worked out once for each filter and frame."""
        scope = self._scope
        if not scope.restricted:
            return None
        if self._wanted is None:
            if scope.filter_hits is None or scope.selection.pids:
                self._wanted = self._objects_of_processes()
            else:
                self._wanted = scope.filter_hits.objects | self._objects_of(scope.selection.guests)
            ghosts = (ghost for table in scope.gone.descriptors.values() for ghost in table.values())
            self._wanted.update(ghost.descriptor.object for ghost in ghosts)
        return self._wanted
