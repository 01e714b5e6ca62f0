"""What the side pane says of a process or a process group."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len

from sockscope.frames.messages import ProcessReport
from sockscope.kinds.words import counted, texts
from sockscope.model.keys import ProcessKey
from sockscope.model.process import Process
from sockscope.report.sections.processes import threads_wait_in, waits_in_memory
from sockscope.report.sections.sums import sums_sections
from sockscope.report.sections.terminal import terminal_section
from sockscope.tui.panes.neighbours import neighbour_section
from sockscope.tui.panes.section import VOICE, PaneLine, Section, field_line, fitted, text_line, wrapped, wrapped_field
from sockscope.tui.rows.row_spans import STATE_ROLES
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.rows.surroundings import AT_ONCE, AT_REST, Surroundings
from sockscope.tui.widgets.ink import Span
from sockscope.world.metadata import used
from sockscope.world.relations.answers import Group
from sockscope.world.sums import one_of_each_table, sums
from sockscope.world.world import World

MAX_MEMBERS = 300
STATES = {
    "R": "running",
    "S": "sleeping",
    "D": "waiting for the kernel, not interruptible",
    "T": "stopped",
    "t": "stopped by a tracer",
    "Z": "zombie: ended, not waited for",
    "X": "dead",
    "I": "idle kernel thread",
}


def process_sections(
    world: World,
    process: Process,
    around: Surroundings,
    report: ProcessReport | None,
    asked: list[Section],
    width: int,
) -> list[Section]:
    """Tell everything known about a process.

    `report` is what an inspection found, if any; `asked` what was asked for on request.
    """
    return [
        _heading(process),
        *asked,
        *neighbour_section(world, around, width),
        _identity(world, process, report, width),
        *fitted(threads_wait_in(world, report.waiting if report is not None else (), VOICE), width),
        *fitted(waits_in_memory(world, report.futexes if report is not None else (), VOICE), width),
        *_descriptors(world, process, width),
        *_signals(report, width),
        *terminal_section(world, process),
    ]


def group_sections(
    world: World, group: Group, around: Surroundings, width: int, *, kernel_threads: bool
) -> list[Section]:
    """Tell everything known about a process group; name its kernel threads, or only count them."""
    title: tuple[Span, ...] = (("pgrp ", "dim"), (f"{group.pgid}", "title"))
    gone = [text_line("its leader has ended; the group lives on", "warn")] if group.leader_gone else []
    heading = Section("", (PaneLine(title), *gone, text_line(group.leader), _session(group)))
    members = _members(world, group, kernel_threads=kernel_threads)
    keys = world.group_members().get(group.pgid, ())
    sections = [heading, members, *neighbour_section(world, around, width), *counted_sections(world, keys, width)]
    first = world.process(group.pids[0]) if group.pids else None
    return [*sections, *terminal_section(world, first)] if first is not None else sections


def _session(group: Group) -> PaneLine:
    return field_line("session", (f"{group.sid}", ""), *([] if group.tty else [("  no terminal", "dim")]))


def _members(world: World, group: Group, *, kernel_threads: bool) -> Section:
    members = [process for pid in group.pids if (process := world.process(pid)) is not None]
    listed = [process for process in members if kernel_threads or not process.kernel_thread]
    lines = [
        PaneLine(((f"  {process.pid}  ", "accent"), (process.title, "")), process.key)
        for process in listed[:MAX_MEMBERS]
    ]
    if len(listed) > MAX_MEMBERS:
        lines.append(text_line(f"  … and {len(listed) - MAX_MEMBERS:,} more", "dim"))
    if len(listed) < len(members):
        lines.append(text_line(f"  … and {counted(len(members) - len(listed), 'kernel thread')}, not listed", "dim"))
    return Section("Processes", tuple(lines), len(listed))


def _heading(process: Process) -> Section:
    """Say which process it is, in two lines: what matters must not begin below a script that stands in a command."""
    kind = "kernel thread" if process.kernel_thread else f"thread of {process.thread_of}" if process.thread_of else ""
    title = PaneLine(((f"{process.pid}", "title"), (f"  {process.comm}", "process"), (f"  {kind}", "dim")))
    return Section("", (title, text_line(process.title)))


def _identity(world: World, process: Process, report: ProcessReport | None, width: int) -> Section:
    parent = world.process(process.ppid)
    whole = world.process(process.thread_of) if process.thread_of else None
    state: Span = (STATES.get(process.state, process.state), STATE_ROLES.get(process.state, ""))
    lines = [
        *([_thread_of(process, whole)] if process.thread_of else []),
        *_table_sharers(world, process),
        field_line("parent", (f"{process.ppid}", "accent"), _named(parent), follow=parent.key if parent else None),
        field_line("group", (f"{process.pgid}", "accent"), follow=GroupKey("pgrp", process.pgid)),
        field_line("session", (f"{process.sid}", "")),
        field_line("user", (process.user, ""), (f"  uid {process.uid}", "dim")),
        field_line("state", state),
    ]
    if cell_len(process.title) > width:
        lines += wrapped_field("command", process.title, width)
    if report is not None:
        lines += _reported(report, width)
    if process.inner_pid:
        lines.append(field_line("inner pid", (f"{process.inner_pid}", "accent"), ("  in its own pid namespace", "dim")))
    if process.netns:
        lines += wrapped_field("netns", _netns(world, process.netns), width)
    if process.cgroup:
        lines += wrapped_field("cgroup", process.cgroup, width)
    if report is not None:
        lines += [line for note in report.notes for line in wrapped(note, width, "warn")]
    return Section("Process", tuple(lines))


def _named(process: Process | None) -> Span:
    return (f"  {process.title}" if process is not None else "", "dim")


def _reported(report: ProcessReport, width: int) -> list[PaneLine]:
    started = datetime.fromtimestamp(report.created, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return [
        field_line("threads", (f"{report.threads}", "")),
        field_line("started", (started, "")),
        *wrapped_field("directory", report.cwd, width),
        *wrapped_field("program", report.exe, width),
        *(wrapped_field("used", used(report.metadata), width) if report.metadata else ()),
    ]


def _netns(world: World, inode: int) -> str:
    number = f"{inode}" if inode > 0 else "its inode is hidden"
    return "  ".join(word for word in (world.netns_name(inode), number) if word)


def _thread_of(process: Process, whole: Process | None) -> PaneLine:
    number: Span = (f"{process.thread_of}", "accent")
    apart: Span = ("  its descriptor table is its own", "dim")
    return field_line("thread of", number, _named(whole), apart, follow=whole.key if whole else None)


def _table_sharers(world: World, process: Process) -> list[PaneLine]:
    """Name who has the very same descriptor table."""
    sharers = world.table_sharers(process)
    lines = [field_line("one table with", (f"{one.pid}", "accent"), _named(one), follow=one.key) for one in sharers]
    left_out = len(sharers) - MAX_MEMBERS
    return lines[:MAX_MEMBERS] + ([text_line(f"  … and {left_out:,} more", "dim")] if left_out > 0 else [])


def _descriptors(world: World, process: Process, width: int) -> list[Section]:
    if process.denied:
        why: tuple[Span, ...] = ((process.denied, "warn"), ("; the number is all the kernel tells", "dim"))
        return [Section("Descriptors", (PaneLine(why),), max(process.fd_count, 0))]
    sections = counted_sections(world, [process.key], width)
    if process.unread:
        text = f"partly read: {process.unread:,} more are open, and wait for a later look"
        sections = [Section("Not read", tuple(wrapped(text, width, "warn")), process.unread), *sections]
    return sections


def counted_sections(world: World, keys: Iterable[ProcessKey], width: int) -> list[Section]:
    """Tell how many descriptors of which kind some processes have, against the limits, and with whom they talk."""
    if world.previewed:
        return [Section("Descriptors", (text_line("reading …", "dim"),), None)]
    processes = tuple(keys)
    count = sum(map(world.open_count, one_of_each_table(world, processes)))
    if len(processes) > 1 and count > AT_REST:
        return [Section("Descriptors", (text_line("too many to be counted by kind at each refresh", "dim"),), count)]
    return fitted(sums_sections(world, sums(world, processes, ends=count <= AT_ONCE)), width)


def _signals(report: ProcessReport | None, width: int) -> list[Section]:
    if report is None or not report.signals:
        return []
    lines: list[PaneLine] = []
    for name in report.signals:
        lines += wrapped_field(name, _joined(texts(report.signals, name)), width)
    return [Section("Signals", tuple(lines), None, (("proc_pid_status", "dim"),))]


def _joined(signals: Sequence[str]) -> str:
    return " ".join(signals) or "none"
