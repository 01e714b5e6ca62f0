"""Rows in groups: what every way of gathering them can be asked, and which one a name means."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sockscope.model.keys import ProcessKey
from sockscope.tui.rows.by_object import ByObject
from sockscope.tui.rows.by_process import ByProcess
from sockscope.tui.rows.listing import Branch, Listing
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.tui.rows.scope import Scope
from sockscope.world.changes import Changes
from sockscope.world.grouping.choice import grouping
from sockscope.world.grouping.objects import ObjectGrouping
from sockscope.world.grouping.title import Title


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
