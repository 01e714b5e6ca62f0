"""Everything about one descriptor's surroundings, put together from the rooms that know a part."""

from collections.abc import Iterator

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.model.socket import Socket
from sockscope.world.accept_queue import pending_at
from sockscope.world.peers import peers
from sockscope.world.relations import Related
from sockscope.world.siblings import arrival_listeners, siblings
from sockscope.world.store import Store
from sockscope.world.watchers import targets, watchers

UNPROVEN = "kcmp(2) is denied here: other descriptors of the same object would go unseen"
UNDESCRIBED = "no interface describes this socket: its network namespace or its protocol could not be asked"

PARTIAL = {
    "sockprotoname": "only the name of its protocol is known: no interface that could be asked describes this socket",
    "/proc/net": "described by /proc/net only: it names no unix peers and no accept queues",
}
"""What a poorer source leaves open."""


def related(store: Store, key: DescriptorKey) -> Related | None:
    """Holders, other ends, siblings, watchers and targets of one descriptor, None when it is not open."""
    descriptor = store.descriptor(key)
    if descriptor is None:
        return None
    socket = store.socket_of(descriptor)
    return Related(
        descriptor=descriptor,
        socket=socket,
        holders=(key,) if descriptor.unproven else store.holders(descriptor.object),
        holders_confidence="unknown" if descriptor.unproven else "proven",
        peers=peers(store, descriptor),
        siblings=() if socket is None else siblings(store, socket),
        watchers=watchers(store, descriptor),
        targets=targets(store, descriptor),
        notes=tuple(_notes(store, descriptor, socket)),
        listeners=() if socket is None else arrival_listeners(store, socket),
        pending=() if socket is None else pending_at(store, socket),
    )


def _notes(store: Store, descriptor: Descriptor, socket: Socket | None) -> Iterator[str]:
    if descriptor.unproven:
        yield UNPROVEN
    if descriptor.kind == "socket" and (socket is None or not socket.source):
        yield UNDESCRIBED
    elif socket is not None and socket.source in PARTIAL:
        yield PARTIAL[socket.source]
    epoll = store.epoll_of(descriptor)
    if epoll is not None and epoll.note:
        yield epoll.note
