"""A process of a random world: does what it is told over a socket, and nothing else. A program, not a test.

Its own descriptors are numbered from `CHANNELS` on; all below belong to the world. Orders are JSON, one a message:
`{"do": name, …}` calls the function of that name; the answer is what it returns, or `{"errno": …}`.
"""

import array
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import select
import signal
import socket
import sys
import termios
import threading

CHANNELS = 900
"""Descriptors from here on belong to the test."""
MANY_CHANNELS = 200
SIZE = 1 << 16
CLONE_FILES, CLONE_NEWPID, CLONE_NEWNET, EPOLL_CTL_ADD = 0x400, 0x2000_0000, 0x4000_0000, 1
PR_SET_CHILD_SUBREAPER = 36
NUMBERS = {"x86_64": {"clone": 56, "userfaultfd": 323}, "aarch64": {"clone": 220, "userfaultfd": 282}}[
    os.uname().machine
] | {"pidfd_open": 434, "io_uring": 425}
IGNORED = ("SIGHUP", "SIGPIPE", "SIGTTOU", "SIGTTIN", "SIGTSTP", "SIGINT", "SIGQUIT", "SIGCHLD")
libc = ctypes.CDLL(None, use_errno=True)


class Event(ctypes.Structure):
    """`struct epoll_event`, packed on x86-64 alone."""

    _pack_ = 1 if os.uname().machine == "x86_64" else 0
    _fields_ = (("events", ctypes.c_uint32), ("data", ctypes.c_uint64))


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def put(fd, want, cloexec):
    """Move a descriptor to the number that the world wants for it."""
    if fd != want:
        os.dup2(fd, want, inheritable=not cloexec)
        os.close(fd)
    else:
        os.set_inheritable(fd, not cloexec)


def out_of_the_way(fd):
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, CHANNELS)
    os.close(fd)
    return moved


@contextlib.contextmanager
def borrowed(fd):
    """Use a descriptor as a socket, and leave it open."""
    with socket.socket(fileno=fd) as one:
        try:
            yield one
        finally:
            one.detach()


class Actor:
    """What a process, or a thread with a table of its own, can do."""

    def __init__(self, channel, *, thread=False):
        self.channel, self.thread = channel, thread

    def run(self):
        while True:
            with borrowed(self.channel) as channel:
                data, fds, _, _ = socket.recv_fds(channel, SIZE, 2)
            if not data:
                if self.thread:
                    return
                os._exit(0)
            order = json.loads(data)
            try:
                answer = getattr(self, order.pop("do"))(*fds, **order) or {}
            except OSError as error:
                for fd in fds:
                    with contextlib.suppress(OSError):
                        os.close(fd)
                answer = {"errno": error.errno or 0, "said": str(error)}
            self.say(answer)

    def say(self, answer):
        with borrowed(self.channel) as channel:
            channel.send(json.dumps(answer).encode())

    def close_other_channels(self, kept):
        os.closerange(CHANNELS, kept)
        os.closerange(kept + 1, CHANNELS + MANY_CHANNELS)

    # Processes

    def fork(self, channel, share=False):
        channel = out_of_the_way(channel)
        flags = CLONE_FILES if share else 0
        pid = check(libc.syscall(NUMBERS["clone"], flags | signal.SIGCHLD, 0, 0, 0, 0)) if share else os.fork()
        if pid == 0:
            if not share:
                self.close_other_channels(channel)
            self.channel, self.thread = channel, False
            self.say({"pid": os.getpid()})
            self.run()
        if not share:
            os.close(channel)
        return {"pid": pid}

    def thread_of_its_own(self, channel):
        channel, ready = out_of_the_way(channel), threading.Event()
        tid = []

        def begin():
            check(libc.unshare(CLONE_FILES))
            self.close_other_channels(channel)
            tid.append(threading.get_native_id())
            ready.set()
            Actor(channel, thread=True).run()

        threading.Thread(target=begin, daemon=True).start()
        ready.wait()
        os.close(channel)
        return {"pid": tid[0]}

    def execute(self):
        os.set_inheritable(self.channel, True)
        os.execv(sys.executable, [sys.executable, "-S", "-E", os.path.abspath(__file__), str(self.channel)])

    def leave(self):
        os._exit(0)

    def setsid(self):
        os.setsid()

    def setpgid(self, pid):
        os.setpgid(pid, 0)

    def pidns(self):
        check(libc.unshare(CLONE_NEWPID))

    def netns(self):
        check(libc.unshare(CLONE_NEWNET))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            fcntl.ioctl(asking, 0x8914, b"lo".ljust(16, b"\0") + b"\x49\0".ljust(16, b"\0"))

    # Descriptors

    def close(self, fd):
        os.close(fd)

    def dup(self, fd, want, cloexec):
        os.dup2(fd, want, inheritable=not cloexec)

    def cloexec(self, fd, on):
        os.set_inheritable(fd, not on)

    def open(self, path, flags, want, cloexec):
        path = path.replace("/proc/self/", "/proc/thread-self/")
        put(os.open(path, flags, 0o600), want, cloexec)
        return {"ino": os.fstat(want).st_ino}

    def make(self, kind, want, cloexec, pid=0):
        put(MAKERS[kind](pid), want, cloexec)
        return {"ino": os.fstat(want).st_ino}

    def mqueue(self, name, want, cloexec):
        put(check(libc.mq_open(name.encode(), os.O_CREAT | os.O_RDWR, 0o600, None)), want, cloexec)
        return {"ino": os.fstat(want).st_ino}

    def pair(self, kind, a, b, cloexec):
        one, two = PAIRS[kind]()
        two = out_of_the_way(two)
        put(one, a, cloexec)
        put(two, b, cloexec)
        inodes = [os.fstat(fd).st_ino for fd in (a, b)]
        return {"inos": inodes, "tty": os.ttyname(b) if kind == "pty" else ""}

    def control(self, fd):
        fcntl.ioctl(fd, termios.TIOCSCTTY, 0)

    def foreground(self, fd, pgid):
        os.tcsetpgrp(fd, pgid)

    # Epolls

    def ctl(self, ep, op, fd, events, data):
        check(libc.epoll_ctl(ep, op, fd, ctypes.byref(Event(events, data))))

    # Sockets

    def listen(self, family, kind, address, want, cloexec, reuse=False, take=False):
        if take:
            os.unlink(address)
        with contextlib.ExitStack() as stack:
            new = stack.enter_context(socket.socket(family, kind))
            if reuse:
                new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                new.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            new.bind(address_of(address))
            if kind != socket.SOCK_DGRAM:
                new.listen(8)
            name = new.getsockname()
            put(new.detach(), want, cloexec)
        return {"ino": os.fstat(want).st_ino, "port": name[1] if isinstance(name, tuple) else 0}

    def connect(self, family, kind, address, want, cloexec):
        with socket.socket(family, kind) as new:
            new.settimeout(5)
            new.connect(address_of(address))
            new.settimeout(None)
            name = new.getsockname()
            put(new.detach(), want, cloexec)
        return {"ino": os.fstat(want).st_ino, "port": name[1] if isinstance(name, tuple) else 0}

    def connect_back(self, fd, address):
        with borrowed(fd) as one:
            one.connect(address_of(address))

    def accept(self, fd, want, cloexec):
        if not select.select([fd], [], [], 0)[0]:
            raise BlockingIOError(errno.EAGAIN, "nobody waits")
        put(check(libc.accept4(fd, None, None, os.O_CLOEXEC | os.O_NONBLOCK)), want, cloexec)
        return {"ino": os.fstat(want).st_ino}

    def shutdown(self, fd):
        with borrowed(fd) as one:
            one.shutdown(socket.SHUT_WR)

    def send(self, fd, fds):
        with borrowed(fd) as one:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            one.sendmsg([b"x"], rights, socket.MSG_DONTWAIT)

    def receive(self, fd, wants, cloexec):
        with borrowed(fd) as one:
            flags = socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC
            try:
                got = socket.recv_fds(one, 1, 16, flags)[1]
            except ConnectionResetError:  # said once, when the other end was closed with something unread
                got = socket.recv_fds(one, 1, 16, flags)[1]
        for moved, want in zip([out_of_the_way(each) for each in got], wants, strict=True):
            put(moved, want, cloexec)


def address_of(address):
    return tuple(address) if isinstance(address, list) else address.replace("@", "\0", 1)


def socketpair(kind):
    return tuple(end.detach() for end in socket.socketpair(socket.AF_UNIX, kind))


MAKERS = {
    "epoll": lambda _: check(libc.epoll_create1(os.O_CLOEXEC)),
    "eventfd": lambda _: check(libc.eventfd(3, os.O_CLOEXEC)),
    "timerfd": lambda _: check(libc.timerfd_create(1, os.O_CLOEXEC)),
    "signalfd": lambda _: check(libc.signalfd(-1, (ctypes.c_uint64 * 16)(1 << 9), os.O_CLOEXEC)),
    "inotify": lambda _: check(libc.inotify_init1(os.O_CLOEXEC)),
    "fanotify": lambda _: check(libc.fanotify_init(1, 0)),
    "memfd": lambda _: os.memfd_create("world"),
    "userfaultfd": lambda _: check(libc.syscall(NUMBERS["userfaultfd"], os.O_CLOEXEC)),
    "io_uring": lambda _: check(libc.syscall(NUMBERS["io_uring"], 4, ctypes.create_string_buffer(120))),
    "pidfd": lambda pid: check(libc.syscall(NUMBERS["pidfd_open"], pid, 0)),
    "unbound": lambda _: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).detach(),
    "netlink": lambda _: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).detach(),
    "packet": lambda _: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).detach(),
    "tcp": lambda _: socket.socket(socket.AF_INET, socket.SOCK_STREAM).detach(),
    "udp6": lambda _: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).detach(),
}
PAIRS = {
    "pipe": os.pipe,
    "pty": os.openpty,
    "stream": lambda: socketpair(socket.SOCK_STREAM),
    "dgram": lambda: socketpair(socket.SOCK_DGRAM),
    "seqpacket": lambda: socketpair(socket.SOCK_SEQPACKET),
}


def main(channel, first):
    """Begin with nothing open but the channel; the first of a world adopts those whose parents end."""
    if first:
        channel = out_of_the_way(channel)
        os.closerange(0, CHANNELS)
        check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
    for name in IGNORED:
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    os.set_inheritable(channel, False)
    actor = Actor(channel)
    actor.close_other_channels(channel)
    actor.say({"pid": os.getpid()})
    actor.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] == ["first"])
