"""The kernel that runs the tests says what the parsers expect: descriptors made here, read back through /proc."""

import ctypes
import fcntl
import os
import pty
import select
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.abi.open_flags import flag_names
from sockscope.kernel.fdinfo import decode
from sockscope.kernel.links import Link, parse_link
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Fields
from tests.requirements import KernelLacks

HERE = os.getpid()
LIBC = ctypes.CDLL(None, use_errno=True)
CLOCK_BOOTTIME, FAN_NONBLOCK, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD = 7, 2, 1, 0x20, -100
IN_CREATE, IN_DELETE = 0x100, 0x200
IO_URING_SETUP, IO_URING_REGISTER, REGISTER_FILES, IO_URING_PARAMS = 425, 427, 2, 120


def made(descriptor: int, name: str) -> int:
    """Take the result of a call of libc, or skip where this kernel does not have it."""
    if descriptor < 0:
        reason = f"{name}: {os.strerror(ctypes.get_errno())}"
        raise KernelLacks(reason)
    return descriptor


def link_of(fd: int) -> Link:
    return parse_link(Procfs().link(HERE, f"fd/{fd}"))


def fields_of(fd: int, kind: str) -> Fields:
    assert link_of(fd).kind == kind
    return decode(kind, Procfs().read(HERE, f"fdinfo/{fd}"))


@pytest.fixture
def opened() -> Iterator[list[int]]:
    """Close what a test put here."""
    descriptors: list[int] = []
    yield descriptors
    for fd in descriptors:
        os.close(fd)


def test_an_eventfd(opened: list[int]) -> None:
    opened.append(os.eventfd(31, os.EFD_NONBLOCK))
    fields = fields_of(opened[0], "eventfd")
    assert fields["count"] == 31
    assert fields["flags"] == ["O_RDWR", "O_NONBLOCK"]


def test_two_eventfds_have_two_ids(opened: list[int]) -> None:
    opened += [os.eventfd(0), os.eventfd(0)]
    first, second = (fields_of(fd, "eventfd")["id"] for fd in opened)
    assert first != second


def test_a_timer(opened: list[int]) -> None:
    timer = made(LIBC.timerfd_create(CLOCK_BOOTTIME, 0), "timerfd")
    opened.append(timer)
    every_minute_in_an_hour = struct.pack("@llll", 60, 5, 3600, 0)
    assert LIBC.timerfd_settime(timer, 0, every_minute_in_an_hour, None) == 0
    fields = fields_of(timer, "timerfd")
    assert fields["clock"] == "CLOCK_BOOTTIME"
    assert fields["interval_ns"] == 60_000_000_005
    assert 0 < fields["remaining_ns"] <= 3_600_000_000_000


def test_a_signalfd(opened: list[int]) -> None:
    mask = ctypes.create_string_buffer(128)
    LIBC.sigemptyset(mask)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGRTMIN + 3):
        LIBC.sigaddset(mask, int(number))
    opened.append(made(LIBC.signalfd(-1, mask, 0), "signalfd"))
    assert fields_of(opened[0], "signalfd")["signals"] == ["SIGINT", "SIGTERM", "SIGRTMIN+3"]


def test_an_epoll_names_number_inode_and_user_data(opened: list[int]) -> None:
    with select.epoll() as epoll, socket.socket() as watched:
        epoll.register(watched, select.EPOLLIN | select.EPOLLET)
        (target,) = fields_of(epoll.fileno(), "epoll")["targets"]
        assert target["fd"] == watched.fileno()
        assert target["ino"] == os.fstat(watched.fileno()).st_ino
        assert target["events"] & select.EPOLLET
        assert target["data"] & 0xFFFFFFFF == watched.fileno()


def test_an_inotify(opened: list[int], tmp_path: Path) -> None:
    opened.append(made(LIBC.inotify_init1(0), "inotify"))
    assert LIBC.inotify_add_watch(opened[0], os.fsencode(tmp_path), IN_CREATE | IN_DELETE) == 1
    (watch,) = fields_of(opened[0], "inotify")["watches"]
    there = tmp_path.stat()
    assert (watch["wd"], watch["ino"], watch["mask"]) == (1, there.st_ino, ["IN_CREATE", "IN_DELETE"])
    assert watch["dev"] == f"{os.major(there.st_dev)}:{os.minor(there.st_dev)}"


@pytest.mark.needs("root")
def test_a_fanotify(opened: list[int], tmp_path: Path) -> None:
    group = made(LIBC.fanotify_init(FAN_NONBLOCK, os.O_RDONLY), "fanotify")
    opened.append(group)
    added = LIBC.fanotify_mark(group, FAN_MARK_ADD, ctypes.c_uint64(FAN_OPEN), AT_FDCWD, os.fsencode(tmp_path))
    assert added == 0
    fields = fields_of(group, "fanotify")
    assert fields["init_flags"] == ["FAN_NONBLOCK"]
    assert [(mark["on"], mark["ino"], mark["mask"]) for mark in fields["marks"]] == [
        ("inode", tmp_path.stat().st_ino, ["FAN_OPEN"])
    ]


def test_a_pidfd_follows_its_process_to_its_end(opened: list[int]) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    pidfd = os.pidfd_open(child)
    opened += [pidfd, reader]
    assert fields_of(pidfd, "pidfd")["pid"] == child
    os.close(writer)
    os.waitpid(child, 0)
    assert fields_of(pidfd, "pidfd")["ended"]


@pytest.mark.needs("io_uring")
def test_a_socket_that_only_a_ring_holds_is_named_by_the_ring(opened: list[int]) -> None:
    ring = made(LIBC.syscall(IO_URING_SETUP, 8, ctypes.create_string_buffer(IO_URING_PARAMS)), "io_uring")
    opened.append(ring)
    left, right = socket.socketpair()
    ino = os.fstat(left.fileno()).st_ino
    files = (ctypes.c_int * 2)(left.fileno(), -1)
    assert LIBC.syscall(IO_URING_REGISTER, ring, REGISTER_FILES, files, 2) == 0
    left.close()
    fields = fields_of(ring, "io_uring")
    right.close()
    assert [(file["index"], file["ino"]) for file in fields["files"]] == [(0, ino)]
    assert (fields["sq_entries"], fields["file_slots"]) == (8, 2)


def test_a_memfd_whose_name_tries_to_be_something_else(opened: list[int]) -> None:
    opened.append(os.memfd_create("socket:[1]\n"))
    link = link_of(opened[0])
    assert (link.kind, link.path, link.deleted) == ("memfd", b"/memfd:socket:[1]\n", True)


def test_both_ends_of_a_pseudoterminal(opened: list[int]) -> None:
    master, slave = pty.openpty()
    opened += [master, slave]
    number = int(os.ttyname(slave).rpartition("/")[2])
    assert fields_of(master, "pty-master")["index"] == number
    assert link_of(slave).kind == "tty"


def test_descriptors_in_flight_are_counted_at_the_receiving_socket(opened: list[int]) -> None:
    left, right = socket.socketpair()
    with left, right:
        socket.send_fds(left, [b"x"], [0, 1, 2])
        assert fields_of(right.fileno(), "socket").get("scm_fds") in {3, None}
        assert fields_of(left.fileno(), "socket").get("scm_fds") in {0, None}


def test_locks_of_every_kind(opened: list[int], tmp_path: Path) -> None:
    fd = os.open(tmp_path / "locked", os.O_RDWR | os.O_CREAT)
    opened.append(fd)
    fcntl.lockf(fd, fcntl.LOCK_EX, 10, 5)
    fcntl.flock(fd, fcntl.LOCK_SH)
    locks = decode("file", Procfs().read(HERE, f"fdinfo/{fd}"))["locks"]
    seen = {lock["type"]: (lock["mode"], lock["pid"], lock["start"], lock["end"]) for lock in locks}
    assert seen == {"POSIX": ("WRITE", HERE, 5, 14), "FLOCK": ("READ", HERE, 0, None)}
    assert {lock["ino"] for lock in locks} == {os.fstat(fd).st_ino}


@pytest.mark.parametrize("kind", sorted(os.listdir("/proc/self/ns")))
def test_namespaces(kind: str, opened: list[int]) -> None:
    opened.append(os.open(f"/proc/self/ns/{kind}", os.O_RDONLY))
    assert link_of(opened[0]) == Link("namespace", os.fstat(opened[0]).st_ino, b"", deleted=False)


def test_open_flags_are_named_as_they_were_asked_for(opened: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    asked = os.O_WRONLY | os.O_APPEND | os.O_NOATIME | os.O_NOFOLLOW | os.O_SYNC | os.O_NONBLOCK
    opened.append(os.open(tmp_path / "file", asked))
    shown = decode("file", Procfs().read(HERE, f"fdinfo/{opened[0]}"))["flags"]
    assert [name for name in shown if name != "O_LARGEFILE"] == flag_names(asked | os.O_CLOEXEC)
