"""What the side pane says of a process or a process group."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from sockscope.frames.messages import ProcessReport, Waiting
from sockscope.model.kinds.words import counted
from sockscope.model.process import Process
from sockscope.tui.columns import STATE_ROLES, kind_label
from sockscope.tui.ink import Span, kind_role
from sockscope.tui.neighbour_pane import neighbour_section
from sockscope.tui.rowkeys import GroupKey
from sockscope.tui.section import PaneLine, Section, evidence, field_line, text_line, wrapped, wrapped_field
from sockscope.tui.surroundings import Surroundings
from sockscope.tui.terminal_pane import terminal_section
from sockscope.world.relations import Group
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
    world: World, process: Process, around: Surroundings, report: ProcessReport | None, width: int
) -> list[Section]:
    """Tell everything known about a process; `report` is what an inspection found, if any."""
    return [
        _heading(process, width),
        *neighbour_section(world, around, width),
        _identity(world, process, report, width),
        *_waits(world, report),
        _descriptors(world, process),
        *_signals(report, width),
        *terminal_section(world, process),
    ]


def group_sections(
    world: World, group: Group, around: Surroundings, width: int, *, kernel_threads: bool
) -> list[Section]:
    """Tell everything known about a process group; name its kernel threads, or only count them."""
    title: tuple[Span, ...] = (("pgrp ", "dim"), (f"{group.pgid}", "title"))
    gone = [text_line("its leader has ended; the group lives on", "warn")] if group.leader_gone else []
    heading = Section("", (PaneLine(title), *gone, *wrapped(group.leader, width), _session(group)))
    members = _members(world, group, kernel_threads=kernel_threads)
    sections = [heading, members, *neighbour_section(world, around, width)]
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


def _heading(process: Process, width: int) -> Section:
    kind = "kernel thread" if process.kernel_thread else f"thread of {process.thread_of}" if process.thread_of else ""
    title = PaneLine(((f"{process.pid}", "title"), (f"  {process.comm}", "process"), (f"  {kind}", "dim")))
    return Section("", (title, *wrapped(process.title, width)))


def _identity(world: World, process: Process, report: ProcessReport | None, width: int) -> Section:
    parent = world.process(process.ppid)
    whole = world.process(process.thread_of) if process.thread_of else None
    state: Span = (STATES.get(process.state, process.state), STATE_ROLES.get(process.state, ""))
    lines = [
        *([_thread_of(process, whole)] if process.thread_of else []),
        field_line("parent", (f"{process.ppid}", "accent"), _named(parent), follow=parent.key if parent else None),
        field_line("group", (f"{process.pgid}", "accent"), follow=GroupKey("pgrp", process.pgid)),
        field_line("session", (f"{process.sid}", "")),
        field_line("user", (process.user, ""), (f"  uid {process.uid}", "dim")),
        field_line("state", state),
    ]
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
    ]


def _netns(world: World, inode: int) -> str:
    number = f"{inode}" if inode > 0 else "its inode is hidden"
    return "  ".join(word for word in (world.netns_name(inode), number) if word)


def _thread_of(process: Process, whole: Process | None) -> PaneLine:
    number: Span = (f"{process.thread_of}", "accent")
    apart: Span = ("  its descriptor table is its own", "dim")
    return field_line("thread of", number, _named(whole), apart, follow=whole.key if whole else None)


def _waits(world: World, report: ProcessReport | None) -> list[Section]:
    if report is None or not report.waiting:
        return []
    lines = [_wait(world, wait) for wait in islice(report.waiting, MAX_MEMBERS)]
    return [Section("Threads wait in", tuple(lines), len(lines), evidence("proven", "task/TID/syscall"))]


def _wait(world: World, wait: Waiting) -> PaneLine:
    descriptor = world.find(wait.pid, wait.fd) if wait.fd >= 0 else None
    call = f"{wait.syscall}({wait.fd})" if wait.fd >= 0 else wait.syscall
    spans: list[Span] = [(f"  {wait.tid}  ", "accent"), (call, "kind-event")]
    if descriptor is not None:
        label = kind_label(world, descriptor)
        spans.append((f"  {label}", kind_role(label)))
    return PaneLine(tuple(spans), None if descriptor is None else descriptor.key)


def _descriptors(world: World, process: Process) -> Section:
    if process.denied:
        why: tuple[Span, ...] = ((process.denied, "warn"), ("; the number is all the kernel tells", "dim"))
        return Section("Descriptors", (PaneLine(why),), max(process.fd_count, 0))
    table = world.tables.get(process.key, {})
    kinds = Counter(kind_label(world, descriptor) for descriptor in table.values())
    lines = [PaneLine(((f"{count:>6}  ", ""), (label, kind_role(label)))) for label, count in kinds.most_common()]
    return Section("Descriptors", tuple(lines), len(table))


def _signals(report: ProcessReport | None, width: int) -> list[Section]:
    if report is None or not report.signals:
        return []
    lines: list[PaneLine] = []
    for name, signals in report.signals.items():
        lines += wrapped_field(name, _joined(signals), width)
    return [Section("Signals", tuple(lines), None, (("proc_pid_status", "dim"),))]


def _joined(signals: Sequence[object]) -> str:
    return " ".join(str(signal) for signal in signals) or "none"
