"""A thread that sleeps in the kernel for something that none of its descriptors tells."""

from msgspec import Struct

from sockscope.abi.open_flags import Access
from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING


class Blocked(Struct, frozen=True, array_like=True):
    """A thread that waits for the other end of a FIFO it opens, or for the answer of a fanotify group."""

    pid: int
    start: int
    tid: int
    syscall: Clean = NOTHING
    """Name of the call that it is in, "" where that could not be read."""
    access: Access = ""
    """Which ends of a FIFO it opens, "" where the call does not tell or could not be read."""
    named: bool = False
    """Whether an argument of its process leads to the file that was asked about."""
    narrowed: tuple[Clean, ...] = ()
    """What was looked at and does not speak against the file that was asked about."""
