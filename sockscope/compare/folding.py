"""Many changes of one kind, as one entry: three hundred connections to one database are one thing to be told."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct, field

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING
from sockscope.compare.entry import CHANGES, Change, Difference, Entry, Listener, Place
from sockscope.compare.side import SeenDescriptor, SeenProcess
from sockscope.compare.tables import Told
from sockscope.model.confidence import Confidence

_OWN = frozenset({"fd", "ppid", "pgid", "sid", "drops", "target"})
"""Fields of which each has a value of its own: they do not keep a cohort apart."""


class OfProcess(NamedTuple):
    """One change of one process."""

    change: Change
    before: SeenProcess | None
    after: SeenProcess | None
    differences: tuple[Difference, ...]
    listeners: tuple[Listener, ...]
    descriptors: int
    confidence: Confidence
    evidence: Clean


class _Cohort(Struct):
    """Changes of descriptors that are folded."""

    first: Told
    told: list[Told] = field(default_factory=list)
    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)
    counts: list[int] = field(default_factory=lambda: [0, 0])
    went: int = 0
    """How many of the class went, exchanged for others or not."""
    process: SeenProcess | None = None


class Folding:
    """Takes changes of descriptors, and folds those that are for the same and of the same program."""

    def __init__(self) -> None:
        """Start with none."""
        self._cohorts: dict[Hashable, _Cohort] = {}

    def take(
        self,
        before: SeenProcess,
        after: SeenProcess,
        told: Iterable[Told],
        counts: tuple[Counter[Clean], Counter[Clean]],
    ) -> None:
        """Take what has changed in one process, and how many it had and has for each purpose."""
        told = list(told)
        went = Counter(one.meaning for one in told if one.change in {"gone", "replaced"})
        counted = set()
        for one in told:
            key = (one.change, after.comm, one.meaning, _apart(one.differences), one.confidence)
            cohort = self._cohorts.setdefault(key, _Cohort(one, process=after))
            cohort.told.append(one)
            cohort.before.add(before.pid)
            cohort.after.add(after.pid)
            if key not in counted:
                counted.add(key)
                cohort.went += went[one.meaning]
                for side in (0, 1):
                    cohort.counts[side] += counts[side][one.meaning]

    def entries(self) -> Iterator[Entry]:
        """Yield an entry for each cohort."""
        for cohort in self._cohorts.values():
            first, process = cohort.first, cohort.process
            yield Entry(
                change=first.change,
                subject="descriptor",
                comm=process.comm if process is not None else NOTHING,
                command=process.cmdline if process is not None else (),
                pids_before=tuple(sorted(cohort.before)),
                pids_after=tuple(sorted(cohort.after)),
                meaning=first.meaning,
                count=len(cohort.told),
                before=cohort.counts[0],
                after=cohort.counts[1],
                kept=cohort.counts[0] - cohort.went,
                places_before=_places(one.before for one in cohort.told),
                places_after=_places(one.after for one in cohort.told),
                differences=_common([one.differences for one in cohort.told]),
                confidence=first.confidence,
                evidence=first.evidence,
            )


def fold_processes(told: Iterable[OfProcess]) -> Iterator[Entry]:
    """Fold processes of the same command to which the same has happened."""
    cohorts: dict[Hashable, list[OfProcess]] = {}
    for one in told:
        process = one.after or one.before
        if process is not None:
            key = (one.change, process.comm, process.command, process.uid, _apart(one.differences), one.listeners,
                   one.confidence)  # fmt: skip
            cohorts.setdefault(key, []).append(one)
    for cohort in cohorts.values():
        first = cohort[0]
        process = first.after or first.before
        if process is None:
            continue
        yield Entry(
            change=first.change,
            subject="process",
            comm=process.comm,
            command=process.cmdline,
            pids_before=tuple(one.before.pid for one in cohort if one.before is not None),
            pids_after=tuple(one.after.pid for one in cohort if one.after is not None),
            count=len(cohort),
            before=sum(one.before is not None for one in cohort),
            after=sum(one.after is not None for one in cohort),
            differences=_common([one.differences for one in cohort]),
            listeners=first.listeners,
            descriptors=sum(one.descriptors for one in cohort),
            confidence=first.confidence,
            evidence=first.evidence,
        )


def ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Put processes first, then descriptors, then sockets of nobody; in each, the largest of each change first."""
    subjects = ("process", "descriptor", "socket")
    return tuple(
        sorted(
            entries,
            key=lambda one: (subjects.index(one.subject), CHANGES.index(one.change), -one.count, one.comm, one.meaning,
                             one.pids_before, one.pids_after, one.places_before, one.places_after, one.differences),
        )
    )  # fmt: skip


def _apart(differences: tuple[Difference, ...]) -> Hashable:
    """What of differences keeps two cohorts apart."""
    return tuple(one.field if one.field in _OWN else one for one in differences)


def _common(all_of_them: list[tuple[Difference, ...]]) -> tuple[Difference, ...]:
    """What differs in all of a cohort: without values where each has its own."""
    first = all_of_them[0]
    found = []
    for number, one in enumerate(first):
        equal = all(other[number] == one for other in all_of_them)
        found.append(one if equal else Difference(one.field, NOTHING, NOTHING))
    return tuple(found)


def _places(found: Iterable[SeenDescriptor | None]) -> tuple[Place, ...]:
    return tuple(sorted(Place(one.pid, one.fd) for one in found if one is not None))
