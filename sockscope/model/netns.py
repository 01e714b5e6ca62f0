"""A network namespace: what it is called and how its sockets are known."""

from msgspec import Struct


class NetworkNamespace(Struct, frozen=True, array_like=True):
    """One network namespace that some process lives in, or that is mounted on a file."""

    inode: int
    """Its inode (`namespaces(7)`); where that is hidden, the negated inode of its `/proc/PID/net/tcp`."""
    name: str
    """What a user calls it: `host`, its name under `/run/netns`, `docker 1a2b3c4d5e6f`, `netns of nginx 123`."""
    origin: str
    """Where the name is from: host, pinned, container or process."""
    leader: int = 0
    """Pid of the process that has lived in it longest, 0 when it is only mounted."""
    processes: int = 0
    pin: str = ""
    """File it is mounted on (`/run/netns/blue`), "" when only processes keep it."""
    source: str = ""
    """What describes its sockets: `sock_diag`, `/proc/net`, or "" when nothing could be asked."""
    reason: str = ""
    """Why it could not be entered, "" when it was."""
