"""Sums in words: how many descriptors of what, against which limit."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from sockscope.model.limits import Limits
from sockscope.report.sections.section import OF_KIND, Line, Section, Span, field_line
from sockscope.world.sums import KindSum, Sums, UserSum
from sockscope.world.world import World

KINDS_NAMED = 6
STATES_NAMED = 3
MOST = 10
"""Addresses, clients and processes that are named."""


def sums_text(found: Sums) -> str:
    """Say how many descriptors there are, of how many, and which: `905 of 1,024 descriptors: 600 eventfd, …`."""
    count = f"{found.descriptors:,} descriptor{'' if found.descriptors == 1 else 's'}"
    if found.limit > 0:
        count = f"{found.descriptors:,} of {found.limit:,} descriptors"
    kinds = [_kind_text(kind) for kind in found.kinds[:KINDS_NAMED]]
    rest = sum(kind.count for kind in found.kinds[KINDS_NAMED:])
    kinds += [f"{number:,} {what}" for number, what in ((rest, "others"), (found.unread, "not read")) if number]
    return f"{count}: {', '.join(kinds)}" if kinds else count


def _kind_text(kind: KindSum) -> str:
    states = ", ".join(f"{count:,} {state_text(state)}" for state, count in _most(kind.states, STATES_NAMED))
    return f"{kind.count:,} {kind.label}" + (f" ({states})" if states else "")


def state_text(state: str) -> str:
    """Write a state as ss does: `CLOSE-WAIT`."""
    return state.replace("_", "-")


def sums_sections(world: World, found: Sums) -> list[Section]:
    """Tell how many descriptors some processes have of each kind and state, to where, and with whom."""
    title = sums_text(found).partition(":")[0]
    role = "warn" if found.near else "dim"
    lines = [_kind_line(kind) for kind in found.kinds]
    if found.unread:
        lines.append(Line(((f"{found.unread:>6,}  ", ""), ("known by number only", "warn"))))
    sections = [Section("Descriptors", tuple(lines), found.descriptors, ((title, role),) if found.limit > 0 else ())]
    counted = ("Services", found.services), ("Remote addresses", found.remotes)
    named = [section for name, counts in counted for section in _counted(name, counts)]
    return [*sections, *_near(found), *named, *_clients(world, found)]


def _kind_line(kind: KindSum) -> Line:
    spans: list[Span] = [(f"{kind.count:>6,}  ", ""), (kind.label, f"{OF_KIND}{kind.label}")]
    states = ", ".join(f"{count:,} {state_text(state)}" for state, count in _most(kind.states, MOST))
    return Line((*spans, (f"  {states}", "dim")) if states else tuple(spans))


def _near(found: Sums) -> list[Section]:
    if found.processes == 1 or not found.near:
        return []
    lines = [
        field_line(f"{one.pid}", (f"{one.fd_count:,} of {one.fd_limit:,}  ", "warn"), (one.title, ""), follow=one.key)
        for one in found.near[:MOST]
    ]
    return [Section("Near their limit", tuple(lines), len(found.near), (("RLIMIT_NOFILE", "dim"),))]


def _counted(title: str, counts: Counter[str]) -> list[Section]:
    lines = [Line(((f"{count:>6,}  ", ""), (name, ""))) for name, count in _most(counts, MOST)]
    return [Section(title, tuple(lines), len(counts))] if lines else []


def _clients(world: World, found: Sums) -> list[Section]:
    lines: list[Line] = []
    for key, count in islice(sorted(found.clients.items(), key=lambda one: (-one[1], one[0])), MOST):
        process = world.processes.get(key)
        name = "" if process is None else process.title
        lines.append(Line(((f"{count:>6,}  ", ""), (f"{key.pid}  ", "accent"), (name, "")), key))
    return [Section("Connected with", tuple(lines), len(found.clients))] if lines else []


def user_text(one: UserSum, limits: Limits) -> str:
    """Say in one line what a user has."""
    inotify = [
        _against(one.inotify_instances, limits.inotify_instances, "inotify instances"),
        _against(one.inotify_watches, limits.inotify_watches, "watches"),
    ]
    processes = f"{one.processes:,} process{'' if one.processes == 1 else 'es'}"
    return ", ".join((processes, f"{one.descriptors:,} descriptors", *inotify))


def _against(count: int, limit: int, what: str) -> str:
    return f"{count:,} of {limit:,} {what}" if limit >= 0 else f"{count:,} {what}"


def host_text(limits: Limits) -> Iterator[str]:
    """Say how many files are open on the whole machine."""
    if limits.open_files >= 0:
        yield f"{limits.open_files:,} of {limits.open_files_limit:,} open files on this machine"


def _most(counts: Counter[str], number: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:number]
