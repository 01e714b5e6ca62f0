"""States of sockets: the kernel's numbers, and the one set of words for them.

Internet sockets, unix sockets in sock_diag and vsocks all use the numbers of TCP (`net/tcp_states.h`); only what a
number means differs by family. Readers, `/proc/net`, reports and the filter take their words from here.
"""

from typing import Literal, cast, get_args

SocketState = Literal[
    "LISTEN",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "NEW_SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "CLOSING",
    "BOUND",
    "UNCONNECTED",
    "CONNECTED",
    "",
]
"""What a state is called everywhere; "" where it is not known or the family has none."""

ESTABLISHED, CLOSE, LISTEN = 1, 7, 10
"""The numbers that unix sockets have too: connected, neither, listening."""

_TCP: dict[int, SocketState] = {
    ESTABLISHED: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RECV",
    4: "FIN_WAIT1",
    5: "FIN_WAIT2",
    6: "TIME_WAIT",
    CLOSE: "CLOSE",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    LISTEN: "LISTEN",
    11: "CLOSING",
    12: "NEW_SYN_RECV",
    13: "BOUND",
}

ABOUT: dict[SocketState, str] = {
    "LISTEN": "waits for connections",
    "ESTABLISHED": "has a peer",
    "SYN_SENT": "asks for a connection, no answer yet",
    "SYN_RECV": "is asked for a connection, the handshake is not finished",
    "NEW_SYN_RECV": "the same, before it has a socket of its own",
    "FIN_WAIT1": "closed here, which the other end has not acknowledged",
    "FIN_WAIT2": "closed here and acknowledged; the other end has not closed",
    "TIME_WAIT": "closed at both ends; the address is kept for late segments",
    "CLOSE": "a stream socket without a connection: not connected yet, or not any more",
    "CLOSE_WAIT": "the other end has closed, this one has not",
    "LAST_ACK": "closed at both ends, the last acknowledgement is missing",
    "CLOSING": "closed at both ends at once, an acknowledgement is missing",
    "BOUND": "bound to an address, and neither listening nor connected",
    "UNCONNECTED": "has no peer, and needs none to send or to be sent to",
    "CONNECTED": "sends to one address only (netlink)",
}
"""What each state means to a reader; docs/filter.md has the same."""

STATES: tuple[SocketState, ...] = tuple(state for state in get_args(SocketState) if state)
"""Every state there is a word for, as the filter offers them."""


def tcp_state(number: int) -> SocketState:
    """Name one of TCP's states, or write its number where it has no name yet: nothing in the code asks for that."""
    return _TCP.get(number) or cast("SocketState", str(number))
