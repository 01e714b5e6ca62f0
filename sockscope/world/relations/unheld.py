"""Sockets that no readable process holds, each with the reason."""

from sockscope.model.socket import Socket
from sockscope.world.index.sockets import is_queued
from sockscope.world.index.store import Store
from sockscope.world.relations.accept_queue import TUPLE_EVIDENCE, queue_phrase
from sockscope.world.relations.arrivals import waits_at
from sockscope.world.relations.kept_by_io_uring import EVIDENCE as REGISTERED_EVIDENCE
from sockscope.world.relations.kept_by_io_uring import rings
from sockscope.world.relations.kernel_ports import kernel_user
from sockscope.world.relations.may_be_kept_by import candidates_phrase
from sockscope.world.relations.netlink_peers import named_after
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import Tie

WINDING_DOWN = {
    "TIME_WAIT": "closed; the kernel keeps the address for late segments",
    "FIN_WAIT1": "closed here; the kernel still delivers what was sent",
    "FIN_WAIT2": "closed here; the other end has not closed",
    "LAST_ACK": "closed at both ends; the last acknowledgement is missing",
    "CLOSING": "closed at both ends; the last acknowledgement is missing",
    "SYN_RECV": "the handshake is not finished",
    "NEW_SYN_RECV": "the handshake is not finished",
}
UNACCEPTED = "established and not accepted; its listener is closed or not shown"
UNSEEN = "no process that could be read holds it: it is in flight in a message, or held by the kernel"
UNREAD = "not everything was read yet: a process may hold it, a message in flight, or the kernel"
UNREADABLE = "held by a process that could not be read, in flight in a message, or held by the kernel"


STATE = "its state in sock_diag"
NO_LISTENER = "no inode yet, and no listener at its local address"
NOT_FOUND = "no descriptor that could be read leads to its inode"


def unheld(store: Store, socket: Socket) -> Tie:
    """Why no descriptor leads to a socket, with those that keep it open where they are known."""
    if not socket.ino:
        return _without_inode(store, socket)
    ring = rings(store, socket)
    if ring:
        slots = ", ".join(key.slot for key in ring)
        note = f"registered in the io_uring {slots}"
        return Tie(confidence="proven", evidence=REGISTERED_EVIDENCE, holders=ring, note=note)
    reason = UNREADABLE if store.coverage.unreadable_processes else UNSEEN
    reason = reason if store.read_whole else UNREAD
    parts = (candidates_phrase(store, socket), reason, named_after(store, socket), kernel_user(socket))
    return Tie(confidence="unknown", evidence=NOT_FOUND, note="; ".join(part for part in parts if part))


def unheld_reason(store: Store, socket: Socket) -> str:
    """Say why no descriptor leads to a socket."""
    return unheld(store, socket).note


def _without_inode(store: Store, socket: Socket) -> Tie:
    if not is_queued(socket):
        note = WINDING_DOWN.get(socket.state, "closed; the kernel has not let go of it")
        return Tie(confidence="proven", evidence=STATE, note=note)
    listeners = waits_at(store, socket)
    if listeners:
        return Tie(confidence="inferred", evidence=TUPLE_EVIDENCE, note=queue_phrase(listeners))
    return Tie(confidence="inferred", evidence=NO_LISTENER, note=UNACCEPTED)


def unheld_sockets(store: Store) -> list[tuple[Socket, str]]:
    """All sockets that no descriptor leads to, each with its reason, ordered by protocol and address."""
    sockets = (socket for socket in store.sockets.values() if socket.ino not in store.descriptor_index.sockets)
    by_address = sorted(sockets, key=lambda socket: (socket.label, socket.state, socket.local_text, socket.key))
    return [(socket, unheld_reason(store, socket)) for socket in by_address]


def _find(store: Store, subject: Subject) -> tuple[Tie, ...]:
    if subject.descriptor is not None or subject.socket is None:
        return ()
    return (unheld(store, subject.socket),)


RELATION = Relation("unheld", "Why nobody holds it", _find)
