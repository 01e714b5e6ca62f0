"""Ties that say more than others, and what is known of a descriptor, a process, a group or a terminal."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import cast

from msgspec import Struct

from sockscope.frames.messages import TerminalReport, Waiting
from sockscope.kinds.char_device import STATELESS
from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import Target
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.relations.relation import Relation, T_co
from sockscope.world.relations.tie import OTHER, SAME, WATCH, Facts, Tie

__all__ = ["OTHER", "SAME", "WATCH", "Facts", "Tie"]


EVERYBODYS = frozenset(STATELESS.values())
"""Objects that every process may hold and that connect none: `/dev/null` and its like."""


class Holding(Tie, frozen=True, kw_only=True):
    """All descriptors on the subject's kernel object, itself included, ordered by (pid, fd)."""

    same_end: tuple[DescriptorKey, ...]
    """Those of them that are not at the other end: of a pipe, the descriptors with the same access."""

    @property
    def marked(self) -> tuple[DescriptorKey, ...]:
        """Descriptors whose rows get the sign of the relation; none where everybody holds it and it connects nobody."""
        return () if self.object in EVERYBODYS else self.same_end


class Peer(Tie, frozen=True, kw_only=True):
    """One object at the other end."""

    via: str
    """unix, socketpair, pipe, fifo, pty, tcp-loopback, udp-loopback, …"""
    ino: int


def telling_holder(others: Iterable[Peer], own: ProcessKey | None) -> DescriptorKey | None:
    """Return the holder of the other ends that tells most: the first in another process than `own`, else the first.

    A process that made a socketpair or a pipe often keeps both ends; that it talks to itself says little. It may
    keep a hundred thousand: holders are ordered by pid, so its own are stepped over and not walked.
    """
    pid = -1 if own is None else own.pid
    first: DescriptorKey | None = None
    for peer in others:
        key = telling(peer.holders, pid)
        if key is not None and key.pid != pid:
            return key
        first = first or key
    return first


def telling(holders: tuple[DescriptorKey, ...], own: int) -> DescriptorKey | None:
    """Return the first holder in another process than `own` (a pid), else the first; they are ordered by pid."""
    first = next(iter(holders), None)
    if first is None or first.pid != own:
        return first
    position = bisect_left(holders, (own + 1,))
    return holders[position] if position < len(holders) else first


class Watcher(Tie, frozen=True, kw_only=True):
    """One epoll instance that watches the descriptor's open file; its holders are all of that instance."""

    target: Target


class TargetLink(Tie, frozen=True, kw_only=True):
    """One registration of an epoll, and the descriptors that are the watched file now."""

    target: Target
    descriptor: Descriptor | None
    """One of the holders (the one with the registered number when it is `live`), to say what it is."""


class Sibling(Tie, frozen=True, kw_only=True):
    """Another socket: on the same address, the listener that a connection came in by, or such a connection."""

    ino: int
    described: Socket


class Waiter(Tie, frozen=True, kw_only=True):
    """A thread that is blocked in a system call now."""

    wait: Waiting


class Pending(Tie, frozen=True, kw_only=True):
    """A connection in a listener's accept queue: established, and accepted by nobody. Its holders are the client's."""

    ino: int
    """Inode of the client's socket; 0 when the client is on another machine or closed already."""
    half: int
    """Key of the queued half among the sockets; 0 for unix, which does not show it."""
    cookie: int
    """Cookie of the queued half, which it keeps when it is accepted; 0 for unix, which does not show it."""
    remote: str
    """Address of the client, "" for unix."""


class Related(Struct, frozen=True):
    """Everything the world knows about one descriptor's surroundings, but for what is found in depth only."""

    descriptor: Descriptor
    socket: Socket | None
    ties: Mapping[str, tuple[Tie, ...]]
    """By name of the relation, in the order of `registry.RELATIONS`; one that found nothing is left out."""
    signs: tuple[tuple[str, str], ...] = ()
    """Name and sign of each relation that has one; a descriptor with several gets the first of them."""
    notes: tuple[str, ...] = ()

    def of(self, relation: Relation[T_co]) -> tuple[T_co, ...]:
        """Return the ties of one relation."""
        return cast("tuple[T_co, ...]", self.ties.get(relation.name, ()))

    @property
    def holding(self) -> Holding:
        """Who holds its object: itself at least."""
        return cast("Holding", self.ties["holders"][0])

    @property
    def holders(self) -> tuple[DescriptorKey, ...]:
        """All descriptors on the same kernel object, itself included, ordered by (pid, fd)."""
        return self.holding.holders

    @property
    def holders_confidence(self) -> Confidence:
        """`unknown` when the object could not be compared with others (kcmp denied)."""
        return self.holding.confidence

    @property
    def same_end(self) -> tuple[DescriptorKey, ...]:
        """The holders without those at the other end."""
        return self.holding.same_end

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Objects at the other end."""
        return cast("tuple[Peer, ...]", self.ties.get("peers", ()))

    @property
    def siblings(self) -> tuple[Sibling, ...]:
        """Other sockets on the same address."""
        return cast("tuple[Sibling, ...]", self.ties.get("siblings", ()))

    @property
    def watchers(self) -> tuple[Watcher, ...]:
        """Epoll instances that watch it."""
        return cast("tuple[Watcher, ...]", self.ties.get("watchers", ()))

    @property
    def targets(self) -> tuple[TargetLink, ...]:
        """For an epoll: what it watches."""
        return cast("tuple[TargetLink, ...]", self.ties.get("targets", ()))

    @property
    def listeners(self) -> tuple[Sibling, ...]:
        """For an accepted connection: sockets that listen at its local address."""
        return cast("tuple[Sibling, ...]", self.ties.get("listeners", ()))

    @property
    def pending(self) -> tuple[Pending, ...]:
        """For a listener: connections that wait to be accepted."""
        return cast("tuple[Pending, ...]", self.ties.get("queue", ()))

    def marks(self) -> dict[DescriptorKey, str]:
        """Sign of each related descriptor, the selected one itself not included.

        A descriptor with several relations gets the first of ● ◆ ◉ in this order, except that the two
        ends of a pipe, which are one object, are told apart: ◆ for the other end. For an epoll the
        holders of its targets are not marked: a target may be anything; follow it from the pane.
        """
        marks: dict[DescriptorKey, str] = {}
        for name, sign in reversed(self.signs):
            for tie in self.ties.get(name, ()):
                marks.update(dict.fromkeys(tie.marked, sign))
        marks.pop(self.descriptor.key, None)
        return marks


class Link(Struct, frozen=True):
    """What lies between two processes, of one relation."""

    relation: str
    """What a user calls one of them: `socketpair`, `shared listener`, `pipe`, …"""
    objects: tuple[str, ...]
    """One `Descriptor.object` for each: the shared object, or one end of the pair."""
    confidence: Confidence
    evidence: str
    sign: str
    """That of the relation: whether they talk to each other, or only share something."""

    @property
    def phrase(self) -> str:
        """The number of objects and their relation: `2 shared listeners`."""
        return counted_links(len(self.objects), self.relation)


def counted_links(count: int, relation: str) -> str:
    """Write a number of links of one relation: `1 pipe`, `2 shared directories`."""
    if count == 1:
        return f"1 {relation}"
    several = relation.removesuffix("y") + "ies" if relation.endswith("ry") else f"{relation}s"
    return f"{count} {several}"


class Neighbour(Struct, frozen=True):
    """A process that shares objects with the asked ones, or is at the other end of one."""

    process: ProcessKey
    links: tuple[Link, ...]

    @property
    def phrase(self) -> str:
        """All links in one line: `1 socketpair, 2 shared listeners`."""
        counts: Counter[str] = Counter()
        for link in self.links:
            counts[link.relation] += len(link.objects)
        return ", ".join(counted_links(count, relation) for relation, count in counts.items())


class Terminal(Tie, frozen=True, kw_only=True):
    """A controlling terminal as one session sees it."""

    tty: str
    sid: int
    tpgid: int
    """Its foreground process group, -1 unknown."""
    groups: tuple[int, ...]
    """Process groups of the session on this terminal, foreground first, then by number."""
    interrupt: "Interrupt"
    """What sends SIGINT here, and how sure that is."""
    sigint_goes_to: tuple[int, ...] = ()
    """pids of the foreground group: who gets SIGINT on that key; nobody where no key sends it."""
    sigint_effects: tuple[str, ...] = ()
    """What it does to each of them: `fatal`, `caught`, `ignored`, `blocked`, or "" unknown."""
    background_readers: tuple["BackgroundReader", ...] = ()
    """Descriptors through which a process in the background could read this terminal."""


class Interrupt(Tie, frozen=True, kw_only=True):
    """Whether a key of a terminal sends SIGINT to its foreground group, and which; the note says what it is not."""

    key: str | None
    """`^C`, "" where no key does (raw, or switched off), None where the settings were not read."""
    settings: TerminalReport | None = None
    """All that was read, None where nothing was."""

    @property
    def ctrl_c(self) -> bool:
        """Whether Ctrl+C sends it, as far as is known."""
        return self.key in {None, "^C"}


class BackgroundReader(Tie, frozen=True, kw_only=True):
    """A descriptor on a terminal, open for reading, of a process that is not in its foreground."""

    key: DescriptorKey
    effect: str
    """What a read would do: `stop` (SIGTTIN at its default), `caught`, `EIO` (ignored or blocked), "" unknown."""


class Group(Struct, frozen=True):
    """A process group with its members."""

    pgid: int
    sid: int
    tty: str
    tpgid: int
    foreground: bool
    leader: str
    """Command of the leader, or of the lowest pid when the leader is gone."""
    pids: tuple[int, ...]
    leader_gone: bool = False
    """Never for group 0: kernel threads, and processes whose group is outside this pid namespace."""
