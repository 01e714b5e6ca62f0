"""A socket as sock_diag describes it, whoever holds it."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sockscope.abi.socket_states import SocketState
from sockscope.abi.socket_types import SocketType
from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.address import Address, InternetAddress
from sockscope.model.descriptor import CleanFields

Family = Literal["unix", "inet", "inet6", "netlink", "packet", "vsock", "xdp", ""]
"""What a family is called everywhere; "" where it is not known."""
Source = Literal["sock_diag", "/proc/net", "sockprotoname", ""]

if TYPE_CHECKING:
    Type = SocketType
    State = SocketState
else:
    Type = State = str
    """Any text where frames are decoded: what a newer kernel has and we have no name for travels as its number."""


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
    family: Family
    """unix, inet, inet6, netlink, packet, vsock, xdp, or "" unknown."""
    type: Type
    """stream, dgram, seqpacket, raw, or "" unknown."""
    protocol: Clean
    """tcp, udp, udplite, raw, icmp, mptcp, sctp, a netlink protocol's name, or ""; "" for unix."""
    state: State
    """LISTEN, ESTABLISHED, … as ss and netstat name them; UNCONNECTED; "" unknown."""
    local: Address | None = None
    """Its own address, None unbound."""
    remote: Address | None = None
    """Where it is connected to; None for unix, whose other end is known by inode."""
    peer_ino: int = 0
    """Inode of the unix socket at the other end (`UNIX_DIAG_PEER`), 0 none or not accepted yet."""
    recv_q: int = 0
    """What is to be read, in what `queue_meaning` says; 0 for a listener."""
    send_q: int = 0
    """What was sent and not taken, likewise."""
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
    source: Source = "sock_diag"
    """Which interface described it: `sock_diag`, `/proc/net`, `sockprotoname` (nothing but the name of its
    protocol is known), or "" where only the inode is known."""
    extra: CleanFields | None = None
    """Family-specific fields (netlink portid and groups, packet ring, MPTCP token)."""
    cgroup_path: Clean = NOTHING
    """Path of `cgroup` in the unified hierarchy (`/` its root), "" unknown or removed."""
    drops: int = -1
    """For UDP, netlink and packet sockets what found no room in its buffer (`SK_MEMINFO_DROPS`), since it was made; -1
    unknown and for every other socket."""

    @property
    def listening(self) -> bool:
        """Whether it waits for connections."""
        return self.state == "LISTEN"

    @property
    def local_text(self) -> Clean:
        """Its own address as a user reads it, "" unbound."""
        return NOTHING if self.local is None else self.local.text

    @property
    def local_plain(self) -> Clean:
        """Its own address as JSON has it: `[::]:80`, whether IPv4 arrives there as well or not."""
        return self.local.plain if isinstance(self.local, InternetAddress) else self.local_text

    @property
    def remote_text(self) -> Clean:
        """Where it is connected to as a user reads it, "" nowhere."""
        return NOTHING if self.remote is None else self.remote.text

    @property
    def label(self) -> str:
        """What a user calls it: `tcp`, `unix`, `netlink`."""
        return self.protocol if self.family in {"inet", "inet6"} and self.protocol else self.family
