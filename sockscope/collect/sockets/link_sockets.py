"""Sockets that speak to the kernel, to a wire or to a hypervisor: netlink, packet, XDP and vsock rows described."""

from sockscope.abi.socket_states import CLOSE, tcp_state
from sockscope.abi.socket_types import socket_type
from sockscope.abi.text import NOTHING, clean_str, ours
from sockscope.collect.sockets.origin import SocketOrigin
from sockscope.kernel.diag import netlink, packet
from sockscope.kernel.diag.netlink import NetlinkEnd
from sockscope.kernel.diag.packet import PacketSocket, Ring
from sockscope.kernel.diag.vsock import ANY, VsockSocket
from sockscope.kernel.diag.xdp import XdpSocket
from sockscope.model.address import LinkAddress, NetlinkAddress, VsockAddress
from sockscope.model.descriptor import CleanFields
from sockscope.model.socket import Socket

ETHERTYPES = {0x0003: "all", 0x0800: "ip", 0x0806: "arp", 0x86DD: "ipv6", 0x8100: "802.1q", 0x888E: "eapol",
              0x88CC: "lldp"}  # fmt: skip
"""ETH_P_* numbers of `linux/if_ether.h` that are worth a name."""


def netlink_socket(row: NetlinkEnd, origin: SocketOrigin) -> Socket:
    """Describe one netlink socket: `route portid 1234`, its groups in `extra`."""
    name = clean_str(netlink.PROTOCOLS.get(row.protocol) or str(row.protocol))
    connected = row.remote_portid or row.remote_group
    return Socket(
        key=origin.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=origin.netns,
        family="netlink",
        type=socket_type(row.type),
        protocol=name,
        state="CONNECTED" if row.state == netlink.CONNECTED else "UNCONNECTED",
        local=NetlinkAddress(name, row.portid),
        remote=NetlinkAddress(NOTHING, row.remote_portid, row.remote_group) if connected else None,
        recv_q=row.recv_queue,
        source=origin.source,
        extra={
            "portid": row.portid,
            **({"remote_portid": row.remote_portid} if row.remote_portid else {}),
            "groups": list(row.groups),
            "flags": [clean_str(text) for bit, text in netlink.FLAG_NAMES if row.flags & bit],
        },
        drops=row.drops,
    )


def packet_socket(row: PacketSocket, origin: SocketOrigin) -> Socket:
    """Describe one packet socket: `eth0 proto 0x0003`, its rings and fanout group in `extra`."""
    device = origin.interface(row.interface) or ours("interface {}", row.interface) if row.interface else ours("*")
    extra: CleanFields = {
        "interface": device,
        "protocol": clean_str(ETHERTYPES.get(row.protocol) or f"0x{row.protocol:04x}"),
        "flags": [clean_str(text) for bit, text in packet.FLAG_NAMES if row.flags & bit],
    }
    if row.receive_ring:
        extra["rx_ring"] = _ring(row.receive_ring, row.version)
    if row.send_ring:
        extra["tx_ring"] = _ring(row.send_ring, row.version)
    if row.fanout:
        extra["fanout"] = {"group": row.fanout[0], "mode": clean_str(row.fanout[1])}
    return Socket(
        key=origin.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=origin.netns,
        family="packet",
        type=socket_type(row.type),
        protocol=ours("0x{:04x}", row.protocol),
        state="",
        local=LinkAddress(device, row.protocol),
        recv_q=row.recv_queue,
        uid=row.uid,
        interface=row.interface,
        source=origin.source,
        extra=extra,
        drops=row.drops,
    )


def _ring(ring: Ring, version: int) -> CleanFields:
    """Name the fields of a ring; sizes in bytes, version as in `TPACKET_V3`."""
    return {**ring._asdict(), "version": version + 1}


def xdp_socket(row: XdpSocket, origin: SocketOrigin) -> Socket:
    """Describe one AF_XDP socket: `eth0 queue 3`."""
    device = origin.interface(row.interface) or ours("interface {}", row.interface) if row.interface else NOTHING
    return Socket(
        key=origin.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=origin.netns,
        family="xdp",
        type=socket_type(row.type),
        protocol=NOTHING,
        state="",
        local=LinkAddress(device, queue=row.queue) if device else None,
        uid=row.uid,
        interface=row.interface,
        source=origin.source,
        extra={"rx_entries": row.receive_entries, "tx_entries": row.send_entries, "umem_bytes": row.memory},
    )


def vsock_socket(row: VsockSocket, origin: SocketOrigin) -> Socket:
    """Describe one vsock: `2:1024`, a cid and a port."""
    state = tcp_state(row.state)
    if row.state == CLOSE:
        state = "UNCONNECTED"
    # Before connect(2) the far end is either "any" or all zero, never cid 0 (the hypervisor) with a port.
    has_remote = row.remote_cid != ANY and (row.remote_cid, row.remote_port) != (0, 0)
    return Socket(
        key=origin.key(row),
        ino=row.ino,
        cookie=row.cookie,
        netns=origin.netns,
        family="vsock",
        type=socket_type(row.type),
        protocol=NOTHING,
        state=state,
        local=VsockAddress(row.local_cid, row.local_port),
        remote=VsockAddress(row.remote_cid, row.remote_port) if has_remote else None,
        shutdown=row.shutdown,
        source=origin.source,
    )
