"""Sockets that speak to the kernel, to a wire or to a hypervisor: netlink, packet, XDP and vsock rows described."""

from typing import Any

from sockscope.collect.place import Place
from sockscope.kernel.diag import netlink, packet
from sockscope.kernel.diag.inet import STATES
from sockscope.kernel.diag.netlink import NetlinkEnd
from sockscope.kernel.diag.packet import PacketSocket, Ring
from sockscope.kernel.diag.vsock import ANY, VsockSocket
from sockscope.kernel.diag.xdp import XdpSocket
from sockscope.model.socket import Socket

TYPES = {1: "stream", 2: "dgram", 3: "raw", 5: "seqpacket"}
"""SOCK_* numbers."""
ETHERTYPES = {0x0003: "all", 0x0800: "ip", 0x0806: "arp", 0x86DD: "ipv6", 0x8100: "802.1q", 0x888E: "eapol",
              0x88CC: "lldp"}  # fmt: skip
"""ETH_P_* numbers of `linux/if_ether.h` that are worth a name."""
_CLOSED = 7


def netlink_socket(row: NetlinkEnd, place: Place) -> Socket:
    """Describe one netlink socket: `route portid 1234`, its groups in `extra`."""
    name = netlink.PROTOCOLS.get(row.protocol, str(row.protocol))
    connected = row.remote_portid or row.remote_groups
    return Socket(
        key=place.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=place.netns,
        family="netlink",
        type=TYPES.get(row.type, str(row.type)),
        protocol=name,
        state="CONNECTED" if row.state == netlink.CONNECTED else "UNCONNECTED",
        local=f"{name} portid {row.portid}" if row.portid else name,
        remote=_netlink_remote(row) if connected else "",
        recv_q=row.recv_queue,
        source=place.source,
        extra={
            "portid": row.portid,
            **({"remote_portid": row.remote_portid} if row.remote_portid else {}),
            "groups": list(row.groups),
            "flags": [text for bit, text in netlink.FLAG_NAMES if row.flags & bit],
        },
    )


def _netlink_remote(row: NetlinkEnd) -> str:
    to = "kernel" if not row.remote_portid else f"portid {row.remote_portid}"
    return f"{to} groups 0x{row.remote_groups:x}" if row.remote_groups else to


def packet_socket(row: PacketSocket, place: Place) -> Socket:
    """Describe one packet socket: `eth0 proto 0x0003`, its rings and fanout group in `extra`."""
    device = place.interface(row.interface) or f"interface {row.interface}" if row.interface else "*"
    extra: dict[str, Any] = {
        "interface": device,
        "protocol": ETHERTYPES.get(row.protocol, f"0x{row.protocol:04x}"),
        "flags": [text for bit, text in packet.FLAG_NAMES if row.flags & bit],
    }
    if row.receive_ring:
        extra["rx_ring"] = _ring(row.receive_ring, row.version)
    if row.send_ring:
        extra["tx_ring"] = _ring(row.send_ring, row.version)
    if row.fanout:
        extra["fanout"] = {"group": row.fanout[0], "mode": row.fanout[1]}
    return Socket(
        key=place.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=place.netns,
        family="packet",
        type=TYPES.get(row.type, str(row.type)),
        protocol=f"0x{row.protocol:04x}",
        state="",
        local=f"{device} proto 0x{row.protocol:04x}",
        recv_q=row.recv_queue,
        uid=row.uid,
        interface=row.interface,
        source=place.source,
        extra=extra,
    )


def _ring(ring: Ring, version: int) -> dict[str, int]:
    """Name the fields of a ring; sizes in bytes, version as in `TPACKET_V3`."""
    return {**ring._asdict(), "version": version + 1}


def xdp_socket(row: XdpSocket, place: Place) -> Socket:
    """Describe one AF_XDP socket: `eth0 queue 3`."""
    device = place.interface(row.interface) or f"interface {row.interface}" if row.interface else ""
    return Socket(
        key=place.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=place.netns,
        family="xdp",
        type=TYPES.get(row.type, str(row.type)),
        protocol="",
        state="",
        local=f"{device} queue {row.queue}" if device else "",
        uid=row.uid,
        interface=row.interface,
        source=place.source,
        extra={"rx_entries": row.receive_entries, "tx_entries": row.send_entries, "umem_bytes": row.memory},
    )


def vsock_socket(row: VsockSocket, place: Place) -> Socket:
    """Describe one vsock: `2:1024`, a cid and a port."""
    state = STATES.get(row.state, str(row.state))
    if row.state == _CLOSED:
        state = "UNCONNECTED"
    # Before connect(2) the far end is either "any" or all zero, never cid 0 (the hypervisor) with a port.
    has_remote = row.remote_cid != ANY and (row.remote_cid, row.remote_port) != (0, 0)
    return Socket(
        key=place.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=place.netns,
        family="vsock",
        type=TYPES.get(row.type, str(row.type)),
        protocol="",
        state=state,
        local=_vsock_end(row.local_cid, row.local_port),
        remote=_vsock_end(row.remote_cid, row.remote_port) if has_remote else "",
        shutdown=row.shutdown,
        source=place.source,
    )


def _vsock_end(cid: int, port: int) -> str:
    return ":".join("*" if number == ANY else str(number) for number in (cid, port))
