"""Network namespaces: which one a process lives in, and how to get a socket inside another one."""

import ctypes
import os
import socket
import threading

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


def read_netns(pid: int, root: str = "/proc") -> int:
    """Read the inode that identifies a process's network namespace (`namespaces(7)`).

    Raises:
        OSError: EACCES without PTRACE_MODE_READ, ENOENT when the process has ended.
    """
    text = os.readlink(f"{root}/{pid}/ns/net")
    return int(text.partition("[")[2].rstrip("]"))


def netlink_socket_in(path: str, protocol: int) -> int:
    """Make a netlink socket inside the network namespace of a `/proc/PID/ns/net` and return its descriptor.

    A thread of its own enters the namespace and ends: nothing else of this process ever leaves home.

    Raises:
        OSError: the namespace is gone, or CAP_SYS_ADMIN is missing here or in its user namespace.
    """
    outcome: list[int | OSError] = []
    worker = threading.Thread(target=_make, args=(path, protocol, outcome), name="netns")
    worker.start()
    worker.join()
    result = outcome[0]
    if isinstance(result, OSError):
        raise result
    return result


def _make(path: str, protocol: int, outcome: list[int | OSError]) -> None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if _libc.setns(fd, CLONE_NEWNET) != 0:
                code = ctypes.get_errno()
                raise OSError(code, os.strerror(code))
        finally:
            os.close(fd)
        inside = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, protocol)
        outcome.append(inside.detach())
    except OSError as error:
        outcome.append(error)
