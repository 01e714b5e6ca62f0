"""A network namespace: what it is called and how its sockets are known."""

from typing import Literal

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.socket import Source

Origin = Literal["host", "pinned", "container", "process", "thread", "descriptor"]


class NetworkNamespace(Struct, frozen=True, array_like=True):
    """One network namespace that some process lives in, that is mounted on a file, or that a descriptor leads to."""

    inode: int
    """Its inode (`namespaces(7)`); where that is hidden, the negated inode of its `/proc/PID/net/tcp`."""
    name: Clean
    """What a user calls it: `host`, its name under `/run/netns`, `docker 1a2b3c4d5e6f`, `netns of nginx 123`."""
    origin: Origin
    """Where the name is from: host, pinned, container, process, or descriptor where nothing else keeps it."""
    leader: int = 0
    """Pid of the process that has lived in it longest, 0 when it is only mounted."""
    processes: int = 0
    pin: Clean = NOTHING
    """File it is mounted on (`/run/netns/blue`), "" when only processes keep it."""
    source: Source = ""
    """What describes its sockets: `sock_diag`, `/proc/net`, or "" when nothing could be asked."""
    reason: Clean = NOTHING
    """Why it could not be entered, "" when it was."""
    kept_by: Clean = NOTHING
    """Why it is still there: `3 processes`, `mounted on /run/netns/blue`, `kept by fd 7 of 812`."""
