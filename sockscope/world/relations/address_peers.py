"""The other end of a socket with addresses, when it is on this machine: the reversed tuple."""

from collections.abc import Callable, Iterable

from sockscope.kinds.words import counted
from sockscope.model.socket import Socket
from sockscope.world.endpoint import ANY_V4, ANY_V6, Endpoint
from sockscope.world.index.sockets import Bound, Door, Ends, bound, connection, takes_v4
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Peer
from sockscope.world.relations.unheld import unheld_reason

LOOPBACK, ACROSS = "loopback", "across-netns"
"""How `Peer.via` ends: both ends in one network namespace, or each in its own (a veth lies between)."""
REVERSED = "the same addresses reversed"
ELSEWHERE = "the same addresses reversed, in another network namespace"
RECEIVES = "bound to the address it sends to"
SENDS = "sends to the address it is bound to"
AMONG = "{}, besides {} (SO_REUSEPORT): the kernel gives each datagram to one of them"
LOOPBACK_INDEX = 1
"""Number of the interface `lo` in every network namespace (net/core/dev.c, `dev_index_reserve`)."""


def address_peers(store: Store, socket: Socket) -> tuple[Peer, ...]:
    """Sockets at the other end on this host; empty when the other end is elsewhere."""
    ends = connection(socket)
    if ends is None:
        senders = _senders(store, socket) if socket.type == "dgram" else []
        return _peers(store, socket, senders, SENDS)
    here, elsewhere = _reversed(store, socket, ends)
    if here or elsewhere:
        return _peers(store, socket, here or elsewhere, REVERSED if here else ELSEWHERE)
    receivers = _receivers(store, socket, ends) if socket.type == "dgram" else []
    return _peers(store, socket, receivers, RECEIVES)


def _reversed(store: Store, socket: Socket, ends: Ends) -> tuple[list[Socket], list[Socket]]:
    """Candidates in the socket's network namespace, and those in others."""
    found = [store.sockets[key] for key in store.socket_index.tuples.get(ends.reversed)]
    found = [other for other in found if _one_interface(socket, other, ends)]
    here = [other for other in found if _one_netns(socket, other)]
    # A loopback address means another machine's loopback in every other namespace.
    local_only = ends.local.loopback or ends.remote.loopback
    elsewhere = [] if local_only else [other for other in found if not _one_netns(socket, other)]
    return _living(here), _living(elsewhere)


def _one_netns(socket: Socket, other: Socket) -> bool:
    return socket.netns == other.netns or 0 in {socket.netns, other.netns}


def _one_interface(socket: Socket, other: Socket, ends: Ends) -> bool:
    return not ends.local.link_local or socket.interface == other.interface


def _living(sockets: list[Socket]) -> list[Socket]:
    """Prefer sockets with an inode: a TIME_WAIT may sit beside the fresh connection on its tuple."""
    return [socket for socket in sockets if socket.ino] or sockets


def _receivers(store: Store, socket: Socket, ends: Ends) -> list[Socket]:
    """Unconnected sockets that get what a connected datagram socket sends: exact address, else wildcard."""
    hosts = [ends.remote.host]
    if ends.remote.loopback or ends.remote.host == ends.local.host:
        hosts += [ANY_V4, ANY_V6] if ends.remote.v4 else [ANY_V6]
    for host in hosts:
        there = Bound(socket.netns, ends.transport, Endpoint(host, ends.remote.port))
        found = _at(store, there, lambda other: connection(other) is None and (takes_v4(other) or not ends.remote.v4))
        found = [one for one in found if one.interface in {0, LOOPBACK_INDEX, socket.interface}]
        if found:
            return found
    return []


def _receiving(store: Store, sender: Socket) -> int:
    """How many sockets may get what a connected datagram socket sends."""
    ends = connection(sender)
    return 1 if ends is None else len({one.ino or -one.key for one in _receivers(store, sender, ends)})


def _at(store: Store, there: Bound, accept: Callable[[Socket], bool]) -> list[Socket]:
    sockets = (store.sockets[key] for key in store.socket_index.bound.get(there))
    return [socket for socket in sockets if accept(socket)]


def _senders(store: Store, socket: Socket) -> list[Socket]:
    """Connected datagram sockets whose datagrams an unconnected one gets."""
    here = bound(socket)
    if here is None:
        return []
    keys = store.socket_index.senders.get(Door(here.netns, here.transport, here.local.port))
    return [other for other in (store.sockets[key] for key in keys) if _sends_here(store, other, socket)]


def _sends_here(store: Store, other: Socket, socket: Socket) -> bool:
    ends = connection(other)
    if ends is None or any(_reversed(store, other, ends)):
        return False
    return socket in _receivers(store, other, ends)


def _peers(store: Store, socket: Socket, others: Iterable[Socket], evidence: str) -> tuple[Peer, ...]:
    """One peer per inode (an MPTCP socket and its subflows are one); those without an inode one by one."""
    distinct = {other.ino or -other.key: other for other in others}
    count = len(distinct) if evidence == RECEIVES else 1
    return tuple(_peer(store, socket, distinct[mark], evidence, count) for mark in sorted(distinct))


def _peer(store: Store, socket: Socket, other: Socket, evidence: str, count: int) -> Peer:
    beside = (_receiving(store, other) if evidence == SENDS else count) - 1
    holders = store.socket_holders(other.ino)
    return Peer(
        via=f"{socket.label}-{ACROSS if evidence == ELSEWHERE else LOOPBACK}",
        ino=other.ino,
        object=store.object_of(holders),
        confidence="unknown" if beside > 0 else "inferred",
        evidence=AMONG.format(evidence, counted(beside, "other")) if beside > 0 else evidence,
        holders=holders,
        note="" if holders else unheld_reason(store, other),
        socket=other.key,
    )
