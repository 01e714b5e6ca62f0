"""Twice as much of anything takes a look about twice the work, however one process has arranged it.

Counted are lines of Python that are run, as in `tests/world/test_work_is_bounded.py`. The process is this one, or one
that was made for it, and nobody else is looked at.
"""

import ctypes
import fcntl
import os
import resource
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psutil
import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.inspect import Inspector
from sockscope.collect.locate import locate
from sockscope.collect.processes.threads import private_threads
from sockscope.frames.messages import Inspect, Locate
from sockscope.kernel import kcmp
from sockscope.kernel.procfs import Procfs
from tests.world.test_work_is_bounded import GROWTH, work

ME = os.getpid()
SMALL = 300
ATTEMPTS = 3
Arrange = Callable[[ExitStack, int, Path], None]


def _keep(stack: ExitStack, *fds: int) -> None:
    for fd in fds:
        stack.callback(os.close, fd)


def descriptors_of_one_file(stack: ExitStack, count: int, _: Path) -> None:
    _keep(stack, *(os.open("/dev/null", os.O_RDONLY) for _ in range(count)))


def files(stack: ExitStack, count: int, directory: Path) -> None:
    _keep(stack, *(os.open(directory / str(number), os.O_CREAT | os.O_RDWR) for number in range(count)))


def holders(stack: ExitStack, count: int, _: Path) -> None:
    pair = [end.detach() for end in socket.socketpair()]
    _keep(stack, *pair, *(os.dup(pair[number % 2]) for number in range(count)))


def sockets(stack: ExitStack, count: int, _: Path) -> None:
    for _ in range(count // 2):
        _keep(stack, *(end.detach() for end in socket.socketpair()))


def epolls(stack: ExitStack, count: int, _: Path) -> None:
    for _ in range(count):
        stack.enter_context(select.epoll())


def registrations(stack: ExitStack, count: int, _: Path) -> None:
    epoll = stack.enter_context(select.epoll())
    for _ in range(count):
        fd = os.eventfd(0)
        _keep(stack, fd)
        epoll.register(fd)


def registrations_whose_numbers_are_closed(stack: ExitStack, count: int, _: Path) -> None:
    epoll = stack.enter_context(select.epoll())
    for _ in range(count):
        fd = os.eventfd(0)
        epoll.register(fd)
        _keep(stack, os.dup(fd))
        os.close(fd)


def registrations_of_one_pipe(stack: ExitStack, count: int, _: Path) -> None:
    epoll = stack.enter_context(select.epoll())
    read, write = os.pipe()
    _keep(stack, read, write)
    for _ in range(count):
        fd = os.dup(read)
        _keep(stack, fd)
        epoll.register(fd)


def registrations_of_one_fifo(stack: ExitStack, count: int, directory: Path) -> None:
    """Each is a file of its own."""
    epoll = stack.enter_context(select.epoll())
    os.mkfifo(directory / "fifo")
    for _ in range(count):
        fd = os.open(directory / "fifo", os.O_RDWR | os.O_NONBLOCK)
        _keep(stack, fd)
        epoll.register(fd)


def locks(stack: ExitStack, count: int, directory: Path) -> None:
    fd = os.open(directory / "locked", os.O_CREAT | os.O_RDWR)
    _keep(stack, fd)
    for place in range(count):
        fcntl.lockf(fd, fcntl.LOCK_EX, 1, 2 * place)


def threads(stack: ExitStack, count: int, _: Path) -> None:
    event = threading.Event()
    made = [threading.Thread(target=event.wait) for _ in range(count)]
    for one in made:
        one.start()
        stack.callback(one.join)
    stack.callback(event.set)


def inotify_watches(stack: ExitStack, count: int, directory: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    inotify = libc.inotify_init1(os.O_CLOEXEC)
    _keep(stack, inotify)
    for number in range(count):
        (directory / str(number)).mkdir()
        assert libc.inotify_add_watch(inotify, os.fsencode(directory / str(number)), 2) > 0


ARRANGEMENTS: tuple[Arrange, ...] = (
    descriptors_of_one_file, files, holders, sockets, epolls, registrations, registrations_whose_numbers_are_closed,
    registrations_of_one_pipe, registrations_of_one_fifo, locks, threads, inotify_watches,
)  # fmt: skip

MOUNTS = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0 and libc.mount(b"none", b"/", None, 0x44000, None) == 0
for _ in range(int(sys.argv[1])):
    assert libc.mount(b"none", sys.argv[2].encode(), b"tmpfs", 0, None) == 0
opened = open(sys.argv[2] + "/file", "w")
"""
NAMESPACES = """
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
kept = []
for _ in range(int(sys.argv[1])):
    assert libc.unshare(0x40000000) == 0
    kept += [os.open("/proc/self/ns/net", os.O_RDONLY), socket.socket(socket.AF_UNIX)]
"""
PROCESSES = """
import os, select, sys
opened = [os.eventfd(0) for _ in range(20)] + [select.epoll() for _ in range(20)]
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
"""
HOLDERS = {"arguments": ("", 3000), "environment": ("", 3000), "mounts": (MOUNTS, 100), "namespaces": (NAMESPACES, 20),
           "processes": (PROCESSES, 20)}  # fmt: skip
"""What a process does before it waits, and how much of it is few."""


@contextmanager
def holding(what: str, count: int, directory: Path) -> Iterator[list[int]]:
    """Start a process that has so much of something, and give its pid and those of its children."""
    directory.mkdir()
    script = HOLDERS[what][0] + "\nprint(flush=True)\nsys.stdin.read()"
    words = ["x" * 10] * count if what == "arguments" else []
    environment = {f"NAME{number}": "x" * 10 for number in range(count)} if what == "environment" else {}
    with subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", "import sys\n" + script, str(count), str(directory), *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        yield [process.pid, *(child.pid for child in psutil.Process(process.pid).children())]


@pytest.fixture
def room() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@contextmanager
def arranged(arrange: Arrange, count: int, directory: Path) -> Iterator[None]:
    directory.mkdir()
    with ExitStack() as stack:
        arrange(stack, count, directory)
        yield


def looking(monkeypatch: pytest.MonkeyPatch, collector: Collector, pids: Sequence[int]) -> int:
    monkeypatch.setattr(collector.procfs, "pids", lambda: list(pids))
    return work(lambda _: collector.refresh(), None)


def grows_with(measure: Callable[[int], tuple[int, int]], few: int) -> bool:
    """Tell whether the first look and one that follows take about twice the work for twice as much.

    Sockets that others on the machine open and close meanwhile are work, too, so that it is tried again: what grows
    faster does so each time.
    """
    for _ in range(ATTEMPTS):
        (first, again), (first_twice, again_twice) = measure(few), measure(2 * few)
        if first_twice <= GROWTH * first and again_twice <= GROWTH * again:
            return True
    return False


def quietest(monkeypatch: pytest.MonkeyPatch, collector: Collector, pids: Sequence[int]) -> tuple[int, int]:
    """Count the work of the first look, and of the quietest of those that follow: some come to rest only after it."""
    first = looking(monkeypatch, collector, pids)
    return first, min(looking(monkeypatch, collector, pids) for _ in range(4))


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("arrange", ARRANGEMENTS, ids=lambda arrange: arrange.__name__)
def test_twice_as_much_takes_twice_the_work(arrange: Arrange, monkeypatch, tmp_path_factory) -> None:
    def measure(size: int) -> tuple[int, int]:
        with closing(Collector()) as collector, arranged(arrange, size, tmp_path_factory.mktemp("of") / "all"):
            return quietest(monkeypatch, collector, [ME])

    assert grows_with(measure, SMALL)


def files_of_one_mount(stack: ExitStack, count: int, _: Path) -> None:
    _keep(stack, *(os.open("/proc/version", os.O_RDONLY) for _ in range(count)))


def inspect(collector: Collector, fd: int) -> None:
    start = collector.procfs.stat(ME).start
    found = Inspector(collector)
    answer = found.answer(Inspect(1, ME, start, fd), None)
    found.close()
    assert answer.descriptor is not None
    assert not answer.error


def locate_a_mount(collector: Collector, _: int) -> None:
    assert any(use.use == "open" for use in locate(collector, Locate(1, b"/proc")).uses)


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(
    ("arrange", "ask"),
    [(locks, inspect), (registrations, inspect), (inotify_watches, inspect), (files_of_one_mount, locate_a_mount)],
    ids=lambda one: one.__name__,
)
def test_twice_as_much_takes_an_answer_twice_the_work(
    arrange: Arrange, ask: Callable[[Collector, int], None], monkeypatch, tmp_path
) -> None:
    counted: list[int] = []
    for size in (SMALL, 2 * SMALL):
        collector = Collector()
        first = os.dup(0)  # the number of what is opened next
        os.close(first)
        try:
            with arranged(arrange, size, tmp_path / str(size)):
                looking(monkeypatch, collector, [ME])
                ask(collector, first)
                counted.append(work(lambda made, fd=first: ask(made, fd), collector))
        finally:
            collector.close()
    assert counted[1] <= GROWTH * counted[0]


@pytest.mark.needs("root", "unshare")
@pytest.mark.parametrize("what", HOLDERS)
def test_twice_as_much_of_another_process_takes_twice_the_work(what: str, monkeypatch, tmp_path_factory) -> None:
    def measure(size: int) -> tuple[int, int]:
        with closing(Collector()) as collector, holding(what, size, tmp_path_factory.mktemp("of") / "all") as pids:
            collector.interval = 0.001  # so that nobody is due for the slow walk
            return quietest(monkeypatch, collector, pids)

    assert grows_with(measure, HOLDERS[what][1])


def test_threads_with_tables_of_their_own_are_told_apart_by_a_search(monkeypatch) -> None:
    asked: list[int] = []

    def compare(one: int, other: int) -> int:
        asked.append(one)
        return 0 if one == other else 1 if one * 7919 % 10007 < other * 7919 % 10007 else 2

    monkeypatch.setattr(kcmp, "compare_tables", compare)
    procfs = Procfs()
    monkeypatch.setattr(procfs, "tasks", lambda pid: list(range(pid, pid + 1000)))
    stat = procfs.stat(ME)._replace(threads=1000)
    assert len(private_threads(procfs, 1, stat)) == 999
    assert len(asked) < 1000 * 11
