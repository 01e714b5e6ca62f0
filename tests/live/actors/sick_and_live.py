"""Processes that nothing sets free any more, and others that only look so. Truth: who takes part in which.

Each situation has processes of its own, which hold nothing of the others'.
"""

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable

FULL = b"x" * (4 << 20)
"""More than any buffer takes."""
Make = Callable[[], list[int]]
"""Makes a situation in a process of its own, and returns who takes part in it beside that process."""


def child(do: Callable[[], object]) -> int:
    pid = os.fork()
    if not pid:
        try:
            do()
        finally:
            os._exit(0)
    return pid


def close(*fds: int) -> None:
    for fd in fds:
        os.close(fd)


def pour(fd: int) -> None:
    while True:
        os.write(fd, FULL)


def pipes() -> list[int]:
    (read1, write1), (read2, write2) = os.pipe(), os.pipe()
    one = child(lambda: (close(read1, write2), pour(write1), os.read(read2, 1)))
    other = child(lambda: (close(read2, write1), pour(write2), os.read(read1, 1)))
    close(read1, read2, write1, write2)
    return [one, other]


def pair_of(one: socket.socket, other: socket.socket) -> list[int]:
    first = child(lambda: (other.close(), one.sendall(FULL * 4)))
    second = child(lambda: (one.close(), other.sendall(FULL * 4)))
    one.close()
    other.close()
    return [first, second]


def tcp() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


def own_writer() -> list[int]:
    def wait_for_itself() -> None:
        read, _ = os.pipe()
        os.read(read, 1)

    return [child(wait_for_itself)]


def waiting_parent() -> list[int]:
    told, tell = os.pipe()

    def parent() -> None:
        read, write = os.pipe()
        reader = child(lambda: (os.close(write), os.read(read, 1)))
        os.close(read)
        os.write(tell, f"{reader}\n".encode())
        close(told, tell)
        os.waitpid(reader, 0)

    # The reader takes both ends of this along; whoever does not belong here has them closed.
    one = child(parent)
    os.close(tell)
    return [one, int(os.read(told, 32))]


def stopped_reader() -> list[int]:
    read, write = os.pipe()
    reader = child(lambda: (os.close(write), time.sleep(3600)))
    os.kill(reader, signal.SIGSTOP)
    os.waitpid(reader, os.WUNTRACED)
    writer = child(lambda: (os.close(read), pour(write)))
    close(read, write)
    return [reader, writer]


def stopped_server() -> list[int]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        os.kill(os.getpid(), signal.SIGSTOP)
        server.accept()

    one = child(serve)
    os.waitpid(one, os.WUNTRACED)
    for _ in range(2):
        socket.create_connection(server.getsockname()).detach()
    server.close()
    return [one]


def locks() -> list[int]:
    """Two who have locked one file each and want the other's."""
    with tempfile.TemporaryDirectory() as room:
        names = [os.path.join(room, name) for name in ("one", "other")]
        own1, want1 = (os.open(names[0], os.O_CREAT | os.O_RDWR) for _ in range(2))
        own2, want2 = (os.open(names[1], os.O_CREAT | os.O_RDWR) for _ in range(2))
    fcntl.flock(own1, fcntl.LOCK_EX)
    fcntl.flock(own2, fcntl.LOCK_EX)
    one = child(lambda: (close(own2, want1), fcntl.flock(want2, fcntl.LOCK_EX)))
    other = child(lambda: (close(own1, want2), fcntl.flock(want1, fcntl.LOCK_EX)))
    close(own1, own2, want1, want2)
    return [one, other]


def waits_for_a_lock() -> list[int]:
    """One who has a lock and works, and one who stands by."""
    with tempfile.TemporaryDirectory() as room:
        name = os.path.join(room, "lock")
        own, other = (os.open(name, os.O_CREAT | os.O_RDWR) for _ in range(2))
    fcntl.flock(own, fcntl.LOCK_EX)
    working = child(lambda: (os.close(other), time.sleep(3600)))
    waiting = child(lambda: (os.close(own), fcntl.flock(other, fcntl.LOCK_EX)))
    close(own, other)
    return [working, waiting]


def with_timeouts() -> list[int]:
    (read1, write1), (read2, write2) = os.pipe(), os.pipe()

    def look(read: int, *others: int) -> None:
        close(*others)
        while True:
            select.select([read], [], [], 300)

    one = child(lambda: look(read2, read1, write2))
    other = child(lambda: look(read1, read2, write1))
    close(read1, read2, write1, write2)
    return [one, other]


def behind_a_sleeper() -> list[int]:
    read, write = os.pipe()
    sleeper = child(lambda: (os.close(write), time.sleep(3600)))
    writer = child(lambda: (os.close(read), pour(write)))
    close(read, write)
    return [sleeper, writer]


def at_rest() -> list[int]:
    one, other = socket.socketpair()
    first = child(lambda: (other.close(), one.recv(1)))
    second = child(lambda: (one.close(), other.recv(1)))
    one.close()
    other.close()
    return [first, second]


def idle_epolls() -> list[int]:
    one, other = socket.socketpair()

    def watch(mine: socket.socket, others: socket.socket) -> None:
        others.close()
        with select.epoll() as epoll:
            epoll.register(mine, select.EPOLLIN)
            epoll.poll()

    first, second = child(lambda: watch(one, other)), child(lambda: watch(other, one))
    one.close()
    other.close()
    return [first, second]


def stopped_job() -> list[int]:
    one = child(lambda: time.sleep(3600))
    os.kill(one, signal.SIGSTOP)
    os.waitpid(one, os.WUNTRACED)
    return [one]


def server_and_its_worker() -> list[int]:
    server = socket.create_server(("127.0.0.1", 0))
    read, write = os.pipe()
    one = child(lambda: (os.close(read), server.accept()))
    worker = child(lambda: (os.close(write), server.close(), os.read(read, 1)))
    server.close()
    close(read, write)
    return [one, worker]


def named_fifo() -> list[int]:
    with tempfile.TemporaryDirectory() as room:
        path = os.path.join(room, "fifo")
        os.mkfifo(path)
        fd = os.open(path, os.O_RDWR)
    one = child(lambda: os.read(fd, 1))
    os.close(fd)
    return [one]


def full_service() -> list[int]:
    """A burst at a server that accepts it."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        kept = []
        while True:
            kept.append(server.accept()[0])

    one = child(serve)
    for _ in range(20):
        socket.create_connection(server.getsockname()).detach()
    server.close()
    return [one]


def one_epoll() -> list[int]:
    """Two processes that wait in the epoll that their parent has made."""
    epoll = select.epoll()
    read, write = os.pipe()
    epoll.register(read, select.EPOLLIN)
    both = [child(epoll.poll) for _ in range(2)]
    epoll.close()
    close(read, write)
    return both


def woken(events: int) -> list[int]:
    """Four processes, each with an epoll of its own in which it waits at one listener."""
    server = socket.create_server(("127.0.0.1", 0))

    def watch() -> None:
        with select.epoll() as epoll:
            epoll.register(server, events)
            epoll.poll()

    four = [child(watch) for _ in range(4)]
    server.close()
    return four


def background_reader() -> list[int]:
    """A job that reads its terminal while another is in front."""
    told, tell = os.pipe()
    shell, _ = pty.fork()
    if not shell:
        job = os.fork()
        if not job:
            close(told, tell)
            os.setpgid(0, 0)
            os.read(0, 1)
            os._exit(0)
        os.waitpid(job, os.WUNTRACED)
        os.write(tell, f"{job}\n".encode())
        close(told, tell)
        time.sleep(3600)
        os._exit(0)
    os.close(tell)
    return [int(os.read(told, 32))]


SICK: dict[str, Make] = {
    "pipes": pipes,
    "unix sockets": lambda: pair_of(*socket.socketpair()),
    "tcp": lambda: pair_of(*tcp()),
    "own writer": own_writer,
    "waiting parent": waiting_parent,
    "locks": locks,
    "stopped reader": stopped_reader,
    "stopped server": stopped_server,
}
LIVE: dict[str, Make] = {
    "with timeouts": with_timeouts,
    "waits for a lock": waits_for_a_lock,
    "behind a sleeper": behind_a_sleeper,
    "at rest": at_rest,
    "idle epolls": idle_epolls,
    "stopped job": stopped_job,
    "server and its worker": server_and_its_worker,
    "named fifo": named_fifo,
    "full service": full_service,
    "exclusive herd": lambda: woken(select.EPOLLIN | select.EPOLLEXCLUSIVE),
}
TOLD: dict[str, Make] = {
    "one epoll": one_epoll,
    "herd": lambda: woken(select.EPOLLIN),
    "background reader": background_reader,
}


def staged(make: Make) -> list[int]:
    """Make a situation in a process that holds nothing of the others', and sleeps from then on."""
    told, tell = os.pipe()
    keeper = os.fork()
    if not keeper:
        os.close(told)
        with open(os.devnull, "r+b") as nowhere:
            for fd in (0, 1):
                os.dup2(nowhere.fileno(), fd)
        os.write(tell, json.dumps(make()).encode() + b"\n")
        os.close(tell)
        while True:
            time.sleep(3600)
    os.close(tell)
    with open(told, "rb") as said:
        text = said.readline()
    pids: list[int] = json.loads(text)
    return pids


truth = {
    kind: {name: staged(make) for name, make in made.items()}
    for kind, made in (("sick", SICK), ("live", LIVE), ("told", TOLD))
}
print(json.dumps(truth), flush=True)
with contextlib.suppress(KeyboardInterrupt):
    sys.stdin.read()
