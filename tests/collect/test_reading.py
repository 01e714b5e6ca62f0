"""A table that changes while it is read: link and fdinfo are two moments, and what is said is of one file."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sockscope.collect.collector import Collector
from sockscope.model.descriptor import Descriptor
from tests.worlds.actor import MAKERS

ME = os.getpid()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def number() -> Iterator[int]:
    made = MAKERS["inotify"](0)
    yield made
    os.close(made)


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    made = os.pipe()
    yield made
    for fd in made:
        os.close(fd)


def _between(collector: Collector, monkeypatch: Any, number: int, act: Callable[[], None]) -> None:
    """Do something each time after the link of one of our own descriptors was read, and before its fdinfo is."""
    read = collector._procfs.read_record

    def acting(directory: int, name: str, limit: int) -> bytes:
        if name == str(number) and os.readlink(f"/proc/self/fd/{directory}") == f"/proc/{ME}/fdinfo":
            act()
        result: bytes = read(directory, name, limit)
        return result

    monkeypatch.setattr(collector._procfs, "read_record", acting)


def _found(collector: Collector, fd: int) -> Descriptor | None:
    frame = collector.refresh()
    return next((one for table in frame.tables for one in table.opened if (one.pid, one.fd) == (ME, fd)), None)


def test_a_number_that_came_to_another_file_while_it_was_read_is_that_file(
    collector, monkeypatch, number, ends
) -> None:
    _between(collector, monkeypatch, number, lambda: os.dup2(ends[0], number) and None)
    found = _found(collector, number)
    assert found is not None
    ino = os.fstat(number).st_ino
    assert (found.kind, found.ino, found.object, found.identified) == ("pipe", ino, f"pipe:[{ino}]", "inode")


def test_a_number_that_is_another_file_at_each_reading_is_not_said_to_be_any(
    collector, monkeypatch, number, ends
) -> None:
    makers = [lambda: MAKERS["timerfd"](0), lambda: MAKERS["inotify"](0)]

    def another() -> None:
        makers.append(makers.pop(0))
        made = makers[-1]()
        os.dup2(made, number)
        os.close(made)

    _between(collector, monkeypatch, number, another)
    found = _found(collector, number)
    assert found is not None
    assert (found.kind, found.ino, found.identified, found.unproven) == ("unknown", 0, "", True)


def test_a_number_that_was_closed_while_it_was_read_is_not_there(collector, monkeypatch) -> None:
    number = MAKERS["inotify"](0)
    read = collector._procfs.fd_link

    def closing(pid: int, fd: int) -> bytes:
        if (pid, fd) == (ME, number):
            os.close(fd)
        result: bytes = read(pid, fd)
        return result

    monkeypatch.setattr(collector._procfs, "fd_link", closing)
    assert _found(collector, number) is None


def test_a_socket_is_its_link_and_is_not_looked_at_twice(collector, monkeypatch) -> None:
    asked: list[tuple[int, int]] = []
    read = collector._procfs.fd_link
    monkeypatch.setattr(collector._procfs, "fd_link", lambda pid, fd: asked.append((pid, fd)) or read(pid, fd))
    with socket.socket() as one, open(os.devnull, "rb") as other:
        assert _found(collector, one.fileno()) is not None
        assert (ME, other.fileno()) in asked
        assert (ME, one.fileno()) not in asked
        # What is as it was a look ago has been looked at twice then.
        asked.clear()
        collector.refresh()
        assert (ME, other.fileno()) not in asked


def test_who_has_not_run_since_is_not_looked_at_twice(collector, monkeypatch) -> None:
    pid = os.fork()
    if pid == 0:
        while True:
            signal.pause()
    try:
        while collector._procfs.stat(pid).state == "R":
            os.sched_yield()
        asked: list[int] = []
        read = collector._procfs.fd_link
        monkeypatch.setattr(collector._procfs, "fd_link", lambda one, fd: asked.append(one) or read(one, fd))
        frame = collector.refresh()
        assert pid in {table.pid for table in frame.tables}
        assert ME in asked
        assert pid not in asked
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
