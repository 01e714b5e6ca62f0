"""Who waits for whom: threads, the processes that could set them free, and the objects between them.

A node waits for ANY of its ends; None for one that is live. What is not known is live: a call that is not modelled or
has a timeout, an outside (terminal, timer, listener, another machine, a FIFO with a name, shared memory), a descriptor
that could not be read, and what nobody was seen to hold.
"""

from collections.abc import Iterable
from functools import cached_property

from sockscope.findings.fixed_point import knots, not_live
from sockscope.findings.lock_ends import lock_holders
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits, Wait
from sockscope.world.world import World

READS = frozenset({"read", "readv", "preadv2", "recvfrom", "recvmsg", "recvmmsg"})
WRITES = frozenset({"write", "writev", "pwritev2", "sendto", "sendmsg", "sendmmsg"})
EPOLLS = frozenset({"epoll_wait", "epoll_pwait", "epoll_pwait2"})
CHILDREN = frozenset({"wait4", "waitid"})
STILL = 2.0
"""Seconds that a thread has to have stood still: two looks so far apart agree, and nobody has run in between."""
STREAMS = frozenset({"stream", "seqpacket"})
_IN, _OUT, _RDHUP = 0x1, 0x4, 0x2000

ThreadNode = tuple[str, ProcessKey, int]
"""("thread", process, tid)."""
Node = tuple[str, ProcessKey, int] | tuple[str, str, str]
"""A thread; ("process", key, 0), which goes on when one of its threads does; or ("object", object, "r" or "w"): what
has to happen at the other end for the object to become readable or writable."""
Ends = frozenset[Node] | None


def process_node(key: ProcessKey) -> Node:
    """Return the node of a process."""
    return ("process", key, 0)


class WaitGraph:
    """The graph of one world, made when somebody asks for it."""

    def __init__(self, world: World) -> None:
        """Read it from `world`."""
        self._world = world
        self.threads: dict[Node, Wait] = {}
        """What the threads wait in that stand still."""
        self.waits: dict[Node, Ends] = {}
        self._children: dict[int, list[ProcessKey]] = {}
        for process in world.processes.values():
            self._children.setdefault(process.ppid, []).append(process.key)
        for key, process in world.processes.items():
            if process.thread_of or process.kernel_thread:
                continue
            self._enter(key, world.waits.get(key))

    @cached_property
    def stuck(self) -> set[Node]:
        """What nothing can set free that is modelled."""
        return not_live(self.waits)

    @cached_property
    def cores(self) -> list[set[Node]]:
        """The closed sets among what is stuck, each with its threads, processes and objects."""
        return knots(self.waits, self.stuck)

    @cached_property
    def _waiters(self) -> dict[Node, list[Node]]:
        """Who of the stuck waits for what."""
        found: dict[Node, list[Node]] = {}
        for node in self.stuck:
            for end in self.waits[node] or ():
                found.setdefault(end, []).append(node)
        return found

    def threads_of(self, nodes: Iterable[Node]) -> list[tuple[ProcessKey, Wait]]:
        """Return the threads among some nodes, by process and tid."""
        found = [(node[1], self.threads[node]) for node in nodes if node in self.threads]
        return sorted(((key, wait) for key, wait in found if isinstance(key, ProcessKey)), key=lambda one: one[0])

    def descriptor(self, key: ProcessKey, wait: Wait) -> Descriptor | None:
        """Return the descriptor that a thread waits on; a thread may have a table of its own."""
        if wait.fd < 0:
            return None
        own = self._world.process(wait.tid) if wait.tid != key.pid else None
        table = own.key if own is not None and own.thread_of == key.pid else key
        return self._world.descriptor(DescriptorKey(*table, wait.fd))

    def behind(self, core: set[Node]) -> list[ProcessKey]:
        """Return processes outside a core with a thread that is stuck because of it, by pid."""
        inside = {node[1] for node in core}
        seen, ready = set(core), list(core)
        while ready:
            for node in self._waiters.get(ready.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    ready.append(node)
        return sorted({node[1] for node in seen if node[0] == "thread" and isinstance(node[1], ProcessKey)} - inside)

    def _enter(self, key: ProcessKey, said: ProcessWaits | None) -> None:
        node = process_node(key)
        if said is None or said.running or said.unread or not said.waits:
            self.waits[node] = None
        else:
            self.waits[node] = frozenset(("thread", key, wait.tid) for wait in said.waits)
        for wait in () if said is None else said.waits:
            thread: Node = ("thread", key, wait.tid)
            self.threads[thread] = wait
            self.waits[thread] = self._of_thread(key, wait)

    def _of_thread(self, key: ProcessKey, wait: Wait) -> Ends:
        if wait.halted == "stopped":
            return frozenset()
        if wait.halted or wait.timed or self._world.stood_still(wait) < STILL:
            return None
        if wait.call in CHILDREN and wait.child:
            return self._of_child(key, wait.child)
        if wait.manner == "lock":
            return self._of_lock(key, wait)
        if wait.manner == "private":
            return frozenset({process_node(key)})
        return self._of_call(key, wait)

    def _of_lock(self, key: ProcessKey, wait: Wait) -> Ends:
        """Return who has the lock that a thread waits for; whoever shares a table with him can give it up as well."""
        descriptor = self.descriptor(key, wait)
        holders = None if descriptor is None else lock_holders(self._world, descriptor, wait.call, key.pid)
        return None if holders is None else self._holders(holders)

    def _of_call(self, key: ProcessKey, wait: Wait) -> Ends:
        """Return what a call on a descriptor waits for."""
        descriptor = self.descriptor(key, wait)
        reads = wait.call in READS or (wait.call in EPOLLS and descriptor is not None and descriptor.kind == "epoll")
        if descriptor is None or descriptor.unproven or not (reads or wait.call in WRITES):
            return None
        return frozenset({self._object(descriptor, "r" if reads else "w")})

    def _of_child(self, key: ProcessKey, child: int) -> Ends:
        """Return the end of a wait for one child, or for any: all threads that wait for any share a node."""
        node: Node = ("object", f"child {child} of {key.pid}", "r")
        if node not in self.waits:
            children = [one for one in self._children.get(key.pid, ()) if child < 0 or one.pid == child]
            gone = not children or any(self._world.processes[one].ended for one in children)
            self.waits[node] = None if gone else frozenset(map(process_node, children))
        return frozenset({node})

    def _object(self, descriptor: Descriptor, want: str) -> Node:
        """Return the node for what an object becomes, entering it with all that it leads to."""
        node: Node = ("object", descriptor.object, want)
        if node not in self.waits:
            self.waits[node] = frozenset()  # an epoll may watch itself, by way of others
            self.waits[node] = self._of_object(descriptor, want)
        return node

    def _of_object(self, descriptor: Descriptor, want: str) -> Ends:
        if descriptor.kind == "pipe":
            needed = "w" if want == "r" else "r"
            return self._holders(
                key for key in self._world.holders(descriptor.object) if needed in self._access(key)
            )  # fmt: skip
        if descriptor.kind == "epoll":
            return self._of_epoll(descriptor)
        socket = self._world.socket_of(descriptor)
        return None if socket is None else self._of_socket(socket)

    def _access(self, key: DescriptorKey) -> str:
        """How a holder may use an object: both ways where that is not known."""
        descriptor = self._world.descriptor(key)
        return "" if descriptor is None or descriptor.named_only else descriptor.access or "rw"

    def _of_socket(self, socket: Socket) -> Ends:
        if socket.type not in STREAMS or socket.listening:
            return None
        found: set[Node] = set()
        for peer in self._world.peers_of(socket):
            ends = self._holders(peer.holders)
            if ends is None:
                return None
            found |= ends
        return frozenset(found) or None

    def _of_epoll(self, descriptor: Descriptor) -> Ends:
        epoll = self._world.epoll_of(descriptor)
        # Whoever holds it may register something else.
        holders = self._holders(self._world.holders(descriptor.object))
        if epoll is None or epoll.note or holders is None:
            return None
        targets = self._of_targets(epoll)
        return None if targets is None else holders | targets

    def _of_targets(self, epoll: EpollInstance) -> Ends:
        found: set[Node] = set()
        for target in epoll.targets:
            holders = self._world.holders(target.object) if target.object else ()
            watched = self._world.descriptor(holders[0]) if holders else None
            if target.status != "live" or target.confidence != "proven" or watched is None or watched.unproven:
                return None
            for want, bits in (("r", _IN | _RDHUP), ("w", _OUT)):
                if target.events & bits:
                    found.add(self._object(watched, want))
        return frozenset(found)

    def _holders(self, keys: Iterable[DescriptorKey]) -> Ends:
        """Return the processes that hold something; None where nobody was seen to."""
        found: set[Node] = set()
        for key in keys:
            process = self._world.processes.get(key.process)
            whole = self._world.process(process.thread_of) if process is not None and process.thread_of else process
            if whole is None:
                return None
            found.add(process_node(whole.key))
        return frozenset(found) or None
