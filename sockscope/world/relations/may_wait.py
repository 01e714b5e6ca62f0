"""Connections that wait at a listener or at one beside it (SO_REUSEPORT): candidates, and no fact.

The kernel counts the queue of each and gives a queued connection no mark of whose it is.
"""

from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Pending
from sockscope.world.relations.queue import candidates_at
from sockscope.world.relations.relation import Relation, Subject


def _find(store: Store, subject: Subject) -> tuple[Pending, ...]:
    return () if subject.socket is None else candidates_at(store, subject.socket).among


RELATION = Relation("may_wait", "Not accepted yet, among these", _find)
