"""Which processes are listed at all: the pids that were asked for, kernel threads or not, and guests."""

from collections.abc import Iterable

from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.world.world import World


class Selection:
    """What the list contains of the world."""

    def __init__(self, world: World, pids: Iterable[int]) -> None:
        """Contain every process of `world`, or with `pids` only those."""
        self.pids = frozenset(pids)
        self.kernel_threads = False
        self.guests: set[ProcessKey] = set()
        """Processes outside that were followed to; they stay listed until they end."""
        self._world = world
        self._chosen: set[ProcessKey] | None = None

    def bind(self) -> None:
        """Tie the pids to the processes that have them now: whoever gets a pid later was not asked for."""
        self._chosen = {key for key in self._world.processes if key.pid in self.pids}
        self._adopt(self._world.processes.values())

    @property
    def bound(self) -> bool:
        """Whether `bind` was called."""
        return self._chosen is not None

    def take_in(self, new: Iterable[ProcessKey]) -> None:
        """Contain those of some new processes that are threads of the chosen ones."""
        if self.pids:
            processes = self._world.processes
            self._adopt(processes[key] for key in new if key in processes)

    def _adopt(self, processes: Iterable[Process]) -> None:
        # A thread with a descriptor table of its own is a row of its own, but no one asks for it by its tid.
        chosen = self._chosen if self._chosen is not None else set()
        pids = {key.pid for key in chosen}
        chosen.update(process.key for process in processes if process.thread_of in pids)

    def contains(self, process: Process) -> bool:
        """Whether a process has a row."""
        if process.key in self.guests:
            return True
        if self.pids and (self._chosen is None or process.key not in self._chosen):
            return False
        return self.kernel_threads or not process.kernel_thread
