"""What an epoll watches: each registration, joined with the descriptors that are the watched file now."""

from sockscope.kinds.registry import REOPENED
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import TargetLink
from sockscope.world.relations.relation import Relation, Subject

EVIDENCE = {
    "proven": "fdinfo tfd, KCMP_EPOLL_TFD",
    "inferred": "fdinfo tfd with its inode; not compared with kcmp",
    "unknown": "fdinfo tfd; could not be compared",
}


def registration_evidence(target: Target) -> str:
    """Say how it is known what a registration means now."""
    return EVIDENCE[target.confidence]


def targets(store: Store, descriptor: Descriptor) -> tuple[TargetLink, ...]:
    """What the epoll behind a descriptor watches, by number; empty for other kinds."""
    epoll = store.epoll_of(descriptor)
    if epoll is None:
        return ()
    # The kernel lists them by the address of the watched file: an order that means nothing, and changes.
    return tuple(target_link(store, epoll, target) for target in sorted(epoll.targets, key=lambda one: one.fd))


def target_link(store: Store, epoll: EpollInstance, target: Target) -> TargetLink:
    """Join one registration with the descriptors that are the watched file now."""
    holders = target_holders(store, target)
    shown = _registered(store, epoll, target, holders) if target.status == "live" else None
    first = shown or next(iter(holders), None)
    return TargetLink(
        confidence=target.confidence,
        evidence=registration_evidence(target),
        object=target.object,
        holders=holders,
        target=target,
        descriptor=None if first is None else store.descriptor(first),
    )


def target_holders(store: Store, target: Target) -> tuple[DescriptorKey, ...]:
    """Descriptors that are the watched file: all on its object where that is one open file, else those compared."""
    compared = [found.key for pid, fd in target.held_by if (found := store.find(pid, fd)) is not None]
    by_object = store.holders(target.object) if target.object else ()
    if by_object and not _reopenable(store, by_object[0]):
        return by_object
    return tuple(sorted(compared))


def _reopenable(store: Store, key: DescriptorKey) -> bool:
    descriptor = store.descriptor(key)
    return descriptor is None or descriptor.kind in REOPENED


def _registered(
    store: Store, epoll: EpollInstance, target: Target, holders: tuple[DescriptorKey, ...]
) -> DescriptorKey | None:
    inside = {key.process for key in store.holders(epoll.object)}
    return next((key for key in holders if key.fd == target.fd and key.process in inside), None)


def _find(store: Store, subject: Subject) -> tuple[TargetLink, ...]:
    return () if subject.descriptor is None else targets(store, subject.descriptor)


RELATION = Relation("targets", "Targets", _find, record="targets")
