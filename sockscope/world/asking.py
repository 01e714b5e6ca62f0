"""What the collector is asked in depth: the same of the same thing, whoever asks."""

from itertools import islice

from sockscope.frames.messages import AskedTerminal, Inspect, Terminals
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.world.relations.answers import Related
from sockscope.world.world import World

MAX_HOLDERS = 256
"""As many as one `Inspect` may name."""
MAX_TERMINALS = 256
"""As many as one `Terminals` may name."""

Slot = tuple[int, int]
"""(pid, fd)."""


def inspect_request(
    world: World,
    number: int,
    key: DescriptorKey | ProcessKey,
    related: Related | None = None,
    *,
    inside: bool = False,
) -> Inspect:
    """Ask about a descriptor, who waits on its object or on an epoll that watches it, and the terminal of its process.

    Args:
        world: what is known.
        number: of the question.
        key: the descriptor, or a process, which is asked about with its terminal.
        related: what is known of the descriptor's surroundings.
        inside: whether somebody has asked for the sets of threads in poll(2) and select(2).
    """
    fd = key.fd if isinstance(key, DescriptorKey) else -1
    process = world.processes.get(key.process if isinstance(key, DescriptorKey) else key)
    terminal = () if process is None else _slots(world, process)
    return Inspect(number, key.pid, key.start, fd, concerned(related), terminal, inside)


def terminals_request(world: World, number: int) -> tuple[Terminals, list[Process]]:
    """Ask how every terminal is set, and return with it a process of each, in the same order."""
    seen: dict[tuple[str, int], Process] = {}
    for key in sorted(world.processes):
        process = world.processes[key]
        if process.tty:
            seen.setdefault((process.tty, process.sid), process)
    asked = list(islice(seen.values(), MAX_TERMINALS))
    terminals = tuple(AskedTerminal(one.pid, one.start, _slots(world, one)) for one in asked)
    return Terminals(number, terminals), asked


def concerned(related: Related | None) -> tuple[Slot, ...]:
    """Descriptors on which a thread may wait for this one: its other holders, and the epolls that watch it."""
    if related is None:
        return ()
    here = related.descriptor.key
    watching = (key for watcher in related.watchers for key in watcher.holders)
    keys = (key for key in (*related.holders, *watching) if key != here)
    return tuple((key.pid, key.fd) for key in islice(keys, MAX_HOLDERS))


def _slots(world: World, process: Process) -> tuple[Slot, ...]:
    return tuple((key.pid, key.fd) for key in world.terminal_slots(process))
