"""The other end of a pipe or FIFO: one inode, opposite access."""

from bisect import bisect_left

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.relations import Peer
from sockscope.world.store import Store

EVIDENCE = "one inode, opposite access"
OPPOSITE = {"r": ("w", "rw"), "w": ("r", "rw"), "rw": ("r", "w", "rw")}
"""Access modes at the other end; a FIFO opened for both is at both ends (`fifo(7)`)."""
MISSING = {"r": "write", "w": "read", "rw": "other"}


def pipe_peers(store: Store, descriptor: Descriptor) -> tuple[Peer, ...]:
    """The opposite end, as one peer on the same object."""
    modes = OPPOSITE.get(descriptor.access)
    if modes is None:
        return (_peer(descriptor, (), "the access mode could not be read, so its end is not known"),)
    ends = [store.descriptor_index.ends.get((descriptor.object, mode)) for mode in modes]
    held = [keys for keys in ends if keys]
    # Most pipes have one mode at each end: no copy then, however many descriptors.
    holders = held[0] if len(held) == 1 else tuple(sorted(key for keys in held for key in keys))
    holders = _without(holders, descriptor.key)
    missing = MISSING[descriptor.access]
    return (_peer(descriptor, holders, "" if holders else f"no process that could be read holds the {missing} end"),)


def _without(keys: tuple[DescriptorKey, ...], key: DescriptorKey) -> tuple[DescriptorKey, ...]:
    place = bisect_left(keys, key)
    return keys[:place] + keys[place + 1 :] if place < len(keys) and keys[place] == key else keys


def _peer(descriptor: Descriptor, holders: tuple[DescriptorKey, ...], note: str) -> Peer:
    return Peer(
        via=descriptor.kind,
        ino=descriptor.ino,
        object=descriptor.object,
        confidence="proven" if descriptor.access else "unknown",
        evidence=EVIDENCE,
        holders=holders,
        note=note,
    )
