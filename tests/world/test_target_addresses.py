"""Which socket an address means: the one that the kernel would give what arrives there, and no other."""

from typing import Any

import msgspec
import pytest

from sockscope.model.address import InternetAddress
from sockscope.model.netns import NetworkNamespace
from sockscope.model.socket import Socket
from sockscope.world.targets.answers import TargetDeniedError, TargetMissingError, TargetSyntaxError
from sockscope.world.targets.forms import resolve
from tests.world.build import NETNS, descriptor, inet, key, socket_fd, udp, world

EXACT, WILDCARD, CONNECTED, BOUND = 1, 2, 3, 4
"""Inodes; each is descriptor 3 of the process of that number."""


def wild6(ino: int, v6only: int, **known: Any) -> Socket:
    """Listen on `::`; v6only is -1 where nobody says."""
    made = inet(ino, "[::]:80", **known)
    dual = None if v6only < 0 else not v6only
    return msgspec.structs.replace(made, local=InternetAddress(bytes(16), 80, dual=dual))


def bound(ino: int, local: str) -> Socket:
    return inet(ino, local, state="CLOSE", queue=-1, backlog=-1)


ON_ETH0 = inet(7, "0.0.0.0%eth0:80", extra={"interface": "eth0"})


def found(text: str, *sockets: Socket) -> list[int]:
    holders = (socket_fd(one.ino, 3, one.ino) for one in sockets if one.ino)
    made = world(*holders, *sockets, namespaces=(NetworkNamespace(NETNS, "host", "host"),))
    return [one.pid for one in resolve(made, text)]


@pytest.mark.parametrize(
    ("text", "sockets", "pids"),
    [
        ("127.0.0.1:80", [inet(9, "0.0.0.0:80"), inet(EXACT, "127.0.0.1:80")], [EXACT]),
        ("127.0.0.1:80", [inet(WILDCARD, "0.0.0.0:80"), inet(CONNECTED, "127.0.0.1:80", "127.0.0.1:9")], [2, 3]),
        ("127.0.0.1:80", [wild6(9, 0), inet(WILDCARD, "0.0.0.0:80")], [WILDCARD]),
        ("127.0.0.1:80", [wild6(WILDCARD, 0)], [WILDCARD]),
        ("127.0.0.1:80", [wild6(WILDCARD, -1)], [WILDCARD]),
        ("127.0.0.1:80", [inet(EXACT, "[::ffff:127.0.0.1]:80")], [EXACT]),
        ("[::ffff:127.0.0.1]:80", [inet(EXACT, "127.0.0.1:80")], [EXACT]),
        ("127.0.0.1:80", [bound(BOUND, "127.0.0.1:80"), inet(WILDCARD, "0.0.0.0:80")], [WILDCARD, BOUND]),
        ("127.0.0.1:80", [bound(BOUND, "127.0.0.1:80")], [BOUND]),
        ("[::1]:80", [wild6(WILDCARD, 1)], [WILDCARD]),
        ("[::1]:80", [inet(EXACT, "[::1]:80"), wild6(9, 1)], [EXACT]),
        ("localhost:80", [inet(1, "127.0.0.1:80"), inet(2, "[::1]:80")], [1, 2]),
        ("localhost:80", [inet(1, "0.0.0.0:80"), wild6(2, 1)], [1, 2]),
        ("tcp:localhost:80", [inet(1, "127.0.0.1:80"), udp(2, "127.0.0.1:80")], [1]),
        ("127.0.0.1:80", [udp(1, "0.0.0.0:80"), inet(2, "127.0.0.1:80")], [2, 1]),
        ("10.0.0.1:80", [inet(1, "0.0.0.0:80", extra={"interface": "eth0"})], [1]),
        ("127.0.0.1:80", [inet(1, "0.0.0.0:80", extra={"interface": "lo"})], [1]),
        ("tcp4:80", [inet(1, "0.0.0.0:80"), wild6(2, 1)], [1]),
        ("tcp6:80", [inet(1, "0.0.0.0:80"), wild6(2, 1)], [2]),
        ("80/tcp", [inet(1, "0.0.0.0:80"), udp(2, "0.0.0.0:80")], [1]),
        ("127.0.0.1:0080", [inet(1, "127.0.0.1:80")], [1]),
        ("127.0.0.1:80", [inet(8, "0.0.0.0:80"), inet(7, "127.0.0.1:80", netns=77)], [8, 7]),
        # What ss, netstat and sockscope print of an address, and other ways to write one.
        ("[::]:80", [inet(9, "0.0.0.0:80"), wild6(EXACT, 0)], [EXACT]),
        ("[::]:80", [inet(9, "0.0.0.0:80"), inet(2, "[::1]:80")], [2]),
        ("0.0.0.0:80", [inet(EXACT, "0.0.0.0:80"), wild6(9, 0)], [EXACT]),
        ("0.0.0.0:80", [wild6(WILDCARD, 0)], [WILDCARD]),
        ("0.0.0.0:80", [inet(2, "10.0.0.1:80"), inet(9, "[::1]:80")], [2]),
        ("*:80", [inet(1, "0.0.0.0:80"), wild6(2, 1)], [1, 2]),
        (":::80", [inet(9, "0.0.0.0:80"), wild6(EXACT, 1)], [EXACT]),
        ("::1:80", [inet(EXACT, "[::1]:80"), wild6(9, 1)], [EXACT]),
        ("[0:0:0:0:0:0:0:1]:80", [inet(EXACT, "[::1]:80"), wild6(9, 1)], [EXACT]),
        ("[FE80::1]:80", [inet(EXACT, "[fe80::1%eth0]:80", extra={"interface": "eth0"})], [EXACT]),
        ("fe80::1%eth0:80", [inet(EXACT, "[fe80::1%eth0]:80", extra={"interface": "eth0"})], [EXACT]),
        ("127.1:80", [inet(EXACT, "127.0.0.1:80")], [EXACT]),
        ("TCP:80", [inet(1, "0.0.0.0:80"), udp(2, "0.0.0.0:80")], [1]),
        ("80/TCP", [inet(1, "0.0.0.0:80"), udp(2, "0.0.0.0:80")], [1]),
        ("127.0.0.1%lo:80", [inet(1, "127.0.0.1%lo:80", extra={"interface": "lo"})], [1]),
        ("127.0.0.1%eth0:80", [inet(1, "127.0.0.1%eth0:80", extra={"interface": "eth0"})], [1]),
        ("*%lo:80", [inet(1, "0.0.0.0%lo:80", extra={"interface": "lo"}), ON_ETH0], [1]),
        ("[::]%lo:80", [inet(1, "[::%lo]:80", extra={"interface": "lo"}), wild6(9, 1)], [1]),
        # Of two groups of SO_REUSEPORT the kernel takes the first that it meets, whichever interface they are bound to.
        ("127.0.0.1:80", [inet(8, "0.0.0.0:80"), inet(9, "0.0.0.0%lo:80", extra={"interface": "lo"})], [8, 9]),
        ("10.0.0.1%eth0:80", [inet(9, "0.0.0.0:80"), ON_ETH0], [7]),
    ],
)
def test_what_the_kernel_would_give_it_to_comes_first(text: str, sockets: list[Socket], pids: list[int]) -> None:
    assert found(text, *sockets) == pids
    assert found(text, *reversed(sockets)) == pids


@pytest.mark.parametrize(
    ("text", "socket", "why"),
    [
        ("127.0.0.1:80", wild6(1, 1), r"tcp \[::\]:80 is for IPv6 only"),
        ("[::1]:80", inet(1, "0.0.0.0:80"), "tcp 0.0.0.0:80 is for IPv4 only"),
        ("[::1]:80", inet(1, "[::ffff:0.0.0.0]:80"), r"tcp \[::ffff:0.0.0.0\]:80 is for IPv4 only"),
        ("127.0.0.1:80", inet(1, "127.0.0.2:80"), "tcp 127.0.0.2:80 has that port on another address"),
        (
            "127.0.0.1:80",
            inet(1, "0.0.0.0:80", extra={"interface": "eth0"}),
            "tcp 0.0.0.0:80 takes only what comes in by eth0",
        ),
        (
            "[fe80::1%eth1]:80",
            inet(1, "[fe80::1%eth0]:80", extra={"interface": "eth0"}),
            r"tcp \[fe80::1%eth0\]:80 takes only what comes in by eth0",
        ),
        ("[::]:80", inet(1, "0.0.0.0:80"), "tcp 0.0.0.0:80 is for IPv4 only"),
        ("0.0.0.0:80", wild6(1, 1), r"tcp \[::\]:80 is for IPv6 only"),
    ],
)
def test_what_connect_would_not_reach_is_not_named_and_the_reason_is(text: str, socket: Socket, why: str) -> None:
    with pytest.raises(TargetMissingError, match=rf"^no socket is bound to .*; {why}$"):
        found(text, socket)


def test_what_nobody_holds_is_said_only_where_nobody_holds_anything_there() -> None:
    waiting = inet(0, "127.0.0.1:80", "127.0.0.1:9", state="TIME_WAIT")
    assert found("127.0.0.1:80", waiting, inet(1, "0.0.0.0:80")) == [1]
    with pytest.raises(TargetDeniedError, match="TIME_WAIT"):
        found("127.0.0.1:80", waiting)


def test_a_number_that_a_file_and_a_socket_have_is_both() -> None:
    files = descriptor(2, 4, "file", "f", ino=5), descriptor(3, 4, "file", "f", ino=5)
    made = world(socket_fd(1, 3, 5), *files, inet(5, "0.0.0.0:80"))
    assert resolve(made, "ino:5") == [key(1, 3), key(2, 4)]
    assert resolve(made, "socket:[5]") == [key(1, 3)]
    with pytest.raises(TargetMissingError):
        resolve(made, "pipe:[5]")


@pytest.mark.parametrize(
    "text", ["999.0.0.1:80", "1.2.3.4.5:80", "[::g]:80", "[1:2]:80", "127.0.0.1:0", "127.0.0.1:65536"]
)
def test_what_is_no_address_is_refused_and_not_said_to_be_bound_by_nobody(text: str) -> None:
    with pytest.raises(TargetSyntaxError):
        found(text, inet(1, "0.0.0.0:80"))


@pytest.mark.parametrize("text", [":http", "localhost:http", "127.0.0.1:http", "tcp:http", "[::1]:ssh"])
def test_the_name_of_a_service_is_answered_with_how_a_port_is_written(text: str) -> None:
    with pytest.raises(TargetSyntaxError, match=r"; a port is a number here, as in :80$"):
        found(text)
