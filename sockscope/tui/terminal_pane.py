"""The terminal of a process: which group is in front, and whom Ctrl+C reaches."""

from sockscope.model.process import Process
from sockscope.tui.ink import Span
from sockscope.tui.rowkeys import GroupKey
from sockscope.tui.section import PaneLine, Section, field_line
from sockscope.tui.signs import FOREGROUND
from sockscope.world.world import World


def terminal_section(world: World, process: Process) -> list[Section]:
    """Tell where a process stands on its controlling terminal; nothing for a process without one."""
    terminal = world.terminal(process)
    if terminal is None:
        return []
    standing: Span = (FOREGROUND, "good") if process.foreground else ("background", "dim")
    lines = [
        field_line("terminal", (f"{terminal.tty}  ", "kind-tty"), standing),
        field_line("session", (f"{terminal.sid}", "")),
        field_line("group", (f"{process.pgid}", "accent"), follow=GroupKey("pgrp", process.pgid)),
        _front(world, terminal.tpgid),
        *_jobs(world, terminal.groups, terminal.tpgid),
    ]
    return [Section("Terminal", tuple(lines), None, (("proc_pid_stat: tty_nr, tpgid", "dim"),))]


def _front(world: World, tpgid: int) -> PaneLine:
    group = world.group(tpgid) if tpgid > 0 else None
    if group is None:
        return field_line("Ctrl+C", ("reaches no process that is shown", "dim"))
    members = f"{len(group.pids)} process" + ("" if len(group.pids) == 1 else "es")
    reached: tuple[Span, ...] = (
        ("reaches ", ""),
        (f"{tpgid} ", "accent"),
        (f"{members} ", "dim"),
        (group.leader, ""),
    )
    return field_line("Ctrl+C", *reached, follow=GroupKey("pgrp", tpgid))


def _jobs(world: World, groups: tuple[int, ...], tpgid: int) -> list[PaneLine]:
    lines = []
    for index, pgid in enumerate(groups):
        group = world.group(pgid)
        front: Span = ("▶ ", "good") if pgid == tpgid else ("  ", "")
        leader: Span = ((group.leader if group is not None else ""), "")
        name = "" if index else "groups"
        lines.append(field_line(name, front, (f"{pgid}  ", "accent"), leader, follow=GroupKey("pgrp", pgid)))
    return lines
