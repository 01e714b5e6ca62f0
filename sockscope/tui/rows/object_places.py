"""In which order kernel objects stand: by what their descriptors would be sorted by."""

from collections.abc import Iterable
from typing import Any

from sockscope.tui.rows.sorting import DESCRIPTOR_KEYS, Ages
from sockscope.world.changes import Changes
from sockscope.world.world import World


class ObjectPlaces:
    """What objects are sorted by, worked out once for each: there may be a hundred thousand."""

    def __init__(self, world: World) -> None:
        """Sort objects of `world`."""
        self._world = world
        self._by = ""
        self._values: dict[str, Any] = {}

    def settle(self, changes: Changes, touched: Iterable[str]) -> None:
        """Forget what a frame may have changed: of `touched` objects, and of sockets."""
        if changes.full:
            self._values.clear()
        for name in touched:
            self._values.pop(name, None)
        for key in changes.sockets:
            socket = self._world.sockets.get(key)
            for holder in self._world.socket_holders(socket.ino) if socket is not None else ():
                descriptor = self._world.descriptor(holder)
                if descriptor is not None:
                    self._values.pop(descriptor.object, None)

    def sorted(self, objects: list[str], ages: Ages, by: str) -> list[str]:
        """Put objects into the order of this name; those that are alike, and all by number, stay as they are."""
        if by not in DESCRIPTOR_KEYS:
            return objects
        if by != self._by:
            self._by, self._values = by, {}
        known = self._values
        for name in objects:
            if name not in known:
                known[name] = self._value(name, ages)
        return sorted(objects, key=known.__getitem__)

    def _value(self, name: str, ages: Ages) -> Any:
        """Return what comes first of what its descriptors are sorted by: of ages, the last one that was opened."""
        world, value = self._world, DESCRIPTOR_KEYS[self._by]
        holders = world.holders(name)
        # All that an object is told by is the same of each holder, but not when each of them was opened.
        asked = holders if self._by == "age" else holders[:1]
        found = [value(world, ages, one)[0] for key in asked if (one := world.descriptor(key)) is not None]
        return (not found, min(found, default=0))
