"""By which of several listeners on one address a connection came: what can be told, and what stays open."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sockscope.model.confidence import Confidence
from sockscope.model.keys import ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.index.sockets import bound, door, is_queued
from sockscope.world.index.store import Store
from sockscope.world.relations.accept_queue import TUPLE_EVIDENCE, listeners_of

ALONE = "local address in LISTEN"
CHOSEN = {
    "cgroup": "local address in LISTEN, and the cgroup of that listener",
    "holder": "local address in LISTEN, and its holder has that listener open",
    "watcher": "local address in LISTEN, and an epoll of its holder watches that listener",
    "queue": "no inode yet, and only that listener at its local address has a queue",
}
"""How one was told from others on the same address."""
BESIDE = "local address in LISTEN, and its holder has that listener open too: less likely"
"""Of those beside the one that an epoll watches: whoever has them open may have accepted there all the same."""


class Arrival(NamedTuple):
    """Where a connection came in, as far as that can be told: several listeners are candidates, no fact."""

    listeners: list[Socket]
    """Ordered by inode; empty where nobody listens at its address."""
    confidence: Confidence
    """`unknown` with several."""
    evidence: str
    beside: tuple[Socket, ...] = ()
    """Listeners that are less likely, where a habit has decided and no fact: one watches where one accepts."""


class Arrivals:
    """Tells connections apart for as long as one question takes: what it looks up of listeners it keeps."""

    def __init__(self, store: Store) -> None:
        """Look at one state of the world."""
        self._store = store
        self._at: dict[tuple[object, ...], list[Socket]] = {}
        self._holders: dict[int, frozenset[ProcessKey]] = {}
        self._watchers: dict[int, frozenset[ProcessKey]] = {}

    def of(self, socket: Socket) -> Arrival:
        """Say where a connection came in.

        A socket inherits the cgroup and the interface of the listener that it is made from (net/core/sock.c,
        `sk_clone_lock`); whoever accepts has that listener open, and as a rule an epoll that watches it.
        """
        found = [one for one in self._candidates(socket) if _fits(one, socket)]
        if len(found) <= 1:
            return Arrival(found, "inferred", TUPLE_EVIDENCE if is_queued(socket) else ALONE)
        for how, choose in self._ways(socket):
            chosen = [one for one in found if choose(one)]
            if len(chosen) == 1:
                beside = tuple(one for one in found if one not in chosen) if how == "watcher" else ()
                return Arrival(chosen, "inferred", CHOSEN[how], beside)
            found = chosen or found
        return Arrival(found, "unknown", f"local address in LISTEN of {len(found)} sockets (SO_REUSEPORT)")

    def _candidates(self, socket: Socket) -> list[Socket]:
        """Return who listens at its address: the same for all that came to that, and they may be many."""
        listened = (socket.netns, socket.family, socket.protocol, socket.local, socket.bound)
        found = self._at.get(listened)
        if found is None:
            found = self._at[listened] = _of_one_inode(self._store, listeners_of(self._store, socket))
        return found

    def _ways(self, socket: Socket) -> Iterable[tuple[str, Callable[[Socket], bool]]]:
        """What tells listeners on one address apart, the surest first."""
        if socket.cgroup:
            yield "cgroup", lambda listener: listener.cgroup == socket.cgroup
        if is_queued(socket):
            yield "queue", lambda listener: listener.queue != 0
            return
        processes = {key.process for key in self._store.socket_holders(socket.ino)}
        yield "holder", lambda listener: not processes.isdisjoint(self._held_by(listener))
        yield "watcher", lambda listener: not processes.isdisjoint(self._watched_by(listener))

    def _held_by(self, listener: Socket) -> frozenset[ProcessKey]:
        found = self._holders.get(listener.key)
        if found is None:
            holders = self._store.socket_holders(listener.ino)
            found = self._holders[listener.key] = frozenset(key.process for key in holders)
        return found

    def _watched_by(self, listener: Socket) -> frozenset[ProcessKey]:
        found = self._watchers.get(listener.key)
        if found is None:
            object_ = self._store.object_of(self._store.socket_holders(listener.ino))
            epolls = {epoll for epoll, _ in self._store.epoll_index.watched.get(object_)} if object_ else set()
            holders = (key.process for epoll in epolls for key in self._store.holders(epoll))
            found = self._watchers[listener.key] = frozenset(holders)
        return found


def _of_one_inode(store: Store, listeners: Iterable[Socket]) -> list[Socket]:
    """Count an MPTCP listener and its subflow, two rows on one inode, once."""
    distinct: dict[int, Socket] = {}
    for listener in listeners:
        distinct.setdefault(listener.ino or -listener.key, store.socket_by_ino(listener.ino) or listener)
    return list(distinct.values())


def _fits(listener: Socket, socket: Socket) -> bool:
    return listener.interface in {0, socket.interface}


def connections_at(store: Store, listener: Socket) -> list[tuple[Socket, Arrival]]:
    """Accepted connections that came in where a socket listens, or may have, by their other end.

    The cost is that of the connections there, which may be many.
    """
    here = bound(listener) if listener.listening else None
    if here is None:
        return []
    arrivals = Arrivals(store)
    arrived = (store.sockets[key] for key in store.socket_index.arrived.get(door(here)))
    found = ((socket, arrivals.of(socket)) for socket in arrived)
    here_or_beside = ((socket, one) for socket, one in found if listener.ino in {each.ino for each in one.listeners})
    return sorted(here_or_beside, key=lambda pair: (pair[0].remote_text, pair[0].ino, pair[0].key))


def waits_at(store: Store, socket: Socket) -> list[Socket]:
    """Listeners in whose accept queue a connection waits: for a unix client, or for the queued half of tcp."""
    if socket.family == "unix":
        return [store.sockets[key] for key in store.socket_index.waiting.get(socket.ino)]
    return Arrivals(store).of(socket).listeners if is_queued(socket) else []
