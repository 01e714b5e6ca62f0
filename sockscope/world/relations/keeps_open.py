"""What an io_uring keeps open: the sockets registered in it, one tie for each."""

from sockscope.world.index.store import Store
from sockscope.world.relations.kept_by_io_uring import EVIDENCE, registered_sockets
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    ring = subject.descriptor
    inodes = sorted(set(registered_sockets(ring))) if ring is not None and ring.kind == "io_uring" else []
    return tuple(_tie(store, ino) for ino in inodes)


def _tie(store: Store, ino: int) -> Tie:
    socket = store.socket_by_ino(ino)
    holders = store.socket_holders(ino)
    return Tie(
        confidence="proven",
        evidence=EVIDENCE,
        holders=holders,
        object=store.object_of(holders),
        socket=0 if socket is None else socket.key,
        facts={"ino": ino},
    )


RELATION = Relation("keeps_open", "Keeps open", _find)
