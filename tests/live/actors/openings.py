"""A device opened by two processes, each for itself, and one opening that they share. Two tun interfaces, if it can.

Needs root.
"""

import fcntl
import os
import struct

import stage

TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001
CLONE_NEWNET = 0x4000_0000

shared = os.open(os.devnull, os.O_WRONLY)


def own() -> dict[str, object]:
    """Open devices of one's own; the interfaces are in a namespace that ends with this process."""
    null = os.open(os.devnull, os.O_WRONLY)
    stage.check(stage.libc.unshare(CLONE_NEWNET), "unshare")
    try:
        tun = os.open("/dev/net/tun", os.O_RDWR)
    except OSError:
        return {"null": stage.here(null), "shared": stage.here(shared)}
    name = f"kept{os.getpid()}".encode()
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name, IFF_TUN_NO_PI))
    return {"null": stage.here(null), "shared": stage.here(shared), "tun": stage.here(tun), "interface": name.decode()}


stage.tell(openings=[stage.child(own), stage.child(own)])
