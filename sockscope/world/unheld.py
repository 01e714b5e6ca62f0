"""Sockets that no readable process holds, each with the reason."""

from sockscope.model.socket import Socket
from sockscope.world.accept_queue import queue_phrase, waits_at
from sockscope.world.netlink_peers import named_after
from sockscope.world.socket_index import is_queued
from sockscope.world.store import Store

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
UNREADABLE = "held by a process that could not be read, in flight in a message, or held by the kernel"


def unheld_reason(store: Store, socket: Socket) -> str:
    """Why no descriptor leads to a socket."""
    if not socket.ino:
        return _without_inode(store, socket)
    ring = store.descriptor_index.registered.get(socket.ino)
    if ring:
        slots = ", ".join(f"{key.pid}:{key.fd}" for key in sorted(ring))
        return f"registered in the io_uring {slots}"
    reason = UNREADABLE if store.coverage.unreadable_processes else UNSEEN
    owner = named_after(store, socket)
    return f"{reason}; {owner}" if owner else reason


def _without_inode(store: Store, socket: Socket) -> str:
    if is_queued(socket):
        listeners = waits_at(store, socket)
        return queue_phrase(listeners) if listeners else UNACCEPTED
    return WINDING_DOWN.get(socket.state, "closed; the kernel has not let go of it")


def unheld_sockets(store: Store) -> list[tuple[Socket, str]]:
    """All sockets that no descriptor leads to, each with its reason, ordered by protocol and address."""
    sockets = (socket for socket in store.sockets.values() if socket.ino not in store.descriptor_index.sockets)
    by_address = sorted(sockets, key=lambda socket: (socket.label, socket.state, socket.local, socket.key))
    return [(socket, unheld_reason(store, socket)) for socket in by_address]
