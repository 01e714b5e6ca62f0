"""One descriptor of every kind that needs nothing but the kernel. Argument: an empty directory."""

import ctypes
import os
import signal
import socket
import sys
import tempfile

import stage

TFD_MONOTONIC, SFD_CLOEXEC, PIDFD_FLAGS = 1, 0o2000000, 0
directory = sys.argv[1]


class Timer(ctypes.Structure):
    """`struct itimerspec`: interval and first expiry, each as seconds and nanoseconds."""

    _fields_ = [(name, ctypes.c_long) for name in ("interval", "interval_ns", "value", "value_ns")]


def timer() -> int:
    fd = stage.check(stage.libc.timerfd_create(TFD_MONOTONIC, 0), "timerfd_create")
    stage.check(stage.libc.timerfd_settime(fd, 0, ctypes.byref(Timer(5, 0, 3000, 0)), None), "timerfd_settime")
    return fd


def signals() -> int:
    mask = ctypes.create_string_buffer(128)
    stage.libc.sigemptyset(mask)
    for number in (signal.SIGUSR1, signal.SIGHUP):
        stage.libc.sigaddset(mask, number)
    return stage.check(stage.libc.signalfd(-1, mask, SFD_CLOEXEC), "signalfd")


def watch() -> int:
    fd = stage.check(stage.libc.inotify_init1(0), "inotify_init1")
    stage.check(stage.libc.inotify_add_watch(fd, directory.encode(), 0x100), "inotify_add_watch")
    return fd


def unnamed() -> int:
    fd, name = tempfile.mkstemp(dir=directory)
    os.unlink(name)
    os.write(fd, b"x" * 3000)
    return fd


path = os.path.join(directory, "plain")
with open(path, "wb") as plain:
    plain.write(b"0123456789")
file = os.open(path, os.O_RDWR | os.O_APPEND)
os.lseek(file, 4, os.SEEK_SET)
os.mkfifo(os.path.join(directory, "fifo"))

os.symlink("plain", os.path.join(directory, "symlink"))
stage.keep(socket.socket(socket.AF_UNIX)).bind(os.path.join(directory, "socket"))
unopened = {name: os.open(os.path.join(directory, name), os.O_PATH | os.O_NOFOLLOW) for name in ("symlink", "socket")}

stage.tell(
    symlink=unopened["symlink"],
    socket_file=unopened["socket"],
    file=file,
    directory=os.open(directory, os.O_RDONLY),
    temporary=os.open(directory, os.O_TMPFILE | os.O_RDWR),
    deleted=unnamed(),
    fifo=os.open(os.path.join(directory, "fifo"), os.O_RDWR),
    null=os.open(os.devnull, os.O_RDWR),
    eventfd=os.eventfd(7, os.EFD_SEMAPHORE),
    timerfd=timer(),
    signalfd=signals(),
    inotify=watch(),
    pidfd=os.pidfd_open(os.getppid(), PIDFD_FLAGS),
    watched_pid=os.getppid(),
    memfd=os.memfd_create("notes"),
    namespace=os.open("/proc/self/ns/net", os.O_RDONLY),
    netlink=socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).detach(),
)
