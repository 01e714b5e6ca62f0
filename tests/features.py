"""What a test may need from the machine: one probe for each need, asked once a run."""

import ctypes
import errno
import functools
import glob
import os
import platform
import shutil
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
SEARCH_PATH = f"{os.environ.get('PATH', os.defpath)}:{SBIN}"
"""Where programs are looked for: sbin is not on the PATH of every user."""

CLONE_NEWNET = 0x4000_0000
SYS_KCMP = {"x86_64": 312, "aarch64": 272}
SYS_IO_URING_SETUP = 425
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP = 0x1, 0x300


@dataclass(frozen=True)
class Missing:
    """Why a need is not met."""

    reason: str
    kernel: bool = False
    """The kernel of this machine was built or set up without it: no set-up of ours could provide it."""


Probe = Callable[[], Missing | None]


def program(name: str) -> Probe:
    """Make the probe for a program that `make test` installs."""

    def probe() -> Missing | None:
        found = shutil.which(name, path=SEARCH_PATH)
        return None if found else Missing(f"{name} is not installed; `make test` installs it")

    return probe


def root() -> Missing | None:
    """Ask for uid 0."""
    return None if os.geteuid() == 0 else Missing("needs root")


def postgres() -> Missing | None:
    """Ask for the server, which Debian keeps away from the PATH."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return None if found else Missing("postgres is not installed; `make test` installs it")


def loop_devices() -> Missing | None:
    """Ask for a device that a file can be put behind, as containers mostly have none."""
    there = os.path.exists("/dev/loop-control") and os.path.exists("/dev/loop0")
    return None if there else Missing("there are no loop devices", kernel=True)


def own_netns() -> Missing | None:
    """Ask for a new network namespace, in a child that ends at once."""
    if not os.path.exists("/proc/self/ns/net"):
        return Missing("the kernel has no network namespaces", kernel=True)
    libc = ctypes.CDLL(None, use_errno=True)
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.unshare(CLONE_NEWNET) == 0 else 1)
    _, status = os.waitpid(child, 0)
    return None if status == 0 else Missing("may not create a network namespace; needs root")


def kcmp() -> Missing | None:
    """Ask kcmp(2) whether this process's descriptor 0 is descriptor 0."""
    return _syscall("kcmp(2)", SYS_KCMP.get(platform.machine(), -1), os.getpid(), os.getpid(), 0, 0, 0)


def io_uring() -> Missing | None:
    """Ask for a ring with no memory for its parameters: a kernel that has io_uring answers EFAULT."""
    return _syscall("io_uring", SYS_IO_URING_SETUP, 1, 0, expected=errno.EFAULT)


def _syscall(name: str, number: int, *arguments: int, expected: int = 0) -> Missing | None:
    libc = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments))
    error = ctypes.get_errno()
    if error in {0, expected}:
        return None
    return Missing(f"{name}: {os.strerror(error)}", kernel=error == errno.ENOSYS)


def socket_type(name: str, family: int, kind: int, protocol: int) -> Probe:
    """Make the probe for a kind of socket."""

    def probe() -> Missing | None:
        try:
            socket.socket(family, kind, protocol).close()
        except PermissionError as error:
            return Missing(f"may not create {name} sockets: {error.strerror}")
        except OSError as error:
            return Missing(f"the kernel has no {name}: {error.strerror}", kernel=True)
        return None

    return probe


def diag(name: str, family: int, protocol: int = 0) -> Probe:
    """Make the probe for a sock_diag(7) family: a kernel without its handler ends the dump with ENOENT."""

    def probe() -> Missing | None:
        # inet_diag_req_v2 is the longest request; the other families read less of it.
        request = struct.pack("=BBBxI48x", family, protocol, 0, 0xFFFF_FFFF)
        header = struct.pack("=IHHII", 16 + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 1, 0)
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as netlink:
            netlink.settimeout(10)
            netlink.send(header + request)
            answer = netlink.recv(65536)
        kind, code = struct.unpack_from("=H", answer, 4)[0], struct.unpack_from("=i", answer, 16)[0]
        if kind in {NLMSG_ERROR, NLMSG_DONE} and code == -errno.ENOENT:
            return Missing(f"the kernel has no {name}", kernel=True)
        return None

    return probe


def btrfs() -> Missing | None:
    """Ask for the file system whose subvolumes number alike."""
    with open("/proc/filesystems", encoding="ascii") as file:
        known = "btrfs" in file.read().split()
    return None if known else Missing("the kernel has no btrfs", kernel=True)


PROBES: dict[str, Probe] = {
    "root": root,
    "netns": own_netns,
    "kcmp": kcmp,
    "io_uring": io_uring,
    "sctp": socket_type("SCTP", socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP),
    "mptcp": socket_type("MPTCP", socket.AF_INET, socket.SOCK_STREAM, 262),
    "ipv6": socket_type("IPv6", socket.AF_INET6, socket.SOCK_STREAM, 0),
    "vsock": socket_type("vsock", socket.AF_VSOCK, socket.SOCK_STREAM, 0),
    "unix_diag": diag("unix_diag", socket.AF_UNIX),
    "tcp_diag": diag("tcp_diag", socket.AF_INET, socket.IPPROTO_TCP),
    "udp_diag": diag("udp_diag", socket.AF_INET, socket.IPPROTO_UDP),
    "raw_diag": diag("raw_diag", socket.AF_INET, socket.IPPROTO_RAW),
    "vsock_diag": diag("vsock_diag", socket.AF_VSOCK),
    "xdp_diag": diag("xdp_diag", 44),
    **{
        name: program(name)
        for name in (
            "nginx",
            "tmux",
            "ss",
            "lsof",
            "strace",
            "prlimit",
            "setpriv",
            "unshare",
            "groff",
            "man",
            "zsh",
            "fish",
        )
    },
    **{name: program(name) for name in ("losetup", "mkfs.ext4", "mkfs.btrfs", "haproxy", "redis-server", "node")},
    "postgres": postgres,
    "loop": loop_devices,
    "btrfs": btrfs,
}
"""Every need a test can name."""


@functools.cache
def missing(need: str) -> Missing | None:
    """Say why a need is not met here, or None when it is.

    Raises:
        KeyError: no probe has this name.
    """
    return PROBES[need]()
