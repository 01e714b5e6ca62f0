"""Type and size of a file that a process holds, learnt without touching the descriptor or any disk.

`stat()` through `/proc/PID/fd/N` may wait for a dead file server, and so may a walk of the path.
`openat2(2)` with RESOLVE_CACHED walks what the kernel has in its cache and gives up where it would
have to wait; `statx(2)` with AT_STATX_DONT_SYNC reports what is known without asking a server.
O_PATH opens no file: no driver, FIFO or terminal notices.
"""

import ctypes
import os
import stat
from typing import NamedTuple

from sockscope.kernel import syscalls

RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_CACHED = 0x20
AT_EMPTY_PATH = 0x1000
AT_STATX_DONT_SYNC = 0x4000
STATX_BASIC = 0x7FF
O_PATH = os.O_PATH
AT_FDCWD = (1 << 64) - 100

TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFIFO: "fifo",
    stat.S_IFCHR: "char-device",
    stat.S_IFBLK: "block-device",
    stat.S_IFSOCK: "file",
    stat.S_IFLNK: "file",
}


class FileFacts(NamedTuple):
    """What the name of an open file leads to now."""

    kind: str
    """One of file, directory, fifo, char-device, block-device."""
    ino: int
    dev: int
    """Device as `major << 20 | minor`."""
    size: int
    """Bytes, as last known."""
    rdev: tuple[int, int]
    """(major, minor) of a device node, else (0, 0)."""


class _OpenHow(ctypes.Structure):
    """`struct open_how` of linux/openat2.h."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


class _Statx(ctypes.Structure):
    """The head of `struct statx` of linux/stat.h; 256 bytes in all."""

    _fields_ = (
        ("mask", ctypes.c_uint32),
        ("blksize", ctypes.c_uint32),
        ("attributes", ctypes.c_uint64),
        ("nlink", ctypes.c_uint32),
        ("uid", ctypes.c_uint32),
        ("gid", ctypes.c_uint32),
        ("mode", ctypes.c_uint16),
        ("pad", ctypes.c_uint16),
        ("ino", ctypes.c_uint64),
        ("size", ctypes.c_uint64),
        ("blocks", ctypes.c_uint64),
        ("attributes_mask", ctypes.c_uint64),
        ("times", ctypes.c_uint64 * 8),
        ("rdev_major", ctypes.c_uint32),
        ("rdev_minor", ctypes.c_uint32),
        ("dev_major", ctypes.c_uint32),
        ("dev_minor", ctypes.c_uint32),
        ("rest", ctypes.c_uint64 * 14),
    )


_HOW = _OpenHow(O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, 0, RESOLVE_CACHED | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)


def read_file_facts(path: bytes, root: int = AT_FDCWD) -> FileFacts:
    """Look a path up in the kernel's cache, from a directory descriptor where the path is relative.

    Raises:
        OSError: EAGAIN where the answer would need I/O or a revalidation, ENOENT, ELOOP (a symbolic
            link has taken the name), EACCES, ENOSYS (before Linux 5.12).
    """
    fd = syscalls.call("openat2", root, path, ctypes.byref(_HOW), ctypes.sizeof(_HOW))
    try:
        facts = _Statx()
        syscalls.call("statx", fd, b"", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC, ctypes.byref(facts))
    finally:
        os.close(fd)
    return FileFacts(
        TYPES.get(stat.S_IFMT(facts.mode), "unknown"),
        int(facts.ino),
        int(facts.dev_major) << 20 | int(facts.dev_minor),
        int(facts.size),
        (int(facts.rdev_major), int(facts.rdev_minor)),
    )
