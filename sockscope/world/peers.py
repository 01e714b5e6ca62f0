"""Who is at the other end, by kind of descriptor: one visible table."""

from collections.abc import Callable

from sockscope.model.descriptor import Descriptor
from sockscope.model.socket import Socket
from sockscope.world.address_peers import address_peers
from sockscope.world.netlink_peers import netlink_peers
from sockscope.world.pipe_peers import pipe_peers
from sockscope.world.pty_peers import pty_peers
from sockscope.world.relations import Peer
from sockscope.world.store import Store
from sockscope.world.unix_peers import unix_peers

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
