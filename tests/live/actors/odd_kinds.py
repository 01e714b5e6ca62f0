"""Descriptors that are easily told wrong.

Timers that do not run, both ends and no end of a FIFO, the handle on a zombie, a file without a name, /dev/tty, and
what inotify, fanotify and a lock say of a device.
"""

import contextlib
import ctypes
import fcntl
import os
import pty
import select
import tempfile
import termios

import stage

directory = stage.keep(tempfile.TemporaryDirectory())
fifo = os.path.join(directory.name, "fifo")
os.mkfifo(fifo)


def timer(value: int, interval: int) -> int:
    fd = stage.check(stage.libc.timerfd_create(1, 0), "timerfd_create")
    times = (ctypes.c_long * 4)(interval // 10**9, interval % 10**9, 0, value)
    stage.check(stage.libc.timerfd_settime(fd, 0, times, None), "timerfd_settime")
    return fd


def expired(value: int, interval: int) -> int:
    """A timer that has expired and is not read."""
    fd = timer(value, interval)
    select.select([fd], [], [])
    return fd


def zombie() -> tuple[int, int]:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid, os.pidfd_open(pid)


def watch() -> int:
    fd = stage.check(stage.libc.inotify_init1(0), "inotify_init1")
    stage.check(stage.libc.inotify_add_watch(fd, directory.name.encode(), 0x100), "inotify_add_watch")
    return fd


def locked() -> int:
    fd = os.open(os.path.join(directory.name, "locked"), os.O_RDWR | os.O_CREAT)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return fd


def at_a_terminal() -> dict[str, object]:
    """Lead a session on a terminal of its own, and open /dev/tty there."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    return {"opened": os.open("/dev/tty", os.O_RDWR), "terminal": os.ttyname(slave).removeprefix("/dev/")}


def mark() -> int:
    fd = stage.check(stage.libc.fanotify_init(0, os.O_RDONLY), "fanotify_init")
    place = directory.name.encode()
    stage.check(stage.libc.fanotify_mark(fd, 0x1, ctypes.c_uint64(0x20), -100, place), "fanotify_mark")
    return fd


reading, writing = os.pipe()
master, slave = pty.openpty()
child = stage.child(at_a_terminal)
pid, handle = zombie()
marked = -1
with contextlib.suppress(OSError):
    marked = mark()
device = os.stat(directory.name).st_dev
stage.tell(
    never=stage.check(stage.libc.timerfd_create(1, 0), "timerfd_create"),
    disarmed=timer(0, 10**9),
    once=expired(1, 0),
    periodic=expired(1, 3600 * 10**9 // 4),
    both=os.open(fifo, os.O_RDWR),
    name=os.open(fifo, os.O_PATH),
    pipe_name=os.open(f"/proc/self/fd/{reading}", os.O_PATH),
    reading=reading,
    nameless=os.open(directory.name, os.O_TMPFILE | os.O_RDWR, 0o600),
    ioctl=os.open(os.devnull, 3),
    zombie={"pid": pid, "fd": handle},
    watching=watch(),
    marked=marked,
    locked=locked(),
    master=master,
    child=child,
    device=f"{os.major(device)}:{os.minor(device)}",
    directory=directory.name,
)
