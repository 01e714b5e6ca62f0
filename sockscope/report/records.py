"""The records of the JSON contract `sockscope/1`. Fields may be added, never renamed.

A number that is not known is null, a text or list that is not known is empty; no field is ever absent.
"""

from typing import Any

from msgspec import Struct

SCHEMA = "sockscope/1"


class Place(Struct, frozen=True):
    """One descriptor by number."""

    pid: int
    fd: int


class Holder(Struct, frozen=True):
    """One descriptor that leads to an object, with the name of its process."""

    pid: int
    fd: int
    comm: str
    cloexec: bool | None
    """null where fdinfo was not read."""
    access: str
    same_file: bool | None = None
    """Whether it shares the open file description of the descriptor that was asked for; null where not compared."""


class CapabilityRecord(Struct, frozen=True):
    """One thing that the kernel or its rules may deny."""

    name: str
    available: bool
    gives: str
    costs: str
    gain: str


class CoverageRecord(Struct, frozen=True):
    """How much of the machine the document is based on."""

    processes: int
    unreadable_processes: int
    descriptors: int
    unreadable_descriptors: int
    sockets: int
    unknown_sockets: int
    notes: list[str]
    capabilities: list[CapabilityRecord]


class NamespaceRecord(Struct, frozen=True):
    """One network namespace."""

    inode: int | None
    name: str
    origin: str
    leader: int | None
    processes: int
    pin: str
    source: str
    reason: str


class GroupRecord(Struct, frozen=True):
    """One process group."""

    pgid: int
    sid: int
    tty: str
    tpgid: int | None
    foreground: bool
    leader: str
    leader_gone: bool
    pids: list[int]


class ProcessRecord(Struct, frozen=True):
    """One process, or one thread with a descriptor table of its own."""

    pid: int
    ppid: int
    pgid: int
    sid: int
    tty: str
    tpgid: int | None
    foreground: bool
    comm: str
    cmdline: list[str]
    user: str
    uid: int
    state: str
    start_time: float | None
    """Seconds since the epoch."""
    netns: int | None
    descriptors: int | None
    denied: str
    kernel_thread: bool
    thread_of: int | None
    inner_pid: int | None
    cgroup: str
    netns_name: str


class DescriptorRecord(Struct, frozen=True):
    """One descriptor."""

    pid: int
    fd: int
    kind: str
    label: str
    """What a user calls it: for a socket `tcp` or `unix`, else the kind."""
    target: str
    ino: int | None
    dev: str
    """`major:minor`."""
    access: str
    flags: list[str]
    object: str
    object_confidence: str
    text: str
    """What the explorer's row says."""
    fields: dict[str, Any]


class SocketRecord(Struct, frozen=True):
    """One kernel socket."""

    ino: int | None
    cookie: int | None
    netns: int | None
    family: str
    type: str
    protocol: str
    state: str
    local: str
    remote: str
    peer_ino: int | None
    recv_q: int
    send_q: int
    queue: int | None
    backlog: int | None
    uid: int | None
    shutdown: list[str]
    cgroup: int | None
    source: str
    extra: dict[str, Any]
    unheld: str
    """Why no descriptor leads to it, "" when one does."""
    cgroup_path: str
    netns_name: str


class TargetRecord(Struct, frozen=True):
    """One registration of an epoll instance."""

    fd: int
    events: list[str]
    data: int
    data_hex: str
    ino: int | None
    dev: str
    object: str
    status: str
    confidence: str
    held_by: list[Place]


class EpollRecord(Struct, frozen=True):
    """One epoll instance."""

    object: str
    holders: list[Place]
    targets: list[TargetRecord]
    note: str


class OutsideRecord(Struct, frozen=True):
    """A descriptor outside the selected processes that a selected one is related to."""

    pid: int
    fd: int
    comm: str
    kind: str
    object: str
    relation: str
    """`holder`, `peer` or `watcher`."""


class Header(Struct, frozen=True):
    """What stands once in a snapshot."""

    schema: str
    host: str
    time: float
    kernel: str
    coverage: CoverageRecord
    namespaces: list[NamespaceRecord]


class Snapshot(Header, frozen=True):
    """The whole picture, or the part that was selected."""

    groups: list[GroupRecord]
    processes: list[ProcessRecord]
    descriptors: list[DescriptorRecord]
    sockets: list[SocketRecord]
    epolls: list[EpollRecord]
    outside: list[OutsideRecord]


class Fdinfo(Struct, frozen=True):
    """`/proc/PID/fdinfo/N` as the kernel wrote it, and decoded."""

    raw: str
    decoded: dict[str, Any]


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
    local: str
    holders: list[Holder]
    remote: str = ""


class WatcherRecord(Struct, frozen=True):
    """One descriptor of an epoll instance that watches the object."""

    pid: int
    fd: int
    comm: str
    object: str
    events: list[str]
    registered_fd: int
    data: int
    status: str
    confidence: str


class WaitingRecord(Struct, frozen=True):
    """A thread that is blocked now."""

    pid: int
    tid: int
    syscall: str
    fd: int | None


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


class BackgroundReaderRecord(Struct, frozen=True):
    """A descriptor through which a background process could read its terminal."""

    pid: int
    fd: int
    comm: str
    effect: str


class NeighbourRecord(Struct, frozen=True):
    """A process that shares objects with the asked one or is at the other end of one."""

    pid: int
    comm: str
    command: str
    phrase: str
    links: list["LinkRecord"]


class LinkRecord(Struct, frozen=True):
    """What lies between two processes, of one relation."""

    relation: str
    count: int
    objects: list[str]


class DescriptorReport(Struct, frozen=True):
    """`show PID:FD`."""

    schema: str
    coverage: CoverageRecord
    descriptor: DescriptorRecord
    sentence: str
    process: ProcessRecord | None
    socket: SocketRecord | None
    fdinfo: Fdinfo
    holders: list[Holder]
    holders_confidence: str
    peers: list[PeerRecord]
    siblings: list[SiblingRecord]
    listeners: list[SiblingRecord]
    watchers: list[WatcherRecord]
    targets: list[TargetRecord]
    waiting: list[WaitingRecord]
    queue: QueueRecord | None
    in_flight: int
    terminal: TerminalRecord | None
    notes: list[str]
    details: dict[str, Any]
    options: dict[str, Any]
    connections: list[SiblingRecord]
    """For a listener: what came in at its address (inferred)."""


class ProcessReport(Struct, frozen=True):
    """`show PID`."""

    schema: str
    coverage: CoverageRecord
    process: ProcessRecord
    group: GroupRecord | None
    cwd: str
    exe: str
    threads: int | None
    signals: dict[str, Any]
    descriptors: list[DescriptorRecord]
    neighbours: list[NeighbourRecord]
    waiting: list[WaitingRecord]
    terminal: TerminalRecord | None
    notes: list[str]
