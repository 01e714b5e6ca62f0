"""The other end of a unix socket: `UNIX_DIAG_PEER`, read in both directions."""

from sockscope.model.socket import Socket
from sockscope.world.accept_queue import QUEUE_EVIDENCE, queue_phrase, waits_at
from sockscope.world.relations import Peer
from sockscope.world.store import Store
from sockscope.world.unheld import unheld_reason

EVIDENCE = "UNIX_DIAG_PEER"


def unix_peers(store: Store, socket: Socket) -> tuple[Peer, ...]:
    """Sockets that this one is connected to, or that are connected to it (many, for a datagram server)."""
    inodes = {store.sockets[key].ino for key in store.socket_index.naming.get(socket.ino)}
    inodes.add(socket.peer_ino)
    inodes.discard(0)
    peers = tuple([_peer(store, socket, ino) for ino in sorted(inodes)])
    return peers or _queued(store, socket)


def _peer(store: Store, socket: Socket, ino: int) -> Peer:
    other = store.socket_by_ino(ino)
    holders = store.socket_holders(ino)
    return Peer(
        via=_via(socket, other),
        ino=ino,
        object=store.object_of(holders),
        confidence="proven",
        evidence=EVIDENCE,
        holders=holders,
        note="" if holders else _unheld(store, other),
        socket=0 if other is None else other.key,
    )


def _via(socket: Socket, other: Socket | None) -> str:
    unnamed = not socket.local and other is not None and not other.local
    return "socketpair" if unnamed else "unix"


def _unheld(store: Store, other: Socket | None) -> str:
    return "not shown by any interface" if other is None else unheld_reason(store, other)


def _queued(store: Store, socket: Socket) -> tuple[Peer, ...]:
    listeners = waits_at(store, socket)
    if not listeners:
        return ()
    return (Peer("unix", 0, "", "proven", QUEUE_EVIDENCE, (), queue_phrase(listeners)),)
