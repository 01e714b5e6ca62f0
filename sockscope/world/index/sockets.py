"""Sockets by inode, by peer, by accept queue and by address."""

from collections.abc import Hashable
from typing import NamedTuple, TypeVar

from sockscope.model.address import ANY_CID, InternetAddress, UnixName
from sockscope.model.socket import Socket
from sockscope.world.endpoint import ANY_V4, Endpoint, endpoint
from sockscope.world.index.multimap import Multimap

_K = TypeVar("_K", bound=Hashable)

ADDRESSED = frozenset({"inet", "inet6", "vsock"})
"""Families whose ends are told by addresses, not by inodes."""
QUEUED_STATES = frozenset({"ESTABLISHED", "CLOSE_WAIT"})
"""States of a connection that waits to be accepted; its inode is 0 until then."""


def transport(socket: Socket) -> str:
    """Protocol that addresses are compared within: MPTCP speaks TCP on the wire and falls back to it."""
    protocol = socket.protocol or socket.family
    return "tcp" if protocol == "mptcp" else protocol


class Ends(NamedTuple):
    """Both ends of a connection. Network namespaces are compared when asked: a pair may span two."""

    transport: str
    local: Endpoint
    remote: Endpoint

    @property
    def reversed(self) -> "Ends":
        """The same connection seen from the other end."""
        return Ends(self.transport, self.remote, self.local)


class Bound(NamedTuple):
    """A local address within one network namespace."""

    netns: int
    transport: str
    local: Endpoint


class Door(NamedTuple):
    """A port within one network namespace, whatever the address."""

    netns: int
    transport: str
    port: int | bytes
    """For unix the name, which has no port."""


class Portid(NamedTuple):
    """Address of a netlink socket: a number within one protocol of one network namespace."""

    netns: int
    protocol: str
    number: int


def portid(socket: Socket) -> Portid | None:
    """Own address of a netlink socket, None for other families and for one that is not bound."""
    return _portid(socket, "portid")


def dialled(socket: Socket) -> Portid | None:
    """Address that a netlink socket is connected to, None where it is connected to no process."""
    return _portid(socket, "remote_portid")


def _portid(socket: Socket, name: str) -> Portid | None:
    number = (socket.extra or {}).get(name) if socket.family == "netlink" else None
    return Portid(socket.netns, socket.protocol, number) if isinstance(number, int) and number else None


def connection(socket: Socket) -> Ends | None:
    """Address tuple of a connected socket, None for one that has no other end."""
    if socket.family not in ADDRESSED or socket.listening or socket.remote is None:
        return None
    local, remote = endpoint(socket.local), endpoint(socket.remote)
    if local is None or remote is None or remote.any or remote.port in {0, ANY_CID}:
        return None
    return Ends(transport(socket), local, remote)


def is_queued(socket: Socket) -> bool:
    """Whether it is the half of a connection that has no inode because nobody accepted it."""
    return not socket.ino and socket.state in QUEUED_STATES and connection(socket) is not None


def bound(socket: Socket) -> Bound | None:
    """Where a socket receives, None when it is bound to nothing.

    For unix its name: an abstract one within its network namespace, a path wherever the file is reached.
    """
    local = endpoint(socket.local)
    if local is None:
        return None
    if isinstance(socket.local, UnixName):
        return Bound(socket.netns if socket.local.abstract else 0, "unix", local)
    return Bound(socket.netns, transport(socket), local)


def door(here: Bound) -> Door:
    """Leave the address out; a unix name has no port and stands for itself."""
    return Door(here.netns, here.transport, here.local.port or here.local.host)


def takes_v4(socket: Socket) -> bool:
    """Whether what is sent over IPv4 may arrive at a socket; one on `::` may refuse it (IPV6_V6ONLY)."""
    local = socket.local
    return not isinstance(local, InternetAddress) or len(local.host) == len(ANY_V4) or local.dual is not False


class SocketIndex:
    """Kept one socket at a time; all values are `Socket.key`."""

    __slots__ = (
        "arrived",
        "bound",
        "dialling",
        "inodes",
        "naming",
        "portids",
        "queued",
        "senders",
        "tuples",
        "waiting",
    )

    def __init__(self) -> None:
        """Start empty."""
        self.inodes: Multimap[int, int] = Multimap()
        """By inode: one socket, or an MPTCP socket and its subflows."""
        self.naming: Multimap[int, int] = Multimap()
        """By the inode that a unix socket names as its peer."""
        self.waiting: Multimap[int, int] = Multimap()
        """By the inode of a unix client that waits: the listener it waits at."""
        self.tuples: Multimap[Ends, int] = Multimap()
        self.bound: Multimap[Bound, int] = Multimap()
        """By local address: sockets that listen there, and datagram sockets bound there."""
        self.senders: Multimap[Door, int] = Multimap()
        """By remote port: connected datagram sockets, whose other end need not be connected."""
        self.queued: Multimap[Door, int] = Multimap()
        """By local port: connections without an inode, which nobody accepted yet."""
        self.arrived: Multimap[Door, int] = Multimap()
        """By local port, for unix by local name: connections that may have come in at a listener there."""
        self.portids: Multimap[Portid, int] = Multimap()
        """By own address: netlink sockets."""
        self.dialling: Multimap[Portid, int] = Multimap()
        """By the address it is connected to: netlink sockets."""

    def add(self, socket: Socket) -> None:
        """Enter a socket that is not in the index."""
        self._each(socket, add=True)

    def remove(self, socket: Socket) -> None:
        """Take out a socket as it was entered."""
        self._each(socket, add=False)

    def _each(self, socket: Socket, *, add: bool) -> None:
        key = socket.key
        if socket.ino:
            _put(self.inodes, socket.ino, key, add=add)
        if socket.peer_ino:
            _put(self.naming, socket.peer_ino, key, add=add)
        for ino in socket.pending:
            if ino:
                _put(self.waiting, ino, key, add=add)
        if socket.family == "netlink":
            self._portids(socket, key, add=add)
        else:
            self._addresses(socket, key, add=add)

    def _portids(self, socket: Socket, key: int, *, add: bool) -> None:
        for index, number in ((self.portids, portid(socket)), (self.dialling, dialled(socket))):
            if number is not None:
                _put(index, number, key, add=add)

    def _addresses(self, socket: Socket, key: int, *, add: bool) -> None:
        ends = connection(socket)
        here = bound(socket)
        if ends is not None:
            _put(self.tuples, ends, key, add=add)
            if socket.type == "dgram":
                _put(self.senders, Door(socket.netns, ends.transport, ends.remote.port), key, add=add)
            if is_queued(socket):
                _put(self.queued, Door(socket.netns, ends.transport, ends.local.port), key, add=add)
        if here is not None and socket.ino and (ends is not None or socket.peer_ino) and socket.type != "dgram":
            _put(self.arrived, door(here), key, add=add)
        if here is not None and (socket.listening or socket.type == "dgram"):
            _put(self.bound, here, key, add=add)


def _put(index: Multimap[_K, int], entry: _K, key: int, *, add: bool) -> None:
    if add:
        index.add(entry, key)
    else:
        index.discard(entry, key)
