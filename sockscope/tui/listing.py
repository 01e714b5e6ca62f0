"""The flat list behind the tree: lines to keys and back, in segments, without a table over all rows.

A branch that did not change keeps its segment, so a refresh costs what changed plus one sum over the branches.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rowkeys import GroupedKey, GroupKey


@dataclass(slots=True)
class Block:
    """A process row and the descriptor rows below it."""

    key: ProcessKey
    fds: Sequence[int] = ()
    """Numbers of the listed descriptors, ascending; empty while the process is folded."""

    @property
    def height(self) -> int:
        """Lines it takes."""
        return 1 + len(self.fds)


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
            if block.key != process:
                continue
            if not isinstance(key, DescriptorKey):
                return start
            index = bisect_left(block.fds, key.fd)
            found = index < len(block.fds) and block.fds[index] == key.fd
            return start + 1 + index if found else None
        return None

    def block(self, key: ProcessKey) -> Block | None:
        """Return the block of a process, None when it is not in this segment."""
        return next((block for block in self.blocks if block.key == key), None)


class Listing:
    """All segments in order."""

    def __init__(self) -> None:
        """Start empty."""
        self._segments: dict[GroupKey, Segment] = {}
        self._order: list[GroupKey] = []
        self._starts: list[int] = []
        self._positions: dict[GroupKey, int] = {}
        self.length = 0

    def rebuild(self, segments: Iterable[Segment]) -> None:
        """Take a new sequence of segments, most of them the same as before."""
        self._segments = {segment.key: segment for segment in segments}
        self._order = list(self._segments)
        self._positions = {key: position for position, key in enumerate(self._order)}
        ends = list(accumulate((segment.height for segment in self._segments.values()), initial=0))
        self.length = ends.pop()
        self._starts = ends

    @property
    def groups(self) -> list[GroupKey]:
        """Keys of the listed groups, in order."""
        return self._order

    def segment(self, key: GroupKey) -> Segment | None:
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

    def heir(self, key: GroupedKey, home: GroupKey | None) -> GroupedKey | None:
        """Return the row that takes over from one that is not listed any more and stood in group `home`.

        That is its next sibling, or the last one before it, or else the branch it was in.
        """
        segment = None if home is None else self._segments.get(home)
        if segment is None:
            return self._group_after(home)
        if isinstance(key, GroupKey) or not segment.blocks:
            return segment.key
        process = key.process if isinstance(key, DescriptorKey) else key
        block = segment.block(process)
        if block is None:
            keys = [block.key for block in segment.blocks]
            return keys[min(bisect_right(keys, process), len(keys) - 1)]
        if isinstance(key, DescriptorKey) and block.fds:
            return DescriptorKey(*block.key, block.fds[min(bisect_right(block.fds, key.fd), len(block.fds) - 1)])
        return block.key

    def _group_after(self, key: GroupKey | None) -> GroupKey | None:
        if not self._order:
            return None
        return self._order[0 if key is None else min(bisect_right(self._order, key), len(self._order) - 1)]
