"""Memory that stays locked: something is mapped over a file whose server is silent.

What has been written there has to go to the server first, and while that takes, whoever wants to read
from this process waits, as the readers of `/proc/PID/cmdline` do. Without privilege, anyone may be such a process.
"""

import ctypes
import mmap
import os

import silent_server
import stage

MAP_FIXED = 0x10
stage.libc.mmap.restype = ctypes.c_void_p
_places: list[int] = []


def mount(directory: str) -> int:
    """Mount a server that answers until a page has been read, and return its descriptor."""
    return silent_server.mount(directory, silent_server.READ)


def write(directory: str) -> None:
    """Map a file of that server, and write into it."""
    file = os.open(os.path.join(directory, "file"), os.O_RDWR)
    _places.append(_map_at(0, file, mmap.MAP_SHARED))
    ctypes.memset(_places[0], 1, 1)


def map_over() -> None:
    """Map something else there, which lasts until the server's end."""
    _map_at(_places[0], -1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_FIXED)


def _map_at(place: int, file: int, flags: int) -> int:
    access = mmap.PROT_READ | mmap.PROT_WRITE
    found = stage.libc.mmap(ctypes.c_void_p(place), silent_server.PAGE, access, flags, file, ctypes.c_long(0))
    assert isinstance(found, int)
    return found
