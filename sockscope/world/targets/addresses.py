"""Sockets by address, in the order in which the kernel gives them what arrives there.

A packet or a connection goes to the socket on the exact address, else to one on all addresses of the family, else,
for IPv4, to one on `[::]` that is not for IPv6 only (net/ipv4/inet_hashtables.c, `__inet_lookup_listener`). What
connect(2) would not reach is not named, though its port be the same.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sockscope.kinds.words import counted
from sockscope.model.socket import Socket
from sockscope.world.address import MAPPED, Address, parse_address
from sockscope.world.index.sockets import takes_v4, transport
from sockscope.world.targets.answers import Found, TargetMissingError, echo, holders_of
from sockscope.world.targets.typed_addresses import is_any
from sockscope.world.world import World

TRANSPORTS = ("tcp", "mptcp", "udp", "udplite", "sctp")
"""Protocols with ports, in the order in which their sockets are named."""
LOOPBACK = "lo"
REFUSED = {
    "only-v6": "{local} is for IPv6 only",
    "only-v4": "{local} is for IPv4 only",
    "host": "{local} has that port on another address",
    "interface": "{local} takes only what comes in by {interface}",
}
"""Why a socket on the port gets nothing that is sent to the address."""


class Asked(NamedTuple):
    """What the user typed, read."""

    typed: str
    hosts: tuple[str, ...]
    """Addresses, without brackets; empty for every one."""
    device: str
    """The only interface that is meant, "" for any."""
    port: str
    protocols: tuple[str, ...]
    families: tuple[str, ...] = ("inet", "inet6")


def by_address(world: World, asked: Asked) -> Found:
    """Find the sockets at an address: those that receive there, those only bound, connections, what nobody holds.

    Raises:
        TargetMissingError: there is none; says which others have that port.
        TargetDeniedError: there are some, and no descriptor that could be read leads to any.
    """
    on_port = [one for one in _on_port(world, asked) if _is_transport(one, asked)]
    wanted = _at_hosts(on_port, asked) if asked.hosts else _on_device(on_port, asked.device)
    order = sorted({one.key: one for one in wanted}.values(), key=lambda one: _rank(world, one, asked))
    if not order:
        raise TargetMissingError(_nobody(world, asked, on_port))
    held = [one for one in order if world.socket_holders(one.ino)]
    return holders_of(world, held or order)


def _on_port(world: World, asked: Asked) -> Iterator[Socket]:
    return (
        one for one in world.sockets.values() if one.local_text and parse_address(one.local_text).port == asked.port
    )


def _is_transport(socket: Socket, asked: Asked) -> bool:
    return socket.protocol in asked.protocols and socket.family in asked.families


def _on_device(on_port: list[Socket], device: str) -> Iterator[Socket]:
    return (one for one in on_port if not device or _interface(one) in {"", device})


def _at_hosts(on_port: list[Socket], asked: Asked) -> Iterator[Socket]:
    by_transport: dict[tuple[int, str], list[Socket]] = {}
    for one in on_port:
        by_transport.setdefault((one.netns, transport(one)), []).append(one)
    for host in asked.hosts:
        for there in by_transport.values():
            yield from _at_host(there, host, asked.device)


def _at_host(sockets: list[Socket], host: str, device: str) -> Iterator[Socket]:
    """Choose among the sockets of one transport and network namespace."""
    reached = [one for one in sockets if not refusal(one, host, device)]
    for kind in (is_receiver, is_bound_only):
        ranks = {one.key: nearness(one, host, device) for one in reached if kind(one)}
        nearest = min(ranks.values(), default=None)
        yield from (one for one in reached if ranks.get(one.key) == nearest and one.key in ranks)
    yield from (one for one in reached if not is_receiver(one) and not is_bound_only(one))


def is_receiver(socket: Socket) -> bool:
    """Whether it takes what comes from anybody: a listener, or a datagram socket without a peer."""
    return socket.listening or (socket.type != "stream" and not socket.remote_text)


def is_bound_only(socket: Socket) -> bool:
    """Whether it keeps the port and takes nothing: bound, and neither listening nor connected."""
    return not is_receiver(socket) and not socket.remote_text


def refusal(socket: Socket, host: str, device: str = "") -> str:
    """Say why a socket on the right port gets nothing that is sent to a host, as a key of `REFUSED`; "" if it may.

    `device` is the only interface that is meant, "" for any.
    """
    local = parse_address(socket.local_text)
    interface = _interface(socket)
    if interface and interface != (_comes_by(host, device) or interface):
        return "interface"
    if not local.any or local.host == host:
        of_all = is_any(host) and (":" in local.host) == (":" in host)
        return "" if local.host == host or of_all else "host"
    if ":" in host:
        return "" if socket.family == "inet6" and not _mapped_any(socket) else "only-v4"
    return "" if takes_v4(socket) or _mapped_any(socket) else "only-v6"


def nearness(socket: Socket, host: str, device: str = "") -> tuple[int, bool]:
    """Rank what may receive for a host as the kernel does: the exact address, then its family, then dual-stack.

    Two on one address, of which one is bound to an interface, have SO_REUSEPORT both, and the kernel takes the group
    that it meets first (`inet_lhash2_lookup`), which is not told. Only who names an interface means one of them.
    """
    local = parse_address(socket.local_text)
    elsewhere = bool(device) and _interface(socket) != device
    if local.host == host and (not local.any or is_any(host)):
        return 0, elsewhere
    return (1 if (":" in host) == (socket.family == "inet6") else 2), elsewhere


def _comes_by(host: str, device: str) -> str:
    """Name the interface that a packet to a host comes in by, "" where that is open."""
    return device or (LOOPBACK if Address(host, "").loopback else "")


def _mapped_any(socket: Socket) -> bool:
    """Whether it is bound to `::ffff:0.0.0.0`: an IPv6 socket for IPv4 only."""
    return MAPPED in socket.local_text


def _interface(socket: Socket) -> str:
    return str((socket.extra or {}).get("interface", "")) if is_receiver(socket) else ""


def _rank(world: World, socket: Socket, asked: Asked) -> tuple[object, ...]:
    """Order: our own network namespace first; there what receives, what is only bound, connections.

    Without an address there is nothing that would choose between them: listeners first.
    """
    if not asked.hosts:
        return not socket.listening, socket.ino, socket.key
    kinds: tuple[Callable[[Socket], bool], ...] = (is_receiver, is_bound_only)
    kind = next((at for at, one in enumerate(kinds) if one(socket)), len(kinds))
    home = next(iter(world.namespaces), socket.netns)
    hosts = [host for host in asked.hosts if not refusal(socket, host, asked.device)]
    near = min((nearness(socket, host, asked.device) for host in hosts), default=(0, False))
    protocol = TRANSPORTS.index(socket.protocol)
    return socket.netns != home, kind, protocol, near, socket.ino, socket.key


def _nobody(world: World, asked: Asked, on_port: list[Socket]) -> str:
    said = f"no socket is bound to {echo(asked.typed)}"
    reasons = []
    for one in sorted(filter(is_receiver, on_port), key=lambda one: (one.protocol, one.local_text, one.key)):
        why = {refusal(one, host, asked.device) for host in asked.hosts} - {""}
        text = REFUSED[min(why)] if why else ""
        reasons.append(f"{one.protocol} {text.format(local=one.local_text, interface=_interface(one))}")
    hidden = sum(one.local is None and _is_transport(one, asked) and one.state == "" for one in world.sockets.values())
    unseen = f"{counted(hidden, 'socket')} of these protocols could not be asked for an address" if hidden else ""
    return "; ".join((said, *dict.fromkeys(reasons[:3]), *([unseen] if unseen else [])))
