"""One world that has something of everything, and what the collector would answer about it."""

from sockscope.frames.messages import Answer, DescriptorReport, ProcessReport, Waiting
from sockscope.model.coverage import Coverage
from sockscope.model.epoll import EpollInstance
from sockscope.world.world import World
from tests.world.build import START, descriptor, inet, pipe_fd, process, pty_fd, socket_fd, target, unix, world

SERVER, CLIENT, SHELL, HIDDEN, KERNEL = 10, 20, 30, 40, 2


def rich_world() -> World:
    """A server (10) with a client (20), a shell in front of its terminal (30), and a process that is denied (40)."""
    return world(
        process(SERVER, comm="server", cmdline=("server", "-v"), pgid=10),
        process(CLIENT, comm="client", pgid=10, user="nobody", uid=65534),
        process(SHELL, comm="bash", tty="pts/1", tpgid=30),
        process(HIDDEN, comm="secret", denied="permission denied", fd_count=7),
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
        descriptor(SERVER, 8, "epoll", "epoll:1"),
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


def descriptor_answer(pid: int, fd: int) -> Answer:
    """What the collector says of one descriptor in depth."""
    report = DescriptorReport("pos:\t0\nscm_fds: 2\n", {"pos": 0, "flags": ["O_RDWR"], "scm_fds": 2})
    return Answer(1, pid, START, fd, None, report, (Waiting(pid, pid, "accept4", fd), Waiting(pid, 77, "pause", -1)))


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
    )
    return Answer(1, pid, START, -1, report, None)
