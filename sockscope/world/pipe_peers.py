"""The other end of a pipe or FIFO: one inode, opposite access."""

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.relations import Peer
from sockscope.world.store import Store

EVIDENCE = "one inode, opposite access"
END = {"r": "read", "w": "write", "rw": "other"}
OPPOSITE = {"r": "w", "w": "r", "rw": "rw"}


def pipe_peers(store: Store, descriptor: Descriptor) -> tuple[Peer, ...]:
    """The opposite end; a FIFO opened for both is at both ends (`fifo(7)`)."""
    if descriptor.access not in OPPOSITE:
        return (_peer(descriptor, (), "the access mode could not be read, so its end is not known"),)
    wanted = OPPOSITE[descriptor.access]
    others = (key for key in store.holders(descriptor.object) if key != descriptor.key)
    holders = tuple(key for key in others if _reaches(store, key, wanted))
    end = END[wanted]
    return (_peer(descriptor, holders, "" if holders else f"no process that could be read holds the {end} end"),)


def _reaches(store: Store, key: DescriptorKey, ends: str) -> bool:
    other = store.descriptor(key)
    return other is not None and any(end in other.access for end in ends)


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
