"""Epoll registrations in both directions: who watches a descriptor, and what an epoll watches."""

from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import DescriptorKey
from sockscope.world.relations import TargetLink, Watcher
from sockscope.world.store import Store

REOPENABLE = frozenset({"pipe", "fifo", "tty", "char-device", "mqueue", "file"})
"""Kinds whose object may be open several times. An epoll watches one open file description, so for these
the object alone does not say who is watched."""


def watchers(store: Store, descriptor: Descriptor) -> tuple[Watcher, ...]:
    """Epoll instances that watch the open file of a descriptor, ordered by their first holder."""
    found = []
    for epoll, position in store.epoll_index.watched.get(descriptor.object):
        target = store.epolls[epoll].targets[position]
        if descriptor.kind not in REOPENABLE or (descriptor.pid, descriptor.fd) in target.held_by:
            found.append(Watcher(epoll, store.holders(epoll), target, target.confidence))
    return tuple(sorted(found, key=lambda watcher: [(key.pid, key.fd) for key in watcher.holders]))


def targets(store: Store, descriptor: Descriptor) -> tuple[TargetLink, ...]:
    """What the epoll behind a descriptor watches, in the kernel's order; empty for other kinds."""
    epoll = store.epoll_of(descriptor)
    return () if epoll is None else tuple(target_link(store, epoll, target) for target in epoll.targets)


def target_link(store: Store, epoll: EpollInstance, target: Target) -> TargetLink:
    """Join one registration with the descriptors that are the watched file now."""
    holders = target_holders(store, target)
    shown = _registered(store, epoll, target, holders) if target.status == "live" else None
    first = shown or next(iter(holders), None)
    return TargetLink(target, holders, None if first is None else store.descriptor(first))


def target_holders(store: Store, target: Target) -> tuple[DescriptorKey, ...]:
    """Descriptors that are the watched file: all on its object where that is one open file, else those compared."""
    compared = [found.key for pid, fd in target.held_by if (found := store.find(pid, fd)) is not None]
    by_object = store.holders(target.object) if target.object else ()
    if by_object and not _reopenable(store, by_object[0]):
        return by_object
    return tuple(sorted(compared))


def _reopenable(store: Store, key: DescriptorKey) -> bool:
    descriptor = store.descriptor(key)
    return descriptor is None or descriptor.kind in REOPENABLE


def _registered(
    store: Store, epoll: EpollInstance, target: Target, holders: tuple[DescriptorKey, ...]
) -> DescriptorKey | None:
    inside = {key.process for key in store.holders(epoll.object)}
    return next((key for key in holders if key.fd == target.fd and key.process in inside), None)
