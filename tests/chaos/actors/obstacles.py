"""Things that would stop somebody who opens, follows or reads all of them. Argument: an empty directory."""

import ctypes
import mmap
import os
import resource
import select
import signal
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "live" / "actors"))

import stage

REGISTRATIONS = 10_000
GIGABYTE = 1 << 30
SYS_CLONE3, CLONE_VFORK = 435, 0x4000
PR_SET_MM, PR_SET_MM_MAP = 35, 14
MAP_NORESERVE = 0x4000
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
wanted = REGISTRATIONS + 100
resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))


def fifo() -> dict[str, object]:
    path = os.path.join(sys.argv[1], "fifo")
    os.mkfifo(path)
    return {"fifo": stage.here(os.open(path, os.O_RDONLY | os.O_NONBLOCK))}


def crowd() -> dict[str, object]:
    epoll = stage.keep(select.epoll())
    for _ in range(REGISTRATIONS):
        epoll.register(os.eventfd(0), select.EPOLLIN)
    return {"epoll": {"pid": os.getpid(), "fd": epoll.fileno()}}


def lend() -> None:
    """Be in state D until the child ends: a parent waits so for a child that borrows its place, as after vfork(2)."""
    arguments = struct.pack("=8Q", CLONE_VFORK, 0, 0, 0, signal.SIGKILL, 0, 0, 0)
    parent = os.getpid()
    if stage.libc.syscall(ctypes.c_long(SYS_CLONE3), arguments, ctypes.c_size_t(len(arguments))) == 0:
        stage.die_with(parent)
        while True:
            signal.pause()


def talk() -> dict[str, object]:
    """Have a command line of a gigabyte: what lies between two addresses counts as one (PR_SET_MM_MAP, prctl(2))."""
    words = stage.keep(mmap.mmap(-1, GIGABYTE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE))
    for place in (0, mmap.PAGESIZE, GIGABYTE - mmap.PAGESIZE):
        words[place : place + mmap.PAGESIZE] = b"x" * (mmap.PAGESIZE - 1) + b"\0"
    start = ctypes.addressof(ctypes.c_char.from_buffer(words))
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        field = dict(enumerate(file.read().rpartition(")")[2].split(), 3))
    # code, data, heap, stack and environment stay where proc_pid_stat(5) says they are.
    end_of_heap = ctypes.cast(stage.libc.sbrk, ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long))(0)
    kept = [int(field[number]) for number in (26, 27, 45, 46, 47)]
    layout = [*kept, end_of_heap, int(field[28]), start, start + GIGABYTE, int(field[50]), int(field[51])]
    table = struct.pack("=11QQIi", *layout, 0, 0, -1)
    size = ctypes.c_ulong(len(table))
    done = stage.libc.prctl(PR_SET_MM, ctypes.c_ulong(PR_SET_MM_MAP), table, size, ctypes.c_ulong(0))
    return {"lacking": os.strerror(ctypes.get_errno()) if done < 0 else ""}


stage.tell(
    waiting=stage.child(fifo),
    crowd=stage.child(crowd),
    stopped=stage.child(dict, lambda: os.kill(os.getpid(), signal.SIGSTOP)),
    lender=stage.child(dict, lend),
    talker=stage.child(talk),
)
