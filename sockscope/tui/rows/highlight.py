"""Which rows are related to the selected one, and how many of them hide in folded branches."""

from collections.abc import Iterable, Mapping

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.tui.rows.rowkeys import RowKey, UnheldKey
from sockscope.world.relations.answers import OTHER, SAME, WATCH

Inside = tuple[tuple[str, int], ...]
"""Signs with their number, in the order ● ◆ ◉."""

SIGNS = (SAME, OTHER, WATCH)


class Highlight:
    """The signs of the related rows, and those of descriptors by process."""

    def __init__(self) -> None:
        """Start with nothing highlighted."""
        self.marks: Mapping[RowKey, str] = {}
        """Sign of each related descriptor, process, or socket that nobody holds."""
        self._sorted: dict[ProcessKey, list[str]] | None = None

    def show(self, marks: Mapping[RowKey, str]) -> None:
        """Take new marks."""
        if marks != self.marks:
            self.marks = marks
            self._sorted = None

    @property
    def _descriptors(self) -> dict[ProcessKey, list[str]]:
        """Signs of descriptors by process; a row that asks is on the screen only where branches are in sight."""
        if self._sorted is None:
            self._sorted = {}
            for key, sign in self.marks.items():
                if isinstance(key, DescriptorKey):
                    self._sorted.setdefault(key.process, []).append(sign)
        return self._sorted

    def inside_process(self, process: ProcessKey) -> Inside:
        """Count the highlighted descriptors of a process by sign."""
        return _in_order(self._descriptors.get(process, []))

    def inside(self, keys: Iterable[RowKey]) -> Inside:
        """Count the highlighted ones among some rows by sign."""
        return _in_order([self.marks[key] for key in keys if key in self.marks])

    def inside_unheld(self) -> Inside:
        """Count the highlighted sockets that nobody holds by sign."""
        return _in_order([sign for key, sign in self.marks.items() if isinstance(key, UnheldKey)])

    def inside_group(self, members: Iterable[ProcessKey]) -> Inside:
        """Count the highlighted processes and descriptors among some processes by sign."""
        if not self.marks:
            return ()
        descriptors, signs = self._descriptors, list[str]()
        for key in members:
            if key in descriptors:
                signs += descriptors[key]
            if key in self.marks:
                signs.append(self.marks[key])
        return _in_order(signs)


def _in_order(signs: list[str]) -> Inside:
    return tuple((sign, number) for sign in SIGNS if (number := signs.count(sign)))
