"""Identity of descriptors that have no path: by an inode or number of their own, or else by kcmp."""

import os
from collections.abc import Sequence

from sockscope.collect.eventfds import EventfdIdentity
from sockscope.collect.identity import IdentityRegistry, Slot
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.procfs import Procfs

Sorted = dict[str, list[list[Slot]]]
"""Descriptors of each object in the order of kcmp, by kind."""


def shared_inode(procfs: Procfs) -> int:
    """Return the inode that all eventfds, epolls, timerfds … share (fs/anon_inodes.c), 0 unknown."""
    fd = os.eventfd(0, os.EFD_CLOEXEC)
    try:
        return parse_fdinfo(procfs.read(os.getpid(), f"fdinfo/{fd}")).ino
    except OSError:
        return 0
    finally:
        os.close(fd)


class AnonymousIdentity:
    """Name the object behind an anonymous descriptor."""

    def __init__(self, registry: IdentityRegistry, shared: int) -> None:
        """Use `registry` for all that sits on inode `shared`."""
        self._registry = registry
        self._shared = shared
        self._eventfds = EventfdIdentity()
        self.deferred = False
        """Whether names are another process's to give: what needs kcmp is sorted, and stays without one."""

    def name(self, kind: str, slot: Slot, ino: int, eventfd_id: int | None) -> tuple[str, bool]:
        """Return the object's identity and whether its equality with others is established.

        Args:
            kind: its kind.
            slot: where it is open.
            ino: its inode.
            eventfd_id: the number that fdinfo gives an eventfd (Linux 5.2), which spares most of the
                calls to kcmp.
        """
        if ino and self._shared and ino != self._shared and kind != "pty-master":
            return f"{kind}:[{ino}]", True
        if eventfd_id is not None:
            return ("", False) if self.deferred else (self._eventfds.name(slot, eventfd_id), True)
        placed = self._registry.place(kind, slot)
        if self.deferred:
            return "", False
        if placed is not None:
            return placed, True
        return f"{kind}?{slot[0]}:{slot[1]}", False

    def forget(self, slots: Sequence[Slot]) -> None:
        """Compare no other descriptor with these any more."""
        self._registry.forget(slots)
        self._eventfds.forget(slots)

    def sorted(self) -> Sorted:
        """Return what was sorted where naming was deferred, for `adopt` in the process that names."""
        return self._registry.sorted()

    def adopt(self, found: Sorted) -> None:
        """Take over what a fork has sorted."""
        for kind, objects in found.items():
            self._registry.merge(kind, objects)

    def adopted(self, slot: Slot) -> str | None:
        """Return the object of a descriptor that a fork has sorted; None where it has not, or merging failed."""
        return self._registry.object(slot)
