"""What is remembered of a process, and what one walk over all of them has found."""

from msgspec import Struct, field

from sockscope.abi.strings import Raw
from sockscope.collect.processes.activity import Activity
from sockscope.collect.tables.classes import Slot
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process


class Watched(Struct):
    """What is remembered of a process between two refreshes."""

    stat: Raw
    """`/proc/PID/stat` as it was read."""
    process: Process
    activity: Activity | None = None
    table: dict[int, Descriptor] = field(default_factory=dict)
    unreadable: int = 0
    denied: str = ""
    threads: tuple[int, ...] = ()
    """Threads with descriptor tables of their own."""
    next: int = 0
    """The number at which the walk of its table goes on, where `Process.unread` descriptors were left."""


class Walked(Struct):
    """What one walk has found out."""

    watched: dict[ProcessKey, Watched] = field(default_factory=dict)
    fresh: list[ProcessKey] = field(default_factory=list)
    """Processes whose tables were walked."""
    idle: list[ProcessKey] = field(default_factory=list)
    """Those of them that had not run since the walk before, and whose turn it was all the same."""
    texts: dict[Slot, Raw] = field(default_factory=dict)
    """fdinfo of the epolls in those tables."""
    epolls: dict[str, Raw] = field(default_factory=dict)
    """fdinfo of the epoll instances in those tables, by object, once it is known which is which."""
    hidden: int = 0
    """Processes that are listed and say nothing at all of themselves: `hidepid=1` (proc(5))."""
    unknown: int = 0
    """Processes that have not answered since they were first seen, so that not even their start is known."""
    rested: list[ProcessKey] = field(default_factory=list)
    """Processes that have not run, and whose `stat` was not read."""
    stirred: set[int] = field(default_factory=set)
    """Pids of those that have run, are new or were read anew for another reason."""
