"""All descriptors on one kernel object: what one reads, the other misses; closing one leaves it open."""

from sockscope.kinds.registry import TWO_ENDED, UNCONNECTED
from sockscope.kinds.tty import is_hung_up
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import EVERYBODYS, Holding
from sockscope.world.relations.pipe_peers import pipe_peers
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import SAME, Tie

EVIDENCE: dict[str, str] = {
    "inode": "one inode",
    "kcmp": "kcmp",
    "number": "a number of its own",
    "": "not compared: sharing would go unseen",
}
"""How it is known that several descriptors are one object, by `Descriptor.identified`."""


def holding(store: Store, descriptor: Descriptor) -> Holding:
    """Return who holds the object of a descriptor; itself alone where it could not be compared."""
    confidence, evidence = certainty(descriptor)
    holders = (descriptor.key,) if descriptor.unproven else store.holders(descriptor.object)
    return Holding(
        confidence=confidence,
        evidence=evidence,
        holders=holders,
        same_end=_same_end(store, descriptor, holders),
        object=descriptor.object,
    )


def certainty(descriptor: Descriptor) -> tuple[Confidence, str]:
    """Say how sure it is that all descriptors of one object are one, and how that is known."""
    return "proven" if descriptor.identified else "unknown", EVIDENCE[descriptor.identified]


def _same_end(store: Store, descriptor: Descriptor, holders: tuple[DescriptorKey, ...]) -> tuple[DescriptorKey, ...]:
    if descriptor.kind not in TWO_ENDED:
        return holders
    other = {key for peer in pipe_peers(store, descriptor) for key in peer.holders}
    return tuple(key for key in holders if key not in other and _is_end(store, key) is not descriptor.named_only)


def _is_end(store: Store, key: DescriptorKey) -> bool:
    descriptor = store.descriptor(key)
    return descriptor is None or not descriptor.named_only


def _find(store: Store, subject: Subject) -> tuple[Holding, ...]:
    return () if subject.descriptor is None else (holding(store, subject.descriptor),)


def _link(store: Store, descriptor: Descriptor, tie: Tie) -> str:
    if descriptor.unproven or descriptor.object in EVERYBODYS:
        return ""
    if descriptor.fd < 0:
        return "shared memory" if _is_shared_memory(store, descriptor, tie) else ""
    socket = store.socket_of(descriptor)
    listening = socket is not None and socket.listening
    return "shared listener" if listening else f"shared {descriptor.kind}"


def _is_shared_memory(store: Store, descriptor: Descriptor, tie: Tie) -> bool:
    """Whether a mapping means having to do with who has it too: what is only read is a library or a table of one."""
    if not (descriptor.fields and descriptor.fields.get("shared")):
        return False
    holders = map(store.descriptor, tie.holders)
    return any(holder is not None and "w" in holder.access for holder in holders)


def _outside(descriptor: Descriptor) -> str:
    # By a terminal that was hung up nothing passes any more from one holder to another.
    if descriptor.unproven or descriptor.kind in UNCONNECTED or is_hung_up(descriptor.kind, descriptor.target):
        return ""
    shared = bool(descriptor.fields and descriptor.fields.get("shared")) and "w" in descriptor.access
    alone = descriptor.fd < 0 and not shared
    return "" if alone else "holder"


RELATION = Relation("holders", "Held by", _find, sign=SAME, link=_link, outside=_outside, record="holders")
