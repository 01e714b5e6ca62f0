"""Records of relations and of who waits, as `show` has them: each with a word for how sure it is, and its evidence."""

from typing import Any

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.report.records import Holder


class PeerRecord(Struct, frozen=True):
    """One object at the other end."""

    via: str
    ino: int | None
    object: str
    confidence: str
    evidence: str
    holders: list[Holder]
    note: str


class SiblingRecord(Struct, frozen=True):
    """Another socket on the same address, the listener a connection came in by, or a connection that came in."""

    ino: int | None
    cookie: int | None
    local: Clean
    holders: list[Holder]
    remote: Clean
    confidence: str
    evidence: str
    state: str
    other_ends: list["PeerRecord"]
    """For a connection that came in: who is at its other end on this machine; empty for listeners and siblings."""


class WatcherRecord(Struct, frozen=True):
    """One descriptor of an epoll instance that watches the object."""

    pid: int
    fd: int
    comm: Clean
    object: str
    events: list[str]
    registered_fd: int
    data: int
    status: str
    confidence: str
    evidence: str


class WaitingRecord(Struct, frozen=True):
    """A thread that is blocked now."""

    pid: int
    tid: int
    syscall: Clean
    fd: int | None
    confidence: str
    evidence: str
    halted: str
    """`stopped`, `traced` or `frozen`: then it was in the call, and does not wait; "" otherwise."""
    fds: list[int]
    """Of poll(2) and select(2) all that it waits on."""
    text: str
    """The same in words: `stopped; was in accept4(5)`, `in poll(); on what is not visible`."""
    unread: bool
    """Whether it waits on a set of poll(2) or select(2) that was not read."""
    own_table: bool
    """Whether the thread has a descriptor table of its own, so that `fd` is one of `tid`."""


class TieRecord(Struct, frozen=True):
    """What stands in one relation to the descriptor."""

    confidence: str
    evidence: str
    object: str
    holders: list[Holder]
    pids: list[int]
    """Processes that are meant themselves, whatever they have open."""
    note: str
    facts: dict[str, Any]


class PendingRecord(Struct, frozen=True):
    """A connection that nobody accepted yet."""

    ino: int | None
    cookie: int | None
    remote: str
    confidence: str
    evidence: str
    holders: list[Holder]


class QueueRecord(Struct, frozen=True):
    """The accept queue of a listener."""

    pending: list[PendingRecord]
    length: int | None
    backlog: int | None
    confidence: str
    evidence: str
    """How its length is known."""


class TerminalRecord(Struct, frozen=True):
    """The controlling terminal of a process."""

    tty: str
    sid: int
    pgid: int
    tpgid: int | None
    foreground: bool
    groups: list[int]
    sigint_goes_to: list[int]
    sigint_effects: list[str]
    background_readers: list["BackgroundReaderRecord"]
    confidence: str
    evidence: str
    interrupt: str | None
    """Key that sends SIGINT as `^C`, "" where none does, null where the terminal was not asked."""
    sigint_confidence: str
    sigint_evidence: str
    settings: "SettingsRecord | None"


class SettingsRecord(Struct, frozen=True):
    """How a terminal is set (termios(3)), and through which descriptor it was asked."""

    signals: bool
    canonical: bool
    echo: bool
    interrupt: Clean
    quit: Clean
    suspend: Clean
    pid: int
    fd: int
    end: str
    silenced_by: str
    """`raw` (ISIG is off), `external` (EXTPROC), `discipline` (not that of terminals), "" where keys send signals."""


class BackgroundReaderRecord(Struct, frozen=True):
    """A descriptor through which a background process could read its terminal."""

    pid: int
    fd: int
    comm: Clean
    effect: str
    confidence: str
    evidence: str


class NeighbourRecord(Struct, frozen=True):
    """A process that shares objects with the asked one or is at the other end of one."""

    pid: int
    comm: Clean
    command: str
    phrase: str
    links: list["LinkRecord"]


class LinkRecord(Struct, frozen=True):
    """What lies between two processes, of one relation."""

    relation: str
    count: int
    objects: list[str]
    confidence: str
    evidence: str
