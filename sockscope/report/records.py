"""The records of the JSON contract `sockscope/1`. Fields may be added, never renamed.

A number that is not known is null, a text or list that is not known is empty; no field is ever absent.
"""

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.model.descriptor import CleanFields
from sockscope.report.slot import Slot
from sockscope.report.wait_record import WaitRecord

SCHEMA = "sockscope/1"


class Holder(Struct, frozen=True):
    """One descriptor that leads to an object, with the name of its process."""

    pid: int
    fd: int
    comm: Clean
    cloexec: bool | None
    """null where fdinfo was not read."""
    access: str
    same_file: bool | None = None
    """Whether it shares the open file description of the descriptor that was asked for; null where not compared."""


class CapabilityRecord(Struct, frozen=True):
    """One thing that the kernel or its rules may deny."""

    name: Clean
    available: bool
    gives: Clean
    costs: Clean
    gain: Clean


class CoverageRecord(Struct, frozen=True):
    """How much of the machine the document is based on."""

    processes: int
    unreadable_processes: int
    descriptors: int
    unreadable_descriptors: int
    sockets: int
    unknown_sockets: int
    notes: list[Clean]
    capabilities: list[CapabilityRecord]
    sockets_elsewhere: int
    """Held sockets that lie in a network namespace which could not be seen."""
    partly_read: int
    """Processes of which some descriptors were left."""
    unread_descriptors: int


class NamespaceRecord(Struct, frozen=True):
    """One network namespace."""

    inode: int | None
    name: Clean
    origin: str
    leader: int | None
    processes: int
    pin: Clean
    source: str
    reason: Clean
    kept_by: Clean


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
    tty: Clean
    tpgid: int | None
    foreground: bool
    comm: Clean
    cmdline: list[Clean]
    user: Clean
    uid: int
    state: str
    start_time: float | None
    """Seconds since the epoch."""
    netns: int | None
    descriptors: int | None
    denied: Clean
    kernel_thread: bool
    thread_of: int | None
    inner_pid: int | None
    cgroup: Clean
    netns_name: Clean
    shares_table_with: list[int]
    """Other processes that have the very same descriptor table."""
    threads: int | None
    waits: list[WaitRecord]
    """Those of its threads that are blocked; who runs, or could not be read, is not among them."""
    unread: int
    """Of `descriptors`, how many were left."""


class DescriptorRecord(Struct, frozen=True):
    """One descriptor."""

    pid: int
    fd: int
    kind: str
    label: str
    """What a user calls it: for a socket `tcp` or `unix`, else the kind."""
    target: Clean
    ino: int | None
    dev: str
    """`major:minor`."""
    access: str
    flags: list[Clean]
    object: str
    object_confidence: str
    text: str
    """What the explorer's row says."""
    fields: CleanFields
    object_evidence: str
    slot: str
    """`PID:FD` as texts write it; `PID:cwd`, `PID:mem0` … for what has no number."""


class SocketRecord(Struct, frozen=True):
    """One kernel socket."""

    ino: int | None
    cookie: int | None
    netns: int | None
    family: str
    type: str
    protocol: Clean
    state: str
    local: Clean
    remote: Clean
    peer_ino: int | None
    recv_q: int | None
    send_q: int | None
    queue: int | None
    backlog: int | None
    uid: int | None
    shutdown: list[str]
    cgroup: int | None
    source: str
    extra: CleanFields
    unheld: str
    """Why no descriptor leads to it, "" when one does."""
    cgroup_path: Clean
    netns_name: Clean
    unheld_confidence: str
    """How sure that reason is, "" when a descriptor leads to it."""
    unheld_evidence: str
    recv_message: int | None
    recv_memory: int | None
    send_memory: int | None
    queues: list[str]
    """What waits, in words."""
    drops: int | None
    """What found no room in its buffer since it was made."""
    v6only: bool | None
    """Of one on `::`, whether IPv4 does not arrive there; None of others, and where nobody says."""


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
    held_by: list[Slot]
    evidence: str


class EpollRecord(Struct, frozen=True):
    """One epoll instance."""

    object: str
    holders: list[Slot]
    targets: list[TargetRecord]
    note: str
    holders_confidence: str
    holders_evidence: str


class OutsideRecord(Struct, frozen=True):
    """A descriptor outside the selected processes that a selected one is related to."""

    pid: int
    fd: int
    comm: Clean
    kind: str
    object: str
    relation: str
    """`holder` or `peer`."""
    confidence: str
    evidence: str


class Header(Struct, frozen=True):
    """What stands once in a snapshot."""

    schema: str
    host: Clean
    time: float
    kernel: Clean
    coverage: CoverageRecord
    namespaces: list[NamespaceRecord]
    boot_id: Clean
    """Which boot of which machine, "" where that is not told."""
    boot_time: float | None
    """Seconds since the epoch."""
    selected: bool
    """Whether some processes or descriptors were chosen, so that what is not listed may be there."""
    looked_by: int | None
    """Pid of who looked."""


class Snapshot(Header, frozen=True):
    """The whole picture, or the part that was selected."""

    groups: list[GroupRecord]
    processes: list[ProcessRecord]
    descriptors: list[DescriptorRecord]
    sockets: list[SocketRecord]
    epolls: list[EpollRecord]
    outside: list[OutsideRecord]
