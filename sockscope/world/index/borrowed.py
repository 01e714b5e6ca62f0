"""Processes that have the descriptor table of another: what they hold is counted once, with its owner's."""

from collections import Counter
from collections.abc import Iterable

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.index.multimap import Multimap


class BorrowedTables:
    """Kept one process and one descriptor at a time; costs nothing where no table is shared.

    What a process uses without a descriptor (a number below 0) is its own all the same.
    """

    __slots__ = ("_again", "_lenders", "borrowers")

    def __init__(self) -> None:
        """Start with nobody sharing anything."""
        self._lenders: dict[ProcessKey, int] = {}
        self.borrowers: Multimap[int, ProcessKey] = Multimap()
        """Processes by the pid of the one whose table they have."""
        self._again: Counter[str] = Counter()
        """Descriptors of borrowed tables, by object."""

    def follow(self, process: ProcessKey, lender: int, table: Iterable[Descriptor]) -> None:
        """Take note of whose table a process has (`Process.table_of`), which lists `table` now."""
        before = self._lenders.get(process, 0)
        if before == lender:
            return
        if before:
            self.borrowers.discard(before, process)
            del self._lenders[process]
        if lender:
            self.borrowers.add(lender, process)
            self._lenders[process] = lender
        if not (before and lender):
            for descriptor in table:
                self._count(descriptor, 1 if lender else -1)

    def add(self, key: DescriptorKey, descriptor: Descriptor) -> None:
        """Count a descriptor that was opened."""
        if self._lenders and key.process in self._lenders:
            self._count(descriptor, 1)

    def remove(self, key: DescriptorKey, descriptor: Descriptor) -> None:
        """Count a descriptor no more that was closed."""
        if self._lenders and key.process in self._lenders:
            self._count(descriptor, -1)

    def again(self, object: str) -> int:  # noqa: A002 - the contract's word
        """How many of the descriptors that lead to an object stand in a table of somebody else."""
        return self._again[object] if self._again else 0

    def is_borrowed(self, key: DescriptorKey) -> bool:
        """Whether a descriptor stands in a table of somebody else."""
        return key.fd >= 0 and key.process in self._lenders

    def _count(self, descriptor: Descriptor, step: int) -> None:
        if descriptor.fd < 0:
            return
        self._again[descriptor.object] += step
        if not self._again[descriptor.object]:
            del self._again[descriptor.object]
