"""Kernel objects, each with the descriptors that lead to it: the tree turned inside out."""

from bisect import bisect_left, insort

from sockscope.kinds.registry import UNCONNECTED
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.changes import Changes
from sockscope.world.describe import kind_label, row_text
from sockscope.world.grouping.title import Title
from sockscope.world.world import World

Rank = tuple[bool, int, str, str]
"""Whether it connects nobody, minus the number of holders, kind, object."""


class ObjectGrouping:
    """Objects by the number of their holders, the most first. A refresh costs what changed in it."""

    name = "object"
    nested = False

    def __init__(self, world: World) -> None:
        """Rank what the world has now."""
        self._world = world
        self._homes: dict[DescriptorKey, str] = {}
        self._ranks: dict[str, Rank] = {}
        self._ranking: list[Rank] = []
        self._gather()

    def settle(self, changes: Changes) -> set[str]:
        """Follow what a frame changed; return the objects whose holders are others."""
        if changes.full:
            before = set(self._ranks)
            self._gather()
            return before | self._ranks.keys()
        touched: set[str] = set()
        for key in changes.descriptors_closed:
            touched.add(self._homes.pop(key, ""))
        for keys in (changes.descriptors_new, changes.descriptors_changed):
            for key in keys:
                touched.update(self._enter(key))
        touched.discard("")
        for object_ in touched:
            self._rerank(object_)
        return touched

    def home(self, key: DescriptorKey) -> str | None:
        """Return the object a descriptor leads to, None for one that is not open."""
        return self._homes.get(key)

    def holders(self, object_: str) -> tuple[DescriptorKey, ...]:
        """Return the descriptors that lead to an object, by (pid, fd)."""
        return self._world.holders(object_)

    def order(self) -> list[str]:
        """Return all objects, those with the most holders first."""
        return [rank[-1] for rank in self._ranking]

    def title(self, object_: str) -> Title | None:
        """Say what an object is, None when nothing leads to it."""
        holders = self.holders(object_)
        first = self._world.descriptor(holders[0]) if holders else None
        if first is None:
            return None
        label, name = kind_label(self._world, first), row_text(self._world, first)
        note = "not compared with others" if first.unproven else ""
        return Title(label, name, self._world.holder_count(object_), "holder", note=note)

    def _gather(self) -> None:
        self._homes.clear()
        self._ranks.clear()
        for table in self._world.tables.values():
            for descriptor in table.values():
                self._homes[descriptor.key] = descriptor.object
                if descriptor.object not in self._ranks:
                    self._ranks[descriptor.object] = self._rank(descriptor)
        self._ranking = sorted(self._ranks.values())

    def _rank(self, descriptor: Descriptor) -> Rank:
        count = self._world.holder_count(descriptor.object)
        return (descriptor.kind in UNCONNECTED, -count, descriptor.kind, descriptor.object)

    def _enter(self, key: DescriptorKey) -> set[str]:
        """Take in a descriptor that is new or may lead elsewhere; return the objects this is about."""
        descriptor = self._world.descriptor(key)
        before = self._homes.get(key, "")
        if descriptor is None:
            return {before}
        self._homes[key] = descriptor.object
        return {before, descriptor.object}

    def _rerank(self, object_: str) -> None:
        known = self._ranks.pop(object_, None)
        if known is not None:
            del self._ranking[bisect_left(self._ranking, known)]
        holders = self.holders(object_)
        first = self._world.descriptor(holders[0]) if holders else None
        if first is not None:
            rank = self._ranks[object_] = self._rank(first)
            insort(self._ranking, rank)
