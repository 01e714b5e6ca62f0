"""Epoll registrations by the object they watch."""

from sockscope.model.epoll import STALE, EpollInstance, Target
from sockscope.world.index.multimap import Multimap


class EpollIndex:
    """Watched object to (epoll object, position among its targets)."""

    __slots__ = ("_stale", "held", "watched")

    def __init__(self) -> None:
        """Start empty."""
        self.watched: Multimap[str, tuple[str, int]] = Multimap()
        self._stale: Multimap[str, int] = Multimap()
        """By epoll object: how many registrations are stale, where any are."""
        self.held: Multimap[tuple[int, int], tuple[str, int]] = Multimap()
        """The same by (pid, fd), of files that several descriptors were found to be: these may have objects apart."""

    def stale(self, object_: str) -> int:
        """How many registrations of an epoll are not what their number says; counted once for all who hold it."""
        return next(iter(self._stale.get(object_)), 0)

    def with_stale(self) -> list[str]:
        """List the epoll objects that have such registrations."""
        return list(self._stale)

    def add(self, epoll: EpollInstance) -> None:
        """Enter the registrations of an instance that is not in the index."""
        stale = sum(target.status in STALE for target in epoll.targets)
        if stale:
            self._stale.add(epoll.object, stale)
        for position, target in enumerate(epoll.targets):
            if target.object:
                self.watched.add(target.object, (epoll.object, position))
            for slot in _several(target):
                self.held.add(slot, (epoll.object, position))

    def remove(self, epoll: EpollInstance) -> None:
        """Take out the registrations of an instance as they were entered."""
        self._stale.discard(epoll.object, self.stale(epoll.object))
        for position, target in enumerate(epoll.targets):
            if target.object:
                self.watched.discard(target.object, (epoll.object, position))
            for slot in _several(target):
                self.held.discard(slot, (epoll.object, position))


def _several(target: Target) -> tuple[tuple[int, int], ...]:
    return target.held_by if len(target.held_by) > 1 else ()
