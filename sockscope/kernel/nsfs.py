"""Namespaces as files of nsfs (`namespaces(7)`, fs/nsfs.c), under whatever name they are opened or mounted.

Opening one has no effect but that it stays: there is no driver behind it. A link of procfs may lead to something else
by the time it is followed, so it is pinned first (O_PATH), seen to be of nsfs, and only then opened.
"""

import errno
import fcntl
import os

from sockscope.abi.strings import Clean
from sockscope.abi.text import clean_str
from sockscope.kernel.filetype import pin_cached

NS_GET_NSTYPE = 0xB703
"""`ioctl_nsfs(2)`, Linux 4.11."""
TYPES = {
    0x0002_0000: "mnt",
    0x0200_0000: "cgroup",
    0x0400_0000: "uts",
    0x0800_0000: "ipc",
    0x1000_0000: "user",
    0x2000_0000: "pid",
    0x4000_0000: "net",
    0x0000_0080: "time",
}
"""CLONE_NEW* numbers, by what stands in the links below `/proc/PID/ns`."""


def read_device() -> int:
    """Return the device of nsfs as `major << 20 | minor`, 0 unknown."""
    try:
        found = os.stat("/proc/self/ns/net").st_dev
    except OSError:
        return 0
    return os.major(found) << 20 | os.minor(found)


def open_namespace(link: str, inode: int = 0, directory: int | None = None) -> int:
    """Open the namespace that a name or a link of procfs leads to and return the descriptor, which the caller closes.

    Args:
        link: such as `/run/netns/blue`, `/proc/12/ns/net`, `/proc/12/fd/7`.
        inode: the namespace that is meant, 0 for any.
        directory: descriptor of the directory that `link` starts from.

    Raises:
        OSError: the link is gone or denied; ESRCH where it leads to something else by now.
    """
    pinned = os.open(link, os.O_PATH | os.O_CLOEXEC, dir_fd=directory)
    try:
        found = os.fstat(pinned)
        if os.major(found.st_dev) << 20 | os.minor(found.st_dev) != read_device() or inode not in {0, found.st_ino}:
            raise ProcessLookupError(errno.ESRCH, "it ended while it was looked at")
        return os.open(f"/proc/self/fd/{pinned}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(pinned)


def open_mounted_namespace(root: str, mount_point: bytes, inode: int) -> int:
    """Open a namespace that is mounted where a process sees it, and return the descriptor, which the caller closes.

    No file server is asked on the way: the names of mount points are always in the kernel's cache.

    Args:
        root: link of procfs to the root directory of the process.
        mount_point: path of the mount point, absolute.
        inode: the namespace that is meant.

    Raises:
        OSError: the process or the mount is gone, or denied; EAGAIN where the path would have to be looked up; ESRCH
            where it leads to something else by now.
    """
    top = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        pinned = pin_cached(mount_point.lstrip(b"/") or b".", top)
    finally:
        os.close(top)
    try:
        return open_namespace(f"/proc/self/fd/{pinned}", inode)
    finally:
        os.close(pinned)


def read_type(link: str, inode: int, directory: int | None = None) -> Clean:
    """Return the type of a namespace as links below `/proc/PID/ns` write it (`net`), "" for one that has no name here.

    Raises:
        OSError: as `open_namespace`; ENOTTY before Linux 4.11.
    """
    opened = open_namespace(link, inode, directory)
    try:
        return clean_str(TYPES.get(fcntl.ioctl(opened, NS_GET_NSTYPE), ""))
    finally:
        os.close(opened)
