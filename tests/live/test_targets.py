"""What is typed means what the kernel means by it: asked of real sockets, processes and files."""

import ctypes
import errno
import socket
from typing import Any

import pytest

from tests.live.commandline import Place, answer, place, sockscope
from tests.live.conftest import Play

NOT_FOUND = 1
HOSTS = ("127.0.0.1", "[::1]")
PR_SET_NAME = 15
NAMES = (b"\0emoji \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", b"\0tab\there", b"\0bad\xff", b"\0nb\xc2\xa0sp")


def shown(what: object) -> Place:
    """Return which descriptor `show` answers with."""
    return place(answer("show", str(what))["descriptor"])


@pytest.mark.parametrize("name", ["only_v6", "dual", "only_v4", "other"])
@pytest.mark.parametrize("host", HOSTS)
def test_an_address_names_the_listener_that_connect_reaches_and_no_other(play: Play, name: str, host: str) -> None:
    truth: dict[str, Any] = play("addresses")[name]
    asked = f"{host}:{truth['port']}"
    if truth["connect"][host] == 0:
        assert shown(asked) == place(truth)
    else:
        assert truth["connect"][host] == errno.ECONNREFUSED
        outcome = sockscope("show", asked)
        assert outcome.status == NOT_FOUND, outcome
        assert outcome.err.startswith(f"sockscope: no socket is bound to {asked}; tcp ")


@pytest.mark.needs("root")
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("any_v4", "0.0.0.0%eth9:{port}"),
        ("any_on_lo", "0.0.0.0%lo:{port}"),
        ("any_v6", "[::]:{port}"),
        ("any_v6", ":::{port}"),
        ("v6", "[0:0:0:0:0:0:0:1]:{port}"),
        ("v6", "::1:{port}"),
        ("mapped", "127.1:{port}"),
        ("mapped", "[::FFFF:127.0.0.1]:{port}"),
        ("mapped", "TCP:127.0.0.1:{port}"),
        ("abstract", r"@sockscope\x00written\x00"),
        ("abstract", "@sockscope@written@"),
    ],
)
def test_an_address_is_what_it_means_however_it_is_written(play: Play, name: str, written: str) -> None:
    truth = play("written_addresses")[name]
    assert shown(written.format(**truth)) == place(truth)


def test_a_listener_comes_before_its_connections_and_before_what_nobody_holds(play: Play) -> None:
    truth = play("addresses")["lingering"]
    for asked in (f"127.0.0.1:{truth['port']}", f"localhost:{truth['port']}", f":{truth['port']}"):
        assert shown(asked) == place(truth)


def test_what_threads_keep_is_shown_at_a_process_whose_first_thread_has_ended(play: Play) -> None:
    truth = play("leader_gone")
    process = answer("show", truth["pid"])
    assert [row["fd"] for row in process["descriptors"]] == truth["fds"]
    assert shown(f"{truth['pid']}:{truth['fd']}") == (truth["tid"], truth["fd"])
    assert shown(f":{truth['port']}") == (truth["tid"], truth["fd"])


def test_a_process_is_found_by_a_name_with_blanks_and_parentheses() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/comm", "rb") as file:
        before = file.read().rstrip(b"\n")
    assert libc.prctl(PR_SET_NAME, b"odd (v16.2)", 0, 0, 0) == 0
    try:
        assert answer("show", "odd (v16.2)")["process"]["comm"] == "odd (v16.2)"
    finally:
        libc.prctl(PR_SET_NAME, before, 0, 0, 0)


def test_a_filter_lists_what_nobody_holds(play: Play) -> None:
    truth = play("time_wait")
    asked = f"state:time-wait port:{truth['port']}"
    assert sockscope("snapshot", "--filter", asked).out.count(f":{truth['port']} →") == truth["count"]
    states = [one["state"] for one in answer("snapshot", "--filter", asked)["sockets"]]
    assert states == ["TIME_WAIT"] * truth["count"]


def test_a_name_of_bytes_that_are_no_text_is_found() -> None:
    for name in NAMES:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(name)
            listener.listen()
            assert shown("@" + name[1:].decode("utf-8", "surrogateescape"))[1] == listener.fileno()
