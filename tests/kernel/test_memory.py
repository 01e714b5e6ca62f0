"""What a socket has dropped, as netlink and packet sockets and UDP tell it alike."""

import struct

import pytest

from sockscope.kernel.diag import inet, netlink, packet
from sockscope.kernel.diag.datagram import Datagram
from sockscope.kernel.diag.memory import dropped

MEMORY = struct.pack("=9I", *range(10, 18), 77)
"""`SK_MEMINFO_*`: the ninth is what was dropped."""


@pytest.mark.parametrize(("size", "number"), [(36, 77), (40, 77), (32, -1), (0, -1)])
def test_the_ninth_number_is_what_was_dropped_and_older_kernels_give_fewer(size: int, number: int) -> None:
    assert dropped(b"xx" + MEMORY + b"more", (2, 2 + size)) == number


def message(head: int, kind: int) -> Datagram:
    """A message whose fixed part is zeros, with the memory as its one attribute."""
    data = bytes(head) + struct.pack("=HH", 4 + len(MEMORY), kind) + MEMORY
    return Datagram(data, [(0, len(data))])


def test_each_family_reads_it_from_its_own_attribute() -> None:
    (udp,) = inet.parse(message(72, 7), 17)
    (ours,) = netlink.parse(message(netlink._MESSAGE.size, netlink.MEMINFO))
    (wire,) = packet.parse(message(packet._MESSAGE.size, packet.MEMINFO))
    assert (udp.drops, ours.drops, wire.drops) == (77, 77, 77)


def test_without_it_nothing_is_claimed() -> None:
    data = bytes(72)
    assert [one.drops for one in inet.parse(Datagram(data, [(0, 72)]), 17)] == [-1]
