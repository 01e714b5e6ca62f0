"""Who is at the other end, by kind of descriptor: one visible table."""

from collections.abc import Callable

from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket
from sockscope.world.index.store import Store
from sockscope.world.relations.address_peers import ACROSS, LOOPBACK, address_peers
from sockscope.world.relations.answers import Peer
from sockscope.world.relations.netlink_peers import netlink_peers
from sockscope.world.relations.pipe_peers import pipe_peers
from sockscope.world.relations.pty_peers import PTYS, pty_peers
from sockscope.world.relations.relation import Relation, Subject
from sockscope.world.relations.tie import OTHER, Tie
from sockscope.world.relations.unix_peers import unix_peers

BY_KIND: dict[str, Callable[[Store, Descriptor], tuple[Peer, ...]]] = {
    "pipe": pipe_peers,
    "fifo": pipe_peers,
    "pty-master": pty_peers,
    "tty": pty_peers,
}
BY_FAMILY: dict[str, Callable[[Store, Socket], tuple[Peer, ...]]] = {
    "unix": unix_peers,
    "inet": address_peers,
    "inet6": address_peers,
    "vsock": address_peers,
    "netlink": netlink_peers,
}
TALK = {"unix": "unix connection", "pty": "pseudo-terminal", "netlink": "netlink connection"}
"""What a user calls what lies between two processes, where that is not `Peer.via` itself."""


def peers(store: Store, descriptor: Descriptor) -> tuple[Peer, ...]:
    """Objects at the other end of a descriptor; empty where its kind has none or it is elsewhere."""
    socket = store.socket_of(descriptor)
    if socket is not None:
        return socket_peers(store, socket)
    find = BY_KIND.get(descriptor.kind)
    return find(store, descriptor) if find is not None else ()


def socket_peers(store: Store, socket: Socket) -> tuple[Peer, ...]:
    """Objects at the other end of a socket, whether or not a descriptor leads to it."""
    find = BY_FAMILY.get(socket.family)
    return find(store, socket) if find is not None else ()


def no_other_end(store: Store, descriptor: Descriptor | None) -> str:
    """Say that there is no other end to go to: a listener has none at all."""
    socket = None if descriptor is None else store.socket_of(descriptor)
    if socket is not None and socket.listening:
        return "A listener has no other end: its connections are sockets of their own."
    return "No other end that can be seen from here."


def _find(store: Store, subject: Subject) -> tuple[Peer, ...]:
    if subject.descriptor is not None:
        return peers(store, subject.descriptor)
    return () if subject.socket is None else socket_peers(store, subject.socket)


def _link(_store: Store, _descriptor: Descriptor, tie: Tie) -> str:
    via = tie.via if isinstance(tie, Peer) else ""
    label, _, how = via.partition("-")
    return f"{label} connection" if how in {LOOPBACK, ACROSS} else TALK.get(via, via)


def _outside(_descriptor: Descriptor) -> str:
    return "peer"


RELATION = Relation(
    "peers", "Other end", _find, sign=OTHER, index=(PTYS,), link=_link, outside=_outside, record="peers"
)
