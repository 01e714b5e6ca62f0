"""Where an accepted connection came in: the sockets that listen at its local address."""

from sockscope.model.socket import Socket
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Sibling
from sockscope.world.relations.arrivals import BESIDE, Arrivals
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.siblings import one_for_each_inode


def arrival_listeners(store: Store, socket: Socket) -> tuple[Sibling, ...]:
    """Sockets that listen where an accepted connection arrived, the likeliest first and then ordered by inode."""
    found = Arrivals(store).of(socket)
    likely = one_for_each_inode(store, found.listeners, found.confidence, found.evidence)
    return likely + one_for_each_inode(store, found.beside, "unknown", BESIDE)


def _find(store: Store, subject: Subject) -> tuple[Sibling, ...]:
    if subject.descriptor is None or subject.socket is None:
        return ()
    return arrival_listeners(store, subject.socket)


RELATION = Relation("listeners", "Came in through", _find, record="listeners")
