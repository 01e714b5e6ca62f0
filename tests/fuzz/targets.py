"""Every parser of bytes from outside, and the errors that it may answer with."""

from collections.abc import Callable

from sockscope.abi import text
from sockscope.compare.from_json import NoSnapshotError, read_side
from sockscope.config.file import settings_from
from sockscope.frames.codec import MessageReader, RequestReader, StreamError, encode
from sockscope.frames.messages import Hello, Next
from sockscope.kernel import (
    fdinfo,
    links,
    maps,
    mountinfo,
    polled,
    process,
    procnet,
    procnet_link,
    procnet_unix,
    restrictions,
    ttys,
    wait,
)
from sockscope.kernel.diag import attributes, inet, netlink, packet, tcp_info, unix, vsock, xdp
from sockscope.kernel.diag.datagram import Datagram, ending, split
from sockscope.kinds.registry import NAMES
from sockscope.world.filter.compiling import compile_filter
from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.parsing import parse
from sockscope.world.world import World

Target = tuple[Callable[[bytes], object], tuple[type[Exception], ...]]

_GREETING = encode(Hello(1, "host", "6.1", 0.0, 100, 0, "0"))


def _every_kind(data: bytes) -> None:
    for kind in NAMES:
        fdinfo.decode(kind, data)


def _messages(data: bytes) -> None:
    reader = MessageReader()
    list(reader.feed(_GREETING))
    list(reader.feed(data))
    reader.close()


def _framed(data: bytes) -> None:
    _messages(len(data).to_bytes(4, "big") + data)


def _requests(data: bytes) -> None:
    list(RequestReader().feed(encode(Next()) + data))


def _framed_request(data: bytes) -> None:
    list(RequestReader().feed(len(data).to_bytes(4, "big") + data))


def _diag(parse: Callable[[Datagram], object]) -> Callable[[bytes], object]:
    def run(data: bytes) -> object:
        # The kernel's own fixed part is always whole; what follows is not trusted.
        return parse(Datagram(data.ljust(96, b"\0"), [(0, max(len(data), 96))]))

    return run


def _wait(data: bytes) -> None:
    state = wait.parse_syscall(data)
    if state is not None:
        name, _ = wait.describe(state, "x86_64")
        polled.locate_set(name, state.args, 4096)


def _sets(data: bytes) -> None:
    for shape in ("pollfd", "fd_set"):
        polled.parse_set(polled.AskedSet(shape, (1,), 4096), [data])


def _config(data: bytes) -> None:
    _, notes = settings_from(data.decode("utf-8", "replace"), "config.toml")
    for note in notes:
        assert note.isprintable(), note


TARGETS: dict[str, Target] = {
    "fdinfo": (_every_kind, ()),
    "open flags": (fdinfo.parse_flags, ()),
    "link of a descriptor": (links.parse_link, ()),
    "maps": (maps.parse_maps, ()),
    "mountinfo": (mountinfo.parse_mountinfo, ()),
    "hidepid": (restrictions.parse_hidepid, ()),
    "stat": (process.parse_stat, (ValueError,)),
    "status": (process.parse_status, (ValueError,)),
    "state": (process.parse_state, ()),
    "sleep": (process.parse_sleep, ()),
    "cmdline": (process.parse_cmdline, ()),
    "cgroup": (process.parse_cgroup, ()),
    "syscall": (_wait, (ValueError,)),
    "sets of poll": (_sets, ()),
    "tty drivers": (ttys.parse_tty_drivers, ()),
    "any text": (text.clean, ()),
    "lines of text": (text.clean_lines, ()),
    "/proc/net/tcp": (procnet.parse_inet, ()),
    "/proc/net/unix": (procnet_unix.parse_unix, ()),
    "/proc/net/netlink": (procnet_link.parse_netlink, ()),
    "/proc/net/packet": (procnet_link.parse_packet, ()),
    "netlink datagram": (split, ()),
    "last netlink datagram": (ending, ()),
    "netlink attributes": (lambda data: attributes.attributes(data, 0, len(data)), ()),
    "unix_diag": (_diag(unix.parse), ()),
    "inet_diag": (_diag(inet.parse), ()),
    "netlink_diag": (_diag(netlink.parse), ()),
    "packet_diag": (_diag(packet.parse), ()),
    "vsock_diag": (_diag(vsock.parse), ()),
    "xdp_diag": (_diag(xdp.parse), ()),
    "tcp_info": (tcp_info.parse_tcp_info, ()),
    "frames": (_messages, (StreamError,)),
    "one frame": (_framed, (StreamError,)),
    "requests": (_requests, (StreamError,)),
    "one request": (_framed_request, (StreamError,)),
    "configuration": (_config, ()),
    "kept snapshot": (read_side, (NoSnapshotError,)),
    "filter": (lambda data: compile_filter(World(), parse(data.decode("utf-8", "replace"))), (FilterError,)),
}
