"""Where a socket was found: the network namespace, what described it, and the names that go with both."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sockscope.kernel import release

SOCK_DIAG, PROC_NET = "sock_diag", "/proc/net"
_ANONYMOUS = 1 << 60
"""Below minus this number keys stand for rows with neither cookie nor inode; inodes are far smaller."""


@dataclass(frozen=True, slots=True)
class Place:
    """What turning a row into a socket needs to know besides the row."""

    netns: int
    source: str
    cgroup_path: Callable[[int], str]
    """Path of a cgroup by its id, "" unknown."""
    interface: Callable[[int], str]
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
        text = repr((self.netns, row.cookie or row[:7])).encode()
        return -_ANONYMOUS - int.from_bytes(blake2b(text, digest_size=7).digest(), "big")
