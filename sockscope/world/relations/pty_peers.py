"""Master and slaves of a pseudo-terminal: one devpts instance, one index."""

from collections.abc import Iterator

from sockscope.kinds import registry
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.entries import Entries
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Peer

CONTROLLING = "5:0"
"""Device of `/dev/tty`: whoever opens it gets the controlling terminal that he has then (`tty(4)`)."""
EVIDENCE = {
    "proven": "one devpts instance and index",
    "inferred": "one pty index, and no other master has it; the devpts instance is not known for certain",
}


def _number(descriptor: Descriptor) -> Iterator[int]:
    """Yield the number of the pseudo-terminal this is an end of (`ptmx`: `tty-index` of fdinfo)."""
    index = descriptor.fields.get("index") if descriptor.fields else None
    if isinstance(index, int):
        yield index


def _instance(descriptor: Descriptor) -> int:
    """Device of the devpts mount the pseudo-terminal belongs to, 0 unknown."""
    instance = descriptor.fields.get("instance") if descriptor.fields else None
    return instance if isinstance(instance, int) else 0


def _is_certain(descriptor: Descriptor) -> bool:
    """Whether its instance is that of the devpts it was opened in, not the one that its opener most likely saw."""
    return bool(descriptor.fields and descriptor.fields.get("instance_proven"))


PTYS = Entries(registry.PTYS, _number)
"""Masters and slaves by number; the devpts instance is compared when asked."""


def pty_peers(store: Store, descriptor: Descriptor) -> tuple[Peer, ...]:
    """For a master its slaves, for a slave its master; one peer for each object there."""
    if descriptor.named_only:
        return ()
    ends: dict[tuple[Confidence, str], list[DescriptorKey]] = {}
    alike = [other for index in _numbers(store, descriptor) for key in store.entered(PTYS, index)
             if (other := store.descriptor(key)) is not None]  # fmt: skip
    mastered = {_instance(one) for one in (descriptor, *alike) if _is_master(one) and _is_certain(one)}
    for other in alike:
        if other.kind == descriptor.kind or other.named_only:
            continue
        confidence = _confidence(descriptor, other, mastered)
        if confidence != "unknown":
            ends.setdefault((confidence, other.object), []).append(other.key)
    return tuple(_peer(store, *end, tuple(ends[end])) for end in sorted(ends))


def controlling(store: Store, descriptor: Descriptor) -> str:
    """Name the terminal that a descriptor of `/dev/tty` stands for (`pts/3`), "" for any other, or where it has none.

    That is the controlling terminal of who opened it, at that time: of this process most likely, and as it is now.
    """
    if descriptor.kind != "tty" or (descriptor.fields or {}).get("device") != CONTROLLING:
        return ""
    process = store.processes.get(descriptor.process)
    return "" if process is None else process.tty


def _numbers(store: Store, descriptor: Descriptor) -> Iterator[int]:
    yield from _number(descriptor)
    kind, _, number = controlling(store, descriptor).partition("/")
    if kind == "pts" and number.isdecimal():
        yield int(number)


def _is_master(descriptor: Descriptor) -> bool:
    return descriptor.kind == "pty-master"


def _confidence(one: Descriptor, other: Descriptor, mastered: set[int]) -> Confidence:
    """Tell how sure a master and a slave of one number belong together.

    Args:
        one: the one.
        other: the other.
        mastered: devpts instances in which a master of that number is known for certain: it is the only one there.
    """
    master = one if _is_master(one) else other
    here, there = _instance(one), _instance(other)
    if here and there and here != there:
        return "unknown"
    if _is_certain(one) and _is_certain(other):
        return "proven"
    return "unknown" if not _is_certain(master) and (here or there) in mastered else "inferred"


def _peer(store: Store, confidence: Confidence, object: str, holders: tuple[DescriptorKey, ...]) -> Peer:  # noqa: A002
    first = store.descriptor(holders[0])
    return Peer(
        via="pty",
        ino=0 if first is None else first.ino,
        object=object,
        confidence=confidence,
        evidence=EVIDENCE[confidence],
        holders=holders,
    )
