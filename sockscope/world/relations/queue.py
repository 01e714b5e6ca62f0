"""The accept queue of a listener: connected, and accepted by nobody; the clients wait."""

from typing import NamedTuple

from sockscope.model.confidence import Confidence
from sockscope.model.socket import Socket
from sockscope.world.index.sockets import Door, bound, connection
from sockscope.world.index.store import Store
from sockscope.world.relations.accept_queue import QUEUE_EVIDENCE
from sockscope.world.relations.answers import Pending
from sockscope.world.relations.arrivals import Arrivals
from sockscope.world.relations.relation import Relation, Subject

LENGTH_EVIDENCE = {True: "sock_diag counts them", False: "no interface that could be asked counts them"}
"""Of the number of connections that wait, by whether it is known."""
TOO_MANY = "no inode yet, local address of the listener; but fewer are counted there"


def pending_at(store: Store, listener: Socket) -> tuple[Pending, ...]:
    """Connections that wait at a listener, unix clients by inode, others by cookie."""
    if not listener.listening:
        return ()
    if listener.family == "unix":
        return tuple(_pending_unix(store, ino) for ino in sorted(listener.pending))
    here = bound(listener)
    if here is None:
        return ()
    return candidates_at(store, listener).here


class Candidates(NamedTuple):
    """Connections that nobody accepted at the address of a listener."""

    here: tuple[Pending, ...]
    """Those that can wait nowhere else: never more than the kernel counts at this listener."""
    among: tuple[Pending, ...]
    """Those of which it cannot be told whether they wait at this listener or at one beside it."""


def candidates_at(store: Store, listener: Socket) -> Candidates:
    """Sort the queued connections at the address of a listener; the kernel tells how many are its own, not which."""
    here = bound(listener) if listener.listening else None
    if here is None or listener.family == "unix":
        return Candidates((), ())
    arrivals = Arrivals(store)
    keys = store.socket_index.queued.get(Door(here.netns, here.transport, here.local.port))
    found = [(half, arrivals.of(half)) for half in (store.sockets[key] for key in keys)]
    found = [(half, came) for half, came in found if listener.ino in {one.ino for one in came.listeners}]
    alone = [(half, came) for half, came in found if len(came.listeners) == 1]
    if 0 <= listener.queue < len(alone):
        return Candidates((), tuple(_pending_tuple(store, half, "unknown", TOO_MANY) for half, _ in found))
    beside = [(half, came) for half, came in found if len(came.listeners) > 1]
    return Candidates(
        tuple(_pending_tuple(store, half, came.confidence, came.evidence) for half, came in alone),
        tuple(_pending_tuple(store, half, came.confidence, came.evidence) for half, came in beside),
    )


def _pending_unix(store: Store, ino: int) -> Pending:
    return Pending(
        confidence="proven",
        evidence=QUEUE_EVIDENCE,
        holders=store.socket_holders(ino),
        ino=ino,
        half=0,
        cookie=0,
        remote="",
    )


def _pending_tuple(store: Store, half: Socket, confidence: Confidence, evidence: str) -> Pending:
    ends = connection(half)
    clients = store.socket_index.tuples.get(ends.reversed) if ends is not None else ()
    inodes = sorted({store.sockets[key].ino for key in clients} - {0})
    ino = inodes[0] if inodes else 0
    return Pending(
        confidence=confidence,
        evidence=evidence,
        holders=store.socket_holders(ino),
        ino=ino,
        half=half.key,
        cookie=half.cookie,
        remote=half.remote_text,
        socket=half.key,
        facts={"remote": half.remote_text, "cookie": half.cookie},
    )


def _find(store: Store, subject: Subject) -> tuple[Pending, ...]:
    return () if subject.socket is None else pending_at(store, subject.socket)


RELATION = Relation("queue", "Not accepted yet", _find, record="queue")
