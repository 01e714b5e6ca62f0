"""What of the world is listed, in which order, and what stays for a while although it is gone."""

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.tui.ghosts import Departed
from sockscope.tui.selection import Selection
from sockscope.tui.sieve import Sieve
from sockscope.tui.sorting import BY_FD, PROCESS_KEYS, Ages, Sorting, sorted_fds
from sockscope.world.world import World


class Scope:
    """Selection, filter, order and ghosts in one place: every arrangement of rows asks here."""

    def __init__(self, world: World, selection: Selection) -> None:
        """List what `selection` contains of `world`, without a filter."""
        self.world = world
        self.selection = selection
        self.sieve: Sieve | None = None
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
        return self.sieve is None or key in self.selection.guests or self.sieve.lists(key)

    @property
    def restricted(self) -> bool:
        """Whether anything is left out besides kernel threads."""
        return self.sieve is not None or bool(self.selection.pids)

    def wants(self, key: DescriptorKey) -> bool:
        """Whether a descriptor has a row below its process."""
        return self.sieve is None or key.process in self.selection.guests or self.sieve.hits(key)

    def fds(self, key: ProcessKey) -> list[int]:
        """Return the numbers of the descriptors that are listed below a process, in order."""
        fds = set(self.world.tables.get(key, ())) | self.gone.descriptors.get(key, {}).keys()
        if self.sieve is not None and key not in self.selection.guests:
            fds &= self.sieve.fds.get(key, frozenset())
        return sorted_fds(self.world, self.ages, key, fds, self.sorting.descriptors)

    @property
    def ascending(self) -> bool:
        """Whether descriptors stand by number."""
        return self.sorting.descriptors == BY_FD

    def sort_processes(self, keys: list[ProcessKey]) -> None:
        """Put processes that stand by pid into the order that was asked for."""
        value = PROCESS_KEYS.get(self.sorting.processes)
        if value is not None:
            keys.sort(key=lambda key: value(process) if (process := self.process(key)) is not None else value(_NOBODY))


_NOBODY = Process(0, 0, 0, 0, 0, "", -1, "", (), 0, "", "", 0, 0)
