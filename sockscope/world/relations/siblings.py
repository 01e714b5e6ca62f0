"""Other sockets on the same address: SO_REUSEPORT, and datagram sockets that share a port."""

from collections.abc import Iterable

from sockscope.model.confidence import Confidence
from sockscope.model.socket import Socket
from sockscope.world.index.sockets import bound
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Sibling
from sockscope.world.relations.relation import Relation, Subject

EVIDENCE = "one address, other inodes (SO_REUSEPORT)"


def siblings(store: Store, socket: Socket) -> tuple[Sibling, ...]:
    """Sockets bound to the same local address of the same namespace and interface, ordered by inode."""
    address = bound(socket)
    if address is None or socket.family == "unix" or not (socket.listening or socket.type == "dgram"):
        return ()
    others = (store.sockets[key] for key in store.socket_index.bound.get(address))
    beside = (other for other in others if other.ino != socket.ino and other.interface == socket.interface)
    return one_for_each_inode(store, beside, "proven", EVIDENCE)


def one_for_each_inode(
    store: Store, sockets: Iterable[Socket], confidence: Confidence, evidence: str
) -> tuple[Sibling, ...]:
    """Make one tie for each inode, ordered by it: an MPTCP listener and its subflow are two rows on one."""
    distinct: dict[int, Socket] = {}
    for socket in sockets:
        distinct.setdefault(socket.ino or -socket.key, store.socket_by_ino(socket.ino) or socket)
    return tuple(sibling(store, one, confidence, evidence) for _, one in sorted(distinct.items()))


def sibling(store: Store, socket: Socket, confidence: Confidence, evidence: str) -> Sibling:
    """Tie one socket with those who hold it."""
    holders = store.socket_holders(socket.ino)
    return Sibling(
        confidence=confidence,
        evidence=evidence,
        holders=holders,
        object=store.object_of(holders),
        socket=socket.key,
        ino=socket.ino,
        described=socket,
    )


def _find(store: Store, subject: Subject) -> tuple[Sibling, ...]:
    return () if subject.socket is None else siblings(store, subject.socket)


RELATION = Relation("siblings", "Same address", _find, record="siblings")
