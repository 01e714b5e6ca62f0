"""Answers about one descriptor: values that views show. `World.related` makes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct

from sockscope.model.confidence import Confidence
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import Target
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.socket import Socket

SAME, OTHER, WATCH = "●", "◆", "◉"
"""Signs of the highlight: on the same kernel object, on the other end, an epoll that watches it."""


class Peer(Struct, frozen=True):
    """One object at the other end. A struct: a report of a crowded host makes one for each socket."""

    via: str
    """unix, socketpair, pipe, fifo, pty, tcp-loopback, udp-loopback, …"""
    ino: int
    object: str
    confidence: Confidence
    evidence: str
    """How it is known, in a few words (`UNIX_DIAG_PEER`, `one pipe inode, opposite access`)."""
    holders: tuple[DescriptorKey, ...]
    """Descriptors there; empty when no process that could be read holds it."""
    note: str = ""
    """Why there are no holders, or "" ("waiting in the accept queue of ino 12")."""
    socket: int = 0
    """`Socket.key` of the socket there; 0 for what is no socket, and for one that nothing described."""


def telling_holder(others: Iterable[Peer], own: ProcessKey | None) -> DescriptorKey | None:
    """Return the holder of the other ends that tells most: the first in another process than `own`, else the first.

    A process that made a socketpair or a pipe often keeps both ends; that it talks to itself says little.
    """
    first: DescriptorKey | None = None
    for peer in others:
        for key in peer.holders:
            if key.pid != (own.pid if own is not None else -1):
                return key
            first = first or key
    return first


@dataclass(frozen=True, slots=True)
class Watcher:
    """One epoll instance that watches the descriptor's open file."""

    object: str
    holders: tuple[DescriptorKey, ...]
    """All descriptors of that epoll instance."""
    target: Target
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class TargetLink:
    """One registration of an epoll, and the descriptors that are the watched file now."""

    target: Target
    holders: tuple[DescriptorKey, ...]
    descriptor: Descriptor | None
    """One of the holders (the one with the registered number when it is `live`), to say what it is."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another socket on the same address (SO_REUSEPORT)."""

    ino: int
    socket: Socket
    holders: tuple[DescriptorKey, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A connection in a listener's accept queue: established, and accepted by nobody."""

    ino: int
    """Inode of the client's socket; 0 when the client is on another machine or closed already."""
    half: int
    """Key of the queued half among the sockets; 0 for unix, which does not show it."""
    cookie: int
    """Cookie of the queued half, which it keeps when it is accepted; 0 for unix, which does not show it."""
    remote: str
    """Address of the client, "" for unix."""
    holders: tuple[DescriptorKey, ...]
    """Descriptors of the client's end."""
    confidence: Confidence
    evidence: str


@dataclass(frozen=True, slots=True)
class Related:
    """Everything the world knows about one descriptor's surroundings."""

    descriptor: Descriptor
    socket: Socket | None
    holders: tuple[DescriptorKey, ...]
    """All descriptors on the same kernel object, itself included, ordered by (pid, fd)."""
    holders_confidence: Confidence
    """`unknown` when the object could not be compared with others (kcmp denied)."""
    peers: tuple[Peer, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    watchers: tuple[Watcher, ...] = ()
    targets: tuple[TargetLink, ...] = ()
    """For an epoll: what it watches."""
    notes: tuple[str, ...] = field(default=())
    listeners: tuple[Sibling, ...] = ()
    """For an accepted connection: sockets that listen at its local address (inferred)."""
    pending: tuple[Pending, ...] = ()
    """For a listener: connections that wait to be accepted."""

    @property
    def same_end(self) -> tuple[DescriptorKey, ...]:
        """The holders without those at the other end: of a pipe, the descriptors with the same access."""
        other = {key for peer in self.peers if peer.object == self.descriptor.object for key in peer.holders}
        return tuple(key for key in self.holders if key not in other)

    def marks(self) -> dict[DescriptorKey, str]:
        """Sign of each related descriptor, the selected one itself not included.

        A descriptor with several relations gets the first of ● ◆ ◉ in this order, except that the two
        ends of a pipe, which are one object, are told apart: ◆ for the other end. For an epoll the
        holders of its targets are not marked: a target may be anything; follow it from the pane.
        """
        marks: dict[DescriptorKey, str] = {}
        for watcher in self.watchers:
            marks.update(dict.fromkeys(watcher.holders, WATCH))
        for peer in self.peers:
            marks.update(dict.fromkeys(peer.holders, OTHER))
        marks.update(dict.fromkeys(self.same_end, SAME))
        marks.pop(self.descriptor.key, None)
        return marks


@dataclass(frozen=True, slots=True)
class Link:
    """What lies between two processes, of one relation."""

    relation: str
    """What a user calls one of them: `socketpair`, `shared listener`, `pipe`, …"""
    objects: tuple[str, ...]
    """One `Descriptor.object` for each: the shared object, or one end of the pair."""
    confidence: Confidence = "proven"

    @property
    def phrase(self) -> str:
        """The number of objects and their relation: `2 shared listeners`."""
        count = len(self.objects)
        if count == 1:
            return f"1 {self.relation}"
        several = self.relation.removesuffix("y") + "ies" if self.relation.endswith("ry") else f"{self.relation}s"
        return f"{count} {several}"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A process that shares objects with the asked ones, or is at the other end of one."""

    process: ProcessKey
    links: tuple[Link, ...]

    @property
    def phrase(self) -> str:
        """All links in one line: `1 socketpair, 2 shared listeners`."""
        return ", ".join(link.phrase for link in self.links)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A controlling terminal as one session sees it."""

    tty: str
    sid: int
    tpgid: int
    """Its foreground process group, -1 unknown."""
    groups: tuple[int, ...]
    """Process groups of the session on this terminal, foreground first, then by number."""
    sigint_goes_to: tuple[int, ...] = ()
    """pids of the foreground group: who gets SIGINT on Ctrl+C."""
    sigint_effects: tuple[str, ...] = ()
    """What it does to each of them: `fatal`, `caught`, `ignored`, `blocked`, or "" unknown."""
    background_readers: tuple["BackgroundReader", ...] = ()
    """Descriptors through which a process in the background could read this terminal."""


@dataclass(frozen=True, slots=True)
class BackgroundReader:
    """A descriptor on a terminal, open for reading, of a process that is not in its foreground."""

    key: DescriptorKey
    effect: str
    """What a read would do: `stop` (SIGTTIN at its default), `caught`, `EIO` (ignored or blocked), "" unknown."""


@dataclass(frozen=True, slots=True)
class Group:
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
