"""A process whose poll(2) waits for its own set: that lies in memory whose faults nobody serves (userfaultfd(2)).

Whoever reads that memory waits as well, until the process ends. `fd` is what it would wait on; null where this kernel
makes no such memory.
"""

import ctypes
import mmap
import os
import platform
import time
from pathlib import Path

import stage

NUMBERS = {"x86_64": (323, 7), "aarch64": (282, 73)}
"""Of userfaultfd and poll (aarch64: ppoll)."""
UFFDIO_API, UFFDIO_REGISTER = 0xC018AA3F, 0xC020AA00
UFFD_API, MODE_MISSING = 0xAA, 1
PAGE = mmap.PAGESIZE

reader, writer = os.pipe()


def unserved() -> int:
    """Map a page whose first touch waits for ever, and return its address."""
    page = stage.keep(mmap.mmap(-1, PAGE))
    address = ctypes.addressof(stage.keep((ctypes.c_char * PAGE).from_buffer(page)))
    faults = stage.check(stage.libc.syscall(NUMBERS[platform.machine()][0], os.O_CLOEXEC), "userfaultfd")
    api = (ctypes.c_uint64 * 3)(UFFD_API, 0, 0)
    stage.check(stage.libc.ioctl(faults, ctypes.c_ulong(UFFDIO_API), api), "UFFDIO_API")
    register = (ctypes.c_uint64 * 4)(address, PAGE, MODE_MISSING, 0)
    stage.check(stage.libc.ioctl(faults, ctypes.c_ulong(UFFDIO_REGISTER), register), "UFFDIO_REGISTER")
    return address


def polls() -> None:
    address = unserved()
    stage.libc.syscall(NUMBERS[platform.machine()][1], ctypes.c_void_p(address), 1, ctypes.c_long(0), 0, 0)


def waits(pid: int) -> bool:
    return Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").startswith(f"{NUMBERS[platform.machine()][1]} ")


try:
    unserved()
except (OSError, KeyError):
    stage.tell(fd=None)
else:
    child = stage.child(lambda: {"fd": reader}, then=polls)
    while not waits(child["pid"]):
        time.sleep(0.01)
    stage.tell(fd=reader, child=child)
