"""The other end of a netlink socket: the socket whose portid it names, else the kernel."""

from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.world.index.sockets import dialled, portid
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import Peer

NAMED = "netlink_diag: connected to its portid"
DEFAULT = "netlink(7): what is sent without an address goes to the kernel"
KERNEL = "the kernel"
BETWEEN_PROCESSES = frozenset({"usersock"})
"""Protocols that no part of the kernel answers (`linux/netlink.h`)."""


def netlink_peers(store: Store, socket: Socket) -> tuple[Peer, ...]:
    """Sockets that it is connected to or that are connected to it; without any, the kernel, which nobody holds.

    Nothing of one that no interface describes: it may be connected.
    """
    if not socket.state:
        return ()
    there, here = dialled(socket), portid(socket)
    named = () if there is None else store.socket_index.portids.get(there)
    naming = () if here is None else store.socket_index.dialling.get(here)
    found = {key: store.sockets[key] for key in (*named, *naming)}  # itself, where it is connected to itself
    if found:
        return tuple(_peer(store, found[key]) for key in sorted(found))
    if there is not None:
        return (_absent(f"no socket that is shown has portid {there.number}"),)
    return () if socket.protocol in BETWEEN_PROCESSES else (_absent(KERNEL),)


def _peer(store: Store, other: Socket) -> Peer:
    holders = store.socket_holders(other.ino)
    note = "" if holders else named_after(store, other) or "held by no process that could be read"
    return Peer(
        via="netlink",
        ino=other.ino,
        object=store.object_of(holders),
        confidence="proven",
        evidence=NAMED,
        holders=holders,
        note=note,
        socket=other.key,
    )


def _absent(note: str) -> Peer:
    if note == KERNEL:
        return Peer(via="netlink", ino=0, confidence="inferred", evidence=DEFAULT, note=note)
    return Peer(via="netlink", ino=0, confidence="unknown", evidence=NAMED, note=note)


def named_process(store: Store, socket: Socket) -> Process | None:
    """Process that a socket's portid is the pid of: who bound it, by custom (netlink(7)); None where none is.

    The kernel takes the pid of whoever binds first; a second socket of that process gets another number.
    """
    own = portid(socket)
    process = None if own is None else store.process(own.number)
    if process is None or process.inner_pid not in {0, process.pid} or process.kernel_thread:
        return None
    return process if socket.netns == process.netns or 0 in {socket.netns, process.netns} else None


def named_after(store: Store, socket: Socket) -> str:
    """Say whose pid a portid is, "" where it is nobody's."""
    process = named_process(store, socket)
    return "" if process is None else f"its portid is the pid of {process.pid} {process.comm} (inferred)"
