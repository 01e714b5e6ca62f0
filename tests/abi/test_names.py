"""Events, states and types by the kernel's numbers."""

import re
import select
import socket
from pathlib import Path

import pytest

from sockscope.abi import epoll_events, socket_states
from sockscope.abi.epoll_events import event_names
from sockscope.abi.socket_states import ABOUT, STATES, tcp_state
from sockscope.abi.socket_types import socket_type

FILTER = (Path(__file__).parents[2] / "docs" / "filter.md").read_text()


@pytest.mark.parametrize("name", epoll_events.NAMES)
def test_an_epoll_event_has_the_number_that_python_knows(name: str) -> None:
    number = getattr(select, f"EPOLL{name}", None)
    if number is None:
        assert name in {"NVAL", "URING_WAKE", "WAKEUP"}
    else:
        assert event_names(number) == [name]


def test_bits_without_a_name_stay_as_a_number() -> None:
    assert event_names(0x800 | 1) == ["IN", "0x800"]
    assert event_names(0) == []


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "stream"), (2, "dgram"), (3, "raw"), (4, "rdm"), (5, "seqpacket"), (6, "dccp"), (10, "packet")],
)
def test_a_type_of_socket_has_the_number_of_the_kernel(number: int, name: str) -> None:
    assert socket_type(number) == name
    known = getattr(socket, f"SOCK_{name.upper()}", None)
    assert known is None or int(known) == number


def test_a_type_or_state_without_a_name_is_its_number() -> None:
    assert (socket_type(9), tcp_state(0), tcp_state(99)) == ("9", "0", "99")


@pytest.mark.parametrize(
    ("number", "state"),
    enumerate(
        [
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "NEW_SYN_RECV",
            "BOUND",
        ],
        start=1,
    ),
)
def test_a_state_has_the_number_of_tcp(number: int, state: str) -> None:
    assert tcp_state(number) == state
    assert state in STATES


def test_the_states_that_every_family_has_are_named_apart() -> None:
    numbers = (socket_states.ESTABLISHED, socket_states.CLOSE, socket_states.LISTEN)
    assert [tcp_state(number) for number in numbers] == ["ESTABLISHED", "CLOSE", "LISTEN"]


def test_every_state_says_what_it_means_and_the_manual_says_the_same() -> None:
    assert set(ABOUT) == set(STATES)
    table = dict(re.findall(r"^\| `([A-Z_0-9]+)` \| (.+?) \|$", FILTER, re.MULTILINE))
    assert table == ABOUT
