"""What the two numbers of a socket's queues count: it depends on the family, and only some count bytes to be read.

`tcp`: sequence numbers, the FIN among them, which `net/ipv4/tcp.c` (`tcp_ioctl`) takes off as we do. `unix`:
`unix_inq_len` of net/unix/af_unix.c, all bytes of a stream or of packets in order, else those of the first datagram;
`unix_outq_len`, memory. The others: `sk_rmem_alloc` and `sk_wmem_alloc`, memory with all that the kernel puts around
the bytes.
"""

from typing import Literal, NamedTuple

from sockscope.model.socket import Socket

Meaning = Literal["bytes", "message", "memory", ""]
"""`bytes`: exactly these wait. `message`: bytes of the first message, and more may wait behind it. `memory`: bytes of
memory that what waits takes up, several times what it says. "" nobody tells."""


class QueueMeaning(NamedTuple):
    """What `Socket.recv_q` and `Socket.send_q` of one family count."""

    receiving: Meaning
    sending: Meaning


UNTOLD = QueueMeaning("", "")
MEMORY = QueueMeaning("memory", "memory")
MEANINGS: dict[tuple[str, str], QueueMeaning] = {
    ("tcp", "stream"): QueueMeaning("bytes", "bytes"),
    ("mptcp", "stream"): MEMORY,
    ("sctp", "stream"): MEMORY,
    ("udp", "dgram"): MEMORY,
    ("udplite", "dgram"): MEMORY,
    ("icmp", "dgram"): MEMORY,
    ("icmp6", "dgram"): MEMORY,
    ("raw", "raw"): MEMORY,
    ("unix", "stream"): QueueMeaning("bytes", "memory"),
    ("unix", "seqpacket"): QueueMeaning("bytes", "memory"),
    ("unix", "dgram"): QueueMeaning("message", "memory"),
}
"""By label and type; netlink and packet sockets, of whatever type, tell only what is received."""
_RECEIVING_MEMORY = QueueMeaning("memory", "")
_RECEIVERS = frozenset({"netlink", "packet"})
RECEIVING: dict[Meaning, str] = {
    "bytes": "{:,} bytes to read",
    "message": "{:,} bytes to read in the first message",
    "memory": "{:,} bytes of memory taken by what is to be read",
}
SENDING: dict[Meaning, str] = {
    "bytes": "{:,} bytes sent and not acknowledged",
    "memory": "{:,} bytes of memory taken by what was sent and not taken",
}


def queue_meaning(socket: Socket) -> QueueMeaning:
    """Tell what the numbers of a socket's queues count."""
    if (
        not socket.source
        or socket.source == "sockprotoname"
        or (socket.family == "unix" and socket.source != "sock_diag")
    ):
        return UNTOLD
    if socket.family in _RECEIVERS:
        return _RECEIVING_MEMORY
    return MEANINGS.get((socket.label, socket.type), UNTOLD)


def counted(socket: Socket, meaning: Meaning) -> int | None:
    """Return what is to be read in the sense of `meaning`, None where the kernel counts something else."""
    return socket.recv_q if queue_meaning(socket).receiving == meaning else None


def sent(socket: Socket, meaning: Meaning) -> int | None:
    """Return what was sent and not taken in the sense of `meaning`, None where the kernel counts something else."""
    return socket.send_q if queue_meaning(socket).sending == meaning else None


def queue_phrases(socket: Socket) -> list[str]:
    """Say what waits in a socket, in words that claim no more than the number does; nothing of what is empty."""
    meaning = queue_meaning(socket)
    received = RECEIVING.get(meaning.receiving, "") if socket.recv_q else ""
    waiting = SENDING.get(meaning.sending, "") if socket.send_q else ""
    return [text.format(number) for text, number in ((received, socket.recv_q), (waiting, socket.send_q)) if text]
