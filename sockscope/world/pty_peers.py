"""Master and slaves of a pseudo-terminal: one devpts instance, one index."""

from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.descriptor_index import pty_index, pty_instance
from sockscope.world.relations import Peer
from sockscope.world.store import Store

EVIDENCE = {
    "proven": "one devpts instance and index",
    "inferred": "one pty index; the devpts instance is not known",
}


def pty_peers(store: Store, descriptor: Descriptor) -> tuple[Peer, ...]:
    """For a master its slaves, for a slave its master; one peer for each object there."""
    index = pty_index(descriptor)
    if index is None:
        return ()
    ends: dict[tuple[Confidence, str], list[DescriptorKey]] = {}
    for key in store.descriptor_index.ptys.get(index):
        other = store.descriptor(key)
        if other is None or other.kind == descriptor.kind:
            continue
        confidence = _confidence(descriptor, other)
        if confidence != "unknown":
            ends.setdefault((confidence, other.object), []).append(key)
    return tuple(_peer(store, *end, tuple(ends[end])) for end in sorted(ends))


def _confidence(one: Descriptor, other: Descriptor) -> Confidence:
    here, there = pty_instance(one), pty_instance(other)
    if here and there:
        return "proven" if here == there else "unknown"
    return "inferred"


def _peer(store: Store, confidence: Confidence, object: str, holders: tuple[DescriptorKey, ...]) -> Peer:  # noqa: A002
    first = store.descriptor(holders[0])
    ino = 0 if first is None else first.ino
    return Peer("pty", ino, object, confidence, EVIDENCE[confidence], holders)
