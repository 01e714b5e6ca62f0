"""The `diff` document."""

from msgspec import Struct

from sockscope.abi.strings import Clean
from sockscope.compare.entry import Comparison, Count, Entry, Place
from sockscope.compare.side import Side
from sockscope.report import records
from sockscope.report.diff_words import entry_text, notes


class SideRecord(Struct, frozen=True):
    """One look of two."""

    source: Clean
    """What was typed for it."""
    host: Clean
    time: float
    """Seconds since the epoch."""
    kernel: Clean
    boot_id: Clean
    selected: bool
    """Whether only a part was listed."""
    processes: int
    descriptors: int
    sockets: int


class PlaceRecord(Struct, frozen=True):
    """One descriptor, by number."""

    pid: int
    fd: int


class DifferenceRecord(Struct, frozen=True):
    """One field that is another."""

    field: str
    before: Clean
    after: Clean


class ListenerRecord(Struct, frozen=True):
    """Where a process listens."""

    protocol: Clean
    local: Clean
    same_socket: bool


class EntryRecord(Struct, frozen=True):
    """One change, of one thing or of many that are for the same."""

    change: str
    subject: str
    comm: Clean
    command: list[Clean]
    pids_before: list[int]
    pids_after: list[int]
    meaning: Clean
    count: int
    before: int
    after: int
    kept: int | None
    places_before: list[PlaceRecord]
    places_after: list[PlaceRecord]
    differences: list[DifferenceRecord]
    listeners: list[ListenerRecord]
    descriptors: int
    confidence: str
    evidence: Clean
    text: str


class CountRecord(Struct, frozen=True):
    """How many stayed, and how many did not."""

    same: int
    changed: int
    replaced: int
    gone: int
    new: int


class Diff(Struct, frozen=True):
    """The document of `diff --format json`."""

    schema: str
    before: SideRecord
    after: SideRecord
    apart: float
    """Seconds from one look to the other."""
    same_boot: bool | None
    equal: bool
    processes: CountRecord
    descriptors: CountRecord
    not_compared: int
    entries: list[EntryRecord]
    notes: list[str]


def diff_document(sources: tuple[Clean, Clean], before: Side, after: Side, found: Comparison) -> Diff:
    """Make the document of two sides that were compared; `sources` is what was typed for them."""
    return Diff(
        schema=records.SCHEMA,
        before=_side(sources[0], before),
        after=_side(sources[1], after),
        apart=round(after.time - before.time, 3),
        same_boot=found.same_boot,
        equal=found.equal,
        processes=_count(found.processes),
        descriptors=_count(found.descriptors),
        not_compared=found.not_compared,
        entries=[_entry(one) for one in found.entries],
        notes=notes(sources, before, after, found),
    )


def _side(source: Clean, side: Side) -> SideRecord:
    return SideRecord(
        source=source,
        host=side.host,
        time=side.time,
        kernel=side.kernel,
        boot_id=side.boot_id,
        selected=side.selected,
        processes=len(side.processes),
        descriptors=len(side.descriptors),
        sockets=len(side.sockets),
    )


def _count(count: Count) -> CountRecord:
    return CountRecord(count.same, count.changed, count.replaced, count.gone, count.new)


def _entry(entry: Entry) -> EntryRecord:
    return EntryRecord(
        change=entry.change,
        subject=entry.subject,
        comm=entry.comm,
        command=list(entry.command),
        pids_before=list(entry.pids_before),
        pids_after=list(entry.pids_after),
        meaning=entry.meaning,
        count=entry.count,
        before=entry.before,
        after=entry.after,
        kept=entry.kept,
        places_before=_places(entry.places_before),
        places_after=_places(entry.places_after),
        differences=[DifferenceRecord(*one) for one in entry.differences],
        listeners=[ListenerRecord(*one) for one in entry.listeners],
        descriptors=entry.descriptors,
        confidence=entry.confidence,
        evidence=entry.evidence,
        text=entry_text(entry),
    )


def _places(places: tuple[Place, ...]) -> list[PlaceRecord]:
    return [PlaceRecord(*one) for one in places]
