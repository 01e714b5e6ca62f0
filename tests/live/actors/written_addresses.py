"""Listeners at addresses that can be written in several ways, and one abstract name with NUL in it."""

import socket

import stage


def listens(family: int, host: object, *, only_v6: bool | None = None, device: bytes = b"") -> dict[str, object]:
    one = stage.keep(socket.socket(family))
    if family != socket.AF_UNIX:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if only_v6 is not None:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only_v6)
    if device:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    one.bind(host)
    one.listen()
    return {**stage.here(one.fileno()), "port": one.getsockname()[1] if family != socket.AF_UNIX else 0}


any_v4 = listens(socket.AF_INET, ("0.0.0.0", 0))
port = any_v4["port"]
stage.tell(
    any_v4=any_v4,
    any_v6=listens(socket.AF_INET6, ("::", port), only_v6=True),
    v6=listens(socket.AF_INET6, ("::1", 0)),
    mapped=listens(socket.AF_INET6, ("::ffff:127.0.0.1", 0), only_v6=False),
    any_on_lo=listens(socket.AF_INET, ("0.0.0.0", port), device=b"lo"),
    abstract=listens(socket.AF_UNIX, b"\0sockscope\0written\0"),
)
