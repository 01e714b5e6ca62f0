"""The flat list behind the tree: lines to keys and back, in segments, without a table over all rows.

A branch that did not change keeps its segment, so a refresh costs what changed plus one sum over the branches.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import NamedTuple, TypeVar

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.rowkeys import GroupedKey, GroupKey

Kept = TypeVar("Kept")


def successor(before: Sequence[Kept], lost: Kept, alive: Callable[[Kept], bool]) -> Kept | None:
    """Return who takes the place of one that is gone: the next that is left, or the last one before it."""
    position = before.index(lost) if lost in before else 0
    return next(filter(alive, chain(before[position:], reversed(before[:position]))), None)


@dataclass(slots=True)
class Block:
    """A process row and the descriptor rows below it."""

    key: ProcessKey
    fds: Sequence[int] = ()
    """Numbers of the listed descriptors, in their order; empty while the process is folded."""
    ascending: bool = True
    """Whether `fds` ascend."""

    @property
    def height(self) -> int:
        """Lines it takes."""
        return 1 + len(self.fds)

    def line_of(self, fd: int) -> int | None:
        """Return the line of a descriptor below the process row, None when it is not listed."""
        if not self.ascending:
            return 1 + self.fds.index(fd) if fd in self.fds else None
        index = bisect_left(self.fds, fd)
        return 1 + index if index < len(self.fds) and self.fds[index] == fd else None


@dataclass(slots=True)
class Segment:
    """A group row and the blocks below it; no blocks while the group is folded."""

    key: GroupKey
    blocks: list[Block] = field(default_factory=list)
    starts: list[int] = field(init=False)
    """Line of each block within the segment."""
    height: int = field(init=False)

    def __post_init__(self) -> None:
        """Sum the heights once."""
        ends = list(accumulate((block.height for block in self.blocks), initial=1))
        self.height = ends.pop()
        self.starts = ends

    def key_at(self, line: int) -> GroupedKey:
        """Return the row on a line of this segment."""
        if line == 0:
            return self.key
        index = bisect_right(self.starts, line) - 1
        block = self.blocks[index]
        below = line - self.starts[index]
        return DescriptorKey(*block.key, block.fds[below - 1]) if below else block.key

    def line_of(self, key: ProcessKey | DescriptorKey) -> int | None:
        """Return the line of a row within this segment, None when it is folded away."""
        process = key.process if isinstance(key, DescriptorKey) else key
        for start, block in zip(self.starts, self.blocks, strict=True):
            if block.key == process:
                below = block.line_of(key.fd) if isinstance(key, DescriptorKey) else 0
                return None if below is None else start + below
        return None

    def heir(self, lost: ProcessKey | DescriptorKey, past: "Branch") -> GroupedKey:
        """Return the row that takes over from one that stood in `past`, the segment as it was."""
        process = lost.process if isinstance(lost, DescriptorKey) else lost
        before = past.block(process) if isinstance(past, Segment) else None
        now = self.block(process)
        if now is None:
            others = {block.key for block in self.blocks}
            keys = [block.key for block in past.blocks] if isinstance(past, Segment) else []
            return successor(keys, process, others.__contains__) or self.key
        if isinstance(lost, DescriptorKey) and before is not None and now.fds:
            found = successor(before.fds, lost.fd, set(now.fds).__contains__)
            return now.key if found is None else DescriptorKey(*now.key, found)
        return now.key

    def block(self, key: ProcessKey) -> Block | None:
        """Return the block of a process, None when it is not in this segment."""
        return next((block for block in self.blocks if block.key == key), None)


@dataclass(slots=True)
class HolderSegment:
    """The row of a kernel object and those of its holders; no holders while it is folded."""

    key: GroupKey
    holders: Sequence[DescriptorKey] = ()
    """Ascending."""

    @property
    def height(self) -> int:
        """Lines it takes."""
        return 1 + len(self.holders)

    def key_at(self, line: int) -> GroupedKey:
        """Return the row on a line of this segment."""
        return self.holders[line - 1] if line else self.key

    def line_of(self, key: ProcessKey | DescriptorKey) -> int | None:
        """Return the line of a row within this segment, None when it is folded away; a process has none."""
        if not isinstance(key, DescriptorKey):
            return None
        index = bisect_left(self.holders, key)
        return 1 + index if index < len(self.holders) and self.holders[index] == key else None

    def heir(self, lost: ProcessKey | DescriptorKey, past: "Branch") -> GroupedKey:
        """Return the row that takes over from one that stood in `past`, the segment as it was."""
        if not isinstance(past, HolderSegment) or not isinstance(lost, DescriptorKey):
            return self.key
        left = set(self.holders)
        return successor(past.holders, lost, left.__contains__) or self.key


Branch = Segment | HolderSegment


class Past(NamedTuple):
    """How a branch and the order of all branches were, so that someone can take over from what is gone."""

    home: GroupKey
    branch: Branch | None
    order: Sequence[GroupKey]


class Listing:
    """All segments in order."""

    def __init__(self) -> None:
        """Start empty."""
        self._segments: dict[GroupKey, Branch] = {}
        self._order: list[GroupKey] = []
        self._starts: list[int] = []
        self._positions: dict[GroupKey, int] = {}
        self.length = 0

    def rebuild(self, segments: Iterable[Branch]) -> None:
        """Take a new sequence of segments, most of them the same as before."""
        self._segments = {segment.key: segment for segment in segments}
        self._order = list(self._segments)
        self._positions = {key: position for position, key in enumerate(self._order)}
        self._line_up()

    def replace(self, segments: Iterable[Branch]) -> None:
        """Take other segments for groups that are listed already."""
        self._segments.update((segment.key, segment) for segment in segments)
        self._line_up()

    def _line_up(self) -> None:
        ends = list(accumulate((segment.height for segment in self._segments.values()), initial=0))
        self.length = ends.pop()
        self._starts = ends

    @property
    def groups(self) -> list[GroupKey]:
        """Keys of the listed groups, in order."""
        return self._order

    def segment(self, key: GroupKey) -> Branch | None:
        """Return the segment of a group, None when the group is not listed."""
        return self._segments.get(key)

    def position(self, key: GroupKey) -> int:
        """Return the rank of a group, after all others when it is not listed."""
        return self._positions.get(key, len(self._order))

    def key_at(self, line: int) -> GroupedKey:
        """Return the row on a line.

        Raises:
            IndexError: the list has no such line.
        """
        if not 0 <= line < self.length:
            raise IndexError(line)
        index = bisect_right(self._starts, line) - 1
        return self._segments[self._order[index]].key_at(line - self._starts[index])

    def line_of(self, key: GroupedKey, group: GroupKey | None) -> int | None:
        """Return the line of a row that belongs to `group`, None when it is not listed or folded away."""
        if group is None or (position := self._positions.get(group)) is None:
            return None
        if isinstance(key, GroupKey):
            return self._starts[position]
        line = self._segments[group].line_of(key)
        return None if line is None else self._starts[position] + line

    def past(self, home: GroupKey) -> Past:
        """Remember how things stand around a row of the group `home`."""
        return Past(home, self._segments.get(home), self._order)

    def heir(self, lost: GroupedKey, past: Past | None) -> GroupedKey | None:
        """Return the row that takes over from one that is not listed any more.

        That is its next sibling, or the last one before it, or else the branch it was in.
        """
        if past is None:
            return self._order[0] if self._order else None
        segment = self._segments.get(past.home)
        if segment is None:
            found = successor(past.order, past.home, self._positions.__contains__)
            return found or (self._order[0] if self._order else None)
        if isinstance(lost, GroupKey) or past.branch is None:
            return segment.key
        return segment.heir(lost, past.branch)
