"""Processes by pid, by process group and by session."""

from bisect import bisect_left, insort

from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.world.index.multimap import Multimap


class ProcessIndex:
    """Kept one process at a time; the cost of a change does not grow with the number of processes."""

    __slots__ = ("_pids", "groups", "sessions")

    def __init__(self) -> None:
        """Start empty."""
        self._pids: Multimap[int, ProcessKey] = Multimap()
        self.groups: dict[int, tuple[ProcessKey, ...]] = {}
        """Members of each process group, ordered by pid."""
        self.sessions: Multimap[int, ProcessKey] = Multimap()

    def key(self, pid: int) -> ProcessKey | None:
        """Key of the process with this pid; of two (the old one's end not yet seen), the younger."""
        return max(self._pids.get(pid), default=None)

    def add(self, process: Process) -> None:
        """Enter a process that is not in the index."""
        key = process.key
        self._pids.add(process.pid, key)
        self.sessions.add(process.sid, key)
        members = list(self.groups.get(process.pgid, ()))
        insort(members, key)
        self.groups[process.pgid] = tuple(members)

    def remove(self, process: Process) -> None:
        """Take out a process as it was entered."""
        key = process.key
        self._pids.discard(process.pid, key)
        self.sessions.discard(process.sid, key)
        members = self.groups[process.pgid]
        position = bisect_left(members, key)
        rest = members[:position] + members[position + 1 :]
        if rest:
            self.groups[process.pgid] = rest
        else:
            del self.groups[process.pgid]

    def replace(self, old: Process, new: Process) -> None:
        """Follow a process that changed; most changes touch no index."""
        if (old.pgid, old.sid) != (new.pgid, new.sid):
            self.remove(old)
            self.add(new)
