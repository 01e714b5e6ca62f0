"""An epoll instance and what is registered in it."""

from typing import Literal

from msgspec import Struct

from sockscope.model.confidence import Confidence

TargetStatus = Literal["live", "moved", "closed", "unknown"]
"""`live`: the number still means the watched file in a process that holds the epoll.
`moved`: the number means something else or nothing, and the file lives on under another number or elsewhere.
`closed`: no holder of the watched file was found. `unknown`: it could not be checked."""

EVENTS: tuple[tuple[int, str], ...] = (
    (0x001, "IN"),
    (0x002, "PRI"),
    (0x004, "OUT"),
    (0x008, "ERR"),
    (0x010, "HUP"),
    (0x020, "NVAL"),
    (0x040, "RDNORM"),
    (0x080, "RDBAND"),
    (0x100, "WRNORM"),
    (0x200, "WRBAND"),
    (0x400, "MSG"),
    (0x2000, "RDHUP"),
    (1 << 27, "URING_WAKE"),
    (1 << 28, "EXCLUSIVE"),
    (1 << 29, "WAKEUP"),
    (1 << 30, "ONESHOT"),
    (1 << 31, "ET"),
)
"""Bits of `epoll_event.events` (`linux/eventpoll.h`), named as in `epoll_ctl(2)` without `EPOLL`."""


def event_names(events: int) -> list[str]:
    """Name the bits of an event mask; bits without a name stay as one hexadecimal number."""
    names = [name for bit, name in EVENTS if events & bit]
    rest = events & ~sum(bit for bit, _ in EVENTS)
    return [*names, f"0x{rest:x}"] if rest else names


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
    status: str = "unknown"
    """One of `TargetStatus`."""
    object: str = ""
    """Object of the watched file, "" where it was not found."""
    held_by: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the descriptors found to be the watched file; for sockets, one of the holders is enough."""
    confidence: Confidence = "unknown"


class EpollInstance(Struct, frozen=True, array_like=True, gc=False):
    """One epoll instance, however many descriptors lead to it."""

    object: str
    """The same identity as `Descriptor.object` of the descriptors that hold it."""
    targets: tuple[Target, ...]
    note: str = ""
    """Why the registrations are missing or incomplete, or ""."""
