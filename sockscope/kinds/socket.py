"""Socket: what its descriptor tells; its addresses and its other end are sock_diag's."""

from sockscope.kinds.kind import Kind
from sockscope.kinds.lines import Lines, numbers
from sockscope.kinds.words import counted, number, number_of
from sockscope.model.descriptor import CleanFields, Fields


def _decode(lines: Lines) -> CleanFields:
    # Linux 5.6, unix sockets only: descriptors in its receive queue (`SCM_RIGHTS`), not received yet.
    return numbers(lines, {b"scm_fds": ("scm_fds", 10)})


def _phrase(target: str, fields: Fields) -> str:
    count = number(fields, "scm_fds")
    return number_of(target) + (f", {counted(count, 'descriptor')} in flight" if count else "")


def _sentence(target: str, fields: Fields) -> str:
    return f"A socket, {_phrase(target, fields)}"


KIND = Kind(
    "socket",
    prefixes=(b"socket",),
    decode=_decode,
    phrase=_phrase,
    sentence=_sentence,
    one_object="(device, inode)",
    tells="see below",
    own_inode=True,
    colour="net",
    labels={
        "icmp": "net",
        "icmp6": "net",
        "mptcp": "net",
        "netlink": "net",
        "packet": "net",
        "raw": "net",
        "sctp": "net",
        "tcp": "net",
        "udp": "net",
        "udplite": "net",
        "unix": "unix",
        "vsock": "net",
        "xdp": "net",
    },
)
