"""All descriptors that were found, by slot, by inode and by object, kept up to date one change at a time."""

from collections.abc import Collection, Iterator, Mapping

from sockscope.collect.tables.classes import Slot
from sockscope.model.descriptor import Descriptor

Table = Mapping[int, Descriptor]
NETWORK = "net:["
"""How the object of a network namespace begins."""
_EMPTY: dict[int, Descriptor] = {}


class Descriptors:
    """The descriptors of the machine. The cost of a change is that of the tables that changed."""

    def __init__(self, shared_inode: int) -> None:
        """Take `shared_inode` for the inode of all anonymous files (fs/anon_inodes.c), 0 unknown."""
        self.shared_inode = shared_inode
        self.count = 0
        self.sockets: dict[int, Descriptor] = {}
        """One holder of each socket, by inode."""
        self.epolls: dict[str, dict[Slot, None]] = {}
        """Holders of each epoll instance, by object."""
        self.namespaces: dict[int, dict[Slot, None]] = {}
        """Holders of each network namespace that a descriptor leads to, by inode."""
        self.changed: set[int | str] = set()
        """Inodes and objects of descriptors that came or went since `settle`."""
        self.sockets_moved = False
        """Whether a descriptor of a socket came or went since `settle`."""
        self.closed: list[Slot] = []
        """Slots that were emptied or given to another object since `settle`."""
        self._tables: dict[int, Table] = {}
        # Nearly all inodes have one descriptor: a lone one needs no dictionary of its own.
        self._on: dict[int | str, Descriptor | dict[Slot, Descriptor]] = {}

    def settle(self) -> None:
        """Forget what has changed so far."""
        self.changed.clear()
        self.sockets_moved = False
        self.closed.clear()

    def at(self, slot: Slot) -> Descriptor | None:
        """Return what a process has under a number."""
        return self._tables.get(slot[0], _EMPTY).get(slot[1])

    def slots(self, pid: int) -> list[Slot]:
        """List what a process has open."""
        return [(pid, fd) for fd in self._tables.get(pid, _EMPTY)]

    def table(self, pid: int) -> Collection[Descriptor]:
        """Return what a process has open."""
        return self._tables.get(pid, _EMPTY).values()

    def on_inode(self, ino: int) -> Collection[Descriptor]:
        """Return the descriptors on an inode that is not the shared one."""
        return self._group(ino)

    def place(self, descriptor: Descriptor) -> int | str:
        """Return what a descriptor is found by: its object on the shared inode, else its inode."""
        return descriptor.object if descriptor.ino == self.shared_inode else descriptor.ino

    def anonymous(self) -> Iterator[Slot]:
        """Yield one slot for each object on the shared inode."""
        for place, group in self._on.items():
            if isinstance(place, str):
                first = next(iter(group.values())) if isinstance(group, dict) else group
                yield first.pid, first.fd

    def replace(self, pid: int, before: Table, after: Table) -> None:
        """Take a table that was walked again for the one known so far."""
        if after:
            self._tables[pid] = after
        else:
            self._tables.pop(pid, None)
        for fd, old in before.items():
            new = after.get(fd)
            if new is None or new.object != old.object:
                self.closed.append((pid, fd))
                self._remove(old)
            elif new is not old:
                self._put(new)
        for fd, new in after.items():
            found = before.get(fd)
            if found is None or found.object != new.object:
                self._add(new)

    def _group(self, place: int | str) -> Collection[Descriptor]:
        group = self._on.get(place)
        if group is None:
            return ()
        return group.values() if isinstance(group, dict) else (group,)

    def _add(self, descriptor: Descriptor) -> None:
        self.count += 1
        self._mark(descriptor)
        self._put(descriptor)
        if descriptor.kind == "socket":
            self.sockets.setdefault(descriptor.ino, descriptor)
        elif descriptor.kind == "epoll":
            self.epolls.setdefault(descriptor.object, {})[descriptor.pid, descriptor.fd] = None
        elif descriptor.kind == "namespace" and descriptor.object.startswith(NETWORK):
            self.namespaces.setdefault(descriptor.ino, {})[descriptor.pid, descriptor.fd] = None

    def _put(self, descriptor: Descriptor) -> None:
        """Enter a descriptor, or its newer description under the same object."""
        place, slot = self.place(descriptor), (descriptor.pid, descriptor.fd)
        group = self._on.get(place)
        if group is None or (not isinstance(group, dict) and (group.pid, group.fd) == slot):
            self._on[place] = descriptor
        elif isinstance(group, dict):
            group[slot] = descriptor
        else:
            self._on[place] = {(group.pid, group.fd): group, slot: descriptor}

    def _remove(self, descriptor: Descriptor) -> None:
        self.count -= 1
        self._mark(descriptor)
        place, slot = self.place(descriptor), (descriptor.pid, descriptor.fd)
        group = self._on.get(place)
        if isinstance(group, dict):
            group.pop(slot, None)
            if len(group) == 1:
                self._on[place] = next(iter(group.values()))
        elif group is not None and (group.pid, group.fd) == slot:
            del self._on[place]
        if descriptor.kind == "socket":
            self._leave_socket(descriptor)
        elif descriptor.kind == "epoll":
            self._leave_epoll(descriptor)
        elif descriptor.kind == "namespace" and descriptor.object.startswith(NETWORK):
            holders = self.namespaces.get(descriptor.ino, {})
            holders.pop((descriptor.pid, descriptor.fd), None)
            if not holders:
                self.namespaces.pop(descriptor.ino, None)

    def _leave_socket(self, descriptor: Descriptor) -> None:
        other = next((one for one in self._group(descriptor.ino) if one.kind == "socket"), None)
        if other is None:
            self.sockets.pop(descriptor.ino, None)
        else:
            self.sockets[descriptor.ino] = other

    def _leave_epoll(self, descriptor: Descriptor) -> None:
        holders = self.epolls.get(descriptor.object, {})
        holders.pop((descriptor.pid, descriptor.fd), None)
        if not holders:
            self.epolls.pop(descriptor.object, None)

    def _mark(self, descriptor: Descriptor) -> None:
        self.sockets_moved |= descriptor.kind == "socket"
        self.changed.add(descriptor.object)
        self.changed.add(descriptor.ino)
