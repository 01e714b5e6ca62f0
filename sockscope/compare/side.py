"""One side of a comparison: what one look has found, as far as it is compared.

The names are those of the JSON contract, so that a snapshot that somebody has kept is read straight into these.
"""

from typing import Annotated

from msgspec import Meta, Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING

_LARGEST = (1 << 63) - 1
Number = Annotated[int, Meta(ge=-_LARGEST, le=_LARGEST)]
Seconds = Annotated[float, Meta(ge=0, le=1e11)]
"""Since the epoch: what a calendar can write."""


class SeenProcess(Struct, frozen=True):
    """One process, or one thread with a descriptor table of its own."""

    pid: Number
    ppid: Number
    pgid: Number
    sid: Number
    tty: Clean
    comm: Clean
    cmdline: tuple[Clean, ...]
    user: Clean
    uid: Number
    state: Clean
    start_time: Seconds | None
    netns: Number | None
    denied: Clean
    kernel_thread: bool
    thread_of: Number | None
    cgroup: Clean
    unread: Number

    @property
    def command(self) -> tuple[Clean, ...]:
        """Its arguments, or its short name where there are none."""
        return self.cmdline or (self.comm,)


class SeenDescriptor(Struct, frozen=True):
    """One descriptor."""

    pid: Number
    fd: Number
    kind: Clean
    label: Clean
    target: Clean
    ino: Number | None
    dev: Clean
    access: Clean
    flags: tuple[Clean, ...]


class SeenSocket(Struct, frozen=True):
    """One kernel socket."""

    ino: Number | None
    cookie: Number | None
    netns: Number | None
    family: Clean
    type: Clean
    protocol: Clean
    state: Clean
    local: Clean
    remote: Clean
    peer_ino: Number | None
    backlog: Number | None
    shutdown: tuple[Clean, ...]
    source: Clean
    drops: Number | None

    @property
    def label(self) -> Clean:
        """What a user calls it, as `Socket.label`."""
        return self.protocol if self.family in {"inet", "inet6"} and self.protocol else self.family


class Side(Struct, frozen=True):
    """All that one look has found."""

    host: Clean
    kernel: Clean
    time: Seconds
    """When the look ended."""
    processes: tuple[SeenProcess, ...]
    descriptors: tuple[SeenDescriptor, ...]
    sockets: tuple[SeenSocket, ...]
    boot_id: Clean = NOTHING
    """Which boot of which machine, "" where that was not kept."""
    boot_time: Seconds | None = None
    selected: bool = False
    """Whether some processes or descriptors were chosen, so that what is not listed may be there."""
    looked_by: Number | None = None
    """Pid of the process that looked: it is not part of what it looks at."""
