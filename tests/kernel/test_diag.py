"""sock_diag: real answers of this kernel, and bytes that no kernel sends."""

import os
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.abi.socket_states import ESTABLISHED, LISTEN, tcp_state
from sockscope.kernel.diag import inet, unix
from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.transport import Datagram, DiagSocket, split


@pytest.fixture
def diag():
    with DiagSocket() as opened:
        yield opened


def _ino(sock: socket.socket) -> int:
    return os.fstat(sock.fileno()).st_ino


def test_a_socketpair_names_each_others_inode(diag) -> None:
    one, other = socket.socketpair()
    with one, other:
        rows = {row.ino: row for row in unix.dump(diag)}
        assert rows[_ino(one)].peer == _ino(other)
        assert rows[_ino(other)].peer == _ino(one)
        assert rows[_ino(one)].state == ESTABLISHED
        assert rows[_ino(one)].name is None


def test_bytes_in_flight_and_half_closing_are_told(diag) -> None:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"12345")
        one.shutdown(socket.SHUT_WR)
        row = unix.read(diag, _ino(other))
        assert row is not None
        assert row.recv_queue > 0
        assert row.shutdown == 1
        assert unix.read(diag, _ino(one)).shutdown == 2


def test_an_abstract_name_keeps_its_leading_nul(diag) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        name = b"\0sockscope-test-\xff\n" + os.urandom(4)
        sock.bind(name)
        assert unix.read(diag, _ino(sock)).name == name


def test_a_path_comes_with_the_inode_of_its_file(diag, tmp_path) -> None:
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        sock.listen(5)
        row = unix.read(diag, _ino(sock))
        found = path.stat()
        assert row.state == LISTEN
        assert row.send_queue == 5
        assert row.vfs[1] == found.st_ino & 0xFFFFFFFF
        assert row.name.rstrip(b"\0") == os.fsencode(path)


def test_a_client_that_nobody_accepted_is_pending_at_its_listener(diag, tmp_path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "q.sock"))
        listener.listen(5)
        client.connect(str(tmp_path / "q.sock"))
        assert unix.read(diag, _ino(listener)).pending == (_ino(client),)
        assert unix.read(diag, _ino(client)).peer == 0


def test_a_socket_that_does_not_exist_is_none(diag) -> None:
    assert unix.read(diag, 0xFFFFFFFE) is None


def test_a_listener_tells_its_queue_and_backlog(diag) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=7) as listener:
        with socket.create_connection(listener.getsockname()):
            rows = [row for row in inet.dump(diag, socket.AF_INET, socket.IPPROTO_TCP) if row.ino == _ino(listener)]
        assert [(row.recv_queue, row.send_queue) for row in rows] == [(1, 7)]
        assert tcp_state(rows[0].state) == "LISTEN"
        assert rows[0].local == socket.inet_aton("127.0.0.1")
        assert rows[0].local_port == listener.getsockname()[1]


def test_an_unaccepted_connection_has_no_inode_and_a_cookie(diag) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        before = _server_side(diag, listener, client)
        assert before.ino == 0
        assert before.cookie
        accepted, _ = listener.accept()
        with accepted:
            after = _server_side(diag, listener, client)
            assert (after.ino, after.cookie) == (_ino(accepted), before.cookie)


def _server_side(diag: DiagSocket, listener: socket.socket, client: socket.socket) -> inet.InetSocket:
    """Find the server's half: an earlier connection of the same ports may still be in TIME_WAIT beside it."""
    ports = (listener.getsockname()[1], client.getsockname()[1])
    rows = inet.dump(diag, socket.AF_INET, socket.IPPROTO_TCP)
    found = [row for row in rows if (row.local_port, row.remote_port) == ports]
    return next(row for row in found if tcp_state(row.state) == "ESTABLISHED")


def test_a_v6_datagram_socket_has_sixteen_bytes_of_address(diag) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::1", 0))
        rows = [row for row in inet.dump(diag, socket.AF_INET6, socket.IPPROTO_UDP) if row.ino == _ino(sock)]
        assert rows[0].local == socket.inet_pton(socket.AF_INET6, "::1")


def test_a_protocol_without_diag_is_an_error_that_says_so(diag) -> None:
    body = struct.pack("=BBHIII", 255, 0, 0, 0, 0, 0)
    with pytest.raises(OSError, match=r"."):
        diag.request(body, dump=True)


def test_the_socket_can_be_used_again_after_an_error(diag) -> None:
    assert unix.read(diag, 0xFFFFFFFE) is None
    one, other = socket.socketpair()
    with one, other:
        assert unix.read(diag, _ino(one)).peer == _ino(other)


def _message(kind: int, body: bytes) -> bytes:
    raw = struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body
    return raw + b"\0" * (-len(raw) % 4)


def test_a_datagram_is_cut_at_its_lengths() -> None:
    data = _message(20, b"abcd") + _message(20, b"efghijkl") + _message(3, b"\0\0\0\0")
    bodies, end, error, _ = split(data)
    assert [data[start:stop] for start, stop in bodies] == [b"abcd", b"efghijkl"]
    assert end
    assert error is None


def test_an_error_message_becomes_an_os_error() -> None:
    _, end, error, _ = split(_message(2, struct.pack("=i", -13)))
    assert end
    assert isinstance(error, PermissionError)


def test_a_message_that_is_longer_than_its_datagram_is_an_error() -> None:
    _, end, error, _ = split(struct.pack("=IHHII", 400, 20, 2, 1, 0) + b"abcd")
    assert end
    assert error is not None


@given(st.binary(max_size=300))
def test_any_bytes_are_cut_without_reading_past_their_end(data: bytes) -> None:
    bodies, *_ = split(data)
    assert all(16 <= start <= stop <= len(data) for start, stop in bodies)
    for rows in (unix.parse(Datagram(data, bodies)), inet.parse(Datagram(data, bodies))):
        assert len(rows) <= len(bodies)


@given(st.binary(max_size=200), st.integers(0, 40))
def test_attributes_stay_inside_their_message(data: bytes, start: int) -> None:
    found = attributes(data, start, len(data))
    assert all(start + 4 <= first <= last <= len(data) for first, last in found.values())


@given(st.binary(max_size=120))
def test_any_attributes_behind_a_unix_message_are_taken(tail: bytes) -> None:
    body = struct.pack("=BBBBIII", 1, 1, 1, 0, 7, 1, 0) + tail
    rows = unix.parse(Datagram(body, [(0, len(body))]))
    assert rows[0].ino == 7
    assert rows[0].cookie == 1


def test_a_connection_that_winds_down_keeps_its_row_while_its_timer_runs(diag) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        ends = client.getsockname()[1], client.getpeername()[1]  # others may have the same port to another end
        client.close()
        accepted.close()
    waiting = "TIME_WAIT"

    def rows() -> list[inet.InetSocket]:
        found = inet.dump(diag, socket.AF_INET, socket.IPPROTO_TCP)
        return [row for row in found if (row.local_port, row.remote_port) == ends and tcp_state(row.state) == waiting]

    before = rows()
    assert before
    assert all(any(row is one for one in before) for row in rows())
