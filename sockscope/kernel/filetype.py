"""Type, identity and size of a file that a process holds or uses, learnt without opening it or asking any disk.

O_PATH opens no file: no driver, FIFO or terminal notices, and no lease is broken. It pins what a name or a link of
procfs leads to, and `statx(2)` with AT_STATX_DONT_SYNC reports what the kernel knows of that without asking a server.

A *name* may have to be looked up, on a disk or by a server: `openat2(2)` with RESOLVE_CACHED walks what the kernel
has in its cache and gives up where it would have to wait. A *link of procfs* (`fd/N`, `cwd`, `root`, `exe`,
`map_files/…`) is not looked up: it leads to the very file. But where its file system has `d_weak_revalidate`, that
asks the server whether the file is still there: NFS, 9p, and overlays of these (fs/namei.c, `complete_walk`). Whoever
cannot wait has to know the file system first, or have a thread follow the link that may be left behind.
"""

import ctypes
import os
import stat
from typing import NamedTuple

from sockscope.kernel import syscalls
from sockscope.model.descriptor import KindName

RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_CACHED = 0x20
AT_EMPTY_PATH = 0x1000
AT_STATX_DONT_SYNC = 0x4000
STATX_BASIC = 0x7FF
STATX_MNT_ID = 0x1000
BLOCK = 512
"""Bytes that `stx_blocks` counts in, whatever the file system does (statx(2))."""
STATX_ATTR_MOUNT_ROOT = 0x2000
O_PATH = os.O_PATH
AT_FDCWD = (1 << 64) - 100

TYPES: dict[int, KindName] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFIFO: "fifo",
    stat.S_IFCHR: "char-device",
    stat.S_IFBLK: "block-device",
    stat.S_IFSOCK: "socket-file",
    stat.S_IFLNK: "symlink",
}


class FileFacts(NamedTuple):
    """What the name of an open file leads to now."""

    kind: KindName
    """One of file, directory, fifo, char-device, block-device, socket-file, symlink; unknown for any other mode."""
    ino: int
    dev: int
    """Device as `major << 20 | minor`."""
    size: int
    """Bytes, as last known."""
    rdev: tuple[int, int]
    """(major, minor) of a device node, else (0, 0)."""
    mount: int
    """Mount, as in fdinfo and mountinfo; -1 before Linux 5.8."""
    uid: int = -1
    gid: int = -1
    mode: int = -1
    """Permission bits, -1 unknown."""
    links: int = -1
    """Names that lead to it, 0 for a file that has lost all of them; -1 unknown."""
    allocated: int = -1
    """Bytes that it takes on its file system, less than `size` where it has holes; -1 unknown."""


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
        ("mount", ctypes.c_uint64),
        ("rest", ctypes.c_uint64 * 13),
    )


_HOW = _OpenHow(O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, 0, RESOLVE_CACHED | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)


def read_file_facts(path: bytes, root: int = AT_FDCWD) -> FileFacts:
    """Look a path up in the kernel's cache, from a directory descriptor where the path is relative.

    Raises:
        OSError: EAGAIN where the answer would need I/O or a revalidation, ENOENT, ELOOP (a symbolic
            link has taken the name), EACCES, ENOSYS (before Linux 5.12).
    """
    fd = pin_cached(path, root)
    try:
        return _facts(fd)
    finally:
        os.close(fd)


def pin_cached(path: bytes, root: int = AT_FDCWD) -> int:
    """Pin what a path leads to in the kernel's cache (O_PATH) and return the descriptor, which the caller closes.

    Raises:
        OSError: as `read_file_facts`.
    """
    return syscalls.call("openat2", root, path, ctypes.byref(_HOW), ctypes.sizeof(_HOW))


class NamedFile(NamedTuple):
    """What a name that somebody typed leads to, symbolic links followed as open(2) does."""

    facts: FileFacts
    socket: bool
    """Whether it is the file of a unix socket, which `FileFacts.kind` calls a file."""
    mount_root: bool
    """Whether it is the root of a mount (Linux 5.8; else False)."""
    inner: int
    """Inode by which the kernel's tables name it (fdinfo, Linux 5.14): on overlays and btrfs it may be another one."""


def read_named_file(path: bytes, root: int = AT_FDCWD, *, cached: bool = True) -> NamedFile:
    """Find out what a name leads to, from a directory descriptor where it is relative. No link of procfs is followed.

    Args:
        path: as open(2) takes it.
        root: descriptor of the directory that a relative path starts from.
        cached: give up with EAGAIN where a disk or a server would have to be asked; else wait for these.

    Raises:
        OSError: EAGAIN (see above); ENOENT, ENOTDIR, EACCES, ENAMETOOLONG; ELOOP for a link of procfs or too many
            links; EINVAL before Linux 5.12 where `cached`, ENOSYS before 5.6.
    """
    how = _OpenHow(O_PATH | os.O_CLOEXEC, 0, RESOLVE_NO_MAGICLINKS | (RESOLVE_CACHED if cached else 0))
    fd = syscalls.call("openat2", root, path, ctypes.byref(how), ctypes.sizeof(how))
    try:
        facts = _statx(fd)
        with open(f"/proc/self/fdinfo/{fd}", "rb") as file:
            lines = dict(line.split(b":\t", 1) for line in file.read().splitlines() if b":\t" in line)
    finally:
        os.close(fd)
    return NamedFile(
        _named(facts),
        stat.S_ISSOCK(facts.mode),
        bool(facts.attributes & STATX_ATTR_MOUNT_ROOT),
        int(lines.get(b"ino", b"0")) or int(facts.ino),
    )


def read_pinned_facts(link: str | bytes, directory: int | None = None) -> FileFacts:
    """Follow a link of procfs to the file that it stands for, and say what that is; see above for who may have to wait.

    Raises:
        OSError: the link is gone (ENOENT, ESRCH) or may not be followed (EACCES, EPERM).
    """
    fd = os.open(link, os.O_PATH | os.O_CLOEXEC, dir_fd=directory)
    try:
        return _facts(fd)
    finally:
        os.close(fd)


def _facts(fd: int) -> FileFacts:
    return _named(_statx(fd))


def _statx(fd: int) -> _Statx:
    facts = _Statx()
    wanted = STATX_BASIC | STATX_MNT_ID
    syscalls.call("statx", fd, b"", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, wanted, ctypes.byref(facts))
    return facts


def _named(facts: _Statx) -> FileFacts:
    return FileFacts(
        TYPES.get(stat.S_IFMT(facts.mode), "unknown"),
        int(facts.ino),
        int(facts.dev_major) << 20 | int(facts.dev_minor),
        int(facts.size),
        (int(facts.rdev_major), int(facts.rdev_minor)),
        int(facts.mount) if facts.mask & STATX_MNT_ID else -1,
        int(facts.uid),
        int(facts.gid),
        stat.S_IMODE(facts.mode),
        int(facts.nlink),
        int(facts.blocks) * BLOCK,
    )
