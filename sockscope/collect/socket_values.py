"""sock_diag rows turned into the model's sockets: numbers into names, bytes into clean text."""

import socket
from ipaddress import IPv6Address
from typing import Any

from sockscope.collect.place import Place
from sockscope.kernel.diag.inet import STATES, InetSocket
from sockscope.kernel.diag.unix import ESTABLISHED, LISTEN, TYPES, UnixSocket
from sockscope.kernel.text import clean
from sockscope.model.socket import Socket

_FAMILIES: dict[int, str] = {socket.AF_INET: "inet", socket.AF_INET6: "inet6"}
_STREAMS = frozenset({"tcp", "mptcp", "sctp"})
_UNIX_STATES = {LISTEN: "LISTEN", ESTABLISHED: "ESTABLISHED"}
_CLOSED = 7
_V4_BYTES = 4
_IP_PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ah", 58: "icmp6", 89: "ospf",
                 103: "pim", 112: "vrrp", 132: "sctp", 255: "raw"}  # fmt: skip
"""IP protocol numbers that raw sockets are commonly made for (`/etc/protocols`)."""


def unix_socket(row: UnixSocket, place: Place) -> Socket:
    """Describe one unix socket."""
    listening = row.state == LISTEN
    return Socket(
        key=place.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=place.netns,
        family="unix",
        type=TYPES.get(row.type, str(row.type)),
        protocol="",
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
        source=place.source,
    )


def unix_name(raw: bytes | None) -> str:
    """Show a bound name: a path as it is, an abstract one behind `@` as ss and netstat do."""
    if not raw:
        return ""
    if raw.startswith(b"\0"):
        return "@" + clean(raw[1:])
    return clean(raw.rstrip(b"\0"))


def inet_socket(row: InetSocket, place: Place, protocol: str) -> Socket:
    """Describe one TCP, UDP or related socket."""
    state = STATES.get(row.state, str(row.state))
    listening = state == "LISTEN"
    if row.state == _CLOSED:
        # sock_diag says CLOSE for every datagram socket without a peer; nothing was closed.
        state = "CLOSE" if protocol in _STREAMS else "UNCONNECTED"
    has_remote = row.remote_port != 0 or any(row.remote)
    device = place.interface(row.interface) if row.interface else ""
    return Socket(
        key=place.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=place.netns,
        family=_FAMILIES.get(row.family, str(row.family)),
        type="stream" if protocol in _STREAMS else ("raw" if protocol == "raw" else "dgram"),
        protocol=protocol,
        state=state,
        local=endpoint(row.local, row.local_port, device) if protocol != "raw" else _raw_end(row),
        remote=endpoint(row.remote, row.remote_port, device) if has_remote else "",
        recv_q=0 if listening else row.recv_queue,
        send_q=0 if listening else row.send_queue,
        queue=row.recv_queue if listening else -1,
        backlog=row.send_queue if listening else -1,
        uid=row.uid,
        shutdown=row.shutdown,
        interface=row.interface,
        cgroup=row.cgroup,
        source=place.source,
        extra=_inet_extra(row, device),
        cgroup_path=place.cgroup_path(row.cgroup),
    )


def _inet_extra(row: InetSocket, device: str) -> dict[str, Any] | None:
    """Name what only some have: the interface it is bound to, an MPTCP connection's token."""
    extra: dict[str, Any] = {}
    if device:
        extra["interface"] = device
    if row.token:
        extra["token"] = f"{row.token:08x}"
    return extra or None


def _raw_end(row: InetSocket) -> str:
    """Write `0.0.0.0:icmp`: a raw socket's port is the IP protocol it gets (net/ipv4/raw.c)."""
    number = row.protocol or row.local_port
    return endpoint(row.local, 0).removesuffix("0") + _IP_PROTOCOLS.get(number, str(number))


def endpoint(address: bytes, port: int, device: str = "") -> str:
    """Write an address and port: `127.0.0.1:80`, `[::1]:80`, and `[fe80::1%eth0]:80` where the interface matters."""
    if len(address) == _V4_BYTES:
        return f"{socket.inet_ntop(socket.AF_INET, address)}:{port}"
    host = IPv6Address(address)
    zone = f"%{device}" if device and host.is_link_local else ""
    return f"[{socket.inet_ntop(socket.AF_INET6, address)}{zone}]:{port}"


def nameless_socket(ino: int, netns: int, protocol: str) -> Socket:
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
        state="UNCONNECTED" if family in {"inet", "inet6"} else "",
        source="sockprotoname" if protocol else "",
    )


_BY_PROTOCOL_NAME: dict[str, tuple[str, str, str]] = {
    "TCP": ("inet", "stream", "tcp"),
    "TCPv6": ("inet6", "stream", "tcp"),
    "UDP": ("inet", "dgram", "udp"),
    "UDPv6": ("inet6", "dgram", "udp"),
    "MPTCP": ("inet", "stream", "mptcp"),
    "MPTCPv6": ("inet6", "stream", "mptcp"),
    "UDP-Lite": ("inet", "dgram", "udplite"),
    "UDPLITEv6": ("inet6", "dgram", "udplite"),
    "SCTP": ("inet", "stream", "sctp"),
    "SCTPv6": ("inet6", "stream", "sctp"),
    "RAW": ("inet", "raw", "raw"),
    "RAWv6": ("inet6", "raw", "raw"),
    "PING": ("inet", "dgram", "icmp"),
    "PINGv6": ("inet6", "dgram", "icmp6"),
    "UNIX": ("unix", "dgram", ""),
    "UNIX-STREAM": ("unix", "stream", ""),
    "NETLINK": ("netlink", "raw", ""),
    "PACKET": ("packet", "raw", ""),
    "AF_VSOCK": ("vsock", "stream", ""),
    "XDP": ("xdp", "raw", ""),
}
"""Names of `struct proto` in the kernel's source: family, type, protocol."""
