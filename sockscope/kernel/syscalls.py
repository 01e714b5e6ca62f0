"""System calls that Python has no name for: their numbers per architecture and one way to call them."""

import ctypes
import errno
import os
import platform

_COMMON = {"pidfd_open": 434, "openat2": 437, "pidfd_getfd": 438}
"""Calls since Linux 5.1 have one number everywhere (`arch/*/syscall.tbl`)."""
NUMBERS = {
    "x86_64": {"bpf": 321, "open_by_handle_at": 304, "process_vm_readv": 310, "kcmp": 312, "statx": 332, **_COMMON},
    "aarch64": {"bpf": 280, "open_by_handle_at": 265, "process_vm_readv": 270, "kcmp": 272, "statx": 291, **_COMMON},
}

_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long


def call(name: str, *arguments: object) -> int:
    """Make one system call and return its result.

    Integers are passed as unsigned longs, byte strings and `ctypes.byref()` as pointers.

    Raises:
        OSError: the call failed; ENOSYS where the number is not known for this architecture.
    """
    number = NUMBERS.get(platform.machine(), {}).get(name)
    if number is None:
        raise OSError(errno.ENOSYS, f"{name}: no system call number for {platform.machine()}")
    ready = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    result = int(_syscall(ctypes.c_long(number), *ready))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
