"""What the side pane says of a group other than a process group: a session, a user, a cgroup, a namespace, a family."""

from itertools import islice

from sockscope.tui.ink import Span
from sockscope.tui.neighbour_pane import neighbour_section
from sockscope.tui.process_pane import MAX_MEMBERS
from sockscope.tui.rowkeys import GroupKey
from sockscope.tui.rows import Rows
from sockscope.tui.section import PaneLine, Section, text_line, wrapped
from sockscope.tui.surroundings import Surroundings
from sockscope.tui.terminal_pane import terminal_section
from sockscope.world.grouping.names import CHOICES


def gathered_sections(rows: Rows, key: GroupKey, around: Surroundings, width: int) -> list[Section] | None:
    """Tell what is known of a group, None when it is gone."""
    title = rows.arrangement.title(key)
    if title is None:
        return None
    about = next((choice.about for choice in CHOICES if choice.name == key.by), "")
    lines = [text_line(title.label, "title"), *wrapped(title.name, width)]
    lines += wrapped(title.note, width, "warn") if title.note else []
    sections = [Section("", (*lines, *wrapped(about, width, "dim"))), _members(rows, key)]
    sections += neighbour_section(rows.world, around, width)
    first = next(iter(rows.members(key)), None)
    process = None if first is None or key.by != "session" else rows.world.processes.get(first)
    return sections if process is None else [*sections, *terminal_section(rows.world, process)]


def _members(rows: Rows, key: GroupKey) -> Section:
    members = rows.members(key)
    lines: list[PaneLine] = []
    for member in islice(members, MAX_MEMBERS):
        process = rows.process(member)
        if process is not None:
            indent = "  " * rows.arrangement.depth(member)
            spans: tuple[Span, ...] = ((f"  {member.pid}  ", "accent"), (f"{indent}{process.title}", ""))
            lines.append(PaneLine(spans, member))
    if len(members) > MAX_MEMBERS:
        lines.append(text_line(f"  … and {len(members) - MAX_MEMBERS:,} more", "dim"))
    return Section("Processes", tuple(lines), len(members))
