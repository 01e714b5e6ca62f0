"""`snapshot --summary` as text: the machine, its users, and its process groups, those with the most first."""

from collections.abc import Iterator

from sockscope.abi.text import cut
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.report.sections.section import Section
from sockscope.report.sections.sums import host_text, sums_sections, sums_text, user_text
from sockscope.report.selection import Selection
from sockscope.world.sums import sums, user_sums
from sockscope.world.world import World

INDENT = "  "
GROUPS = 20
"""Process groups that are named."""


def summary_text(world: World, selection: Selection, width: int | None = None) -> str:
    """Write sums of what is selected; lines are cut to `width` characters, None leaves them whole."""
    processes = selection.processes(world)
    whole = sums(world, (process.key for process in processes), selection.accept)
    blocks = [
        [f"{world.hello.host if world.hello else ''}: {sums_text(whole)}", *host_text(world.limits)],
        *(list(_section(section)) for section in sums_sections(world, whole)),
        ["Users", *(f"{INDENT}{one.user}: {user_text(one, world.limits)}" for one in user_sums(world, processes))],
        ["Process groups", *_groups(world, selection, processes)],
        [f"! {note}" for note in world.coverage.notes],
    ]
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return "".join(cut(line, width or 0) + "\n" for line in text.split("\n"))


def _section(section: Section) -> Iterator[str]:
    said = "".join(text for text, _ in section.evidence)
    yield f"{section.name} ({section.count})  {said}".rstrip()
    yield from (f"{INDENT}{line.text}" for line in section.lines)


def _groups(world: World, selection: Selection, processes: list[Process]) -> Iterator[str]:
    groups: dict[int, list[ProcessKey]] = {}
    for process in processes:
        groups.setdefault(process.pgid, []).append(process.key)
    found = [(pgid, sums(world, keys, selection.accept)) for pgid, keys in groups.items()]
    for pgid, one in sorted(found, key=lambda pair: (-pair[1].descriptors, pair[0]))[:GROUPS]:
        group = world.group(pgid)
        yield f"{INDENT}{pgid}  {'' if group is None else group.leader}"
        yield f"{INDENT * 2}{sums_text(one)}"
    if len(found) > GROUPS:
        yield f"{INDENT}… and {len(found) - GROUPS:,} more; --format json lists them all"
