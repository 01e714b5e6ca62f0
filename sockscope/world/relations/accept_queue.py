"""Which listener a connection came in by, and in whose accept queue it waits: what several relations rest on."""

from collections.abc import Iterable

from sockscope.model.socket import Socket
from sockscope.world.endpoint import ANY_V4, ANY_V6, Endpoint
from sockscope.world.index.sockets import Bound, bound, connection, takes_v4
from sockscope.world.index.store import Store

QUEUE_EVIDENCE = "UNIX_DIAG_ICONS"
TUPLE_EVIDENCE = "no inode yet, local address of the listener"


def listeners_of(store: Store, socket: Socket) -> list[Socket]:
    """Sockets that listen where a connection arrived, ordered by inode: the exact address, else the wildcard.

    With SO_REUSEPORT there may be several; `arrivals` tells by which one it came, where anything does.
    """
    if socket.listening:
        return []
    ends = connection(socket)
    over_v4 = ends is not None and ends.local.v4
    for where in _arrivals(socket):
        found = _listening(store, store.socket_index.bound.get(where))
        found = [one for one in found if _same_file(one, socket) and (takes_v4(one) or not over_v4)]
        if found:
            return found
    return []


def _arrivals(socket: Socket) -> Iterable[Bound]:
    ends = connection(socket)
    here = bound(socket)
    if here is None or (ends is None and socket.family != "unix") or (socket.family == "unix" and not socket.peer_ino):
        return
    yield here
    if ends is not None:
        for host in (ANY_V4, ANY_V6) if ends.local.v4 else (ANY_V6,):
            yield here._replace(local=Endpoint(host, ends.local.port))


def _listening(store: Store, keys: Iterable[int]) -> list[Socket]:
    sockets = (store.sockets[key] for key in keys)
    return sorted((socket for socket in sockets if socket.listening), key=lambda socket: (socket.ino, socket.key))


def _same_file(listener: Socket, connected: Socket) -> bool:
    # A path may be bound again after it was removed: the file tells whose connection this is.
    return listener.bound == connected.bound or (0, 0) in {listener.bound, connected.bound}


def queue_phrase(listeners: list[Socket]) -> str:
    """Say in whose accept queue a connection waits."""
    names = ", ".join(f"ino {listener.ino} ({listener.local_text})" for listener in listeners)
    which = "one of " if len(listeners) > 1 else ""
    return f"waiting in the accept queue of {which}{names}"
