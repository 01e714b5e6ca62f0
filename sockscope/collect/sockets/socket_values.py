"""sock_diag rows turned into the model's sockets: numbers into names, bytes into clean text."""

import socket

from sockscope.abi.socket_states import CLOSE, ESTABLISHED, LISTEN, SocketState, tcp_state
from sockscope.abi.socket_types import SocketType, socket_type
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, ours
from sockscope.collect.sockets.origin import SocketOrigin
from sockscope.kernel.diag.inet import InetSocket
from sockscope.kernel.diag.unix import UnixSocket
from sockscope.model.address import Address, InternetAddress, RawAddress, UnixName
from sockscope.model.descriptor import CleanFields
from sockscope.model.socket import Family, Socket

_FAMILIES: dict[int, Family] = {socket.AF_INET: "inet", socket.AF_INET6: "inet6"}
_STREAMS = frozenset({"tcp", "mptcp", "sctp"})
_UNIX_STATES: dict[int, SocketState] = {LISTEN: "LISTEN", ESTABLISHED: "ESTABLISHED"}
_V4_BYTES = 4


_FIN_RECEIVED = frozenset({"CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT"})
"""States of TCP in which the receive queue counts the FIN of the other end as a byte, until that is read as the end."""
_UNANSWERED = frozenset({"SYN_SENT", "FIN_WAIT1", "LAST_ACK", "CLOSING"})
"""States in which our own SYN or FIN is not acknowledged and counted as a byte that was sent."""


def unix_socket(row: UnixSocket, origin: SocketOrigin) -> Socket:
    """Describe one unix socket."""
    listening = row.state == LISTEN
    return Socket(
        key=origin.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=origin.netns,
        family="unix",
        type=socket_type(row.type),
        protocol=NOTHING,
        state=_UNIX_STATES.get(row.state, "UNCONNECTED"),
        local=unix_name(row.name),
        peer_ino=row.peer,
        recv_q=0 if listening else row.recv_queue,
        send_q=0 if listening else row.send_queue,
        queue=row.recv_queue if listening else -1,
        backlog=row.send_queue if listening else -1,
        uid=row.uid,
        shutdown=row.shutdown,
        pending=row.pending,
        bound=row.vfs,
        source=origin.source,
        extra={"peer": ours("closed")} if _has_lost_its_peer(row) else None,
    )


def _has_lost_its_peer(row: UnixSocket) -> bool:
    """Tell whether a datagram socket is connected to one that is closed, which nothing else says of it.

    A closed socket has no inode. Neither has the end of a stream that nobody has accepted, but that is no datagram
    socket's (net/unix/diag.c, `sk_diag_dump_peer`; net/unix/af_unix.c, `unix_release_sock`).
    """
    return socket_type(row.type) == "dgram" and row.names_peer and not row.peer


def unix_name(raw: Raw | None) -> UnixName | None:
    """Take a bound name as it is; a path ends where its NUL is."""
    if not raw:
        return None
    return UnixName(raw if raw.startswith(b"\0") else raw.rstrip(b"\0"))


def inet_socket(row: InetSocket, origin: SocketOrigin, protocol: Clean) -> Socket:
    """Describe one TCP, UDP or related socket."""
    state = tcp_state(row.state)
    listening = state == "LISTEN"
    if row.state == CLOSE:
        # sock_diag says CLOSE for every datagram socket without a peer; nothing was closed.
        state = "CLOSE" if protocol in _STREAMS else "UNCONNECTED"
    device = origin.interface(row.interface) if row.interface else NOTHING
    near, far = _ends(row, device, protocol)
    return Socket(
        key=origin.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=origin.netns,
        family=_FAMILIES.get(row.family, ""),
        type="stream" if protocol in _STREAMS else ("raw" if protocol == "raw" else "dgram"),
        protocol=protocol,
        state=state,
        local=near,
        remote=far,
        recv_q=0 if listening else max(row.recv_queue - (state in _FIN_RECEIVED and protocol == "tcp"), 0),
        send_q=0 if listening else max(row.send_queue - (state in _UNANSWERED and protocol == "tcp"), 0),
        queue=row.recv_queue if listening else -1,
        backlog=row.send_queue if listening else -1,
        uid=row.uid,
        shutdown=row.shutdown,
        interface=row.interface,
        cgroup=row.cgroup,
        source=origin.source,
        extra=_inet_extra(row, device),
        cgroup_path=origin.cgroup_path(row.cgroup),
        drops=row.drops,
    )


def _inet_extra(row: InetSocket, device: Clean) -> CleanFields | None:
    """Name what only some have: the interface it is bound to, an MPTCP connection's token."""
    extra: CleanFields = {}
    if device:
        extra["interface"] = device
    if row.token:
        extra["token"] = ours("{:08x}", row.token)
    return extra or None


def _ends(row: InetSocket, device: Clean, protocol: str) -> tuple[Address, Address | None]:
    """Name both ends; a raw socket's port is the IP protocol it gets."""
    device = device or (ours("if{}", row.interface) if row.interface else NOTHING)
    if protocol == "raw":
        number = row.protocol or row.local_port
        far = RawAddress(row.remote, number, device) if any(row.remote) else None
        return RawAddress(row.local, number, device, _is_dual(row)), far
    near = InternetAddress(row.local, row.local_port, device, _is_dual(row))
    has_remote = row.remote_port != 0 or any(row.remote)
    return near, InternetAddress(row.remote, row.remote_port, device) if has_remote else None


def _is_dual(row: InetSocket) -> bool | None:
    """Tell whether a socket on `::` takes IPv4 as well, None where nobody says."""
    if len(row.local) == _V4_BYTES or any(row.local):
        return False
    return None if row.v6only < 0 else not row.v6only


def nameless_socket(ino: int, netns: int, protocol: Clean) -> Socket:
    """Describe a socket that no dump shows, by the name of its protocol (`system.sockprotoname`) if there is one."""
    family, kind, label = _BY_PROTOCOL_NAME.get(protocol, ("", "", protocol.lower()))
    return Socket(
        key=-ino,
        ino=ino,
        cookie=0,
        netns=netns,
        family=family,
        type=kind,
        protocol=label,
        state="",  # whatever it is called, it may listen or be connected
        source="sockprotoname" if protocol else "",
    )


_BY_PROTOCOL_NAME: dict[str, tuple[Family, SocketType, Clean]] = {
    "TCP": ("inet", "stream", ours("tcp")),
    "TCPv6": ("inet6", "stream", ours("tcp")),
    "UDP": ("inet", "dgram", ours("udp")),
    "UDPv6": ("inet6", "dgram", ours("udp")),
    "MPTCP": ("inet", "stream", ours("mptcp")),
    "MPTCPv6": ("inet6", "stream", ours("mptcp")),
    "UDP-Lite": ("inet", "dgram", ours("udplite")),
    "UDPLITEv6": ("inet6", "dgram", ours("udplite")),
    "SCTP": ("inet", "", ours("sctp")),
    "SCTPv6": ("inet6", "", ours("sctp")),
    "RAW": ("inet", "raw", ours("raw")),
    "RAWv6": ("inet6", "raw", ours("raw")),
    "PING": ("inet", "dgram", ours("icmp")),
    "PINGv6": ("inet6", "dgram", ours("icmp6")),
    "UNIX": ("unix", "", NOTHING),
    "UNIX-STREAM": ("unix", "stream", NOTHING),
    "NETLINK": ("netlink", "", NOTHING),
    "PACKET": ("packet", "", NOTHING),
    "AF_VSOCK": ("vsock", "", NOTHING),
    "XDP": ("xdp", "raw", NOTHING),
}
"""Names of `struct proto` in the kernel's source: family, type, protocol.

The type only where the kernel has but one for the name."""
