"""Memory that processes share without a descriptor: a file, a memfd, nameless memory, a System V segment. Argument: a
directory, which one child works in and another has as its root. Needs root."""

import ctypes
import mmap
import os
import sys

import stage

PLACE = sys.argv[1]
IPC_PRIVATE, IPC_RMID, SHM_SIZE = 0, 0, 8192

path = os.path.join(PLACE, "shared")
with open(path, "wb") as file:
    file.write(b"x" * mmap.PAGESIZE)
stage.libc.shmat.restype = ctypes.c_void_p
segment = stage.check(stage.libc.shmget(IPC_PRIVATE, SHM_SIZE, 0o600), "shmget")
nameless = mmap.mmap(-1, mmap.PAGESIZE)
memfd = os.memfd_create("pool")
os.ftruncate(memfd, mmap.PAGESIZE)


def maps(target: int, flags: int) -> None:
    """Map a file and keep nothing but the mapping: Python's own would keep a descriptor."""
    stage.libc.mmap.restype = ctypes.c_void_p
    length, protection = ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ
    place = stage.libc.mmap(None, length, protection, flags, target, ctypes.c_long(0))
    stage.check(0 if place not in {None, ctypes.c_void_p(-1).value} else -1, "mmap")


def use(flags: int) -> dict[str, object]:
    """Map all of them, and close what they were mapped by."""
    opened = os.open(path, os.O_RDWR)
    maps(opened, flags)
    maps(memfd, mmap.MAP_SHARED)
    stage.check(-1 if stage.libc.shmat(segment, None, 0) == ctypes.c_void_p(-1).value else 0, "shmat")
    os.close(opened)
    os.close(memfd)
    return {}


def works() -> dict[str, object]:
    """Share them, in a directory of one's own."""
    os.chdir(PLACE)
    return use(mmap.MAP_SHARED)


def rooted() -> dict[str, object]:
    """Share them, with another root."""
    found = use(mmap.MAP_SHARED)
    os.chroot(PLACE)
    return found


def copies() -> dict[str, object]:
    """Map the file for oneself."""
    return use(mmap.MAP_PRIVATE)


try:
    children = {part.__name__: stage.child(part) for part in (works, rooted, copies)}
finally:
    stage.check(stage.libc.shmctl(segment, IPC_RMID, None), "shmctl")
truth = {"path": path, "ino": os.stat(path).st_ino, "memfd_ino": os.fstat(memfd).st_ino, "segment": segment}
os.close(memfd)
stage.tell(**truth, **children)
