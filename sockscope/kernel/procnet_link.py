"""Netlink and packet sockets as `/proc/PID/net/netlink` and `/proc/PID/net/packet` list them: without cookies."""

import re

from sockscope.abi.strings import Raw
from sockscope.kernel.diag.netlink import NetlinkEnd, group_numbers
from sockscope.kernel.diag.packet import PacketSocket

_NETLINK = re.compile(
    rb"[0-9a-f]+ +(\d{1,3}) +(\d{1,10}) +([0-9a-f]{8}) +(\d{1,10}) +-?\d+ +\d+ +\d+ +\d+ +(\d{1,20}) *"
)
_PACKET = re.compile(
    rb"[0-9a-f]+ +\d+ +(\d{1,4}) +([0-9a-f]{4}) +(\d{1,9}) +(\d) +(\d{1,10}) +(\d{1,10}) +(\d{1,20}) *"
)
_SOCK_RAW = 3
_RUNNING = 1


def parse_netlink(data: Raw) -> list[NetlinkEnd]:
    """Parse the file; only the first 32 groups are in it."""
    return [
        NetlinkEnd(
            ino=int(found[5]),
            cookie=0,
            type=_SOCK_RAW,
            protocol=int(found[1]),
            state=0,
            portid=int(found[2]),
            remote_portid=0,
            remote_group=0,
            groups=group_numbers(int(found[3], 16).to_bytes(len(found[3]) // 2, "little")),
            flags=0,
            recv_queue=int(found[4]),
        )
        for found in map(_NETLINK.fullmatch, data.splitlines()[1:])
        if found is not None
    ]


def parse_packet(data: Raw) -> list[PacketSocket]:
    """Parse the file; rings and fanout are not in it."""
    return [
        PacketSocket(
            ino=int(found[7]),
            cookie=0,
            type=int(found[1]),
            protocol=int(found[2], 16),
            interface=int(found[3]),
            version=0,
            flags=_RUNNING if int(found[4]) else 0,
            receive_ring=None,
            send_ring=None,
            fanout=None,
            uid=int(found[6]),
            recv_queue=int(found[5]),
        )
        for found in map(_PACKET.fullmatch, data.splitlines()[1:])
        if found is not None
    ]
