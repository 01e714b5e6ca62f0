"""What a socket says of itself through a duplicate, turned into words: above all where no dump describes it."""

import os
import socket

from sockscope.abi.socket_states import tcp_state
from sockscope.abi.strings import Raw
from sockscope.abi.text import NOTHING, clean_str
from sockscope.kernel.sock_names import SocketNames
from sockscope.model.address import Address, InternetAddress, UnixName, VsockAddress
from sockscope.model.descriptor import CleanFields


def named(names: SocketNames) -> CleanFields:
    """Name what is known: `local`, `remote`, `state`, `netns`, and the queues by the question that was asked."""
    local, remote = sockname(names.family, names.local), sockname(names.family, names.remote)
    found: CleanFields = {
        "local": NOTHING if local is None else local.text,
        "remote": NOTHING if remote is None else remote.text,
        "state": NOTHING if names.state is None else clean_str(tcp_state(names.state)),
        "netns": names.netns or None,
        "SIOCINQ_bytes": names.unread,
        "SIOCOUTQ_bytes": names.unsent,
    }
    return {name: value for name, value in found.items() if value is not None and value != ""}


def sockname(family: int, name: object) -> Address | None:
    """Turn what getsockname(2) gives into an address, None for no name and for other families."""
    match family, name:
        case socket.AF_INET, (str(host), int(port), *_):
            return InternetAddress(socket.inet_pton(socket.AF_INET, host), port)
        case socket.AF_INET6, (str(host), int(port), *_):
            return InternetAddress(socket.inet_pton(socket.AF_INET6, host.partition("%")[0]), port)
        case socket.AF_UNIX, str() | bytes() if name:
            return UnixName(Raw(name if isinstance(name, bytes) else os.fsencode(name)))
        case socket.AF_VSOCK, (int(cid), int(port)):
            return VsockAddress(cid, port)
        case _:
            return None
