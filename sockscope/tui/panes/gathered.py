"""What the side pane says of a group other than a process group: a session, a user, a cgroup, a namespace, a family."""

from itertools import islice

from sockscope.report.sections.sums import user_text
from sockscope.report.sections.terminal import terminal_section
from sockscope.tui.panes.neighbours import neighbour_section
from sockscope.tui.panes.process import MAX_MEMBERS, counted_sections
from sockscope.tui.panes.section import PaneLine, Section, text_line, wrapped
from sockscope.tui.rows.row_list import Rows
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.rows.surroundings import Surroundings
from sockscope.tui.widgets.ink import Span
from sockscope.world.grouping.names import CHOICES
from sockscope.world.sums import user_sums


def gathered_sections(rows: Rows, key: GroupKey, around: Surroundings, width: int) -> list[Section] | None:
    """Tell what is known of a group, None when it is gone."""
    title = rows.contents.arrangement.title(key)
    if title is None:
        return None
    about = next((choice.about for choice in CHOICES if choice.name == key.by), "")
    lines = [text_line(title.label, "title"), *wrapped(title.name, width)]
    lines += wrapped(title.note, width, "warn") if title.note else []
    sections = [Section("", (*lines, *wrapped(about, width, "dim"))), _members(rows, key)]
    sections += neighbour_section(rows.world, around, width)
    sections += _users(rows, key)
    sections += counted_sections(rows.world, rows.contents.members(key), width) if not rows.contents.by_object else []
    first = next(iter(rows.contents.members(key)), None)
    process = None if first is None or key.by != "session" else rows.world.processes.get(first)
    return sections if process is None else [*sections, *terminal_section(rows.world, process)]


def _members(rows: Rows, key: GroupKey) -> Section:
    members = rows.contents.members(key)
    lines: list[PaneLine] = []
    for member in islice(members, MAX_MEMBERS):
        process = rows.contents.process(member)
        if process is not None:
            indent = "  " * rows.contents.arrangement.depth(member)
            spans: tuple[Span, ...] = ((f"  {member.pid}  ", "accent"), (f"{indent}{process.title}", ""))
            lines.append(PaneLine(spans, member))
    if len(members) > MAX_MEMBERS:
        lines.append(text_line(f"  … and {len(members) - MAX_MEMBERS:,} more", "dim"))
    return Section("Processes", tuple(lines), len(members))


def _users(rows: Rows, key: GroupKey) -> list[Section]:
    """Tell what a user has, against what each user may have."""
    contents = rows.contents
    members = [process for member in contents.members(key) if (process := contents.process(member)) is not None]
    if key.by != "user" or rows.world.previewed:
        return []
    limits = rows.world.limits
    return [
        Section("User", tuple(text_line(text) for text in user_text(one, limits).split(", ")))
        for one in user_sums(rows.world, members)
    ]
