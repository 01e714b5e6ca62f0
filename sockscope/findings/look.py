"""What a rule is given: the world as it is now, and for how long what it asks about has been so."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property

from sockscope.abi.text import cut
from sockscope.findings.wait_graph import WaitGraph
from sockscope.model.address import InternetAddress
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.world import World

TELLING_STATES = frozenset({"LISTEN", "CLOSE_WAIT", "ESTABLISHED", "UNCONNECTED"})
"""States of sockets that rules ask about: all are found in one pass."""
SERIES = 30
"""Looks of which a number is remembered."""
NAME_WIDTH = 40
"""Cells of a command in a sentence."""


@dataclass(slots=True)
class Streak:
    """Something that was so at every look from a first one on."""

    looks: int
    since: float
    """Seconds since the epoch of that first look."""
    last: int
    """`World.seq` of the last look at which it was so."""
    first: float = 0.0
    """A number that was kept at the first look."""
    numbers: deque[float] = field(default_factory=lambda: deque(maxlen=SERIES))
    """The same number at the last looks, the newest last."""
    members: dict[int, str] = field(default_factory=dict)
    """What a rule keeps of a table: object by number."""


@dataclass(slots=True)
class Memory:
    """What is remembered between looks: streaks by rule and subject, for as long as they go on."""

    streaks: dict[tuple[str, Hashable], Streak] = field(default_factory=dict)

    def forget(self, seq: int) -> None:
        """Forget what was not so at the look `seq`."""
        for key in [key for key, streak in self.streaks.items() if streak.last != seq]:
            del self.streaks[key]


class Look:
    """One look, for all rules."""

    def __init__(self, world: World, memory: Memory) -> None:
        """Look at `world`, with the `memory` of the looks before."""
        self.world = world
        self._memory = memory
        self._states: dict[str, list[Socket]] | None = None

    def held(self, rule: str, subject: Hashable, number: float = 0.0) -> Streak:
        """Note that something is so now, and return for how long it has been; at most once a look for one subject.

        Args:
            rule: whose.
            subject: what is so, by something that the kernel does not reuse meanwhile.
            number: is kept of the first look, as `Streak.first`, and of the last ones, as `Streak.numbers`.
        """
        seq = self.world.seq
        streak = self._memory.streaks.get((rule, subject))
        if streak is None:
            streak = Streak(0, self.world.time, seq, number)
            self._memory.streaks[rule, subject] = streak
        streak.looks += 1
        streak.last = seq
        streak.numbers.append(number)
        return streak

    @cached_property
    def graph(self) -> WaitGraph:
        """Who waits for whom."""
        return WaitGraph(self.world)

    @cached_property
    def listeners(self) -> list[Socket]:
        """Sockets that wait for connections."""
        return self._in_state("LISTEN")

    @cached_property
    def half_closed(self) -> list[Socket]:
        """Connections that only the other end has closed."""
        return self._in_state("CLOSE_WAIT")

    @cached_property
    def established(self) -> list[Socket]:
        """Connections that neither end has closed."""
        return self._in_state("ESTABLISHED")

    @cached_property
    def udp_services(self) -> list[Socket]:
        """UDP sockets on a port that nobody gets by himself; none where it is not known which those are."""
        first, last = self.world.limits.local_ports
        return [
            one
            for one in self._in_state("UNCONNECTED")
            if first and one.protocol == "udp" and isinstance(one.local, InternetAddress)
            and one.local.port > 0 and not first <= one.local.port <= last
        ]  # fmt: skip

    def _in_state(self, state: str) -> list[Socket]:
        if self._states is None:
            self._states = {}
            for socket in self.world.sockets.values():
                if socket.state in TELLING_STATES:
                    self._states.setdefault(socket.state, []).append(socket)
        return self._states.get(state, [])

    @cached_property
    def unread_processes(self) -> int:
        """How many processes may hold what was not seen. The first of all has inherited nothing."""
        first_denied = any(one.pid == 1 and one.denied for one in self.world.processes.values())
        coverage = self.world.coverage
        return max(0, coverage.unreadable_processes - first_denied) + coverage.partly_read

    @cached_property
    def outside_of_tables(self) -> str:
        """Say where an end of something may be open that no table shows, "" where that can be excluded.

        A message that was not received may carry descriptors (`SCM_RIGHTS`, unix(7)), and a ring of io_uring keeps
        files and uses them by itself. Neither tells which. Whoever has an epoll that kcmp(2) could not compare may have
        one of those between, and register something else in it.
        """
        for socket in self.world.sockets.values():
            if socket.family == "unix" and (socket.recv_q or socket.source != "sock_diag"):
                return "messages of unix sockets that were not received may carry an end of what lies between"
        if self.world.coverage.sockets_elsewhere:
            return "unix sockets that could not be seen may carry an end of what lies between"
        for table in self.world.tables.values():
            for one in table.values():
                if one.kind == "io_uring":
                    return "a ring of io_uring may keep an end of what lies between"
                if one.kind == "epoll" and one.unproven:
                    return "an epoll that was not compared may be an end of what lies between"
        return ""

    def name(self, key: ProcessKey) -> str:
        """Write a process in a sentence: `nginx 2062`."""
        process = self.world.processes.get(key)
        return f"{key.pid}" if process is None else f"{process.comm} {key.pid}"

    def title(self, key: ProcessKey) -> str:
        """Write a process in evidence: its number and its command."""
        process = self.world.processes.get(key)
        return f"{key.pid}" if process is None else f"{key.pid} {cut(process.title, NAME_WIDTH)}"

    def slot(self, key: DescriptorKey) -> str:
        """Write a descriptor in a sentence: `fd 4 of nginx 2062`."""
        return f"fd {key.fd} of {self.name(key.process)}"

    def descriptor(self, key: DescriptorKey) -> Descriptor | None:
        """Return a descriptor."""
        return self.world.descriptor(key)
