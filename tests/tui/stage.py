"""A fixed machine for the tests of the explorer: nginx with two workers, a shell with jobs, and some others.

nginx's descriptors are those of a real master and its workers: every channel between master and workers is a
socketpair; worker 2 inherits the master's end of worker 1's channel, worker 1 is sent that of worker 2.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from sockscope.frames.messages import (
    Answer,
    DescriptorReport,
    Frame,
    Hello,
    Inspect,
    ProcessReport,
    Table,
    TerminalReport,
    Waiting,
)
from sockscope.model.coverage import Coverage, Stats
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.model.socket import Socket
from sockscope.model.wait import ProcessWaits, Wait
from tests.addresses import internet, unix_name

NOW = 1_795_000_000.0
HELLO = Hello(1, "web1", "6.12.0-amd64", NOW - 86_400, 100, 0, "0.1.0")
NETNS = 4026531840

MASTER, WORKER1, WORKER2 = 2391592, 2391593, 2391594
CLIENT, BASH, SERVER, TEE, SLEEP, SSHD, POLKIT = 2391700, 956881, 960041, 960042, 960050, 956870, 812
IN_RDHUP_ET, EXCLUSIVE = 0x80002001, 0x10000019


def start(pid: int) -> int:
    """Start time of the process with this pid."""
    return pid * 10 + 7


def pkey(pid: int) -> ProcessKey:
    return ProcessKey(pid, start(pid))


def dkey(pid: int, fd: int) -> DescriptorKey:
    return DescriptorKey(pid, start(pid), fd)


def process(pid: int, *cmdline: str, **fields: Any) -> Process:
    values: dict[str, Any] = {
        "ppid": 1,
        "pgid": pid,
        "sid": pid,
        "tty": "",
        "tpgid": -1,
        "comm": (cmdline[0].rpartition("/")[2] if cmdline else "thread")[:15],
        "uid": 0,
        "user": "root",
        "state": "S",
        "netns": NETNS,
        "fd_count": 0,
    }
    return Process(pid=pid, start=start(pid), cmdline=cmdline, **{**values, **fields})


def descriptor(pid: int, fd: int, kind: str, target: str, access: str = "rw", **fields: Any) -> Descriptor:
    ino = fields.pop("ino", 0)
    identity = fields.pop("object", None) or (f"{kind}:{ino}" if ino else f"{kind}:{target}")
    return Descriptor(pid, start(pid), fd, kind, target, access, identity, ino, **{"identified": "inode", **fields})


def sock(pid: int, fd: int, ino: int) -> Descriptor:
    return descriptor(pid, fd, "socket", f"socket:[{ino}]", ino=ino, dev=9)


def pipe(pid: int, fd: int, ino: int, access: str) -> Descriptor:
    return descriptor(pid, fd, "pipe", f"pipe:[{ino}]", access, ino=ino, dev=14)


def anon(pid: int, fd: int, kind: str, number: int) -> Descriptor:
    return descriptor(pid, fd, kind, f"anon_inode:[{kind}]", ino=1038, object=f"{kind}#{number}", identified="kcmp")


def event(pid: int, number: int) -> Descriptor:
    entry = anon(pid, 15, "eventfd", number)
    fields = {"count": 0, "id": 40 + number, "semaphore": False}
    return msgspec.structs.replace(entry, fields=fields, identified="number")


def null(pid: int, *fds: int) -> list[Descriptor]:
    known = {"ino": 4, "dev": 5, "object": "char-device:1:3", "identified": "number"}
    return [descriptor(pid, fd, "char-device", "/dev/null", **known) for fd in fds]


def unix(ino: int, peer: int = 0, **fields: Any) -> Socket:
    values: dict[str, Any] = {"type": "stream", "state": "ESTABLISHED", "protocol": "", "netns": NETNS, "uid": 0}
    values |= fields
    values["local"] = unix_name(values.get("local", ""))
    return Socket(key=ino + 7, ino=ino, cookie=ino + 7, family="unix", peer_ino=peer, **values)


def tcp(ino: int, state: str, local: str, remote: str = "", **fields: Any) -> Socket:
    values: dict[str, Any] = {"type": "stream", "protocol": "tcp", "netns": NETNS, "uid": 0}
    return Socket(
        key=ino + 7,
        ino=ino,
        cookie=ino + 7,
        family="inet",
        state=state,
        local=internet(local),
        remote=internet(remote),
        **{**values, **fields},
    )


PLAIN, REUSE1, REUSE2, LOCAL = 312210, 312211, 312212, 312213
A0, A1, B0, B1 = 312264, 312265, 312266, 312267
CLIENT_END, SERVER_END = 330001, 330002
PIPE = 410077


def nginx_processes() -> list[Process]:
    worker: dict[str, Any] = {
        "ppid": MASTER,
        "pgid": MASTER,
        "sid": MASTER,
        "uid": 33,
        "user": "www-data",
        "comm": "nginx",
    }
    return [
        process(MASTER, "nginx: master process /usr/sbin/nginx -c /etc/nginx/nginx.conf", comm="nginx", fd_count=12),
        process(WORKER1, "nginx: worker process", fd_count=13, **worker),
        process(WORKER2, "nginx: worker process", fd_count=12, **worker),
    ]


def shell_processes() -> list[Process]:
    job: dict[str, Any] = {"ppid": BASH, "sid": BASH, "tty": "pts/1", "tpgid": SERVER, "uid": 1000, "user": "ann"}
    job |= {"sigint": "default", "sigttin": "default"}
    return [
        process(SSHD, "sshd: ann@pts/1", comm="sshd", fd_count=2),
        process(
            BASH, "-bash", comm="bash", fd_count=4, **{**job, "ppid": SSHD, "sigint": "caught", "sigttin": "ignored"}
        ),
        process(
            SERVER, "./server", "--port", "7000", fd_count=4, state="R", pgid=SERVER, **{**job, "sigint": "caught"}
        ),
        process(TEE, "tee", "server.log", fd_count=4, pgid=SERVER, **job),
        process(SLEEP, "sleep", "1000", fd_count=3, pgid=SLEEP, **{**job, "state": "S"}),
    ]


def other_processes() -> list[Process]:
    kernel: dict[str, Any] = {"pgid": 0, "sid": 0, "state": "I", "kernel_thread": True}
    return [
        process(2, comm="kthreadd", **{**kernel, "state": "S"}),
        process(17, comm="kworker/0:1", **{**kernel, "ppid": 2}),
        process(POLKIT, "/usr/lib/polkit-1/polkitd", "--no-debug", uid=998, user="polkitd", fd_count=15,
                denied="permission denied"),
        process(CLIENT, "curl", "-N", "http://127.0.0.1:8888/events", uid=1000, user="ann", fd_count=4),
    ]  # fmt: skip


def nginx_tables() -> list[Descriptor]:
    log = "/var/log/nginx/access.log"
    found: list[Descriptor] = []
    for pid in (MASTER, WORKER1, WORKER2):
        found += null(pid, 0, 1)
        found.append(descriptor(pid, 2, "file", "/var/log/nginx/error.log", "w", ino=9001, dev=0x800001))
        found.append(descriptor(pid, 4, "file", log, "w", ino=9002, dev=0x800001))
        listeners = zip((5, 6, 7, 8), (PLAIN, REUSE1, REUSE2, LOCAL), strict=True)
        found += [sock(pid, fd, ino) for fd, ino in listeners]
    channels = [(MASTER, 3, A0), (MASTER, 9, A1), (MASTER, 10, B0), (MASTER, 11, B1)]
    channels += [(WORKER1, 9, A1), (WORKER1, 3, B0), (WORKER2, 3, A0), (WORKER2, 11, B1)]
    found += [sock(*channel) for channel in channels]
    found += [anon(WORKER1, 14, "epoll", 1), event(WORKER1, 1), sock(WORKER1, 16, SERVER_END)]
    found += [anon(WORKER2, 14, "epoll", 2), event(WORKER2, 2)]
    return found


def other_tables() -> list[Descriptor]:
    tty: dict[str, Any] = {"ino": 4, "dev": 24, "fields": {"index": 1, "instance": 24, "instance_proven": True}}
    found = [
        descriptor(SSHD, 10, "pty-master", "/dev/ptmx", ino=2, dev=24, fields=tty["fields"]),
        *null(SSHD, 0),
        *(descriptor(BASH, fd, "tty", "/dev/pts/1", **tty) for fd in (0, 1, 2, 255)),
        descriptor(SERVER, 0, "tty", "/dev/pts/1", **tty),
        pipe(SERVER, 1, PIPE, "w"),
        descriptor(SERVER, 2, "tty", "/dev/pts/1", **tty),
        pipe(TEE, 0, PIPE, "r"),
        descriptor(TEE, 1, "tty", "/dev/pts/1", **tty),
        descriptor(TEE, 2, "tty", "/dev/pts/1", **tty),
        descriptor(TEE, 3, "file", "/home/ann/server.log", "w", ino=77123, dev=0x800001),
        *null(SLEEP, 0),
        *(descriptor(SLEEP, fd, "tty", "/dev/pts/1", **tty) for fd in (1, 2)),
        sock(SERVER, 3, 500100),
        sock(CLIENT, 5, CLIENT_END),
    ]
    return [*found, *(descriptor(CLIENT, fd, "tty", "/dev/pts/2", ino=5, dev=24) for fd in (0, 1, 2))]


def sockets() -> list[Socket]:
    listening: dict[str, Any] = {"queue": 0, "backlog": 511}
    return [
        tcp(PLAIN, "LISTEN", "127.0.0.1:8888", **listening),
        tcp(REUSE1, "LISTEN", "127.0.0.1:8889", **listening),
        tcp(REUSE2, "LISTEN", "127.0.0.1:8889", **listening),
        unix(LOCAL, state="LISTEN", local="/run/nginx-demo.sock", **listening),
        unix(A0, A1),
        unix(A1, A0),
        unix(B0, B1),
        unix(B1, B0),
        tcp(CLIENT_END, "ESTABLISHED", "127.0.0.1:51034", "127.0.0.1:8888", uid=1000),
        tcp(SERVER_END, "ESTABLISHED", "127.0.0.1:8888", "127.0.0.1:51034", send_q=2304),
        tcp(500100, "LISTEN", "*:7000", queue=2, backlog=128, uid=1000),
    ]


def target(fd: int, events: int, watched: Descriptor) -> Target:
    data = 0x55D0C0DE0000 + fd * 0x1E0
    held = ((watched.pid, watched.fd),)
    return Target(fd, events, data, watched.ino, watched.dev, 0, "live", watched.object, held, "proven")


def epolls() -> list[EpollInstance]:
    def watch(pid: int, own_listener: int, own_listener_ino: int, channel: int, channel_ino: int) -> tuple[Target, ...]:
        return (
            target(5, EXCLUSIVE, sock(pid, 5, PLAIN)),
            target(own_listener, 0x2019, sock(pid, own_listener, own_listener_ino)),
            target(8, EXCLUSIVE, sock(pid, 8, LOCAL)),
            target(channel, IN_RDHUP_ET, sock(pid, channel, channel_ino)),
            target(15, 0x80000001, event(pid, pid - MASTER)),
        )

    served = target(16, IN_RDHUP_ET, sock(WORKER1, 16, SERVER_END))
    return [
        EpollInstance("epoll#1", (*watch(WORKER1, 6, REUSE1, 9, A1), served)),
        EpollInstance("epoll#2", watch(WORKER2, 7, REUSE2, 11, B1)),
    ]


def tables(descriptors: Iterable[Descriptor]) -> tuple[Table, ...]:
    found: dict[ProcessKey, list[Descriptor]] = {}
    for entry in descriptors:
        found.setdefault(entry.process, []).append(entry)
    return tuple(Table(key.pid, key.start, tuple(entries)) for key, entries in found.items())


def first_frame() -> Frame:
    """The whole machine."""
    processes = (*nginx_processes(), *shell_processes(), *other_processes())
    descriptors = [*nginx_tables(), *other_tables()]
    return Frame(
        seq=1,
        full=True,
        time=NOW,
        processes=processes,
        tables=tables(descriptors),
        sockets=tuple(sockets()),
        epolls=tuple(epolls()),
        coverage=Coverage(len(processes), 1, len(descriptors), 15, len(sockets())),
        stats=Stats(scan_ms=4.2, interval=1.0),
        waits=tuple(ProcessWaits(one.pid, one.start, threads(one.pid)) for one in processes if one.pid in CALLS),
    )


def delta(seq: int = 2, **changes: Any) -> Frame:
    """A later frame with the given changes; `opened` and `closed` are lists of descriptors."""
    found: dict[ProcessKey, tuple[list[Descriptor], list[int]]] = {}
    for entry in changes.pop("opened", ()):
        found.setdefault(entry.process, ([], []))[0].append(entry)
    for entry in changes.pop("closed", ()):
        found.setdefault(entry.process, ([], []))[1].append(entry.fd)
    changed = tuple(Table(*key, tuple(opened), tuple(closed)) for key, (opened, closed) in found.items())
    full = first_frame()
    return Frame(
        seq=seq,
        full=False,
        time=NOW + seq - 1,
        tables=changed,
        coverage=full.coverage,
        stats=full.stats,
        **{name: tuple(value) for name, value in changes.items()},
    )


READ, WRITE = 30, 31
"""Numbers that the shell has for both ends of the pipe at which it gets stuck."""


def stuck(seq: int = 2) -> Frame:
    """The shell reads a pipe that only itself could write."""
    ends = [pipe(BASH, READ, 777, "r"), pipe(BASH, WRITE, 777, "w")]
    said = ProcessWaits(BASH, start(BASH), (Wait(BASH, "read", READ, since=NOW - 60),))
    return delta(seq, opened=ends, waits=[said])


CALLS = {
    MASTER: ("rt_sigsuspend", -1),
    WORKER1: ("epoll_wait", 14),
    WORKER2: ("epoll_wait", 14),
    SSHD: ("ppoll", -1),
    BASH: ("wait4", -1),
    TEE: ("read", 0),
    SLEEP: ("clock_nanosleep", -1),
    CLIENT: ("poll", -1),
}
PROGRAMS = {
    SSHD: ("/", "/usr/sbin/sshd"),
    BASH: ("/home/ann", "/usr/bin/bash"),
    SERVER: ("/home/ann", "/home/ann/server"),
    TEE: ("/home/ann", "/usr/bin/tee"),
    SLEEP: ("/home/ann", "/usr/bin/sleep"),
    CLIENT: ("/home/ann", "/usr/bin/curl"),
}
RAW = "pos:\t0\nflags:\t02004002\nmnt_id:\t9\nino:\t{ino}"


def waits(pid: int) -> tuple[Waiting, ...]:
    """What the one thread of a process is blocked in."""
    if pid not in CALLS:
        return ()
    syscall, fd = CALLS[pid]
    return (Waiting(pid, pid, syscall, fd, unread=syscall.endswith("poll")),)


def threads(pid: int) -> tuple[Wait, ...]:
    """The same, as frames say it."""
    syscall, fd = CALLS[pid]
    return (Wait(pid, syscall, fd, since=NOW - 60),)


TERMINAL = TerminalReport("", SSHD, 10, "master", interrupt="^C", quit="^\\", suspend="^Z")
"""How the terminal of the shell is set, asked through the master that its sshd holds."""


def answer(request: Inspect) -> Answer:
    """What a collector says when it is asked in depth."""
    signals = {"caught": ["SIGHUP", "SIGINT", "SIGTERM", "SIGCHLD"], "ignored": ["SIGPIPE"], "blocked": []}
    directory, program = PROGRAMS.get(request.pid, ("/", "/usr/sbin/nginx"))
    own = ProcessReport(directory, program, 1, waits(request.pid), signals, NOW - 7_260)
    fields = {"pos": 0, "flags": ["O_RDWR", "O_NONBLOCK", "O_CLOEXEC"], "mnt_id": 9}
    report = None if request.fd < 0 else DescriptorReport(RAW.format(ino=request.fd), fields)
    concerned = {(request.pid, request.fd), *request.holders}
    blocked = tuple(
        wait
        for pid in CALLS
        for wait in waits(pid)
        if (wait.pid, wait.fd) in concerned or (wait.unread and pid in {one for one, _ in concerned})
    )
    terminal = TERMINAL if request.terminal else None
    return Answer(request.id, request.pid, request.start, request.fd, own, report, blocked, terminal=terminal)
