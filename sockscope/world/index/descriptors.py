"""Descriptors by kernel object, by socket inode, and by what relations have entered of them."""

from collections.abc import Hashable, Iterable
from heapq import merge

from sockscope.kinds.registry import TWO_ENDED
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.entries import Entries
from sockscope.world.index.multimap import Multimap


class DescriptorIndex:
    """Kept one descriptor at a time."""

    __slots__ = ("_ends", "_entered", "_kinds", "_together", "objects", "sockets")

    def __init__(self, indexes: Iterable[Entries] = ()) -> None:
        """Start empty; `indexes` are those of the relations."""
        self.objects: Multimap[str, DescriptorKey] = Multimap()
        self._ends: Multimap[tuple[str, str], DescriptorKey] = Multimap()
        """Descriptors of objects with two ends (pipes and FIFOs) by (object, access)."""
        self._together: dict[str, dict[tuple[str, ...], tuple[DescriptorKey, ...]]] = {}
        """By object: those of several access modes, put together once for all rows that ask."""
        self.sockets: Multimap[int, DescriptorKey] = Multimap()
        """By inode in sockfs."""
        self._entered: dict[Entries, Multimap[Hashable, DescriptorKey]] = {one: Multimap() for one in indexes}
        self._kinds: dict[str, list[Entries]] = {}
        for one in self._entered:
            for kind in one.kinds:
                self._kinds.setdefault(kind, []).append(one)

    def entered(self, index: Entries, entry: Hashable) -> tuple[DescriptorKey, ...]:
        """Descriptors that a relation finds by this entry of its index, ordered by (pid, fd)."""
        return self._entered[index].get(entry)

    def at_ends(self, object_: str, modes: tuple[str, ...]) -> tuple[DescriptorKey, ...]:
        """Descriptors of a pipe or FIFO with any of some access modes, ordered by (pid, fd)."""
        held = [keys for mode in modes if (keys := self._ends.get((object_, mode)))]
        if len(held) < 2:  # noqa: PLR2004 - nothing to put together, as for nearly all pipes
            return held[0] if held else ()
        known = self._together.setdefault(object_, {})
        if modes not in known:
            known[modes] = tuple(merge(*held))
        return known[modes]

    def add(self, key: DescriptorKey, descriptor: Descriptor) -> None:
        """Enter a descriptor that is not in the index."""
        self.objects.add(descriptor.object, key)
        if descriptor.kind == "socket" and descriptor.ino:
            self.sockets.add(descriptor.ino, key)
        elif descriptor.kind in TWO_ENDED:
            self._ends.add((descriptor.object, descriptor.access), key)
            self._together.pop(descriptor.object, None)
        for index in self._kinds.get(descriptor.kind, ()):
            entries = self._entered[index]
            for entry in index.of(descriptor):
                entries.add(entry, key)

    def remove(self, key: DescriptorKey, descriptor: Descriptor) -> None:
        """Take out a descriptor as it was entered."""
        self.objects.discard(descriptor.object, key)
        if descriptor.kind == "socket" and descriptor.ino:
            self.sockets.discard(descriptor.ino, key)
        elif descriptor.kind in TWO_ENDED:
            self._ends.discard((descriptor.object, descriptor.access), key)
            self._together.pop(descriptor.object, None)
        for index in self._kinds.get(descriptor.kind, ()):
            entries = self._entered[index]
            for entry in index.of(descriptor):
                entries.discard(entry, key)
