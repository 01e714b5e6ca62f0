"""A process that keeps its memory locked: it maps something over a file whose server is silent. Argument: a directory.

What it has written there has to go to the server first, and while that takes, whoever wants to read
from its memory waits, as the readers of `/proc/PID/cmdline` do. Without privilege, anyone may be such a process.
"""

import ctypes
import mmap
import os
import sys

import silent_server
import stage

MAP_FIXED = 0x10
directory = sys.argv[1]
server = silent_server.mount(directory, silent_server.READ)
stage.libc.mmap.restype = ctypes.c_void_p
places: list[int] = []


def map_at(place: int, file: int, flags: int) -> int:
    access = mmap.PROT_READ | mmap.PROT_WRITE
    found = stage.libc.mmap(ctypes.c_void_p(place), silent_server.PAGE, access, flags, file, ctypes.c_long(0))
    assert isinstance(found, int)
    return found


def write() -> dict[str, object]:
    os.close(server)
    file = os.open(os.path.join(directory, "file"), os.O_RDWR)
    places.append(map_at(0, file, mmap.MAP_SHARED))
    ctypes.memset(places[0], 1, 1)
    return {}


def map_over() -> None:
    map_at(places[0], -1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_FIXED)


stage.tell(owner=stage.child(write, map_over))
