"""Room given back inside a file, where the file system can: what is freed reads as zeros and takes no place."""

import ctypes
import errno
import os
from collections.abc import Iterator

_KEEP_SIZE, _PUNCH_HOLE = 1, 2
"""`FALLOC_FL_KEEP_SIZE` and `FALLOC_FL_PUNCH_HOLE` of `fallocate(2)`."""
_REFUSALS = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM})


def free(file: int, start: int, end: int) -> bool:
    """Give back what a file has from `start` to `end`; return whether the file system can.

    Raises:
        OSError: it can, and did not.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    mode = _KEEP_SIZE | _PUNCH_HOLE
    if libc.fallocate(file, mode, ctypes.c_long(start), ctypes.c_long(end - start)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _REFUSALS:
        return False
    raise OSError(code, os.strerror(code))


def filled(file: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where there is something between `start` and `end`, as (from, to)."""
    while start < end:
        try:
            begin = os.lseek(file, start, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole from here
                return
            begin = start
        if begin >= end:
            return
        try:
            stop = min(os.lseek(file, begin, os.SEEK_HOLE), end)
        except OSError:
            stop = end
        yield begin, stop
        start = stop
