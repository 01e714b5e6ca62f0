"""The other end of a unix socket: `UNIX_DIAG_PEER`, read in both directions."""

from sockscope.model.socket import Socket
from sockscope.world.index.store import Store
from sockscope.world.relations.accept_queue import QUEUE_EVIDENCE, queue_phrase
from sockscope.world.relations.answers import Peer
from sockscope.world.relations.arrivals import waits_at
from sockscope.world.relations.unheld import unheld_reason

EVIDENCE = "UNIX_DIAG_PEER"
SHUT = "UNIX_DIAG_SHUTDOWN: both directions, and no UNIX_DIAG_PEER"
CLOSED = "the other end is closed; an epoll on it reports HUP for ever"
LOST = "UNIX_DIAG_PEER: connected to a socket that has no inode any more"
REFUSED = "the other end is closed; what is sent is refused"
STREAMS = frozenset({"stream", "seqpacket"})
BOTH = 3
"""`Socket.shutdown` of a socket that neither receives nor sends any more."""


def unix_peers(store: Store, socket: Socket) -> tuple[Peer, ...]:
    """Sockets that this one is connected to, or that are connected to it (many, for a datagram server)."""
    inodes = {store.sockets[key].ino for key in store.socket_index.naming.get(socket.ino)}
    inodes.add(socket.peer_ino)
    inodes.discard(0)
    peers = tuple([_peer(store, socket, ino) for ino in sorted(inodes)])
    return peers or _queued(store, socket) or _closed(socket)


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
    return (Peer(via="unix", ino=0, confidence="proven", evidence=QUEUE_EVIDENCE, note=queue_phrase(listeners)),)


def _closed(socket: Socket) -> tuple[Peer, ...]:
    """Say that the other end is gone: both directions of a connected stream are shut then, and it names no peer.

    `unix_release_sock` of net/unix/af_unix.c. A datagram socket is not told, and goes on naming the one that is closed.
    """
    if (socket.extra or {}).get("peer") == "closed":
        return (Peer(via="unix", ino=0, confidence="proven", evidence=LOST, note=REFUSED),)
    gone = socket.type in STREAMS and socket.state == "ESTABLISHED" and socket.shutdown == BOTH
    return (Peer(via="unix", ino=0, confidence="proven", evidence=SHUT, note=CLOSED),) if gone else ()
