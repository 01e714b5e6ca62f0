"""Socket addresses as index keys: text as sock_diag readers write it, to (host, port)."""

from ipaddress import IPv6Address
from typing import NamedTuple

MAPPED = "::ffff:"
"""Prefix of an IPv4 address inside IPv6 (RFC 4291): a dual-stack socket shows its v4 peers so."""
ANY_V4, ANY_V6 = "0.0.0.0", "::"  # noqa: S104 - compared with, never bound to
ANY_HOSTS = frozenset({"*", ANY_V4, ANY_V6, ""})


class Address(NamedTuple):
    """One end of a connection. `host` without brackets and without an interface; `port` as text, or "*"."""

    host: str
    port: str

    @property
    def any(self) -> bool:
        """Whether it stands for every address of the machine."""
        return self.host in ANY_HOSTS

    @property
    def loopback(self) -> bool:
        """Whether it cannot leave its network namespace."""
        return self.host == "::1" or self.host.startswith("127.")

    @property
    def link_local(self) -> bool:
        """Whether it means something on one interface only (`fe80::/10`)."""
        return self.host.startswith(("fe8", "fe9", "fea", "feb"))


def parse_address(text: str) -> Address:
    """Split `127.0.0.1:80`, `[::1]:80`, `*:53`, `[fe80::1%eth0]:22`; a v4-mapped host becomes plain v4."""
    host, colon, port = text.rpartition(":")
    if not colon:
        return Address(text, "")
    host = host.partition("%")[0].removeprefix("[").removesuffix("]")
    return Address(_plain(host) if host.startswith(MAPPED) else host, port)


def _plain(host: str) -> str:
    """Write a v4-mapped host as v4; its last 32 bits come dotted or as two hexadecimal groups."""
    try:
        mapped = IPv6Address(host).ipv4_mapped
    except ValueError:
        return host
    return host if mapped is None else str(mapped)
