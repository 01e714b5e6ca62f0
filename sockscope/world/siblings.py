"""Other sockets on the same address: SO_REUSEPORT, and datagram sockets that share a port."""

from collections.abc import Iterable

from sockscope.model.socket import Socket
from sockscope.world.accept_queue import connections_at, listeners_of
from sockscope.world.relations import Sibling
from sockscope.world.socket_index import bound
from sockscope.world.store import Store


def siblings(store: Store, socket: Socket) -> tuple[Sibling, ...]:
    """Sockets bound to the same local address of the same namespace and interface, ordered by inode."""
    place = bound(socket)
    if place is None or socket.family == "unix" or not (socket.listening or socket.type == "dgram"):
        return ()
    others = (store.sockets[key] for key in store.socket_index.bound.get(place))
    return _entries(
        store, (other for other in others if other.ino != socket.ino and other.interface == socket.interface)
    )


def arrival_listeners(store: Store, socket: Socket) -> tuple[Sibling, ...]:
    """Sockets that listen where an accepted connection arrived, ordered by inode."""
    return _entries(store, listeners_of(store, socket))


def arrivals(store: Store, listener: Socket) -> tuple[Sibling, ...]:
    """Connections that came in where a socket listens, one for each inode. No part of `related`: they may be many."""
    distinct = {one.ino: store.socket_by_ino(one.ino) or one for one in connections_at(store, listener)}
    return tuple(Sibling(ino, one, store.socket_holders(ino)) for ino, one in distinct.items())


def _entries(store: Store, sockets: Iterable[Socket]) -> tuple[Sibling, ...]:
    # An MPTCP listener and its subflow are two rows on one inode.
    distinct: dict[int, Socket] = {}
    for socket in sockets:
        distinct.setdefault(socket.ino or -socket.key, store.socket_by_ino(socket.ino) or socket)
    return tuple(Sibling(one.ino, one, store.socket_holders(one.ino)) for _, one in sorted(distinct.items()))
