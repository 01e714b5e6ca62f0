"""Types of sockets by name (`linux/net.h`, `socket(2)`)."""

from typing import Literal, cast

SocketType = Literal["stream", "dgram", "raw", "rdm", "seqpacket", "dccp", "packet", ""]
"""What a type is called everywhere; "" where it is not known."""

_TYPES: dict[int, SocketType] = {
    1: "stream",
    2: "dgram",
    3: "raw",
    4: "rdm",
    5: "seqpacket",
    6: "dccp",
    10: "packet",
}


def socket_type(number: int) -> SocketType:
    """Name a type of socket (`SOCK_`), or write its number where it has no name: nothing in the code asks for that."""
    return _TYPES.get(number) or cast("SocketType", str(number))
