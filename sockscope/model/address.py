"""Where a socket is: its address as the kernel keeps it. Text is made of it for whoever reads it."""

import socket

from msgspec import Struct

from sockscope.abi.ip_protocols import ip_protocol
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import NOTHING, clean, ours

_V4_BYTES = 4
_LINK_LOCAL = (0xFE, 0x80, 0xC0)
"""The first byte of `fe80::/10`, the second, and which of its bits count (RFC 4291)."""
ANY_CID = 0xFFFFFFFF
"""A cid or port that stands for every one (`VMADDR_CID_ANY`)."""


class UnixName(Struct, frozen=True, array_like=True, gc=False, tag="unix"):
    """The name that a unix socket was bound to (`unix(7)`)."""

    name: Raw
    """As it was given to bind(2): a path, maybe relative or stale; NUL and anything at all where it is abstract."""

    @property
    def abstract(self) -> bool:
        """Whether it is no path, and known in one network namespace only."""
        return self.name.startswith(b"\0")

    @property
    def text(self) -> Clean:
        """The path, or the abstract name behind `@`, as ss and netstat show them; cleaned."""
        return ours("@") + clean(self.name[1:]) if self.abstract else clean(self.name)


class InternetAddress(Struct, frozen=True, array_like=True, gc=False, tag="inet"):
    """Address and port of IPv4 or IPv6."""

    host: bytes
    """4 or 16 bytes."""
    port: int
    device: Clean = NOTHING
    """The only interface that it is good for: the socket is bound to it, or the address is link-local."""
    dual: bool | None = False
    """Whether this is the `::` of a socket that takes IPv4 as well: no IPV6_V6ONLY (`INET_DIAG_SKV6ONLY`, of sockets
    that listen or are only bound). None where nobody says."""

    @property
    def v6only(self) -> bool | None:
        """Whether it is `::` and IPv4 does not arrive there; None of any other address, and where nobody says."""
        return None if any(self.host) or len(self.host) == _V4_BYTES or self.dual is None else not self.dual

    @property
    def link_local(self) -> bool:
        """Whether it means something on one interface only."""
        first, second, mask = _LINK_LOCAL
        return len(self.host) != _V4_BYTES and self.host[0] == first and self.host[1] & mask == second

    @property
    def text(self) -> Clean:
        """`127.0.0.1:80`, `127.0.0.1%lo:80`, `[::1]:80`, `[fe80::1%eth0]:80`, and `*:80` where both versions arrive."""
        # Every socket of a snapshot is asked: said to be clean, which `ours` would take twice as long to make.
        return Clean(f"*{self._zone()}:{self.port}") if self.dual else self.plain

    @property
    def plain(self) -> Clean:
        """As `text`, but `[::]:80` where both versions arrive: what the contract of JSON has."""
        return Clean(f"{self._host()}:{self.port}")

    def _zone(self) -> str:
        return f"%{self.device}" if self.device else ""

    def _host(self) -> str:
        zone = self._zone()
        if len(self.host) == _V4_BYTES:
            return socket.inet_ntop(socket.AF_INET, self.host) + zone
        host = socket.inet_ntop(socket.AF_INET6, self.host)
        return f"[{host}{zone}]" if self.link_local or not zone else f"[{host}]{zone}"


class RawAddress(InternetAddress, frozen=True, array_like=True, gc=False, tag="raw"):
    """Address of a raw socket, whose `port` is the IP protocol that it gets (net/ipv4/raw.c)."""

    @property
    def text(self) -> Clean:
        """`0.0.0.0:icmp`."""
        return Clean(f"*{self._zone()}:{ip_protocol(self.port)}") if self.dual else self.plain

    @property
    def plain(self) -> Clean:
        """As `text`, without a word for both versions."""
        return Clean(f"{self._host()}:{ip_protocol(self.port)}")


class VsockAddress(Struct, frozen=True, array_like=True, gc=False, tag="vsock"):
    """A virtual machine (or its host) and a port there (`vsock(7)`)."""

    cid: int
    port: int

    @property
    def text(self) -> Clean:
        """`2:1024`, `*` for any."""
        return ours(":").join(
            ours("*") if number == ANY_CID else ours("{}", number) for number in (self.cid, self.port)
        )


class NetlinkAddress(Struct, frozen=True, array_like=True, gc=False, tag="netlink"):
    """A netlink socket, or what one sends to (`netlink(7)`)."""

    protocol: Clean
    """Name of the netlink protocol; "" in the address that a socket sends to, which is of its own protocol."""
    portid: int = 0
    """0 for the kernel, or where it is not bound."""
    group: int = 0
    """Number of the multicast group that it sends to, 0 none."""

    @property
    def text(self) -> Clean:
        """`route portid 1234`, `kernel`, `kernel group 3`."""
        where = ours("portid {}", self.portid) if self.portid else NOTHING if self.protocol else ours("kernel")
        group = ours("group {}", self.group) if self.group else NOTHING
        return ours(" ").join([word for word in (self.protocol, where, group) if word])


class LinkAddress(Struct, frozen=True, array_like=True, gc=False, tag="link"):
    """What a packet or AF_XDP socket gets frames of."""

    device: Clean
    """Interface, `*` for all."""
    protocol: int = -1
    """ETH_P_* number of the frames (`packet(7)`), -1 for AF_XDP."""
    queue: int = -1
    """Queue of the interface (AF_XDP), -1 for packet sockets."""

    @property
    def text(self) -> Clean:
        """`eth0 proto 0x0003`, `eth0 queue 3`."""
        return (
            ours("{} proto 0x{:04x}", self.device, self.protocol)
            if self.queue < 0
            else ours("{} queue {}", self.device, self.queue)
        )


Address = UnixName | InternetAddress | RawAddress | VsockAddress | NetlinkAddress | LinkAddress
"""One end of a socket. Two are equal when the kernel's bytes are, however they may look."""
