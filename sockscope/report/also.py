"""What else fits a target: named after the first, in text and JSON alike."""

from collections.abc import Iterable

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.report.also_record import AlsoRecord
from sockscope.world.targets.answers import echo
from sockscope.world.world import World


def also_records(world: World, others: Iterable[DescriptorKey | ProcessKey]) -> list[AlsoRecord]:
    """Name the others that fit, in the order of their target."""
    return [_record(world, key) for key in others]


def also_text(target: str, first: DescriptorKey | ProcessKey, others: list[AlsoRecord], world: World) -> str:
    """Write the others in one line, each with its network namespace where that is not the first's; "" for none."""
    if not others:
        return ""
    here = _netns(world, first)
    return f"\nAlso {echo(target)}: {' '.join(_named(one, here) for one in others)}\n"


def _record(world: World, key: DescriptorKey | ProcessKey) -> AlsoRecord:
    netns = _netns(world, key)
    fd = key.fd if isinstance(key, DescriptorKey) else None
    return AlsoRecord(key.pid, fd, netns or None, world.netns_name(netns))


def _named(one: AlsoRecord, here: int) -> str:
    name = str(one.pid) if one.fd is None else f"{one.pid}:{one.fd}"
    if one.netns is None or one.netns == here:
        return name
    return f"{name} ({one.netns_name or f'netns {one.netns}'})"


def _netns(world: World, key: DescriptorKey | ProcessKey) -> int:
    """Inode of the network namespace of a socket, or of a process; 0 unknown."""
    descriptor = world.descriptor(key) if isinstance(key, DescriptorKey) else None
    socket = None if descriptor is None else world.socket_of(descriptor)
    if socket is not None:
        return socket.netns
    process = world.processes.get(key.process if isinstance(key, DescriptorKey) else key)
    return 0 if process is None else process.netns
