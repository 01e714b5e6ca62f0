"""Every family of sockets in one table: how it is asked for, what else lists it, and how its rows are described."""

import socket
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, ours
from sockscope.collect.sockets import link_sockets, socket_values
from sockscope.collect.sockets.origin import SocketOrigin
from sockscope.kernel import procnet, procnet_link, procnet_unix
from sockscope.kernel.diag import inet, netlink, packet, unix, vsock, xdp
from sockscope.kernel.diag.transport import DiagSocket
from sockscope.kernel.protocols import TCP_NAMES, TIME_WAIT
from sockscope.model.socket import Socket

INET, INET6, TCP = int(socket.AF_INET), int(socket.AF_INET6), int(socket.IPPROTO_TCP)

Dump = Callable[[DiagSocket], list[Any]]


class Family(NamedTuple):
    """One family, or one protocol of a family."""

    label: Clean
    module: Clean
    """Kernel module that answers for it through sock_diag, "" when none does."""
    names: tuple[str, ...]
    """Names of its `struct proto`, as `system.sockprotoname` and `/proc/net/protocols` have them."""
    dump: Dump | None
    convert: Callable[[Any, SocketOrigin], Socket]
    files: tuple[str, ...] = ()
    """What lists it below `/proc/PID/net`; empty when nothing does."""
    parse: Callable[[Raw], list[Any]] | None = None
    always: bool = False
    """Asked for in every refresh, whatever is counted."""
    also: str = ""
    """What counts its sockets besides its names, "" nothing; where that is not known there may be some."""
    named: bool = False
    """Asked for only where a held socket has one of its names and no other family describes it."""
    protocol: int = 0
    """IPPROTO number, for the exact question."""
    kernel_end: Callable[[Any], bool] | None = None
    """Tells a row that is the kernel's own end, which no descriptor leads to."""


def _inet(name: Clean, module: Clean, names: tuple[str, str], file: str = "") -> list[Family]:
    """Make the two families of one protocol, over IPv4 and IPv6."""
    protocol = next(number for number, text in inet.PROTOCOLS.items() if text == name)
    convert = partial(socket_values.inet_socket, protocol=name)
    return [
        Family(
            label=name if version == INET else ours("{} over IPv6", name),
            module=module,
            names=(names[at],),
            dump=partial(inet.dump, family=version, protocol=protocol) if module else None,
            convert=convert,
            files=(f"{file}{suffix}",) if file else (),
            parse=procnet.parse_inet if file else None,
            protocol=protocol,
        )
        for at, (version, suffix) in enumerate(((INET, ""), (INET6, "6")))
    ]


FAMILIES: tuple[Family, ...] = (
    Family(
        ours("unix"),
        ours("unix_diag"),
        ("UNIX", "UNIX-STREAM"),
        unix.dump,
        socket_values.unix_socket,
        ("unix",),
        procnet_unix.parse_unix,
        always=True,
    ),
    Family(
        ours("tcp"),
        ours("tcp_diag"),
        TCP_NAMES,
        inet.dump_tcp,
        partial(socket_values.inet_socket, protocol=ours("tcp")),
        ("tcp", "tcp6"),
        procnet.parse_inet,
        also=TIME_WAIT,
        protocol=TCP,
    ),
    # Only its holder can make a socket one of these or another again, so nobody has to ask at each refresh.
    Family(
        ours("tcp, only bound"),
        ours("tcp_diag"),
        TCP_NAMES,
        inet.dump_tcp_bound,
        partial(socket_values.inet_socket, protocol=ours("tcp")),
        named=True,
        protocol=TCP,
    ),
    *_inet(ours("udp"), ours("udp_diag"), ("UDP", "UDPv6"), "udp"),
    *_inet(ours("udplite"), ours("udp_diag"), ("UDP-Lite", "UDPLITEv6"), "udplite"),
    *_inet(ours("mptcp"), ours("mptcp_diag"), ("MPTCP", "MPTCPv6")),
    *_inet(ours("sctp"), ours("sctp_diag"), ("SCTP", "SCTPv6")),
    *_inet(ours("raw"), ours("raw_diag"), ("RAW", "RAWv6"), "raw"),
    *_inet(ours("icmp"), NOTHING, ("PING", "PINGv6"), "icmp"),
    Family(
        ours("netlink"),
        ours("netlink_diag"),
        ("NETLINK",),
        netlink.dump,
        link_sockets.netlink_socket,
        ("netlink",),
        procnet_link.parse_netlink,
        kernel_end=lambda row: row.portid == 0,
    ),
    Family(
        ours("packet"),
        ours("af_packet_diag"),
        ("PACKET",),
        packet.dump,
        link_sockets.packet_socket,
        ("packet",),
        procnet_link.parse_packet,
    ),
    Family(ours("vsock"), ours("vsock_diag"), ("AF_VSOCK",), vsock.dump, link_sockets.vsock_socket),
    Family(ours("xdp"), ours("xsk_diag"), ("XDP",), xdp.dump, link_sockets.xdp_socket),
)
BY_NAME: dict[str, Family] = {name: family for family in FAMILIES for name in family.names}
"""The family to ask for a socket that the usual dumps have not: of two with one name the second."""
NAMED = frozenset(family.label for family in FAMILIES if family.named)
BY_LABEL: dict[str, Family] = {family.label: family for family in FAMILIES}


def in_use(counts: Mapping[str, int], named: Iterable[str]) -> list[Family]:
    """Choose what is worth asking a namespace for.

    Args:
        counts: its sockets by protocol name, and `TIME_WAIT`; without any, nothing may be ruled out.
        named: labels of families that held sockets were found to be of.
    """
    if not counts:
        return list(FAMILIES)
    wanted = set(named)
    return [
        family
        for family in FAMILIES
        if family.always
        or family.label in wanted
        or (not family.named and any(counts.get(name, 0) > 0 for name in family.names))
        or (family.also and counts.get(family.also, 1) > 0)
    ]
