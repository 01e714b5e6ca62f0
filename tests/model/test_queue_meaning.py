"""What the numbers of a socket's queues count: bytes only where the kernel counts them."""

import pytest

from sockscope.model.queue_meaning import counted, queue_meaning, queue_phrases, sent
from sockscope.model.socket import Socket


def one(family: str, kind: str, protocol: str = "", source: str = "sock_diag", **known: int) -> Socket:
    return Socket(1, 1, 1, 1, family, kind, protocol, "ESTABLISHED", source=source, **known)


@pytest.mark.parametrize(
    ("socket", "receiving", "sending"),
    [
        (one("inet", "stream", "tcp"), "bytes", "bytes"),
        (one("inet6", "stream", "tcp", "/proc/net"), "bytes", "bytes"),
        (one("inet", "stream", "mptcp"), "memory", "memory"),
        (one("inet", "stream", "sctp"), "memory", "memory"),
        (one("inet6", "dgram", "udp"), "memory", "memory"),
        (one("inet", "dgram", "udplite"), "memory", "memory"),
        (one("inet", "dgram", "icmp", "/proc/net"), "memory", "memory"),
        (one("inet6", "dgram", "icmp6", "/proc/net"), "memory", "memory"),
        (one("inet", "raw", "raw"), "memory", "memory"),
        (one("unix", "stream"), "bytes", "memory"),
        (one("unix", "seqpacket"), "bytes", "memory"),
        (one("unix", "dgram"), "message", "memory"),
        (one("unix", "stream", source="/proc/net"), "", ""),
        (one("netlink", "raw", "route"), "memory", ""),
        (one("netlink", "dgram", "generic"), "memory", ""),
        (one("packet", "packet", "0x0003"), "memory", ""),
        (one("vsock", "stream"), "", ""),
        (one("xdp", "raw"), "", ""),
        (one("inet", "stream", "tcp", "sockprotoname"), "", ""),
        (one("", "", source=""), "", ""),
    ],
)
def test_every_family_has_a_meaning(socket: Socket, receiving: str, sending: str) -> None:
    assert queue_meaning(socket) == (receiving, sending)


def test_a_number_stands_under_what_it_means_and_nowhere_else() -> None:
    udp = one("inet", "dgram", "udp", recv_q=2304, send_q=0)
    assert (counted(udp, "bytes"), counted(udp, "message"), counted(udp, "memory")) == (None, None, 2304)
    assert (sent(udp, "bytes"), sent(udp, "memory")) == (None, 0)


@pytest.mark.parametrize(
    ("socket", "phrases"),
    [
        (one("inet", "stream", "tcp", recv_q=3000), ["3,000 bytes to read"]),
        (one("inet", "stream", "tcp", send_q=7), ["7 bytes sent and not acknowledged"]),
        (one("inet", "stream", "tcp"), []),
        (one("unix", "dgram", recv_q=100), ["100 bytes to read in the first message"]),
        (
            one("unix", "stream", recv_q=70, send_q=768),
            ["70 bytes to read", "768 bytes of memory taken by what was sent and not taken"],
        ),
        (one("netlink", "raw", "route", recv_q=4352), ["4,352 bytes of memory taken by what is to be read"]),
        (one("vsock", "stream", recv_q=9), []),
    ],
)
def test_words_claim_no_more_than_the_number_says(socket: Socket, phrases: list[str]) -> None:
    assert queue_phrases(socket) == phrases
