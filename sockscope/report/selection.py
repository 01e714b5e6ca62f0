"""What a report lists. What is related to it is found everywhere, selected or not."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.relations.answers import Group
from sockscope.world.world import World


class Selection(Struct, frozen=True):
    """Some processes and some of their descriptors; without arguments everything."""

    pids: frozenset[int] = frozenset()
    """Processes to list, empty for all. A process brings its threads with descriptor tables of their own."""
    accept: Callable[[Process, Descriptor], bool] | None = None
    """Which descriptors to list, None for all. A process without an accepted one is not listed."""
    kernel_threads: bool = True
    """Whether kernel threads are listed when no pids are given."""
    accept_process: Callable[[Process], bool] | None = None
    """With `accept`: which processes to list for themselves, although none of their descriptors is accepted."""

    accept_unheld: Callable[[Socket], bool] | None = None
    """With `accept`: which sockets to list that no descriptor leads to, None for none."""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.pids and self.accept is None

    def processes(self, world: World) -> list[Process]:
        """Selected processes, ordered by pid."""
        found = (world.processes[key] for key in sorted(world.processes))
        return [process for process in found if self._has(process) and self._shown(world, process)]

    def members(self, world: World, group: Group) -> tuple[int, ...]:
        """Pids of a group's members, listed or not, without kernel threads that are not asked for.

        Group 0 has them all, beside processes whose group is outside this pid namespace.
        """
        if self.kernel_threads:
            return group.pids
        found = ((pid, world.process(pid)) for pid in group.pids)
        return tuple(pid for pid, one in found if pid in self.pids or one is None or not one.kernel_thread)

    def unheld(self, world: World) -> list[tuple[Socket, str]]:
        """Selected sockets that no descriptor leads to, each with the reason. They belong to no process."""
        if self.everything:
            return world.unheld()
        accept = None if self.pids else self.accept_unheld
        return [] if accept is None else [(socket, why) for socket, why in world.unheld() if accept(socket)]

    def _has(self, process: Process) -> bool:
        if self.pids:
            return process.pid in self.pids or process.thread_of in self.pids
        return self.kernel_threads or not process.kernel_thread

    def _shown(self, world: World, process: Process) -> bool:
        if self.accept is None or next(self.descriptors(world, process.key), None) is not None:
            return True
        return self.accept_process is not None and self.accept_process(process)

    def descriptors(self, world: World, key: ProcessKey) -> Iterator[Descriptor]:
        """Yield the selected descriptors of a process, by number."""
        table = world.tables.get(key, {})
        process = world.processes.get(key)
        for fd in sorted(table):
            if self.accept is None or (process is not None and self.accept(process, table[fd])):
                yield table[fd]
