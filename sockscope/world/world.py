"""The world: frames in, answers out."""

from collections.abc import Iterable

from sockscope.frames.messages import Frame, Hello, Table
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.catch_up import as_difference
from sockscope.world.changes import Changes
from sockscope.world.groups import group, terminal
from sockscope.world.neighbours import neighbours
from sockscope.world.peers import socket_peers
from sockscope.world.related import related
from sockscope.world.relations import Group, Neighbour, Peer, Related, Sibling, Terminal
from sockscope.world.siblings import arrivals
from sockscope.world.store import Store
from sockscope.world.unheld import unheld_sockets


class World(Store):
    """The picture of one machine. Pure Python, no I/O; belongs to one thread."""

    def greet(self, hello: Hello) -> None:
        """Take the greeting of a stream; a restarted collector greets again."""
        self.hello = hello

    def apply(self, frame: Frame) -> Changes:
        """Take one frame and say what it changed.

        The cost is that of the frame, not of the world. The first full frame, and the one that follows
        a preview, is one big change without details; a later one (the collector was restarted) comes
        out as its difference, and its preview, which knows less than is known, is passed over.
        """
        if frame.preview and self.processes:
            return Changes()
        first = frame.full and not self.seq and not self.processes
        whole = first or (frame.full and self.previewed)
        self.previewed = frame.preview
        if frame.full and not first:
            frame = as_difference(self, frame)
        changes = Changes()
        for pid, start in frame.ended:
            self._end(ProcessKey(pid, start), changes)
        for process in frame.processes:
            self._take_process(process, changes)
        for table in frame.tables:
            self._take_table(table, changes)
        self._take_sockets(frame, changes)
        self._take_epolls(frame, changes)
        if frame.namespaces:
            namespaces = {one.inode: one for one in frame.namespaces}
            changes.namespaces = namespaces != self.namespaces
            self.namespaces = namespaces
        self.seq, self.time = frame.seq, frame.time
        self.coverage, self.stats = frame.coverage, frame.stats
        return Changes(full=True) if whole else changes

    def _end(self, key: ProcessKey, changes: Changes) -> None:
        process = self.processes.pop(key, None)
        if process is not None:
            self.process_index.remove(process)
            changes.processes_ended.add(key)
        for fd in tuple(self.tables.get(key, ())):
            self._close(key, fd, changes)

    def _take_process(self, process: Process, changes: Changes) -> None:
        key = process.key
        known = self.processes.get(key)
        if known == process:
            return
        self.processes[key] = process
        if known is None:
            self.process_index.add(process)
            (changes.processes_changed if key in changes.processes_ended else changes.processes_new).add(key)
            changes.processes_ended.discard(key)
        else:
            self.process_index.replace(known, process)
            changes.processes_changed.add(key)

    def _take_table(self, table: Table, changes: Changes) -> None:
        key = ProcessKey(table.pid, table.start)
        for fd in table.closed:
            self._close(key, fd, changes)
        for descriptor in table.opened:
            self._open(key, descriptor, changes)

    def _close(self, process: ProcessKey, fd: int, changes: Changes) -> None:
        table = self.tables.get(process)
        descriptor = None if table is None else table.pop(fd, None)
        if table is None or descriptor is None:
            return
        if not table:
            del self.tables[process]
        key = descriptor.key
        self.descriptor_index.remove(key, descriptor)
        changes.descriptors_closed.add(key)
        _note_socket(descriptor, changes)

    def _open(self, process: ProcessKey, descriptor: Descriptor, changes: Changes) -> None:
        table = self.tables.setdefault(process, {})
        key = descriptor.key
        known = table.get(descriptor.fd)
        if known == descriptor:
            return
        table[descriptor.fd] = descriptor
        _note_socket(descriptor, changes)
        if known is not None:
            self.descriptor_index.remove(key, known)
            _note_socket(known, changes)
        self.descriptor_index.add(key, descriptor)
        if known is not None or key in changes.descriptors_closed:
            changes.descriptors_closed.discard(key)
            changes.descriptors_changed.add(key)
        else:
            changes.descriptors_new.add(key)

    def _take_sockets(self, frame: Frame, changes: Changes) -> None:
        for key in frame.sockets_gone:
            gone = self.sockets.pop(key, None)
            if gone is not None:
                self.socket_index.remove(gone)
                changes.sockets.add(key)
        for socket in frame.sockets:
            known = self.sockets.get(socket.key)
            if known == socket:
                continue
            if known is not None:
                self.socket_index.remove(known)
            self.sockets[socket.key] = socket
            self.socket_index.add(socket)
            changes.sockets.add(socket.key)

    def _take_epolls(self, frame: Frame, changes: Changes) -> None:
        for key in frame.epolls_gone:
            gone = self.epolls.pop(key, None)
            if gone is not None:
                self.epoll_index.remove(gone)
                changes.epolls.add(key)
        for epoll in frame.epolls:
            known = self.epolls.get(epoll.object)
            if known == epoll:
                continue
            if known is not None:
                self.epoll_index.remove(known)
            self.epolls[epoll.object] = epoll
            self.epoll_index.add(epoll)
            changes.epolls.add(epoll.object)

    def group_members(self) -> dict[int, tuple[ProcessKey, ...]]:
        """Members of each process group, ordered by pid. Kept, not built: do not change it."""
        return self.process_index.groups

    def group(self, pgid: int) -> Group | None:
        """One process group, None when it has no member."""
        return group(self, pgid)

    def groups(self) -> list[Group]:
        """All process groups, ordered by number."""
        return [found for pgid in sorted(self.process_index.groups) if (found := group(self, pgid)) is not None]

    def terminal(self, process: Process) -> Terminal | None:
        """Controlling terminal of a process with the groups of its session, None without one."""
        return terminal(self, process)

    def related(self, key: DescriptorKey) -> Related | None:
        """Everything known about the surroundings of one descriptor, None when it is not open."""
        return related(self, key)

    def neighbours(self, keys: Iterable[ProcessKey]) -> tuple[Neighbour, ...]:
        """Processes that share an object with these or are at the other end of one, with what lies between."""
        return neighbours(self, keys)

    def connections_of(self, listener: Socket) -> tuple[Sibling, ...]:
        """Connections that came in where a socket listens (inferred), by their other end; empty for other sockets."""
        return arrivals(self, listener)

    def unheld(self) -> list[tuple[Socket, str]]:
        """Sockets that no descriptor leads to, each with the reason."""
        return unheld_sockets(self)

    def peers_of(self, socket: Socket) -> tuple[Peer, ...]:
        """Other ends of a socket, whether or not a descriptor leads to it."""
        return socket_peers(self, socket)


def _note_socket(descriptor: Descriptor, changes: Changes) -> None:
    if descriptor.kind == "socket":
        changes.held.add(descriptor.ino)
