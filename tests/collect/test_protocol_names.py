"""Names of protocols are read once, and not waited for."""

import socket
import threading
from collections.abc import Iterator

import pytest

from sockscope.collect.sockets import protocol_names
from sockscope.collect.sockets.protocol_names import ProtocolNames
from tests.collect.test_sockets import descriptor, ino
from tests.live.conftest import wait_until

FOREVER = 60
"""Seconds."""


@pytest.fixture
def names() -> Iterator[ProtocolNames]:
    made = ProtocolNames("/proc")
    yield made
    made.close()


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as made:
        yield made


def test_a_name_is_read_once_and_again_when_its_descriptor_is_fresh(names, sock, monkeypatch) -> None:
    assert names.read(ino(sock), descriptor(sock), fresh=True) == "TCP"
    monkeypatch.setattr(protocol_names, "read_protocol_name", lambda link, ino: b"other")
    assert names.read(ino(sock), descriptor(sock), fresh=False) == "TCP"
    assert names.read(ino(sock), descriptor(sock), fresh=True) == "other"
    names.forget({})
    monkeypatch.undo()
    assert names.read(ino(sock), descriptor(sock), fresh=False) == "TCP"


def test_a_name_that_is_refused_is_empty(names, sock) -> None:
    gone = descriptor(sock)
    sock.close()
    assert names.read(gone.ino, gone, fresh=True) == ""


def test_a_name_that_does_not_come_is_empty_and_taken_when_it_has_come(names, sock, monkeypatch) -> None:
    server = threading.Event()
    asked: list[int] = []

    def wait(link: str, ino: int) -> bytes:
        asked.append(ino)
        assert server.wait(FOREVER)
        return b"TCP"

    monkeypatch.setattr(protocol_names, "read_protocol_name", wait)
    for _ in range(3):
        assert names.read(ino(sock), descriptor(sock), fresh=False) == ""
    assert len(asked) == 1
    server.set()
    wait_until(lambda: names.read(ino(sock), descriptor(sock), fresh=False) == "TCP")
    assert len(asked) == 1
