"""An epoll instance and what is registered in it."""

from typing import Literal

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.confidence import Confidence

TargetStatus = Literal["live", "moved", "closed", "unknown"]
"""`live`: the number still means the watched file in a process that holds the epoll.
`moved`: the number means something else or nothing, and the file lives on under another number or elsewhere.
`closed`: no holder of the watched file was found. `unknown`: it could not be checked."""


STALE: frozenset[TargetStatus] = frozenset({"moved", "closed"})
"""What a registration is whose number means something else by now, or nothing."""


class Target(Struct, frozen=True, array_like=True, gc=False):
    """One registration of an epoll instance (`tfd:` line of its fdinfo)."""

    fd: int
    """The number at the time of `epoll_ctl(EPOLL_CTL_ADD)`, in the process that added it. Not: now."""
    events: int
    data: int
    """User data of the registration, as an unsigned 64-bit number."""
    ino: int
    dev: int
    """Device of the watched inode as the kernel writes it: `major << 20 | minor`."""
    offset: int = 0
    """Position among the registrations of the same number in this epoll (`kcmp_epoll_slot.toff`)."""
    status: TargetStatus = "unknown"
    object: str = ""
    """Object of the watched file, "" where it was not found."""
    held_by: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the descriptors found to be the watched file, at most 256; for sockets, one of them is enough."""
    confidence: Confidence = "unknown"


class EpollInstance(Struct, frozen=True, array_like=True, gc=False):
    """One epoll instance, however many descriptors lead to it."""

    object: str
    """The same identity as `Descriptor.object` of the descriptors that hold it."""
    targets: tuple[Target, ...]
    note: Clean = NOTHING
    """Why the registrations are missing or incomplete, or ""."""
