"""Who has the lock on a file that a thread waits for."""

from sockscope.abi.devices import device_text
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.model.lock import LockWait
from sockscope.world.world import World

_ASKED_BY = {"flock": frozenset({"FLOCK"}), "fcntl": frozenset({"POSIX", "OFDLCK"})}
"""Which requests of the kernel's list a call makes."""
ANY_PID = -1


def requests(world: World, descriptor: Descriptor, call: str, pid: int) -> list[LockWait]:
    """Return the blocked requests that a call of a process on a descriptor may be: those on its file, by pid."""
    if not descriptor.superblock or not descriptor.ino:
        return []
    file = device_text(descriptor.superblock), descriptor.ino
    types = _ASKED_BY.get(call, frozenset())
    asked = (one for who in (pid, ANY_PID) for one in world.locks.get((*file, who), ()))
    return [one for one in asked if one.type in types]


def holders_of(world: World, descriptor: Descriptor, request: LockWait) -> tuple[DescriptorKey, ...]:
    """Return the descriptors on the same file that list the lock in the way.

    Two files of one file system may have one number, where subvolumes or layers count for themselves: so the object
    has to be the same.
    """
    slots = set(request.held_by)
    return tuple(key for key in world.holders(descriptor.object) if (key.pid, key.fd) in slots)


def lock_holders(world: World, descriptor: Descriptor, call: str, pid: int) -> tuple[DescriptorKey, ...] | None:
    """Return who may end a wait for a lock; None where that is not known of one of the requests that it may be."""
    asked = requests(world, descriptor, call, pid)
    held = [holders_of(world, descriptor, one) for one in asked]
    if descriptor.unproven or not asked or not all(held):
        return None
    return tuple(dict.fromkeys(key for keys in held for key in keys))
