"""An address is the kernel's bytes; its text is for readers, and two that look alike may differ."""

import ipaddress

import msgspec
import pytest

from sockscope.model.address import (
    Address,
    InternetAddress,
    LinkAddress,
    NetlinkAddress,
    RawAddress,
    UnixName,
    VsockAddress,
)
from sockscope.world.endpoint import ANY_V4, ANY_V6, Endpoint, endpoint

LINK_LOCAL = ipaddress.ip_address("fe80::1").packed
TEXTS: list[tuple[Address, str]] = [
    (InternetAddress(b"\x7f\0\0\1", 80), "127.0.0.1:80"),
    (InternetAddress(b"\x7f\0\0\1", 80, "lo"), "127.0.0.1%lo:80"),
    (InternetAddress(ANY_V4, 80), "0.0.0.0:80"),
    (InternetAddress(ANY_V6, 80), "[::]:80"),
    (InternetAddress(ANY_V6, 80, dual=None), "[::]:80"),
    (InternetAddress(ANY_V6, 80, dual=True), "*:80"),
    (InternetAddress(ANY_V6, 80, "eth0", dual=True), "*%eth0:80"),
    (InternetAddress(ANY_V6, 80, "eth0"), "[::]%eth0:80"),
    (InternetAddress(LINK_LOCAL, 22, "eth0"), "[fe80::1%eth0]:22"),
    (RawAddress(ANY_V4, 1), "0.0.0.0:icmp"),
    (RawAddress(ANY_V4, 200), "0.0.0.0:200"),
    (UnixName(b"/run/x.sock"), "/run/x.sock"),
    (UnixName(b"\0name\0with\x1b"), "@name\\x00with\\x1b"),
    (UnixName(b"/caf\xe9"), "/caf\\xe9"),
    (VsockAddress(2, 1024), "2:1024"),
    (VsockAddress(0xFFFFFFFF, 0xFFFFFFFF), "*:*"),
    (NetlinkAddress("route"), "route"),
    (NetlinkAddress("route", 7), "route portid 7"),
    (NetlinkAddress(""), "kernel"),
    (NetlinkAddress("", 0, 3), "kernel group 3"),
    (NetlinkAddress("", 9, 6), "portid 9 group 6"),
    (LinkAddress("eth0", 3), "eth0 proto 0x0003"),
    (LinkAddress("eth0", queue=3), "eth0 queue 3"),
]


@pytest.mark.parametrize(("address", "text"), TEXTS)
def test_an_address_reads_as_ss_writes_it(address: Address, text: str) -> None:
    assert address.text == text


@pytest.mark.parametrize("address", [address for address, _ in TEXTS])
def test_an_address_comes_through_the_stream_as_it_is(address: Address) -> None:
    # Of one type, as a field of a socket is decoded: the tag tells which.
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(address), type=Address) == address


def test_names_that_look_alike_are_not_the_same() -> None:
    pretending = UnixName(b"/caf\\xe9")
    assert pretending.text == UnixName(b"/caf\xe9").text
    assert pretending != UnixName(b"/caf\xe9")
    assert endpoint(pretending) != endpoint(UnixName(b"/caf\xe9"))
    assert endpoint(UnixName(b"@x")) != endpoint(UnixName(b"\0x"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (InternetAddress(b"\x0a\0\0\1", 80, "eth0"), Endpoint(b"\x0a\0\0\1", 80)),
        (InternetAddress(bytes(10) + b"\xff\xff\x0a\0\0\1", 80), Endpoint(b"\x0a\0\0\1", 80)),
        (InternetAddress(ANY_V6, 80, dual=True), Endpoint(ANY_V6, 80)),
        (RawAddress(ANY_V4, 1), Endpoint(ANY_V4, 1)),
        (UnixName(b"\0x"), Endpoint(b"\0x", 0)),
        (VsockAddress(2, 1024), Endpoint(b"\0\0\0\2", 1024)),
        (NetlinkAddress("route", 7), None),
        (LinkAddress("eth0", 3), None),
        (None, None),
    ],
)
def test_peers_compare_host_and_port(address: Address | None, expected: Endpoint | None) -> None:
    assert endpoint(address) == expected


@pytest.mark.parametrize(
    ("host", "is_any", "v4", "loopback", "link_local"),
    [
        (ANY_V4, True, True, False, False),
        (ANY_V6, True, False, False, False),
        (b"\x7f\1\2\3", False, True, True, False),
        (bytes(15) + b"\1", False, False, True, False),
        (LINK_LOCAL, False, False, False, True),
        (b"\xfe\x80\0\1", False, True, False, False),
        (b"\xfe\xc0" + bytes(14), False, False, False, False),
    ],
)
def test_an_endpoint_knows_where_its_address_leads(
    host: bytes,
    is_any: bool,
    v4: bool,
    loopback: bool,
    link_local: bool,
) -> None:
    one = Endpoint(host, 80)
    assert (one.any, one.v4, one.loopback, one.link_local) == (is_any, v4, loopback, link_local)
