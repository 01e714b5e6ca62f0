"""Processes that open ever more of one sort of descriptor, and use none of the new ones."""

from collections.abc import Iterable, Sequence
from math import sqrt

from sockscope.findings.finding import Finding, finding_id
from sockscope.findings.look import Look, Streak
from sockscope.findings.rule import Rule
from sockscope.kinds.registry import EVERYDAY
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.world.describe import kind_label
from sockscope.world.relations.watchers import watchers

NAME = "leak"
LOOKS = 12
CERTAIN = 3.0
"""Standard deviations that a trend has to be from chance."""
RECENT = 4
"""Within so many looks it has to have grown still: a pool levels off."""
FEWEST = 12
"""New descriptors of one sort from which they may be a leak."""
ASKED = 64
"""Of the new ones that are asked whether they are watched."""
MOST_OPEN = 20_000
"""Descriptors of a process that are gone through; of one with more its limit is told."""
SUBJECTS = 8
USED = ""
"""Stands for the object of a number that was open before, or was closed meanwhile."""


def _find(look: Look) -> Iterable[Finding]:
    for key, process in look.world.processes.items():
        if process.fd_count < 0 or process.kernel_thread or process.table_of or process.unread:
            continue
        streak = look.held(NAME, key, process.fd_count)
        if process.fd_count <= streak.first or process.fd_count > MOST_OPEN:
            streak.members.clear()
            continue
        new = _new(look, key, streak)
        if streak.looks >= LOOKS and len(new) >= FEWEST and rises(streak.numbers):
            yield from _of_process(look, process, streak, new)


def _new(look: Look, key: ProcessKey, streak: Streak) -> list[Descriptor]:
    """Return what was opened since growth was first seen and has stayed open ever since, by what the streak keeps."""
    table, members = look.world.tables.get(key, {}), streak.members
    if not members:
        members.update(dict.fromkeys(table, USED))
        return []
    for fd in [fd for fd, known in members.items() if known and (fd not in table or table[fd].object != known)]:
        members[fd] = USED  # it was closed: the number is not one of those that only grow
    for fd, one in table.items():
        if fd >= 0:
            members.setdefault(fd, one.object)
    return [one for fd, one in table.items() if members.get(fd)]


def rises(numbers: Sequence[float]) -> bool:
    """Whether numbers rise by more than chance (Mann-Kendall), and did so lately."""
    count = len(numbers)
    series = list(numbers)
    if count < LOOKS or series[-1] <= series[-1 - RECENT]:
        return False
    signs = sum((later > one) - (later < one) for number, one in enumerate(series) for later in series[number + 1 :])
    spread = sqrt(count * (count - 1) * (2 * count + 5) / 18)
    return (signs - 1) / spread > CERTAIN


def _of_process(look: Look, process: Process, streak: Streak, new: list[Descriptor]) -> Iterable[Finding]:
    sorts: dict[str, list[Descriptor]] = {}
    for one in new:
        if one.kind not in EVERYDAY:
            sorts.setdefault(kind_label(look.world, one), []).append(one)
    label, grown = max(sorts.items(), key=lambda item: len(item[1]), default=("", []))
    asked = [*grown[: ASKED // 2], *grown[-ASKED // 2 :]]
    if len(grown) < FEWEST or any(_is_used(look, one) for one in asked):
        return
    seconds = max(look.world.time - streak.since, 1.0)
    rate = (process.fd_count - streak.first) / seconds
    evidence = [
        f"{process.fd_count:,} descriptors, {int(streak.first):,} when it was first looked at, {seconds:.0f} s ago"
    ]
    if process.fd_limit > 0:
        left = max(process.fd_limit - process.fd_count, 0) / rate
        share = process.fd_count / process.fd_limit
        evidence.append(f"{share:.0%} of the {process.fd_limit:,} that it may have; all of them in {left / 60:.0f} min")
    evidence.append(f"{len(grown):,} new ones are {label}; none of those asked about is watched or waited on")
    often = f"{rate * 60:.0f}"
    yield Finding(
        rule=NAME,
        severity="suspect",
        confidence="inferred",
        id=finding_id(NAME, f"{process.pid}.{process.start}", label),
        subjects=(process.key, *(one.key for one in grown[:SUBJECTS])),
        sentence=f"{look.name(process.key)} opens {often} descriptors a minute that it leaves open, mostly {label}",
        evidence=tuple(evidence),
        refuted_by="that the number levels off",
        since=streak.since,
    )


def _is_used(look: Look, descriptor: Descriptor) -> bool:
    said = look.world.waits.get(descriptor.process)
    if said is None or any(wait.fd == descriptor.fd for wait in said.waits):
        return True
    return bool(watchers(look.world, descriptor))


RULE = Rule(NAME, "ever more descriptors that nobody uses", _find, looks=LOOKS, seconds=LOOKS - 1.0)
