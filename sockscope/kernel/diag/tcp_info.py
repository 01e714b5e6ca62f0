"""TCP in depth: what `INET_DIAG_INFO` and its neighbours say of one socket (`struct tcp_info` of `linux/tcp.h`)."""

import struct

from sockscope.abi.socket_states import LISTEN
from sockscope.abi.strings import Clean
from sockscope.abi.text import clean, clean_str
from sockscope.kernel.diag.attributes import attributes
from sockscope.kernel.diag.inet import EXT_INFO, InetSocket, exact_request, parse, request
from sockscope.kernel.diag.transport import Datagram, DiagSocket

EXT_CONG, EXT_TOS, EXT_TCLASS, EXT_SKMEMINFO = 4, 5, 6, 7
TCP = 6
_HEAD = 72
"""Bytes of `struct inet_diag_msg`."""

_BYTES = (("ca_state", 1), ("retransmits", 2), ("probes", 3), ("backoff", 4))
_CA_STATES = ("open", "disorder", "cwr", "recovery", "loss")
"""TCP_CA_* of `linux/tcp.h`: what congestion control believes of the path."""
_WORDS = (
    ("rto_us", 8), ("ato_us", 12), ("snd_mss", 16), ("rcv_mss", 20), ("unacked", 24), ("sacked", 28), ("lost", 32),
    ("retrans", 36), ("last_data_sent_ms", 44), ("last_data_recv_ms", 52), ("last_ack_recv_ms", 56), ("pmtu", 60),
    ("rtt_us", 68), ("rttvar_us", 72), ("ssthresh", 76), ("cwnd", 80), ("advmss", 84), ("reordering", 88),
    ("rcv_space", 96), ("total_retrans", 100), ("segs_out", 136), ("segs_in", 140), ("notsent_bytes", 144),
    ("min_rtt_us", 148), ("delivered", 192),
)  # fmt: skip
_LONGS = (
    ("pacing_rate", 104), ("max_pacing_rate", 112), ("bytes_acked", 120), ("bytes_received", 128),
    ("delivery_rate", 160), ("bytes_sent", 200), ("bytes_retrans", 208),
)  # fmt: skip
"""Rates in bytes a second; an unlimited one is all ones and left out."""
_UNLIMITED = (1 << 64) - 1
_NO_SSTHRESH = 0x7FFFFFFF
_MEMORY = ("rmem", "rcvbuf", "wmem", "sndbuf", "forward_alloc", "wmem_queued", "optmem", "backlog_bytes", "drops")
"""`SK_MEMINFO_*` of `linux/sock_diag.h`, bytes but for the drops."""
_U32, _U64 = struct.Struct("=I"), struct.Struct("=Q")


def read_details(diag: DiagSocket, row: InetSocket, protocol: int) -> dict[str, int | Clean]:
    """Ask for one socket in depth: round trip times, windows, retransmits, memory; empty when it is gone.

    Raises:
        OSError: sock_diag is denied.
    """
    extensions = (EXT_INFO, EXT_CONG, EXT_TOS, EXT_TCLASS, EXT_SKMEMINFO)
    try:
        found = diag.request(exact_request(row, protocol, *extensions), dump=False)
    except OSError:
        # Several sockets on one address: the exact question finds another one, the dump has them all.
        found = diag.request(request(row.family, protocol, *extensions), dump=True)
    for datagram in found:
        for span in datagram.bodies:
            one = parse(Datagram(datagram.data, [span]))
            if one and one[0].cookie == row.cookie:
                return parse_details(datagram, span, protocol)
    return {}


def parse_details(datagram: Datagram, span: tuple[int, int], protocol: int) -> dict[str, int | Clean]:
    """Unpack the attributes of one message of a datagram."""
    data, (start, end) = datagram.data, span
    found = {kind: data[slice(*span)] for kind, span in attributes(data, start + _HEAD, end).items()}
    details: dict[str, int | Clean] = {}
    if name := found.get(EXT_CONG):
        details["congestion"] = clean(name.rstrip(b"\0"))
    # A listener has no path to tell of: the kernel puts its queue into the same fields.
    if protocol == TCP and data[start + 1] != LISTEN:
        details.update(parse_tcp_info(found.get(EXT_INFO, b"")))
    for kind, label in ((EXT_TOS, "tos"), (EXT_TCLASS, "tclass")):
        if value := found.get(kind):
            details[label] = value[0]
    words = found.get(EXT_SKMEMINFO, b"")
    values = struct.unpack_from(f"={len(words) // 4}I", words)
    return details | dict(zip(_MEMORY, values, strict=False))


def parse_tcp_info(info: bytes) -> dict[str, int | Clean]:
    """Unpack as much of a `tcp_info` as this kernel has: times in µs or ms as named, windows in segments."""
    details: dict[str, int | Clean] = {name: info[at] for name, at in _BYTES if at < len(info)}
    state = details.get("ca_state")
    if isinstance(state, int):
        details["ca_state"] = clean_str(_CA_STATES[state] if state < len(_CA_STATES) else str(state))
    for layout, fields in ((_U32, _WORDS), (_U64, _LONGS)):
        details.update({name: layout.unpack_from(info, at)[0] for name, at in fields if at + layout.size <= len(info)})
    if details.get("ssthresh") == _NO_SSTHRESH:
        del details["ssthresh"]
    return {name: value for name, value in details.items() if value != _UNLIMITED}
