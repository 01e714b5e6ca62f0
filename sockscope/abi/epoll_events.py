"""Events that an epoll waits for, by name (`linux/eventpoll.h`)."""

from functools import lru_cache

_EVENTS: tuple[tuple[int, str], ...] = (
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
"""Bits of `epoll_event.events`, named as in `epoll_ctl(2)` without `EPOLL`."""

NAMES = tuple(name for _, name in _EVENTS)
"""Every name that `event_names` can give."""


def event_names(events: int) -> list[str]:
    """Name the bits of an event mask; bits without a name stay as one hexadecimal number."""
    return list(_named(events))


@lru_cache(maxsize=1024)
def _named(events: int) -> tuple[str, ...]:
    names = [name for bit, name in _EVENTS if events & bit]
    rest = events & ~sum(bit for bit, _ in _EVENTS)
    return (*names, f"0x{rest:x}") if rest else tuple(names)
