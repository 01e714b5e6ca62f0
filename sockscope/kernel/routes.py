"""Which way a packet to an address leaves: the kernel's own routing decision, asked of pyroute2 (`rtnetlink(7)`).

Rules, tables and nexthops of routes have some eighty attributes, interfaces a hundred and one more family for each of
their kinds; pyroute2 knows them, and keeps up with the kernel. It takes 0.1 s to import, with an event loop: it is
imported when somebody first looks closely at a connected socket, and never for a refresh.
"""

from typing import Any, NamedTuple

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean, ours
from sockscope.kernel.netns import run_in


class Route(NamedTuple):
    """The kernel's answer for one destination."""

    interface: Clean
    """Name, cleaned."""
    kind: Clean
    """What the interface is made by (`veth`, `vxlan`, `wireguard`, `bridge`), "" for hardware and loopback."""
    gateway: Clean
    """Address of the next hop, "" where the destination is on the link."""

    @property
    def text(self) -> Clean:
        """`eth0 (veth) via 10.0.0.1`."""
        kind = ours(" ({})", self.kind) if self.kind else NOTHING
        via = ours(" via {}", self.gateway) if self.gateway else NOTHING
        return self.interface + kind + via


def read_route(host: str, path: str = "", inode: int = 0) -> Route:
    """Ask where packets to an address go, in our own network namespace or in the one that a path leads to.

    Raises:
        OSError: no route (ENETUNREACH), no such namespace, or netlink is denied.
    """
    return run_in(path, lambda: _ask(host), inode) if path else _ask(host)


def _ask(host: str) -> Route:
    from pyroute2 import IPRoute, NetlinkError  # noqa: PLC0415 - 0.1 s, for who looks closely

    try:
        with IPRoute() as netlink:
            (answer, *_) = netlink.route("get", dst=host)
            (link, *_) = netlink.link("get", index=answer.get("oif"))
    except NetlinkError as error:
        raise OSError(error.code, str(error)) from error
    except ValueError as error:
        raise OSError(0, "no answer") from error
    return Route(_text(link.get("ifname")), _text(link.get(("linkinfo", "kind"))), _text(answer.get("gateway")))


def _text(value: Any) -> Clean:
    return clean(str(value).encode("utf-8", "surrogateescape")) if value else NOTHING
