"""Which rows are related to the selected one, and how many of them hide in folded branches."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rowkeys import RowKey, UnheldKey
from sockscope.world.relations import OTHER, SAME, WATCH

Inside = tuple[tuple[str, int], ...]
"""Signs with their number, in the order ● ◆ ◉."""

SIGNS = (SAME, OTHER, WATCH)


class Highlight:
    """The signs of the related rows, and their sums by process."""

    def __init__(self) -> None:
        """Start with nothing highlighted."""
        self.marks: Mapping[RowKey, str] = {}
        """Sign of each related descriptor, process, or socket that nobody holds."""
        self._descriptors: dict[ProcessKey, Counter[str]] = {}

    def show(self, marks: Mapping[RowKey, str]) -> None:
        """Take new marks."""
        if marks == self.marks:
            return
        self.marks = marks
        self._descriptors = {}
        for key, sign in marks.items():
            if isinstance(key, DescriptorKey):
                self._descriptors.setdefault(key.process, Counter())[sign] += 1

    def inside_process(self, process: ProcessKey) -> Inside:
        """Count the highlighted descriptors of a process by sign."""
        return _in_order(self._descriptors.get(process, Counter()))

    def inside(self, keys: Iterable[RowKey]) -> Inside:
        """Count the highlighted ones among some rows by sign."""
        return _in_order(Counter(self.marks[key] for key in keys if key in self.marks))

    def inside_unheld(self) -> Inside:
        """Count the highlighted sockets that nobody holds by sign."""
        return _in_order(Counter(sign for key, sign in self.marks.items() if isinstance(key, UnheldKey)))

    def inside_group(self, members: Iterable[ProcessKey]) -> Inside:
        """Count the highlighted processes and descriptors among some processes by sign."""
        counts: Counter[str] = Counter()
        for key in members:
            counts.update(self._descriptors.get(key, ()))
            if key in self.marks:
                counts[self.marks[key]] += 1
        return _in_order(counts)


def _in_order(counts: Counter[str]) -> Inside:
    return tuple((sign, counts[sign]) for sign in SIGNS if counts[sign])
