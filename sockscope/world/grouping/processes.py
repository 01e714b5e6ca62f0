"""Processes gathered by something that they share."""

from sockscope.model.keys import ProcessKey
from sockscope.world.changes import Changes
from sockscope.world.grouping.ancestry import depth_first
from sockscope.world.grouping.placing import GroupId, Placing
from sockscope.world.grouping.title import Title
from sockscope.world.world import World

Gathered = dict[GroupId, tuple[ProcessKey, ...]]


class ProcessGrouping:
    """Groups of processes over one world.

    The processes of a machine are some thousands at most, and few refreshes change any: then they are all
    placed anew. A refresh in which only descriptors changed costs nothing.
    """

    def __init__(self, world: World, name: str, placing: Placing) -> None:
        """Gather what the world has now."""
        self.name = name
        self.members: Gathered = {}
        """Processes of each group in their order: by pid, or for a tree depth first."""
        self.depths: dict[ProcessKey, int] = {}
        """How deep a process stands below the first of its group; empty unless the grouping is nested."""
        self._world = world
        self._placing = placing
        self._homes: dict[ProcessKey, GroupId] = {}
        self._gather()

    @property
    def nested(self) -> bool:
        """Whether members stand below their parents."""
        return self._placing.nested

    def settle(self, changes: Changes) -> set[GroupId]:
        """Follow what a frame changed; return the groups whose members are others or stand otherwise."""
        moved = changes.found if self._placing.follows_findings else ()
        if not (changes.full or changes.processes_new or changes.processes_changed or changes.processes_ended or moved):
            return set()
        before, depths = self.members, self.depths
        self._gather()
        touched = {
            group for group in before.keys() | self.members.keys() if before.get(group) != self.members.get(group)
        }
        if depths != self.depths:
            touched.update(self._homes[key] for key, depth in self.depths.items() if depths.get(key) != depth)
        return touched

    def home(self, key: ProcessKey) -> GroupId | None:
        """Return the group a process is in, None for one that is not there."""
        return self._homes.get(key)

    def order(self) -> list[GroupId]:
        """Return all groups in the order they are shown in."""
        unknown_last = self._placing.zero_unknown
        return sorted(self.members, key=lambda group: (unknown_last and not group, group))

    def title(self, group: GroupId) -> Title | None:
        """Say what a group is, None when it has no member."""
        found = self.members.get(group)
        if not found:
            return None
        members = tuple(self._world.processes[key] for key in found if key in self._world.processes)
        return self._placing.title(self._world, group, members) if members else None

    def _gather(self) -> None:
        gathered: dict[GroupId, list[ProcessKey]] = {}
        self._homes = {}
        for key in sorted(self._world.processes):
            group = self._placing.place(self._world, self._world.processes[key])
            gathered.setdefault(group, []).append(key)
            self._homes[key] = group
        if self.nested:
            self._nest(gathered)
        self.members = {group: tuple(keys) for group, keys in gathered.items()}

    def _nest(self, gathered: dict[GroupId, list[ProcessKey]]) -> None:
        self.depths = {}
        for keys in gathered.values():
            ordered = depth_first(self._world, [self._world.processes[key] for key in keys])
            keys[:] = [process.key for process, _ in ordered]
            self.depths.update((process.key, depth) for process, depth in ordered if depth)
