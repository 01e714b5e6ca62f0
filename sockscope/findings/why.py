"""One chain: what a process waits for, who could end that, what that one waits for, to the end or round in a circle."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sockscope.findings.attending import attends, may_be_renumbered, stopped, waits_on
from sockscope.findings.lock_ends import lock_holders
from sockscope.findings.look import Look
from sockscope.findings.wait_graph import CHILDREN, EPOLLS, READS, WRITES
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.model.wait import Wait
from sockscope.world.describe import row_text
from sockscope.world.relations.peers import peers
from sockscope.world.relations.waiting import UNREAD
from sockscope.world.relations.watchers import watchers
from sockscope.world.waits import SETS, halted_words, wait_words

DEPTH = 16
"""Steps from the beginning that are followed."""
BREADTH = 6
"""Who is named at one step; the others are counted."""
MOST = 400
"""Lines in all."""
WAITS = 3
"""Different waits of one process that are followed."""
ACCEPTS = frozenset({"accept", "accept4"})
RENUMBERED = "; other threads may have put another file at the number since"
"""Of a call that is followed by the number it was given: it goes on with the file that this meant then."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a chain."""

    depth: int
    who: str
    """A process, or what lies between."""
    what: str
    """What it waits in, and what of that matters here."""
    end: bool = False
    """Whether the chain ends here: it is this one's turn, or the circle closes."""
    subject: ProcessKey | DescriptorKey | None = None


def why(look: Look, start: ProcessKey | DescriptorKey) -> list[Step]:
    """Walk from a process, or from a descriptor and who should attend to it; at most `MOST` lines."""
    steps: list[Step] = []
    for step in _Walk(look).walk(start):
        steps.append(step)
        if len(steps) >= MOST:
            break
    return steps


class _Walk:
    """One walk: nobody is followed twice."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._seen: set[ProcessKey] = set()
        self._path: list[ProcessKey] = []
        """Who waits for whom, from the beginning to where the walk is: only these can be met again by a circle."""

    def walk(self, start: ProcessKey | DescriptorKey) -> Iterator[Step]:
        if isinstance(start, ProcessKey):
            yield from self._process(start, 0, None)
            return
        descriptor = self._look.descriptor(start)
        socket = None if descriptor is None else self._look.world.socket_of(descriptor)
        if descriptor is None:
            return
        if socket is not None and socket.listening:
            yield from self._listener(socket)
            return
        text = f"fd {start.fd}: {row_text(self._look.world, descriptor)}"
        yield Step(0, self._look.name(start.process), text, subject=start)
        self._seen.add(start.process)
        self._path.append(start.process)
        waits = waits_on(self._look, start)
        if waits:
            yield from self._wait(start.process, waits[0], 1)
        else:
            others = [key for key in self._others(descriptor) if key.process != start.process]
            yield from self._each(others, 1, "")

    def _process(self, key: ProcessKey, depth: int, through: DescriptorKey | None, verb: str = "") -> Iterator[Step]:
        """Say what a process waits in; `through` is its descriptor on which the one before depends."""
        said = self._look.world.waits.get(key)
        who = self._look.name(key)
        what = wait_words(said) or ("runs" if said is not None and said.running else "it is not known what it waits in")
        if key in self._seen:
            closes = key in self._path
            where = "the circle closes" if closes else "followed above"
            yield Step(depth, who, f"{what}: {where}", end=closes, subject=key)
            return
        self._seen.add(key)
        waits = () if said is None else said.waits
        on_it = through is not None and attends(self._look, through)
        meanwhile = f"; does not {verb} {through.fd} meanwhile" if through is not None and verb and not on_it else ""
        ahead = [] if stopped(said) or depth >= DEPTH else list(self._ahead(key, waits))
        loose = RENUMBERED if any(may_be_renumbered(self._look, key, wait) for wait in ahead) else ""
        yield Step(depth, who, f"{what}{meanwhile}{loose}", end=not ahead, subject=key)
        self._path.append(key)
        for wait in ahead:
            yield from self._wait(key, wait, depth + 1)
        self._path.pop()

    def _ahead(self, key: ProcessKey, waits: Iterable[Wait]) -> Iterator[Wait]:
        """Return waits that lead on: one for each call and descriptor, those that end by themselves left out."""
        known: set[tuple[str, int, int]] = set()
        for wait in waits:
            call = wait.call, wait.fd, wait.child
            leads = wait.call in READS | WRITES | CHILDREN | EPOLLS or wait.manner == "lock"
            if leads and not wait.halted and not wait.timed and call not in known and len(known) < WAITS:
                known.add(call)
                if wait.child or self._look.graph.descriptor(key, wait) is not None:
                    yield wait

    def _wait(self, key: ProcessKey, wait: Wait, depth: int) -> Iterator[Step]:
        if wait.child:
            children = [one.key for one in self._look.world.processes.values()
                        if one.ppid == key.pid and not one.kernel_thread and wait.child in {-1, one.pid}]  # fmt: skip
            yield from self._several(children, depth)
            return
        descriptor = self._look.graph.descriptor(key, wait)
        if descriptor is None:
            return
        if wait.call in EPOLLS:
            yield from self._epoll(descriptor, depth)
            return
        if wait.manner == "lock":
            yield from self._lock(key, wait, descriptor, depth)
            return
        verb = "read" if wait.call in WRITES else "write"
        others = self._others(descriptor)
        socket = self._look.world.socket_of(descriptor)
        if not others:
            text = row_text(self._look.world, descriptor)
            yield Step(depth, text, "nobody here was seen at its other end", end=True, subject=descriptor.key)
        elif socket is None or socket.family != "unix" or socket.type == "stream":
            yield from self._each(others, depth, verb)

    def _epoll(self, descriptor: Descriptor, depth: int) -> Iterator[Step]:
        epoll = self._look.world.epoll_of(descriptor)
        count = 0 if epoll is None else len(epoll.targets)
        text = f"watches {count} file{'' if count == 1 else 's'}, none of them ready" if epoll else "could not be read"
        yield Step(depth, f"epoll {descriptor.fd}", text, end=True, subject=descriptor.key)

    def _lock(self, key: ProcessKey, wait: Wait, descriptor: Descriptor, depth: int) -> Iterator[Step]:
        """Follow who has the lock that a thread waits for."""
        holders = lock_holders(self._look.world, descriptor, wait.call, key.pid)
        if holders:
            yield from self._each(list(holders), depth, "unlock")
        else:
            text = row_text(self._look.world, descriptor)
            yield Step(depth, text, "who has the lock on it was not found", end=True, subject=descriptor.key)

    def _others(self, descriptor: Descriptor) -> list[DescriptorKey]:
        """List who holds the other end of a descriptor."""
        return [key for peer in peers(self._look.world, descriptor) for key in peer.holders]

    def _each(self, keys: list[DescriptorKey], depth: int, verb: str) -> Iterator[Step]:
        """Follow one descriptor of each process."""
        first = {key.process: key for key in reversed(keys)}
        for key in list(first.values())[:BREADTH]:
            yield from self._process(key.process, depth, key, verb)
        if len(first) > BREADTH:
            yield Step(depth, f"and {len(first) - BREADTH} more processes", "hold it too")

    def _several(self, keys: list[ProcessKey], depth: int) -> Iterator[Step]:
        for key in keys[:BREADTH]:
            yield from self._process(key, depth, None)
        if len(keys) > BREADTH:
            yield Step(depth, f"and {len(keys) - BREADTH} more children", "are waited for too")

    def _listener(self, socket: Socket) -> Iterator[Step]:
        waiting = max(socket.queue, 0)
        text = f"{waiting} not accepted" if waiting else "nobody waits to be accepted"
        holders = self._look.world.socket_holders(socket.ino)
        yield Step(0, socket.local_text or "a listener", text, end=not holders, subject=holders[0] if holders else None)
        for key in holders[:BREADTH]:
            said = self._look.world.waits.get(key.process)
            accepts = any(wait.call in ACCEPTS for wait in waits_on(self._look, key))
            how = "is in accept" if accepts else self._attending(key)
            words = " ".join(filter(None, (how, f"({halted_words(said.waits[0])})" if said and said.waits else "")))
            yield Step(1, self._look.name(key.process), f"fd {key.fd}: {words}", end=bool(waiting), subject=key)

    def _attending(self, key: DescriptorKey) -> str:
        """Say whether a holder attends to a descriptor; the sets of poll(2) lie in memory and are not read here."""
        if not attends(self._look, key):
            return "does not attend to it"
        descriptor = self._look.descriptor(key)
        said = self._look.world.waits.get(key.process)
        calls = [wait for wait in (said.waits if said is not None else ()) if wait.call in SETS]
        seen = descriptor is not None and any(
            one.process == key.process for tie in watchers(self._look.world, descriptor) for one in tie.holders
        )
        return f"may watch it: in {calls[0].call}(), {UNREAD}" if calls and not seen else "attends to it"
