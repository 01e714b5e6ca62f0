"""What could be seen, what could not, and what it cost to look."""

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING


class Capability(Struct, frozen=True, array_like=True):
    """One thing that the kernel or its rules may deny, whether it is there, and what it gives."""

    name: Clean
    """`kcmp`, `unix_diag`, `setns`, `ptrace access`, `hidepid`, `Yama`, …"""
    available: bool
    """Whether nothing is lost for want of it."""
    gives: Clean
    """What is known because of it."""
    costs: Clean = NOTHING
    """What is not known without it, as found now; "" where it is available."""
    gain: Clean = NOTHING
    """The command, or the setting, that would gain it; "" where nothing would or nothing is missing."""


class Coverage(Struct, frozen=True, array_like=True):
    """How much of the machine a picture shows. What is missing is counted here, never silently absent."""

    processes: int = 0
    unreadable_processes: int = 0
    descriptors: int = 0
    """Descriptors that were read."""
    unreadable_descriptors: int = 0
    """Descriptors known by number only, in processes that could not be read."""
    sockets: int = 0
    unknown_sockets: int = 0
    """Sockets seen in a descriptor table and described by no interface."""
    notes: tuple[Clean, ...] = ()
    """One sentence each: a missing capability or source, what it hides, and what would give it."""
    capabilities: tuple[Capability, ...] = ()
    """What this look could rely on and what it had to do without."""
    sockets_elsewhere: int = 0
    """Held sockets of families that a namespace lists whole (unix, netlink, packet) and none that was looked into
    lists: they lie in a network namespace that could not be seen. Others may, too, or are bound to nothing."""
    waiting_processes: int = 0
    """Processes whose descriptors have not had their turn yet, while the first look goes on; they are among the
    unreadable."""
    partly_read: int = 0
    """Processes of which some descriptors were left for a later look."""
    unread_descriptors: int = 0
    """Descriptors that were left in these."""


class Stats(Struct, frozen=True, array_like=True):
    """Work done for one refresh."""

    scan_ms: float = 0.0
    scanned: int = 0
    """Processes whose descriptor table was walked."""
    kcmp: int = 0
    fdinfo: int = 0
    dumps: int = 0
    exact: int = 0
    """Sockets asked for one by one, because a dump missed them."""
    interval: float = 0.0
    """Seconds until the next refresh, 0 for a single one."""
    missed: int = 0
    """Tables that had changed although their process seemed idle; found by the slow walk of everything."""
    converted: int = 0
    """Sockets whose description was made anew."""
    proven: int = 0
    """Epoll instances whose registrations were compared with descriptors anew."""
    asked_interval: float = 0.0
    """Seconds between refreshes that were asked for; less than `interval` where a pass takes too long for it."""
    waits: int = 0
    """Threads whose system call was read."""
