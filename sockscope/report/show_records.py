"""The documents of `show`: a descriptor, a process, a file that is used without a descriptor."""

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.model.descriptor import CleanFields
from sockscope.report.also_record import AlsoRecord
from sockscope.report.futex_record import FutexRecord
from sockscope.report.records import (
    CoverageRecord,
    DescriptorRecord,
    GroupRecord,
    Holder,
    ProcessRecord,
    SocketRecord,
    TargetRecord,
)
from sockscope.report.sum_records import SumsRecord
from sockscope.report.tie_records import (
    NeighbourRecord,
    PeerRecord,
    QueueRecord,
    SiblingRecord,
    TerminalRecord,
    TieRecord,
    WaitingRecord,
    WatcherRecord,
)
from sockscope.report.use_record import UseRecord


class Fdinfo(Struct, frozen=True):
    """`/proc/PID/fdinfo/N` as the kernel wrote it, and decoded."""

    raw: Clean
    decoded: CleanFields


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
    details: CleanFields
    options: CleanFields
    connections: list[SiblingRecord]
    """For a listener: what came in at its address (inferred)."""
    holders_evidence: str
    in_flight_confidence: str
    in_flight_evidence: str
    relations: dict[str, list["TieRecord"]]
    """Relations that have no field of their own above, each by its name; none is ever absent."""
    used_by: list[UseRecord]
    """Where a file was asked for by its path: who uses it without a descriptor. Else empty."""
    also: list[AlsoRecord] = []
    """What else fits the target."""


class ProcessReport(Struct, frozen=True):
    """`show PID`."""

    schema: str
    coverage: CoverageRecord
    process: ProcessRecord
    group: GroupRecord | None
    cwd: Clean
    exe: Clean
    threads: int | None
    signals: CleanFields
    descriptors: list[DescriptorRecord]
    neighbours: list[NeighbourRecord]
    waiting: list[WaitingRecord]
    terminal: TerminalRecord | None
    notes: list[str]
    futexes: list[FutexRecord]
    metadata: CleanFields
    sums: SumsRecord
    also: list[AlsoRecord] = []
    """What else fits the target."""


class FileReport(Struct, frozen=True):
    """`show PATH` of a directory, of the root of a mount, and of what is used without a descriptor only."""

    schema: str
    coverage: CoverageRecord
    path: Clean
    kind: str
    device: str
    """`major:minor`, as `stat(2)` says it."""
    ino: int
    mount: Clean
    """Type and source of the file system whose root it is, "" for what is no root of a mount."""
    uses: list[UseRecord]
    notes: list[str]
