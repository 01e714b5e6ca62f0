"""Where a socket was found: the network namespace, what described it, and the names that go with both."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.kernel import release
from sockscope.model.socket import Source

SOCK_DIAG: Source = "sock_diag"
PROC_NET: Source = "/proc/net"
_ANONYMOUS = 1 << 60
"""Below minus this number keys stand for rows with neither cookie nor inode; inodes are far smaller."""


class SocketOrigin(Struct, frozen=True):
    """What turning a row into a socket needs to know besides the row."""

    netns: int
    source: Source
    cgroup_path: Callable[[int], Clean]
    """Path of a cgroup by its id, "" unknown."""
    interface: Callable[[int], Clean]
    """Name of an interface of the namespace by its index, "" unknown."""
    one_counter: bool = release.at_least(5, 4)
    """Whether cookies of all network namespaces come from one counter, so that none names two sockets."""

    def key(self, row: Any) -> int:
        """Identity of a row: cookie, else negated inode, else a number made from its addresses.

        A cookie that only its namespace knows one socket by is made into a number together with that.
        """
        if self.one_counter and row.cookie:
            return row.cookie  # type: ignore[no-any-return]  # rows of all families have one, and an inode
        if row.ino and not row.cookie:
            return -row.ino  # type: ignore[no-any-return]
        # Here, because it loads OpenSSL, and few machines have such a row.
        from hashlib import blake2b

        text = repr((self.netns, row.cookie or row[:7])).encode()
        return -_ANONYMOUS - int.from_bytes(blake2b(text, digest_size=7).digest(), "big")
