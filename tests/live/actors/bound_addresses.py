"""Sockets bound to an interface, to both versions of IP and to one, and netlink sockets that send to a group."""

import socket

import stage


def bound(family: int, host: str, kind: int, *, only_v6: bool | None = None, device: bytes = b"") -> dict[str, object]:
    one = stage.keep(socket.socket(family, kind))
    if only_v6 is not None:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only_v6)
    if device:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    one.bind((host, 0))
    if kind == socket.SOCK_STREAM:
        one.listen()
    return {**stage.here(one.fileno()), "port": one.getsockname()[1]}


def to_group(number: int) -> dict[str, object]:
    one = stage.keep(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK))
    one.connect((0, 1 << (number - 1)))
    return dict(stage.here(one.fileno()))


STREAM, DGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
only_v6 = bound(socket.AF_INET6, "::", DGRAM, only_v6=True)
sender = stage.keep(socket.socket(socket.AF_INET, DGRAM))
sender.connect(("127.0.0.1", only_v6["port"]))
stage.tell(
    on_lo=bound(socket.AF_INET, "127.0.0.1", STREAM, device=b"lo"),
    any_on_lo=bound(socket.AF_INET, "0.0.0.0", DGRAM, device=b"lo"),
    dual=bound(socket.AF_INET6, "::", STREAM, only_v6=False),
    only_v6=bound(socket.AF_INET6, "::", STREAM, only_v6=True),
    any_v4=bound(socket.AF_INET, "0.0.0.0", STREAM),
    udp_only_v6=only_v6,
    sender=stage.here(sender.fileno()),
    group_3=to_group(3),
    group_6=to_group(6),
)
