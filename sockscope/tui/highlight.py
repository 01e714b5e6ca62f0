"""Which rows are related to the selected one, and how many of them hide in folded branches."""

from collections import Counter
from collections.abc import Mapping

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.world.relations import OTHER, SAME, WATCH

Inside = tuple[tuple[str, int], ...]
"""Signs with their number, in the order ● ◆ ◉."""

SIGNS = (SAME, OTHER, WATCH)


class Highlight:
    """The signs of the related descriptors, and their sums by process."""

    def __init__(self) -> None:
        """Start with nothing highlighted."""
        self.marks: Mapping[DescriptorKey, str] = {}
        self._by_process: dict[ProcessKey, Counter[str]] = {}

    def show(self, marks: Mapping[DescriptorKey, str]) -> bool:
        """Take new marks; return whether anything differs from what was shown."""
        if marks == self.marks:
            return False
        self.marks = marks
        self._by_process = {}
        for key, sign in marks.items():
            self._by_process.setdefault(key.process, Counter())[sign] += 1
        return True

    @property
    def processes(self) -> frozenset[ProcessKey]:
        """Processes that hold a highlighted descriptor."""
        return frozenset(self._by_process)

    def inside(self, *processes: ProcessKey) -> Inside:
        """Count the highlighted descriptors of some processes by sign."""
        counts: Counter[str] = Counter()
        for key in processes:
            counts.update(self._by_process.get(key, {}))
        return tuple((sign, counts[sign]) for sign in SIGNS if counts[sign])
