"""Addresses as people type them and as other programs print them, read into what the kernel compares.

`127.1` and `[0:0:0:0:0:0:0:1]` are the numbers that they stand for. netstat writes an IPv6 address without brackets
(`:::80`, `::1:80`), ss and sockscope an interface behind it (`127.0.0.1%lo:80`, `[fe80::1%eth0]:80`, `[::]%lo:80`).
"""

import re
import socket
from typing import NamedTuple

from sockscope.world.address import ANY_V4, ANY_V6, parse_address

LOCALHOST = ("127.0.0.1", "::1")
"""What `localhost` and all names that end in it stand for (RFC 6761); no name service is asked."""
LOCAL_NAMES = {
    "localhost4": LOCALHOST[:1],
    "localhost6": LOCALHOST[1:],
    "ip6-localhost": LOCALHOST[1:],
    "ip6-loopback": LOCALHOST[1:],
}
"""Other names that `/etc/hosts` of distributions has for it."""
MAX_PORT = 65535
_PORT = re.compile(r"(.*):(\d{1,5})", re.ASCII | re.DOTALL)
_SERVICE = re.compile(r"(.*):([A-Za-z][\w-]{0,31})", re.ASCII | re.DOTALL)
_DEVICE = r"(?:%([^\s/:%\]]{1,15}))?"
_NAME = rf"(?:[\w-]{{1,63}}\.){{0,8}}localhost|{'|'.join(LOCAL_NAMES)}"
_HOST = re.compile(rf"(\*|{_NAME}|\d+(?:\.\d+){{1,3}}|){_DEVICE}", re.ASCII | re.IGNORECASE)
_BRACKETED = re.compile(rf"\[([0-9A-Fa-f:.]+){_DEVICE}\]{_DEVICE}", re.ASCII)
_BARE = re.compile(rf"([0-9A-Fa-f:]*:[0-9A-Fa-f:.]*){_DEVICE}", re.ASCII)


class TypedAddress(NamedTuple):
    """Where somebody looks."""

    hosts: tuple[str, ...]
    """Addresses as sockets show them, without brackets; empty for every one."""
    device: str
    """The only interface that is meant, "" for any."""
    port: str


def read_address(text: str) -> TypedAddress | None:
    """Read an address with its port; None where it is none."""
    found = _PORT.fullmatch(text)
    if found is None or not 0 < int(found[2]) <= MAX_PORT:
        return None
    host = _read_host(found[1])
    return None if host is None else TypedAddress(*host, str(int(found[2])))


def names_a_service(text: str) -> bool:
    """Tell whether a text is an address with the name of a service for its port: `localhost:http`."""
    found = _SERVICE.fullmatch(text)
    return found is not None and _read_host(found[1]) is not None


def _read_host(text: str) -> tuple[tuple[str, ...], str] | None:
    found = _HOST.fullmatch(text)
    if found is not None:
        hosts = _named(found[1])
        return None if hosts is None else (hosts, found[2] or "")
    found = _BRACKETED.fullmatch(text) or _BARE.fullmatch(text)
    host = "" if found is None else _v6(found[1])
    if found is None or not host:
        return None
    return (host,), next((device for device in found.groups()[1:] if device), "")


def _named(host: str) -> tuple[str, ...] | None:
    if host in {"", "*"}:
        return ()
    name = host.lower()
    if name.endswith("localhost") and name not in LOCAL_NAMES:
        return LOCALHOST
    if name in LOCAL_NAMES:
        return LOCAL_NAMES[name]
    try:
        return (socket.inet_ntop(socket.AF_INET, socket.inet_aton(host)),)
    except OSError:
        return None


def _v6(host: str) -> str:
    """Write an IPv6 address as the kernel's are written, one that stands for IPv4 as that; "" where it is none."""
    try:
        written = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host))
    except OSError:
        return ""
    return parse_address(f"[{written}]:0").host


def is_any(host: str) -> bool:
    """Tell whether an address stands for all of its family."""
    return host in {ANY_V4, ANY_V6}
