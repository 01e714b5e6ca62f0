"""The name of a socket's protocol, through a descriptor that may be anything by now."""

import errno
import os
import socket
import sys

import pytest

from sockscope.kernel.protocol_name import read_protocol_name

ME = f"/proc/{os.getpid()}/fd"


@pytest.mark.parametrize(
    ("family", "name"), [(socket.AF_INET, b"TCP"), (socket.AF_INET6, b"TCPv6"), (socket.AF_UNIX, b"UNIX-STREAM")]
)
def test_a_socket_has_the_name_of_its_protocol(family: int, name: bytes) -> None:
    with socket.socket(family) as sock:
        found = read_protocol_name(f"{ME}/{sock.fileno()}", os.fstat(sock.fileno()).st_ino)
    assert found in {name, name.partition(b"-")[0]}


def test_what_is_another_socket_by_now_gives_no_name_and_leaves_nothing_open() -> None:
    with socket.socket() as sock, socket.socket(socket.AF_UNIX) as other:
        before = os.listdir(ME)
        with pytest.raises(OSError, match="no longer that socket") as caught:
            read_protocol_name(f"{ME}/{other.fileno()}", os.fstat(sock.fileno()).st_ino)
        assert caught.value.errno == errno.ESTALE
        assert os.listdir(ME) == before


def test_a_closed_descriptor_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        read_protocol_name(f"{ME}/{sys.maxsize >> 33}", 1)
