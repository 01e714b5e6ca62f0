"""inotify instances that watch the file or directory behind a descriptor, by device and inode of their watches."""

from collections.abc import Iterator
from typing import Any

from sockscope.abi.devices import device_text
from sockscope.kinds.words import entries
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.index.entries import Entries
from sockscope.world.index.store import Store
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

PROVEN = "device and inode of its watch (fdinfo)"
REPEATED = "device and inode of its watch (fdinfo); the file system may give them to several files"


def _watches(descriptor: Descriptor) -> Iterator[dict[str, Any]]:
    yield from entries(descriptor.fields or {}, "watches") or ()


def _watched(descriptor: Descriptor) -> Iterator[tuple[str, int]]:
    """Device (`8:1`) and inode of each watch."""
    for watch in _watches(descriptor):
        if watch.get("ino"):
            yield watch.get("dev", ""), watch["ino"]


WATCHED = Entries(frozenset({"inotify"}), _watched)
"""inotify descriptors by what they watch."""


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    watched = subject.descriptor
    if watched is None or not (watched.dev and watched.ino):
        return ()
    instances: dict[str, list[DescriptorKey]] = {}
    for key in store.entered(WATCHED, (device_text(watched.superblock), watched.ino)):
        descriptor = store.descriptor(key)
        if descriptor is not None:
            instances.setdefault(descriptor.object, []).append(key)
    return tuple(_tie(store, watched, object_, tuple(keys)) for object_, keys in instances.items())


def _tie(store: Store, watched: Descriptor, object_: str, keys: tuple[DescriptorKey, ...]) -> Tie:
    # Where layers or subvolumes are numbered apart, the kernel's list names the whole file system.
    proven = bool(watched.identified) and watched.superblock == watched.dev
    return Tie(
        confidence="proven" if proven else "inferred",
        evidence=PROVEN if proven else REPEATED,
        holders=keys,
        object=object_,
        facts={"events": _events(store, watched, keys[0])},
    )


def _events(store: Store, watched: Descriptor, instance: DescriptorKey) -> list[str]:
    """Name what one instance waits for on the watched file: it has one watch for each inode (inotify(7))."""
    descriptor = store.descriptor(instance)
    watches = () if descriptor is None else _watches(descriptor)
    inode = (device_text(watched.superblock), watched.ino)
    here = (watch for watch in watches if (watch.get("dev"), watch.get("ino")) == inode)
    return [str(name) for watch in here for name in watch.get("mask", ())]


RELATION = Relation("noticed_by", "Watched by inotify", _find, index=(WATCHED,))
