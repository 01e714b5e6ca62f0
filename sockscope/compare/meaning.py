"""What a descriptor or socket is for, in a few words: those who are for the same are of one class.

Numbers that the kernel gives anew each time are no part of it: inodes, ports that a client was lent, the port of a
client that called here.
"""

import re

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, ours
from sockscope.compare.index import LISTEN, Index
from sockscope.compare.side import SeenDescriptor, SeenSocket
from sockscope.kinds.registry import TWO_ENDED

LENT = 32768
"""From here on ports are lent to who asks for none (`ip_local_port_range`, as the kernel comes with it)."""
DELETED = " (deleted)"
_LENT_NAME = re.compile(r"@[0-9a-f]{5}")
"""An abstract name that the kernel has chosen (`unix(7)`, autobind)."""
_INTERNET = frozenset({"inet", "inet6"})
_ENDS = {"r": ours("read end"), "w": ours("write end")}


def meaning(index: Index, descriptor: SeenDescriptor) -> Clean:
    """Say what a descriptor is for."""
    if descriptor.kind == "socket":
        socket = index.socket_of(descriptor)
        return ours("socket") if socket is None else socket_meaning(index, socket)
    if descriptor.fd < 0 and descriptor.kind != "mem":
        return descriptor.kind
    if descriptor.target.startswith("/"):
        return ours("{} {}", descriptor.kind, descriptor.target.removesuffix(DELETED))
    if descriptor.kind in TWO_ENDED:
        return ours("{} {}", descriptor.kind, _ENDS.get(descriptor.access, ours("both ends")))
    return descriptor.kind


def socket_meaning(index: Index, socket: SeenSocket) -> Clean:
    """Say what a socket is for."""
    label = socket.label or ours("socket")
    if socket.family in _INTERNET:
        return _internet(index, socket, label)
    if socket.family == "unix":
        return _unix(index, socket)
    if socket.family == "netlink":
        return ours("netlink {}", socket.protocol)
    ends = _ends(socket)
    return ours("{} {}", label, ends) if ends else label


def _ends(socket: SeenSocket) -> Clean:
    return ours("{} → {}", socket.local, socket.remote) if socket.remote else socket.local


def _internet(index: Index, socket: SeenSocket, label: Clean) -> Clean:
    host, _, port = socket.local.rpartition(":")
    if socket.state == LISTEN:
        return ours("{} listener {}", label, short(socket.local))
    if socket.remote:
        if (label, port, socket.netns) in index.served:
            return ours("{} :{} ← {}", label, port, socket.remote.rpartition(":")[0])
        return ours("{} → {}", label, socket.remote)
    if not port.isdecimal() or int(port[:6]) >= LENT:
        return ours("{} {}:(lent)", label, host) if port.isdecimal() else label
    return ours("{} {}", label, short(socket.local))


def _unix(index: Index, socket: SeenSocket) -> Clean:
    if socket.state == LISTEN:
        return ours("unix listener {}", socket.local)
    own = _chosen(socket.local)
    if own:
        return ours("unix {}", own)
    other = index.sockets.get(socket.peer_ino) if socket.peer_ino else None
    if other is None:
        return ours("unix {}", socket.type)
    theirs = _chosen(other.local)
    if theirs:
        return ours("unix → {}", theirs)
    holder = index.holders.get(socket.peer_ino) if socket.peer_ino else None
    return ours("unix {}", socket.type) if holder is None else ours("unix ⇄ {}", holder.comm)


def _chosen(name: Clean) -> Clean:
    """Return a name that somebody has chosen, "" for one that the kernel has."""
    return NOTHING if _LENT_NAME.fullmatch(name) else name


def short(local: Clean) -> Clean:
    """Write an address that stands for all as `*:80`."""
    for anywhere in ("0.0.0.0:", "[::]:"):
        if local.startswith(anywhere):
            return ours("*:{}", local.removeprefix(anywhere))
    return local
