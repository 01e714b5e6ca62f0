"""In which order descriptors stand below a process, and processes below a group."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.world.describe import kind_label, row_text
from sockscope.world.pace import cpu_percent, growth
from sockscope.world.world import World

BY_FD, BY_PID = "fd", "pid"


class Ages:
    """When each descriptor was first seen; those of the first look count as there from the beginning."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[DescriptorKey, float] = {}

    def take_in(self, new: Iterable[DescriptorKey], closed: Iterable[DescriptorKey], time: float) -> None:
        """Follow what a frame opened and closed at `time`, in seconds since the epoch."""
        for key in closed:
            self._seen.pop(key, None)
        self._seen.update(dict.fromkeys(new, time))

    def of(self, key: DescriptorKey) -> float:
        """Return when it was first seen, 0 when it was there before us."""
        return self._seen.get(key, 0.0)


class Sorting(Struct, frozen=True):
    """What is sorted by."""

    descriptors: str = BY_FD
    processes: str = BY_PID


def _queue(world: World, descriptor: Descriptor) -> int:
    socket = world.socket_of(descriptor)
    if socket is None:
        return 0
    return max(socket.queue, 0) if socket.listening else max(socket.recv_q, socket.send_q)


def _drops(world: World, descriptor: Descriptor) -> int:
    socket = world.socket_of(descriptor)
    return 0 if socket is None else max(socket.drops, 0)


MOVING = frozenset({"queue", "drops"})
"""Orders in which a row changes its place although its descriptor stays as it is."""
PASSING = frozenset({"cpu", "growth"})
"""Orders of processes that change as time goes by, without a change of the processes."""
DESCRIPTOR_KEYS: dict[str, Callable[[World, Ages, Descriptor], Any]] = {
    "kind": lambda world, _, descriptor: (kind_label(world, descriptor), descriptor.fd),
    "name": lambda world, _, descriptor: (row_text(world, descriptor), descriptor.fd),
    "queue": lambda world, _, descriptor: (-_queue(world, descriptor), descriptor.fd),
    "drops": lambda world, _, descriptor: (-_drops(world, descriptor), descriptor.fd),
    "age": lambda _, ages, descriptor: (-ages.of(descriptor.key), descriptor.fd),
}
PROCESS_KEYS: dict[str, Callable[[World, Process], Any]] = {
    "fds": lambda _, process: -process.fd_count,
    "name": lambda _, process: process.title.lower(),
    "cpu": lambda world, process: -(cpu_percent(world, process.key) or 0),
    "growth": lambda world, process: -(growth(world, process.key) or 0),
}


def sorted_fds(world: World, ages: Ages, process: ProcessKey, fds: Iterable[int], by: str) -> list[int]:
    """Put the numbers of descriptors of one process in order; those that are closed come last."""
    value = DESCRIPTOR_KEYS.get(by)
    if value is None:
        return sorted(fds)
    table = world.tables.get(process, {})
    here = [fd for fd in fds if fd in table]
    gone = [fd for fd in fds if fd not in table]
    return [*sorted(here, key=lambda fd: value(world, ages, table[fd])), *sorted(gone)]
