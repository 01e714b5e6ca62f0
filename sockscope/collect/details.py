"""One inet socket in depth, when somebody looks at it."""

from sockscope.collect.families import BY_LABEL
from sockscope.collect.netspaces import DiagSockets, NetNamespace
from sockscope.collect.sockets import Entry
from sockscope.kernel.diag.inet import InetSocket
from sockscope.kernel.diag.tcp_info import read_details
from sockscope.model.descriptor import Fields


def socket_details(entry: Entry | None, diag: DiagSockets, namespaces: list[NetNamespace]) -> Fields:
    """Ask sock_diag for what it tells of one socket on request; empty for families that have no more to tell."""
    if entry is None or not isinstance(entry.row, InetSocket) or not entry.row.cookie:
        return {}
    namespace = next((one for one in namespaces if one.inode == entry.socket.netns), None)
    opened = None if namespace is None else diag.get(namespace)
    if opened is None:
        return {}
    try:
        return dict(read_details(opened, entry.row, BY_LABEL[entry.label].protocol))
    except OSError:
        return {}  # the namespace has gone, or the kernel has unloaded what answered for it
