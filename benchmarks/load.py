"""A known load: many processes with mixed descriptors, gone when whoever started them is gone.

Run as a program it prints `ready` and stays until its standard input ends. `Load` starts and ends it.
"""

import argparse
import contextlib
import ctypes
import itertools
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

PR_SET_PDEATHSIG = 1
SPARE = 64
"""Descriptors that a process may have beside those of the load."""

_AT_ONCE = struct.pack("ii", 1, 0)
"""`struct linger`: wait for nothing."""

_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Shape:
    """How large a load is."""

    processes: int
    descriptors: int
    """Descriptors of each process, of all kinds in turn."""
    active: int = 0
    """Processes that open and close a file five times a second."""
    shared: int = 0
    """Processes that hold one listener together."""
    forks: int = 0
    """Processes that start and end each second."""

    @property
    def name(self) -> str:
        """Processes and descriptors, for tables."""
        return f"{self.processes} × {self.descriptors}"

    @property
    def total(self) -> int:
        """Descriptors in all."""
        return self.processes * self.descriptors


class Load:
    """A load that exists inside a `with` block."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        one = self._shape
        words = [one.processes, one.descriptors, one.active, one.shared, one.forks]
        self._process = subprocess.Popen(
            [sys.executable, __file__, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            self._end()
            msg = f"the load of {one.name} did not start"
            raise RuntimeError(msg)
        return self

    def members(self) -> list[int]:
        """List the processes of the load."""
        assert self._process is not None
        return sorted(child.pid for child in psutil.Process(self._process.pid).children())

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        process.stdin.close()
        # Each member keeps the output open until it has ended.
        process.stdout.read()
        process.stdout.close()
        process.wait()


def _held(amount: int) -> list[object]:
    """Open `amount` descriptors: socketpairs, loopback TCP, pipes, epolls, eventfds and files in turn."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    held: list[object] = [listener]
    kinds = itertools.cycle((_pair, _tcp, _pipe, _pair, _epoll, _eventfd, _file, _tcp, _pipe, _pair, _epoll,
                             _eventfd, _file))  # fmt: skip
    while len(held) < amount:
        held += next(kinds)(listener, held)
    return held


def _pair(_listener: socket.socket, _held: list[object]) -> list[object]:
    return [*socket.socketpair()]


def _tcp(listener: socket.socket, _held: list[object]) -> list[object]:
    ends = [socket.create_connection(listener.getsockname()), listener.accept()[0]]
    for end in ends:
        # Reset at the end: thousands in TIME_WAIT would be part of the load that is measured next.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    return [*ends]


def _pipe(_listener: socket.socket, _held: list[object]) -> list[object]:
    reading, writing = os.pipe()
    return [os.fdopen(reading, "rb", 0), os.fdopen(writing, "wb", 0)]


def _epoll(_listener: socket.socket, held: list[object]) -> list[object]:
    epoll = select.epoll()
    for watched in [one for one in held[-4:] if isinstance(one, socket.socket)] or held[:1]:
        epoll.register(watched, select.EPOLLIN)  # type: ignore[arg-type]  # sockets only
    return [epoll]


def _eventfd(_listener: socket.socket, _held: list[object]) -> list[object]:
    return [os.fdopen(os.eventfd(0, os.EFD_CLOEXEC), "rb", 0)]


def _file(_listener: socket.socket, _held: list[object]) -> list[object]:
    return [open("/etc/passwd", "rb")]  # held open on purpose


def _rest() -> None:
    signal.pause()


def _stir() -> None:
    with open("/etc/hostname", "rb"):
        time.sleep(0.1)
    time.sleep(0.1)


def _member(ready: int, make: Callable[[], list[object]], then: Callable[[], None]) -> int:
    """Fork one process of the load, which ends with its parent."""
    pid = os.fork()
    if pid:
        return pid
    try:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.close(0)
        os.open(os.devnull, os.O_RDWR)
        held = make()
        os.write(ready, b".")
        os.close(ready)
        while held is not None:
            then()
    finally:
        os._exit(1)


def _forking(rate: int) -> Callable[[], None]:
    def fork_one() -> None:
        begun = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        time.sleep(max(0.0, 1 / rate - (time.perf_counter() - begun)))

    return fork_one


def _members(shape: Shape, ready: int) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0)) if shape.shared else None
    for _ in range(shape.shared):
        yield _member(ready, lambda: [listener], _rest)
    if listener is not None:
        listener.close()
    for number in range(shape.processes):
        then = _stir if number < shape.active else _rest
        yield _member(ready, lambda: _held(shape.descriptors), then)
    # One process reaches a few hundred a second beside its sleeps.
    parts = -(-shape.forks // 250)
    for _ in range(parts):
        yield _member(ready, list, _forking(shape.forks // parts))


def main() -> None:
    """Make the load, say so, wait for the end of input, and end it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("processes", "descriptors", "active", "shared", "forks"):
        parser.add_argument(name, type=int, nargs="?", default=0)
    shape = Shape(**vars(parser.parse_args()))
    limit = shape.descriptors + SPARE
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, max(limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    reading, writing = os.pipe()
    pids: list[int] = []
    try:
        for pid in _members(shape, writing):
            pids.append(pid)
            # One after the other: a thousand at once would only wait for each other.
            os.read(reading, 1)
        print("ready", flush=True)
        sys.stdin.read()
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # ended by itself
                os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
