"""A socket as sock_diag describes it, whoever holds it."""

from typing import Any

from msgspec import Struct


class Socket(Struct, frozen=True, array_like=True, gc=False):
    """One kernel socket."""

    key: int
    """Unique on the machine: the cookie, before Linux 5.4 a number made of namespace and cookie; for a socket that
    sock_diag does not show, its negated inode."""
    ino: int
    """Inode in sockfs; 0 for a socket that no descriptor leads to (not accepted yet, TIME_WAIT)."""
    cookie: int
    """Stable over accept and close (`SO_COOKIE`); 0 unknown."""
    netns: int
    """Inode of its network namespace, 0 unknown."""
    family: str
    """unix, inet, inet6, netlink, packet, vsock, xdp, or "" unknown."""
    type: str
    """stream, dgram, seqpacket, raw, or "" unknown."""
    protocol: str
    """tcp, udp, udplite, raw, icmp, mptcp, sctp, a netlink protocol's name, or ""; "" for unix."""
    state: str
    """LISTEN, ESTABLISHED, … as ss and netstat name them; UNCONNECTED; "" unknown."""
    local: str = ""
    """`127.0.0.1:8888`, `[::1]:80`, `*:53`-like for any; for unix the path, or `@name` when abstract."""
    remote: str = ""
    peer_ino: int = 0
    """Inode of the unix socket at the other end (`UNIX_DIAG_PEER`), 0 none or not accepted yet."""
    recv_q: int = 0
    """Bytes waiting to be read (unix datagram: see unix_diag); 0 for a listener."""
    send_q: int = 0
    queue: int = -1
    """For a listener: connections waiting to be accepted; -1 otherwise."""
    backlog: int = -1
    """For a listener: most connections that may wait; -1 otherwise."""
    uid: int = -1
    shutdown: int = 0
    """Bit 0: receiving is shut down, bit 1: sending is."""
    pending: tuple[int, ...] = ()
    """For a unix listener: inodes of the clients not accepted yet (`UNIX_DIAG_ICONS`)."""
    bound: tuple[int, int] = (0, 0)
    """For a unix socket with a path: (device, inode) of the file it is bound to (`UNIX_DIAG_VFS`)."""
    interface: int = 0
    cgroup: int = 0
    """Id of the cgroup that created it (`INET_DIAG_CGROUP_ID`), 0 unknown."""
    source: str = "sock_diag"
    """Which interface described it: `sock_diag`, `/proc/net`, `sockprotoname` (nothing but the name of its
    protocol is known), or "" where only the inode is known."""
    extra: dict[str, Any] | None = None
    """Family-specific fields (netlink portid and groups, packet ring, MPTCP token)."""
    cgroup_path: str = ""
    """Path of `cgroup` in the unified hierarchy (`/` its root), "" unknown or removed."""

    @property
    def listening(self) -> bool:
        """Whether it waits for connections."""
        return self.state == "LISTEN"

    @property
    def label(self) -> str:
        """What a user calls it: `tcp`, `unix`, `netlink`."""
        return self.protocol if self.family in {"inet", "inet6"} and self.protocol else self.family
