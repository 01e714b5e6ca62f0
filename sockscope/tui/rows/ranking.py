"""Rows in the order of the screen, folded away or not: what `n` and `N` walk."""

from collections.abc import Iterable, Iterator

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.contents import Contents
from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.rowkeys import GroupKey, RowKey, UnheldKey

FEW = 5000
"""Rows that are put in order at once; of more the next one is looked for group by group."""
Rank = tuple[int, int, int, int, tuple[object, ...]]


class Ranking:
    """Tells where rows stand; remembers the groups it has looked into."""

    def __init__(self, contents: Contents) -> None:
        """Rank rows of `contents` as they stand now."""
        self._contents = contents
        self._members: dict[GroupKey, dict[ProcessKey, int]] = {}
        self._fds: dict[ProcessKey, dict[int, int]] = {}

    def __call__(self, key: RowKey) -> Rank:
        """Return the rank of a row; what is not listed comes last."""
        contents = self._contents
        if isinstance(key, UnheldKey):
            return len(contents.listing.groups) + 1, contents.line_of(key) or 0, 0, 0, (key.socket,)
        group = contents.group_of(key)
        position = len(contents.listing.groups) if group is None else contents.listing.position(group)
        if isinstance(key, GroupKey) or group is None:
            return position, -1, 0, 0, () if isinstance(key, GroupKey) else tuple(key)
        process = key.process if isinstance(key, DescriptorKey) else key
        within = self._place(group, process)
        if isinstance(key, DescriptorKey):
            return position, within, 1, self._fd(key), tuple(key)
        return position, within, 0, 0, tuple(key)

    def _place(self, group: GroupKey, process: ProcessKey) -> int:
        positions = self._members.get(group)
        if positions is None:
            members = self._contents.members(group)
            positions = self._members[group] = {member: position for position, member in enumerate(members)}
        return positions.get(process, process.pid if self._contents.by_object else len(positions))

    def _fd(self, key: DescriptorKey) -> int:
        if self._contents.scope.ascending or self._contents.by_object:
            return key.fd
        positions = self._fds.get(key.process)
        if positions is None:
            fds = self._contents.scope.fds(key.process)
            positions = self._fds[key.process] = {fd: position for position, fd in enumerate(fds)}
        return positions.get(key.fd, len(positions))


def hit(search: FilterHits, key: RowKey, *, by_object: bool) -> bool:
    """Whether a row is one that was searched for; what is found by its process alone is found there."""
    if isinstance(key, DescriptorKey):
        return search.has(key) and (by_object or key.process not in search.processes)
    return isinstance(key, ProcessKey) and key in search.processes


def next_hit(contents: Contents, search: FilterHits, here: RowKey | None, step: int) -> RowKey | None:
    """Return the row after `here` (`step` 1) or before it that was searched for; round the ends."""
    rank = Ranking(contents)
    if search.count + len(search.processes) <= FEW:
        found = sorted(_all(contents, search), key=rank)
        return _beyond(found, here, rank, step)
    groups = contents.listing.groups
    home = None if here is None else contents.group_of(here)
    start = 0 if home is None else contents.listing.position(home) % len(groups)
    for turn in range(len(groups) + 1):
        keys = list(_in_group(contents, search, groups[(start + turn * step) % len(groups)]))
        if turn == 0 and here is not None:
            limit = rank(here)
            keys = [key for key in keys if (rank(key) > limit if step > 0 else rank(key) < limit)]
        if keys:
            return keys[0] if step > 0 else keys[-1]
    return None


def _beyond(found: list[RowKey], here: RowKey | None, rank: Ranking, step: int) -> RowKey | None:
    if not found:
        return None
    if here is None:
        return found[0]
    limit = rank(here)
    if step > 0:
        return next((key for key in found if rank(key) > limit), found[0])
    return next((key for key in reversed(found) if rank(key) < limit), found[-1])


def _all(contents: Contents, search: FilterHits) -> Iterator[RowKey]:
    if not contents.by_object:
        yield from filter(contents.scope.lists, search.processes)
    for process, fds in search.fds.items():
        if contents.scope.lists(process) and (contents.by_object or process not in search.processes):
            yield from (DescriptorKey(*process, fd) for fd in fds)


def _in_group(contents: Contents, search: FilterHits, group: GroupKey) -> Iterable[RowKey]:
    if contents.by_object:
        yield from (key for key in contents.world.holders(str(group.id)) if search.has(key))
        return
    for process in contents.members(group):
        if process in search.processes:
            yield process
        elif process in search.fds:
            wanted = search.fds[process]
            yield from (DescriptorKey(*process, fd) for fd in contents.scope.fds(process) if fd in wanted)
