"""Ends of connections as index keys: what has to be equal for two sockets to speak to each other."""

from typing import NamedTuple

from sockscope.model.address import Address, InternetAddress, UnixName, VsockAddress

ANY_V4, ANY_V6 = bytes(4), bytes(16)
_MAPPED = bytes(10) + b"\xff\xff"
"""Prefix of an IPv4 address inside IPv6 (RFC 4291): a dual-stack socket shows its v4 peers so."""
_LOOPBACK_V4, _LOOPBACK_V6 = 127, bytes(15) + b"\1"


class Endpoint(NamedTuple):
    """One end of a connection, without the interface that it may be bound to."""

    host: bytes
    """4 bytes, v4-mapped addresses of IPv6 included, or 16; 4 for the cid of a vsock; for unix the name."""
    port: int

    @property
    def any(self) -> bool:
        """Whether it stands for every address of the machine."""
        return self.host in {ANY_V4, ANY_V6}

    @property
    def v4(self) -> bool:
        """Whether IPv4 carries what is sent there."""
        return len(self.host) == len(ANY_V4)

    @property
    def loopback(self) -> bool:
        """Whether it cannot leave its network namespace."""
        return self.host == _LOOPBACK_V6 or (self.v4 and self.host[0] == _LOOPBACK_V4)

    @property
    def link_local(self) -> bool:
        """Whether it means something on one interface only (`fe80::/10`)."""
        return InternetAddress(self.host, self.port).link_local


def endpoint(address: Address | None) -> Endpoint | None:
    """Leave out of an address what peers do not compare; None for a family whose ends are told by other things."""
    match address:
        case InternetAddress(host, port):
            return Endpoint(host[len(_MAPPED) :] if host.startswith(_MAPPED) else host, port)
        case UnixName(name):
            return Endpoint(name, 0)
        case VsockAddress(cid, port):
            return Endpoint(cid.to_bytes(4, "big"), port)
        case _:
            return None
