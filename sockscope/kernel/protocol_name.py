"""The name of a socket's protocol, which sockfs gives it as an attribute: for sockets that nothing else describes."""

import errno
import os

from sockscope.abi.strings import Raw


def read_protocol_name(link: str, ino: int) -> Raw:
    """Read `system.sockprotoname` of the socket with inode `ino` through the link of a descriptor (net/socket.c).

    By the time it is followed, the link may lead to a file of the same number, and an attribute of a file
    is asked of its file system, which may be a FUSE server that never answers. So what the link leads to
    is pinned first (O_PATH opens nothing), and looked at. NFS and 9p ask their servers already
    when a link is followed (`d_weak_revalidate`): whoever cannot wait has to let go.

    Returns:
        Such as b"UDPv6".

    Raises:
        OSError: the descriptor is closed, denied, or (ESTALE) leads to something else by now.
    """
    pinned = os.open(link, os.O_PATH | os.O_CLOEXEC)
    try:
        here = f"/proc/self/fd/{pinned}"
        if os.readlink(here) != f"socket:[{ino}]":
            raise OSError(errno.ESTALE, "no longer that socket", link)
        return Raw(os.getxattr(here, "system.sockprotoname")).rstrip(b"\0")
    finally:
        os.close(pinned)
