"""What came in at a listener: the accepted connections at its address. Found in depth only, as they may be many."""

from sockscope.model.socket import Socket
from sockscope.world.index.sockets import bound, door
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Sibling
from sockscope.world.relations.arrivals import connections_at
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.siblings import sibling
from sockscope.world.relations.tie import Tie

MANY = 3000
"""Connections that are told apart for a view that is drawn again and again: about 15 µs each."""


def arrivals(store: Store, listener: Socket) -> tuple[Sibling, ...]:
    """Connections that came in where a socket listens, one for each inode, by their other end."""
    distinct = {one.ino: (store.socket_by_ino(one.ino) or one, came) for one, came in connections_at(store, listener)}
    return tuple(sibling(store, one, came.confidence, came.evidence) for one, came in distinct.values())


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    listener = subject.socket
    if listener is None:
        return ()
    return (
        _counted(store, listener)
        if subject.in_passing and _count(store, listener) > MANY
        else arrivals(store, listener)
    )


def _count(store: Store, listener: Socket) -> int:
    here = bound(listener) if listener.listening else None
    return 0 if here is None else store.socket_index.arrived.count(door(here))


def _counted(store: Store, listener: Socket) -> tuple[Tie, ...]:
    note = f"{_count(store, listener):,} connections have its port: too many to be told apart at every refresh"
    return (Tie(confidence="unknown", evidence="local port alone", note=note),)


RELATION = Relation("connections", "Came in here", _find, record="connections", asked=True)
