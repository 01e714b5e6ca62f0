"""Processes below what they share, descriptors below their process."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.listing import Block, Branch, Listing, Segment
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.tui.rows.scope import Scope
from sockscope.tui.rows.sorting import BY_PID, PASSING, PROCESS_KEYS
from sockscope.world.changes import Changes
from sockscope.world.grouping.processes import ProcessGrouping
from sockscope.world.grouping.title import Title

NUMBERED = frozenset({"pgrp", "session"})
"""Groupings in which 0 is a number as any other, and stands first."""


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
