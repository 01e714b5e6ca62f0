"""What of the world is listed, in which order, and what stays for a while although it is gone."""

from sockscope.abi.text import NOTHING
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.ghosts import Departed
from sockscope.tui.rows.selection import Selection
from sockscope.tui.rows.sorting import BY_FD, PROCESS_KEYS, Ages, Sorting, sorted_fds
from sockscope.world.filter.unheld import AcceptsSocket
from sockscope.world.world import World


class Scope:
    """Selection, filter, order and ghosts in one place: every arrangement of rows asks here."""

    def __init__(self, world: World, selection: Selection) -> None:
        """List what `selection` contains of `world`, without a filter."""
        self.world = world
        self.selection = selection
        self.filter_hits: FilterHits | None = None
        self.sorting = Sorting()
        self.ages = Ages()
        self.gone = Departed()

    def process(self, key: ProcessKey) -> Process | None:
        """Return a process, one that has just ended included."""
        return self.world.processes.get(key) or self.gone.processes.get(key)

    def lists(self, key: ProcessKey) -> bool:
        """Whether a process has a row."""
        process = self.process(key)
        if process is None or not self.selection.contains(process):
            return False
        return self.filter_hits is None or key in self.selection.guests or self.filter_hits.lists(key)

    @property
    def restricted(self) -> bool:
        """Whether anything is left out besides kernel threads."""
        return self.filter_hits is not None or bool(self.selection.pids)

    @property
    def accepts_unheld(self) -> AcceptsSocket | None:
        """Which sockets that nobody holds were asked for beside all this, None for none."""
        return None if self.filter_hits is None or self.selection.pids else self.filter_hits.accepts_unheld

    def wants(self, key: DescriptorKey) -> bool:
        """Whether a descriptor has a row below its process."""
        return self.filter_hits is None or key.process in self.selection.guests or self.filter_hits.has(key)

    def fds(self, key: ProcessKey) -> list[int]:
        """Return the numbers of the descriptors that are listed below a process, in order."""
        fds = set(self.world.tables.get(key, ())) | self.gone.descriptors.get(key, {}).keys()
        if self.filter_hits is not None and key not in self.selection.guests:
            fds &= self.filter_hits.fds.get(key, frozenset())
        return sorted_fds(self.world, self.ages, key, fds, self.sorting.descriptors)

    @property
    def ascending(self) -> bool:
        """Whether descriptors stand by number."""
        return self.sorting.descriptors == BY_FD

    def sort_processes(self, keys: list[ProcessKey]) -> None:
        """Put processes that stand by pid into the order that was asked for."""
        value = PROCESS_KEYS.get(self.sorting.processes)
        if value is not None:
            keys.sort(key=lambda key: value(self.world, self.process(key) or _NOBODY))


_NOBODY = Process(0, 0, 0, 0, 0, NOTHING, -1, NOTHING, (), 0, NOTHING, NOTHING, 0, 0)
