"""Connections and the listeners they came in by: who waits to be accepted, and where."""

from collections.abc import Iterable

from sockscope.model.socket import Socket
from sockscope.world.address import ANY_V4, ANY_V6, Address
from sockscope.world.relations import Pending
from sockscope.world.socket_index import Bound, Door, bound, connection, door, is_queued
from sockscope.world.store import Store

QUEUE_EVIDENCE = "UNIX_DIAG_ICONS"
TUPLE_EVIDENCE = "no inode yet, local address of the listener"


def listeners_of(store: Store, socket: Socket) -> list[Socket]:
    """Sockets that listen where a connection arrived, ordered by inode: the exact address, else the wildcard.

    With SO_REUSEPORT there may be several, and nothing tells by which one it came.
    """
    if socket.listening:
        return []
    for place in _arrivals(socket):
        found = _listening(store, store.socket_index.bound.get(place))
        if found:
            return [listener for listener in found if _same_file(listener, socket)]
    return []


def _arrivals(socket: Socket) -> Iterable[Bound]:
    ends = connection(socket)
    here = bound(socket)
    if here is None or (ends is None and socket.family != "unix") or (socket.family == "unix" and not socket.peer_ino):
        return
    yield here
    if ends is not None:
        v4 = ":" not in ends.local.host
        for host in (ANY_V4, ANY_V6) if v4 else (ANY_V6,):
            yield here._replace(local=Address(host, ends.local.port))


def _listening(store: Store, keys: Iterable[int]) -> list[Socket]:
    sockets = (store.sockets[key] for key in keys)
    return sorted((socket for socket in sockets if socket.listening), key=lambda socket: (socket.ino, socket.key))


def _same_file(listener: Socket, connected: Socket) -> bool:
    # A path may be bound again after it was removed: the file tells whose connection this is.
    return listener.bound == connected.bound or (0, 0) in {listener.bound, connected.bound}


def connections_at(store: Store, listener: Socket) -> list[Socket]:
    """Accepted connections that came in where a socket listens, by their other end: `listeners_of` the other way.

    The cost is that of the connections there, which may be many.
    """
    here = bound(listener) if listener.listening else None
    if here is None:
        return []
    arrived = (store.sockets[key] for key in store.socket_index.arrived.get(door(here)))
    return sorted(
        (socket for socket in arrived if listener in listeners_of(store, socket)),
        key=lambda socket: (socket.remote, socket.ino, socket.key),
    )


def waits_at(store: Store, socket: Socket) -> list[Socket]:
    """Listeners in whose accept queue a connection waits: for a unix client, or for the queued half of tcp."""
    if socket.family == "unix":
        return [store.sockets[key] for key in store.socket_index.waiting.get(socket.ino)]
    return listeners_of(store, socket) if is_queued(socket) else []


def pending_at(store: Store, listener: Socket) -> tuple[Pending, ...]:
    """Connections that wait at a listener, unix clients by inode, others by cookie."""
    if not listener.listening:
        return ()
    if listener.family == "unix":
        return tuple(_pending_unix(store, ino) for ino in sorted(listener.pending))
    here = bound(listener)
    if here is None:
        return ()
    keys = store.socket_index.queued.get(Door(here.netns, here.transport, here.local.port))
    queued = (store.sockets[key] for key in keys)
    return tuple(_pending_tuple(store, half) for half in queued if listener in listeners_of(store, half))


def _pending_unix(store: Store, ino: int) -> Pending:
    return Pending(ino, 0, 0, "", store.socket_holders(ino), "proven", QUEUE_EVIDENCE)


def _pending_tuple(store: Store, half: Socket) -> Pending:
    ends = connection(half)
    clients = store.socket_index.tuples.get(ends.reversed) if ends is not None else ()
    inodes = sorted({store.sockets[key].ino for key in clients} - {0})
    ino = inodes[0] if inodes else 0
    return Pending(ino, half.key, half.cookie, half.remote, store.socket_holders(ino), "inferred", TUPLE_EVIDENCE)


def queue_phrase(listeners: list[Socket]) -> str:
    """Say in whose accept queue a connection waits."""
    names = ", ".join(f"ino {listener.ino} ({listener.local})" for listener in listeners)
    which = "one of " if len(listeners) > 1 else ""
    return f"waiting in the accept queue of {which}{names}"
