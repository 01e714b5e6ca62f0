"""The world: frames in, answers out."""

from collections import Counter
from collections.abc import Iterable

from sockscope.frames.messages import Answer, Frame, Hello, Table, TerminalReport
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.lock import locks_by_request
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import Wait
from sockscope.world.catch_up import as_difference
from sockscope.world.changes import Changes
from sockscope.world.grouping.job_control import forget_terminals, group, terminal, terminal_slots
from sockscope.world.growth import Growth
from sockscope.world.index.nameless import NAMELESS
from sockscope.world.index.of_kind import INOTIFY
from sockscope.world.index.store import Found, Store
from sockscope.world.relations.answers import Group, Neighbour, Peer, Related, Terminal
from sockscope.world.relations.neighbours import neighbours
from sockscope.world.relations.peers import socket_peers
from sockscope.world.relations.registry import RELATIONS
from sockscope.world.relations.related import related
from sockscope.world.relations.unheld import unheld_sockets
from sockscope.world.waits import telling_facts


class World(Store):
    """The picture of one machine. Pure Python, no I/O; belongs to one thread."""

    def __init__(self) -> None:
        """Start with nothing known, and with the indexes that the relations need."""
        super().__init__([*(index for relation in RELATIONS for index in relation.index), NAMELESS, INOTIFY])
        self._used: Counter[ProcessKey] = Counter()
        """How much of its table a process uses without a descriptor."""

    def greet(self, hello: Hello) -> None:
        """Take the greeting of a stream; a restarted collector greets again."""
        self.hello = hello

    def apply(self, frame: Frame) -> Changes:
        """Take one frame and say what it changed.

        The cost is that of the frame, not of the world. The first full frame, and those that follow a preview or one
        in which some waited for their turn, are one big change without details; a later one (the collector was
        restarted) comes out as its difference, and what it says before it knows everything is passed over.
        """
        if frame.preview and self.processes:
            return Changes()
        begun = self.previewed or self.coverage.waiting_processes > 0
        first = frame.full and not self.seq and not self.processes
        if frame.coverage.waiting_processes and self.processes and not begun:
            return Changes()
        whole = first or (frame.full and begun)
        self.previewed = frame.preview
        if frame.full and not first:
            frame = as_difference(self, frame)
        changes = Changes()
        for pid, start in frame.ended:
            self._end(ProcessKey(pid, start), changes)
        for process in frame.processes:
            self._take_process(process, changes)
            self.growth.note(process.key, process.fd_count, frame.time)
        for table in frame.tables:
            self._take_table(table, changes)
        self._take_sockets(frame, changes)
        self._take_epolls(frame, changes)
        self._take_waits(frame, changes)
        if frame.namespaces:
            namespaces = {one.inode: one for one in frame.namespaces}
            changes.namespaces = namespaces != self.namespaces
            self.namespaces = namespaces
        if frame.limits is not None:
            self.limits = frame.limits
        if frame.locks is not None:
            self.locks = locks_by_request(frame.locks)
        self.seq, self.time = frame.seq, frame.time
        forget_terminals(self)
        self.coverage, self.stats = frame.coverage, frame.stats
        return Changes(full=True) if whole else changes

    def forget_past(self) -> None:
        """Forget how numbers grew: what comes next does not follow on what was."""
        self.growth = Growth()

    def stood_still(self, wait: Wait) -> float:
        """Return for how many seconds at least a thread has not run: until this look began, not until it ended."""
        return self.time - self.stats.scan_ms / 1000 - wait.since

    def _end(self, key: ProcessKey, changes: Changes) -> None:
        process = self.processes.pop(key, None)
        if process is not None:
            self.process_index.remove(process)
            self.growth.forget(key)
            changes.processes_ended.add(key)
            self.waits.pop(key, None)
        for fd in tuple(self.tables.get(key, ())):
            self._close(key, fd, changes)
        self.borrowed.follow(key, 0, ())

    def _take_process(self, process: Process, changes: Changes) -> None:
        key = process.key
        known = self.processes.get(key)
        if known == process:
            return
        self.processes[key] = process
        self.borrowed.follow(key, process.table_of, self.tables.get(key, {}).values())
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

    def open_count(self, process: ProcessKey) -> int:
        """Count what a process has open; what it uses without a descriptor is not."""
        return len(self.tables.get(process, ())) - self._used[process]

    def _close(self, process: ProcessKey, fd: int, changes: Changes) -> None:
        table = self.tables.get(process)
        descriptor = None if table is None else table.pop(fd, None)
        if table is None or descriptor is None:
            return
        self._used[process] -= fd < 0
        if not table:
            del self.tables[process], self._used[process]
        key = descriptor.key
        self.descriptor_index.remove(key, descriptor)
        self.borrowed.remove(key, descriptor)
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
            self.borrowed.remove(key, known)
            _note_socket(known, changes)
        self.descriptor_index.add(key, descriptor)
        self.borrowed.add(key, descriptor)
        if known is not None or key in changes.descriptors_closed:
            changes.descriptors_closed.discard(key)
            changes.descriptors_changed.add(key)
            if known is None or descriptor.leads_elsewhere_than(known):
                changes.descriptors_moved.add(key)
        else:
            changes.descriptors_new.add(key)
        if known is None:
            self._used[process] += key.fd < 0

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

    def _take_waits(self, frame: Frame, changes: Changes) -> None:
        passed_ns = (frame.time - self.time) * 1e9 if self.waits else 0
        self.cpu, self.untimed, self.timed = {}, set(), passed_ns > 0
        for said in frame.waits:
            key = said.key
            if key not in self.processes:
                continue
            known = self.waits.get(key)
            self.waits[key] = said
            if known is None or not said.run_ns >= known.run_ns > 0:
                self.untimed.add(key)
            elif passed_ns > 0 and said.run_ns > known.run_ns:
                self.cpu[key] = (said.run_ns - known.run_ns) / passed_ns
            if telling_facts(said) != telling_facts(known):
                changes.waits.add(key)

    def learn_findings(self, found: Found) -> set[ProcessKey]:
        """Take what is wrong with whom, and return the processes of which that is something else than before."""
        differ = {key for key in found.keys() | self.found.keys() if found.get(key) != self.found.get(key)}
        self.found = found
        return {key.process if isinstance(key, DescriptorKey) else key for key in differ}

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

    def terminal_slots(self, process: Process) -> tuple[DescriptorKey, ...]:
        """Descriptors on the controlling terminal of a process through which its settings can be asked."""
        return terminal_slots(self, process)

    def learn_terminal(self, process: Process, report: TerminalReport) -> None:
        """Take what was found out about the settings of a process's controlling terminal; it holds for two frames."""
        self.terminal_reports[process.tty, process.sid] = (self.seq, report)

    def learn(self, answer: Answer) -> None:
        """Take what an answer in depth says of more than its subject: of the terminal of the process."""
        process = self.processes.get(ProcessKey(answer.pid, answer.start))
        if process is not None and answer.terminal is not None:
            self.learn_terminal(process, answer.terminal)

    def related(self, key: DescriptorKey) -> Related | None:
        """Everything known about the surroundings of one descriptor, None when it is not open."""
        return related(self, key)

    def neighbours(self, keys: Iterable[ProcessKey]) -> tuple[Neighbour, ...]:
        """Processes that share an object with these or are at the other end of one, with what lies between."""
        return neighbours(self, keys)

    def unheld(self) -> list[tuple[Socket, str]]:
        """Sockets that no descriptor leads to, each with the reason."""
        return unheld_sockets(self)

    def peers_of(self, socket: Socket) -> tuple[Peer, ...]:
        """Other ends of a socket, whether or not a descriptor leads to it."""
        return socket_peers(self, socket)


def _note_socket(descriptor: Descriptor, changes: Changes) -> None:
    if descriptor.kind == "socket":
        changes.held.add(descriptor.ino)
