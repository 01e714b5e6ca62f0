"""Socket options through a duplicate: only of the socket that is meant, and nothing stays open."""

import os
import socket

import pytest

from sockscope.kernel import sockopts
from sockscope.kernel.sockopts import NotThisSocketError, read_options


@pytest.fixture
def pidfd():
    opened = os.pidfd_open(os.getpid())
    yield opened
    os.close(opened)


def test_nothing_stays_open_and_the_socket_lives_on(pidfd) -> None:
    one, other = socket.socketpair()
    with one, other:
        before = os.listdir("/proc/self/fd")
        assert read_options(pidfd, one.fileno(), os.fstat(one.fileno()).st_ino)[0]["SO_TYPE"] == "SOCK_STREAM"
        assert os.listdir("/proc/self/fd") == before
        one.sendall(b"still here")
        assert other.recv(32) == b"still here"


def test_another_socket_on_the_number_is_not_asked(pidfd, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(sockopts, "_read_all", lambda fd: asked.append(fd) or [])
    one, other = socket.socketpair()
    with one, other:
        before = os.listdir("/proc/self/fd")
        with pytest.raises(NotThisSocketError):
            read_options(pidfd, one.fileno(), os.fstat(other.fileno()).st_ino)
        assert os.listdir("/proc/self/fd") == before
    assert asked == []


def test_a_file_on_the_number_is_not_asked(pidfd) -> None:
    with open("/dev/null", "rb") as file, pytest.raises(NotThisSocketError):
        read_options(pidfd, file.fileno(), os.fstat(file.fileno()).st_ino)


def test_the_duplicate_is_closed_when_reading_fails(pidfd, monkeypatch) -> None:
    def fail(fd: int) -> None:
        raise OSError

    monkeypatch.setattr(sockopts, "_read_all", fail)
    with socket.socket() as sock:
        before = os.listdir("/proc/self/fd")
        with pytest.raises(OSError):  # noqa: PT011 - the very one raised above
            read_options(pidfd, sock.fileno(), os.fstat(sock.fileno()).st_ino)
        assert os.listdir("/proc/self/fd") == before


def test_reading_so_error_would_clear_it_so_it_is_not_in_the_table() -> None:
    levels = {(option.level, option.number) for option in sockopts.OPTIONS}
    assert (socket.SOL_SOCKET, socket.SO_ERROR) not in levels
    assert len(levels) == len(sockopts.OPTIONS)


def test_linger_and_absent_credentials_read_as_a_user_says_them(pidfd) -> None:
    with socket.socket() as sock:
        ino = os.fstat(sock.fileno()).st_ino
        assert read_options(pidfd, sock.fileno(), ino)[0]["SO_LINGER"] is False
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\7\0\0\0")
        assert read_options(pidfd, sock.fileno(), ino)[0]["SO_LINGER"] == {"seconds": 7}
    with socket.socket(socket.AF_UNIX) as lonely:
        assert "SO_PEERCRED" not in read_options(pidfd, lonely.fileno(), os.fstat(lonely.fileno()).st_ino)[0]
