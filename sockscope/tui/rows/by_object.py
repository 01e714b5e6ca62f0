"""Holders below the kernel object that they lead to."""

from collections.abc import Iterable, Sequence

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.listing import Branch, HolderSegment, Listing
from sockscope.tui.rows.object_places import ObjectPlaces
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.tui.rows.scope import Scope
from sockscope.world.changes import Changes
from sockscope.world.grouping.objects import ObjectGrouping
from sockscope.world.grouping.title import Title


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
