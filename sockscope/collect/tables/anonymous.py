"""Identity of descriptors that have no path: by an inode or number of their own, or else by kcmp."""

import os
from collections.abc import Sequence

from sockscope.collect.tables.classes import Slot, is_numbered, numbered
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Identified

Sorted = dict[str, list[list[Slot]]]
"""Descriptors of each object in the order of kcmp, by kind."""


def shared_inode(procfs: Procfs) -> int:
    """Return the inode that all eventfds, epolls, timerfds … share (fs/anon_inodes.c), 0 unknown."""
    fd = os.eventfd(0, os.EFD_CLOEXEC)
    try:
        return parse_fdinfo(procfs.fdinfo(os.getpid(), fd)).ino
    except OSError:
        return 0
    finally:
        os.close(fd)


class AnonymousIdentity:
    """Name the object behind an anonymous descriptor: what it was while tables are read, then what it is."""

    def __init__(self, registry: IdentityRegistry, shared: int) -> None:
        """Use `registry` for all that sits on inode `shared`."""
        self._registry = registry
        self._shared = shared

    def is_apart(self, ino: int) -> bool:
        """Tell whether an anonymous file has an inode of its own, which tells it from all others."""
        return bool(ino and self._shared and ino != self._shared)

    def name(self, kind: str, slot: Slot, eventfd_id: int | None) -> tuple[str, Identified]:
        """Return the object's identity and how its equality with others is established.

        "" for the object where that needs kcmp, and `settle` of the registry has to come first; and so it may have
        to where an object is named.

        Args:
            kind: its kind.
            slot: where it is open.
            eventfd_id: the number that fdinfo gives an eventfd (Linux 5.2), which spares most of the
                calls to kcmp.
        """
        if eventfd_id is not None:
            return self._registry.expect(numbered(kind, eventfd_id), slot), "number"
        return self.compare(kind, slot)

    def compare(self, kind: str, slot: Slot) -> tuple[str, Identified]:
        """Return the open file's identity, whatever inode it sits on: that of `/dev/ptmx` is all masters'."""
        return self._registry.expect(kind, slot), "kcmp"

    def settled(self, kind: str, slot: Slot, object_: str) -> tuple[str, Identified]:
        """Return what a descriptor turned out to lead to: `object_`, or one of its own where that is ""."""
        if not object_:
            return self._registry.spare_name(slot) or f"{kind}?{slot[0]}:{slot[1]}", ""
        return object_, "number" if is_numbered(self._registry.kind(slot)) else "kcmp"

    def forget(self, slots: Sequence[Slot]) -> None:
        """Compare no other descriptor with these any more."""
        self._registry.forget(slots)

    def doubt(self, pid: int) -> None:
        """Take nothing of what a process has for granted, since it has run."""
        self._registry.doubt(pid)

    def trust(self, slots: Sequence[Slot]) -> None:
        """Take these for granted all the same: their process has not run."""
        self._registry.trust(slots)

    def sorted(self) -> Sorted:
        """Sort what was expected and return it, for `adopt` in the process that names."""
        self._registry.sort()
        return self._registry.sorted()

    def adopt(self, found: Sorted) -> None:
        """Take over what a fork has sorted."""
        for kind, objects in found.items():
            self._registry.merge(kind, objects)
