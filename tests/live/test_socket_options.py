"""Socket options on request: the real ones of somebody else's socket, and no trace left of the looking."""

import json
import os
import socket

import pytest

from tests.live.commandline import answer, sockscope
from tests.live.conftest import Play


def options_of(sock: socket.socket) -> dict[str, object]:
    document = answer("show", f"{os.getpid()}:{sock.fileno()}", "--options")
    value = document["options"]
    assert isinstance(value, dict)
    return value


def test_options_that_were_set_are_told_and_the_others_too() -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 4321)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        found = options_of(sock)
    assert (found["SO_DOMAIN"], found["SO_TYPE"], found["SO_ACCEPTCONN"]) == ("AF_INET", "SOCK_STREAM", True)
    assert (found["SO_REUSEPORT"], found["SO_REUSEADDR"], found["SO_KEEPALIVE"]) == (True, False, False)
    assert (found["TCP_NODELAY"], found["TCP_USER_TIMEOUT_ms"]) == (True, 4321)
    # The kernel doubles what was asked for (socket(7)).
    assert found["SO_RCVBUF"] == 40_000


def test_a_unix_connection_names_who_was_at_the_other_end() -> None:
    one, other = socket.socketpair()
    with one, other:
        found = options_of(one)
    assert found["SO_PEERCRED"] == {"pid": os.getpid(), "uid": os.getuid(), "gid": os.getgid()}
    assert "TCP_NODELAY" not in found


def test_a_pending_error_is_not_taken_away_by_looking() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with socket.socket() as sock:
        sock.setblocking(False)
        sock.connect_ex(address)
        assert options_of(sock)["SO_TYPE"] == "SOCK_STREAM"
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def test_without_being_asked_for_no_option_is_read() -> None:
    with socket.socket() as sock:
        assert answer("show", f"{os.getpid()}:{sock.fileno()}")["options"] == {}


@pytest.mark.needs("root", "setpriv", "unshare")
def test_options_of_a_socket_that_may_not_be_duplicated_come_with_the_reason(play: Play) -> None:
    from tests.live.test_namespaces import AS_NOBODY

    truth = play("shared_listener")
    place = f"{truth['pid']}:{truth['listener']['fd']}"
    outcome = sockscope("show", place, "--options", "--format", "json", before=AS_NOBODY)
    # Whoever may not read the table gets no further than that.
    assert (outcome.status, outcome.out) == (3, "")
    allowed = json.loads(sockscope("show", place, "--options", "--format", "json").out)
    assert allowed["options"]["SO_ACCEPTCONN"] is True
