"""File handles: from the handle that inotify shows of a watched inode to a path that leads to it."""

import ctypes
import os

from sockscope.abi.strings import Raw
from sockscope.kernel import syscalls

MAX_HANDLE = 128
"""Bytes (`MAX_HANDLE_SZ` of linux/exportfs.h)."""


class _Handle(ctypes.Structure):
    """`struct file_handle` of linux/fcntl.h with room for the largest handle."""

    _fields_ = (
        ("bytes", ctypes.c_uint32),
        ("type", ctypes.c_int32),
        ("handle", ctypes.c_ubyte * MAX_HANDLE),
    )


def read_handle_path(mount_point: bytes, kind: int, handle: bytes) -> Raw:
    """Name the file that a handle means.

    Args:
        mount_point: any directory of the same file system; opened as O_PATH only.
        kind: the handle's type.
        handle: the handle as in `f_handle` of fdinfo.

    Raises:
        OSError: EPERM without CAP_DAC_READ_SEARCH, ESTALE when the inode is gone.
        ValueError: the handle is longer than any is.
    """
    if len(handle) > MAX_HANDLE:
        msg = f"a file handle has at most {MAX_HANDLE} bytes, not {len(handle)}"
        raise ValueError(msg)
    wanted = _Handle(len(handle), kind, (ctypes.c_ubyte * MAX_HANDLE)(*handle))
    # The descriptor of the mount must be a real one: the call refuses O_PATH for it.
    mount = os.open(mount_point, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        found = syscalls.call("open_by_handle_at", mount, ctypes.byref(wanted), os.O_PATH | os.O_CLOEXEC)
    finally:
        os.close(mount)
    try:
        return Raw(os.readlink(f"/proc/self/fd/{found}".encode()))
    finally:
        os.close(found)
