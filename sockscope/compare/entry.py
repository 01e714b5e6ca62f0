"""What a comparison says: entries, each of one change to one or many of the same kind."""

from typing import Literal, NamedTuple

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.model.confidence import Confidence

Change = Literal["replaced", "gone", "new", "changed"]
Subject = Literal["process", "descriptor", "socket"]
CHANGES: tuple[Change, ...] = ("replaced", "gone", "new", "changed")
"""In the order in which they are told."""


class Difference(NamedTuple):
    """One field that is another than it was; both texts "" where many have each their own."""

    field: str
    before: Clean
    after: Clean


class Listener(NamedTuple):
    """A socket at which a process listens."""

    protocol: Clean
    local: Clean
    same_socket: bool
    """Whether it is the very same socket on both sides."""


class Place(NamedTuple):
    """One descriptor, by number."""

    pid: int
    fd: int


class Entry(Struct, frozen=True):
    """One change, of one thing or of a cohort of things that are for the same."""

    change: Change
    subject: Subject
    comm: Clean
    """Short name of the process, "" for a socket that nobody is seen to hold."""
    command: tuple[Clean, ...]
    """Its arguments; after the change, where it has them on both sides."""
    pids_before: tuple[int, ...]
    """Processes on the side before, by number; of a `replaced` one those that went."""
    pids_after: tuple[int, ...]
    meaning: Clean = NOTHING
    """What a descriptor or socket is for; "" for a process."""
    count: int = 1
    """How many changed so."""
    before: int = 0
    """How many of this class there were."""
    after: int = 0
    kept: int | None = None
    """How many of this class stayed; None where they cannot be told from each other."""
    places_before: tuple[Place, ...] = ()
    """Descriptors that changed so, by process and number."""
    places_after: tuple[Place, ...] = ()
    differences: tuple[Difference, ...] = ()
    """What is another, of `changed` and of a `replaced` process."""
    listeners: tuple[Listener, ...] = ()
    """Of a process: where it listens; of a `replaced` one, where it does so on both sides."""
    descriptors: int = 0
    """Of a process that is gone or new: how many it had."""
    confidence: Confidence = "inferred"
    evidence: Clean = NOTHING

    @property
    def one_way(self) -> bool:
        """Whether of a class that grew none went, or of one that shrank none came."""
        return self.kept == (self.before if self.change == "new" else self.after)


class Count(Struct):
    """How many of something stayed, and how many did not."""

    same: int = 0
    changed: int = 0
    replaced: int = 0
    gone: int = 0
    new: int = 0

    def add(self, change: Change, count: int) -> None:
        """Count some."""
        setattr(self, change, getattr(self, change) + count)


class Comparison(Struct, frozen=True):
    """All that is another."""

    entries: tuple[Entry, ...]
    processes: Count
    descriptors: Count
    same_boot: bool | None
    """Whether both sides are of one boot of one machine; None where neither says so and nothing tells."""
    not_compared: int
    """Processes whose descriptors could not be compared in full."""

    @property
    def equal(self) -> bool:
        """Whether nothing is another."""
        return not self.entries
