"""sock_diag read by two decoders: pyroute2's, message by message, and ours must see the same sockets."""

import os
import socket
from typing import Any

import pyroute2
import pytest

from sockscope.kernel.diag import inet, unix
from sockscope.kernel.diag.transport import DiagSocket


def _oracle(family: int) -> list[Any]:
    with pyroute2.DiagSocket() as oracle:
        oracle.bind()
        return list(oracle.get_sock_stats(family=family))


@pytest.fixture
def pairs():
    made = [socket.socketpair(type=kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)]
    yield [sock for pair in made for sock in pair]
    for pair in made:
        for sock in pair:
            sock.close()


def test_both_decoders_see_the_same_unix_sockets(pairs) -> None:
    theirs = {row["udiag_ino"]: (row["udiag_type"], row["udiag_state"], row.get_attr("UNIX_DIAG_PEER") or 0)
              for row in _oracle(socket.AF_UNIX)}  # fmt: skip
    with DiagSocket() as diag:
        ours = {row.ino: (row.type, row.state, row.peer) for row in unix.dump(diag)}
    for sock in pairs:
        ino = os.fstat(sock.fileno()).st_ino
        assert ours[ino] == theirs[ino]


def test_both_decoders_see_the_same_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        ino = os.fstat(client.fileno()).st_ino
        theirs = next(row for row in _oracle(socket.AF_INET) if row["idiag_inode"] == ino)
        with DiagSocket() as diag:
            ours = next(row for row in inet.dump(diag, socket.AF_INET, socket.IPPROTO_TCP) if row.ino == ino)
    assert socket.inet_ntoa(ours.local) == theirs["idiag_src"]
    assert (ours.local_port, ours.remote_port) == (theirs["idiag_sport"], theirs["idiag_dport"])
    assert (ours.state, ours.uid) == (theirs["idiag_state"], theirs["idiag_uid"])
