"""Epoll registrations by the object they watch."""

from sockscope.model.epoll import EpollInstance
from sockscope.world.multimap import Multimap


class EpollIndex:
    """Watched object to (epoll object, position among its targets)."""

    __slots__ = ("watched",)

    def __init__(self) -> None:
        """Start empty."""
        self.watched: Multimap[str, tuple[str, int]] = Multimap()

    def add(self, epoll: EpollInstance) -> None:
        """Enter the registrations of an instance that is not in the index."""
        for position, target in enumerate(epoll.targets):
            if target.object:
                self.watched.add(target.object, (epoll.object, position))

    def remove(self, epoll: EpollInstance) -> None:
        """Take out the registrations of an instance as they were entered."""
        for position, target in enumerate(epoll.targets):
            if target.object:
                self.watched.discard(target.object, (epoll.object, position))
