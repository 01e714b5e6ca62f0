"""Which part of the kernel a socket that nobody holds may belong to, by the port it has: a custom, and no proof."""

from sockscope.model.address import InternetAddress
from sockscope.model.socket import Socket

BOUND_BY_KERNEL: dict[tuple[str, int], str] = {
    ("udp", 2049): "NFS server (rpc)",
    ("tcp", 2049): "NFS server (rpc)",
    ("udp", 2152): "GTP tunnels",
    ("tcp", 3260): "iSCSI target",
    ("tcp", 4420): "NVMe target",
    ("udp", 4789): "vxlan",
    ("udp", 6081): "geneve",
    ("tcp", 445): "SMB server (ksmbd)",
    ("tcp", 7777): "cluster file systems (o2net)",
    ("udp", 8472): "vxlan, at the number that Linux had before it had one of its own",
    ("udp", 51820): "wireguard",
}
"""What in the kernel binds a port by itself (IANA's numbers, and drivers/net/vxlan, net/sunrpc, wg(8))."""
CALLED_BY_KERNEL: dict[int, str] = {
    445: "SMB client (cifs)",
    2049: "NFS client (rpc)",
    3260: "iSCSI initiator",
    4420: "NVMe over TCP",
    6789: "Ceph client",
    10809: "network block device (nbd)",
}
"""What in the kernel connects to a port of TCP by itself, or goes on with a socket that was handed to it."""


def kernel_user(socket: Socket) -> str:
    """Name the part of the kernel that a socket may belong to by its port, "" where none goes by that."""
    near, far = socket.local, socket.remote
    bound = BOUND_BY_KERNEL.get((socket.protocol, near.port)) if isinstance(near, InternetAddress) else None
    if bound is not None and far is None:
        return f"its port is that of the kernel's {bound} (by custom)"
    called = CALLED_BY_KERNEL.get(far.port) if isinstance(far, InternetAddress) and socket.protocol == "tcp" else None
    return "" if called is None else f"what it is connected to is the port of the kernel's {called} (by custom)"
