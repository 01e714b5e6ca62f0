"""System calls on this process itself that Python has no name for, each with its errno as an exception."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def prctl(option: int, *arguments: int) -> None:
    """Set something of this process by numbers (prctl(2)), missing ones as 0.

    Raises:
        OSError: the kernel refuses.
    """
    filled = (*arguments, 0, 0, 0, 0)[:4]
    check(_libc.prctl(option, *(ctypes.c_ulong(argument) for argument in filled)))


def prctl_struct(option: int, mode: int, struct: ctypes.Structure) -> None:
    """Set something of this process by a struct (prctl(2)).

    Raises:
        OSError: the kernel refuses.
    """
    check(_libc.prctl(option, ctypes.c_ulong(mode), ctypes.byref(struct), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number: integers as unsigned longs, all else as ctypes passes it.

    Raises:
        OSError: the call failed.
    """
    ready = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    result = int(_libc.syscall(ctypes.c_long(number), *ready))
    if result < 0:
        check(result)
    return result


def check(result: int) -> None:
    """Turn a result other than 0 into an exception.

    Raises:
        OSError: it is not 0; errno says why.
    """
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
