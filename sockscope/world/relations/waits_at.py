"""In whose accept queue a connection waits that nobody has accepted."""

from sockscope.world.index.sockets import is_queued
from sockscope.world.index.store import Store
from sockscope.world.relations.accept_queue import QUEUE_EVIDENCE
from sockscope.world.relations.answers import Sibling
from sockscope.world.relations.arrivals import Arrivals, waits_at
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.siblings import one_for_each_inode


def _find(store: Store, subject: Subject) -> tuple[Sibling, ...]:
    socket = subject.socket
    if socket is None or subject.descriptor is not None:
        return ()
    if socket.family == "unix":
        return one_for_each_inode(store, waits_at(store, socket), "proven", QUEUE_EVIDENCE)
    found = Arrivals(store).of(socket) if is_queued(socket) else None
    return () if found is None else one_for_each_inode(store, found.listeners, found.confidence, found.evidence)


RELATION = Relation("waits_at", "Waits to be accepted by", _find)
