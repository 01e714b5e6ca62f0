"""One inet socket in depth, when somebody looks at it."""

from ipaddress import IPv6Address, ip_address

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.collect.sockets.families import BY_LABEL
from sockscope.collect.sockets.netspaces import DiagSockets, NetNamespace
from sockscope.collect.sockets.sockets import Entry
from sockscope.kernel.diag.inet import InetSocket
from sockscope.kernel.diag.tcp_info import read_details
from sockscope.kernel.routes import read_route
from sockscope.model.address import InternetAddress
from sockscope.model.descriptor import CleanFields
from sockscope.model.socket import Socket


def socket_details(entry: Entry | None, diag: DiagSockets, namespace: NetNamespace | None) -> CleanFields:
    """Ask sock_diag for what it tells of one socket on request; empty for families that have no more to tell."""
    if entry is None or not isinstance(entry.row, InetSocket) or not entry.row.cookie:
        return {}
    opened = None if namespace is None else diag.get(namespace)
    if namespace is None or opened is None:
        return {}
    try:
        found: CleanFields = dict(read_details(opened, entry.row, BY_LABEL[entry.label].protocol))
    except OSError:
        found = {}  # the namespace has gone, or the kernel has unloaded what answered for it
    route = _route(entry.socket, diag.path(namespace))
    return found | {"route": route} if route else found


def _route(socket: Socket, path: str) -> Clean:
    """Say which way packets to the other end leave, "" where there is none or nobody tells."""
    remote = socket.remote
    if not isinstance(remote, InternetAddress):
        return NOTHING
    try:
        return read_route(_destination(remote.host), path, socket.netns if path else 0).text
    except OSError:
        return NOTHING


def _destination(host: bytes) -> str:
    """Write where packets go: those to `::ffff:a.b.c.d` are packets of IPv4, and take its routes."""
    address = ip_address(host)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
