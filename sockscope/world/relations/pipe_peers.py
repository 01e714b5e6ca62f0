"""The other end of a pipe or FIFO: one inode, opposite access."""

from bisect import bisect_left

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Peer, telling

EVIDENCE = "one inode, opposite access"
OPPOSITE = {"r": ("w", "rw"), "w": ("r", "rw"), "rw": ("r", "w", "rw")}
"""Access modes at the other end; a FIFO opened for both is at both ends (`fifo(7)`)."""
UNTOLD = "its inode could not be told from others, so its other end is not known"
NOBODY = {
    "r": "no process that could be read holds the write end",
    "w": "no process that could be read holds the read end",
    "rw": "it holds both ends itself",
}


def pipe_peers(store: Store, descriptor: Descriptor) -> tuple[Peer, ...]:
    """The opposite end, as one peer on the same object; what stands for the name only (`O_PATH`) has none."""
    if descriptor.named_only:
        return ()
    modes = OPPOSITE.get(descriptor.access)
    if modes is None:
        return (_peer(descriptor, (), "the access mode could not be read, so its end is not known"),)
    if descriptor.unproven:
        return (_peer(descriptor, (), UNTOLD),)
    holders = _without(store.descriptor_index.at_ends(descriptor.object, modes), descriptor.key)
    return (_peer(descriptor, holders, "" if holders else NOBODY[descriptor.access]),)


def other_end_in_short(store: Store, descriptor: Descriptor) -> tuple[DescriptorKey | None, int]:
    """Return the holder of the other end that tells most, and how many hold it, without a list of them."""
    holders = store.descriptor_index.at_ends(descriptor.object, OPPOSITE.get(descriptor.access, ()))
    position = bisect_left(holders, descriptor.key)
    itself = position < len(holders) and holders[position] == descriptor.key
    first = telling(holders, descriptor.pid)
    if first == descriptor.key:
        first = holders[1] if len(holders) > 1 else None
    return first, store.count_of(descriptor.object, holders) - itself


def _without(keys: tuple[DescriptorKey, ...], key: DescriptorKey) -> tuple[DescriptorKey, ...]:
    position = bisect_left(keys, key)
    return keys[:position] + keys[position + 1 :] if position < len(keys) and keys[position] == key else keys


def _peer(descriptor: Descriptor, holders: tuple[DescriptorKey, ...], note: str) -> Peer:
    return Peer(
        via=descriptor.kind,
        ino=descriptor.ino,
        object=descriptor.object,
        confidence="unknown" if descriptor.unproven or not descriptor.access else "proven",
        evidence=EVIDENCE,
        holders=holders,
        note=note,
    )
