"""One world that has something of everything, and what the collector would answer about it."""

from sockscope.frames.messages import Answer, DescriptorReport, FutexWait, ProcessReport, Waiting
from sockscope.model.blocked import Blocked
from sockscope.model.coverage import Coverage
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import FIRST_MAPPED
from sockscope.world.world import World
from tests.world.build import START, descriptor, frame, inet, pipe_fd, process, pty_fd, socket_fd, target, unix, world

SERVER, CLIENT, SHELL, HIDDEN, JOB, WATCHER, KERNEL = 10, 20, 30, 40, 50, 60, 2


SEMAPHORE = ("/dev/shm/sem.turn", "inode:25:7")
"""Text and object of memory that the server and the client have mapped."""
LOG_WATCH = {"wd": 1, "dev": "8:1", "ino": 12, "mask": ["IN_MODIFY"]}
"""Of the file that the shell writes to."""


LOG_LOCK = {
    "type": "POSIX", "mode": "WRITE", "pid": SERVER, "dev": "8:1", "ino": 12, "start": 0, "end": None, "blocked": False
}  # fmt: skip
"""On the same file, set by the server."""
OPEN_MARK = {"on": "mount", "mask": ["FAN_OPEN_PERM"]}
BLOCKED = (Blocked(CLIENT, START, CLIENT, "openat", "r"),)
"""The client opens something, and waits."""


def rich_world() -> World:
    """A server (10) with a client (20), a shell in front of its terminal (30), a process that is denied (40),
    and a job in the background of another terminal (50)."""
    return world(
        process(SERVER, comm="server", cmdline=("server", "-v"), pgid=10),
        process(CLIENT, comm="client", pgid=10, user="nobody", uid=65534),
        process(SHELL, comm="bash", tty="pts/1", tpgid=30),
        process(HIDDEN, comm="secret", denied="permission denied", fd_count=7),
        process(JOB, comm="vim", tty="pts/2", sid=60, tpgid=60),
        process(KERNEL, comm="kthreadd", cmdline=(), pgid=0, sid=0, kernel_thread=True),
        socket_fd(SERVER, 3, 100, flags=0o2000002),
        socket_fd(SERVER, 4, 101, flags=0o2004002),
        socket_fd(CLIENT, 3, 102),
        socket_fd(SERVER, 5, 110, fields={"scm_fds": 2}),
        socket_fd(CLIENT, 5, 111),
        socket_fd(CLIENT, 6, 112),
        socket_fd(CLIENT, 7, 999),
        pipe_fd(SERVER, 6, 7, "r"),
        pipe_fd(SHELL, 6, 7, "w"),
        pty_fd(SERVER, 7, "pty-master", 1, 30),
        pty_fd(SHELL, 0, "tty", 1, 30),
        pty_fd(JOB, 0, "tty", 2, 30),
        descriptor(SERVER, 8, "epoll", "epoll:1", identified="kcmp"),
        descriptor(CLIENT, 8, "epoll", "epoll:2", unproven=True),
        descriptor(SHELL, 2, "file", "file:1", target="/var/log/[/] x", ino=12, dev=(8 << 20) | 1, access="w"),
        inet(100, "127.0.0.1:80", queue=1, backlog=511, uid=0),
        inet(101, "127.0.0.1:80", "127.0.0.1:4000"),
        inet(102, "127.0.0.1:4000", "127.0.0.1:80"),
        inet(0, "127.0.0.1:80", "10.0.0.9:5000", key=50, cookie=50),
        inet(103, "127.0.0.1:80"),
        unix(110, peer_ino=111, shutdown=2),
        unix(111, peer_ino=110),
        unix(112),
        unix(120, state="LISTEN", local="/run/x.sock", pending=(112,), queue=1, backlog=5),
        EpollInstance(
            "epoll:1",
            (
                target(3, "socket:100", events=0x10000019, data=(1 << 64) - 1, held_by=((SERVER, 3),)),
                target(9, "", status="closed", confidence="unknown", dev=(8 << 20) | 1),
            ),
        ),
        EpollInstance("epoll:2", (), "its fdinfo could not be read"),
        coverage=Coverage(
            processes=5, unreadable_processes=1, descriptors=14, unreadable_descriptors=7, notes=("one is hidden",)
        ),
    )


def world_of_every_relation() -> World:
    """The rich world, and what it lacks for each relation to have a tie."""
    made = rich_world()
    more = (
        descriptor(WATCHER, 3, "io_uring", "ring:1", fields={"files": [{"index": 0, "path": "socket:[130]"}]}),
        descriptor(WATCHER, 4, "pidfd", "pidfd:1", fields={"pid": CLIENT}),
        unix(130),
        descriptor(WATCHER, 8, "io_uring", "ring:2", fields={"files": [], "polls": [{"opcode": 13}]}),
        _mapped(CLIENT),
        _mapped(SERVER),
        descriptor(WATCHER, 6, "char-device", "char-device:1", fields={"device": "10:200"}, identified="kcmp"),
        descriptor(CLIENT, 16, "char-device", "char-device:2", fields={"device": "10:200"}, identified="kcmp"),
        socket_fd(WATCHER, 16, 141),
        socket_fd(WATCHER, 17, 142),
        inet(141, "127.0.0.1:81", queue=1),
        inet(142, "127.0.0.1:81", queue=1),
        inet(0, "127.0.0.1:81", "10.0.0.9:6000", key=61, cookie=61),
        inet(0, "127.0.0.1:81", "10.0.0.9:6001", key=62, cookie=62),
        descriptor(WATCHER, 9, "fifo", "fifo:1", target="/run/fifo", access=""),
        descriptor(WATCHER, 10, "fanotify", "fanotify:1", fields={"marks": [OPEN_MARK]}, identified="kcmp"),
        descriptor(WATCHER, 5, "inotify", "inotify:1", fields={"watches": [LOG_WATCH]}, identified="kcmp"),
    )
    made.apply(frame(*more, full=False, seq=2, coverage=made.coverage))
    return made


def _mapped(pid: int) -> Descriptor:
    fields = {"shared": True, "permissions": "rw-", "bytes": 4096, "mappings": []}
    target, object_ = SEMAPHORE
    return descriptor(pid, FIRST_MAPPED, "mem", object_, target=target, access="rw", fields=fields, identified="inode")


def descriptor_answer(pid: int, fd: int) -> Answer:
    """What the collector says of one descriptor in depth."""
    report = DescriptorReport("pos:\t0\nscm_fds: 2\n", {"pos": 0, "flags": ["O_RDWR"], "scm_fds": 2})
    waiting = (Waiting(pid, pid, "accept4", fd), Waiting(pid, 77, "pause", -1))
    futexes = (FutexWait(CLIENT, CLIENT, *SEMAPHORE, 16),)
    return Answer(1, pid, START, fd, None, report, waiting, futexes=futexes, locks=(LOG_LOCK,), blocked=BLOCKED)


def process_answer(pid: int) -> Answer:
    """What the collector says of one process in depth."""
    report = ProcessReport(
        cwd="/srv",
        exe="/usr/bin/server",
        threads=2,
        waiting=(Waiting(pid, pid, "epoll_wait", 8),),
        signals={"caught": ["SIGTERM"], "ignored": [], "blocked": []},
        created=1_700_000_010.0,
        notes=("something was not readable",),
        metadata={"memory_bytes": 12 << 20, "cpu_s": 3.5, "nice": 0},
        futexes=(FutexWait(pid, pid, *SEMAPHORE, 16), FutexWait(pid, 77, "/srv/unknown", "", 0)),
    )
    return Answer(1, pid, START, -1, report, None)
