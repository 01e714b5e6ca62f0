"""The terminal of a process: which group is in front, and whom Ctrl+C reaches."""

from sockscope.model.process import Process
from sockscope.tui.ink import Span
from sockscope.tui.rowkeys import GroupKey
from sockscope.tui.section import PaneLine, Section, evidence, field_line
from sockscope.tui.signs import FOREGROUND
from sockscope.world.relations import Terminal
from sockscope.world.world import World

SIGINT = {
    "fatal": "SIGINT ends it",
    "caught": "catches SIGINT",
    "ignored": "ignores SIGINT",
    "blocked": "blocks SIGINT",
}
READING = {"stop": "a read would stop it", "caught": "a read raises SIGTTIN", "EIO": "a read fails with EIO"}


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
        *_reached(world, terminal),
        *_jobs(world, terminal.groups, terminal.tpgid),
        *_background(world, terminal),
    ]
    return [Section("Terminal", tuple(lines), None, evidence("proven", "tty_nr and tpgid of proc_pid_stat"))]


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


def _reached(world: World, terminal: Terminal) -> list[PaneLine]:
    """Say of each process that Ctrl+C reaches what SIGINT does to it."""
    lines = []
    for pid, effect in zip(terminal.sigint_goes_to, terminal.sigint_effects, strict=True):
        process = world.process(pid)
        name: Span = (process.comm if process else "", "")
        spans: tuple[Span, ...] = ((f"{pid}  ", "accent"), name, (f"  {SIGINT.get(effect, effect)}", "dim"))
        lines.append(field_line("", *spans, follow=process.key if process else None))
    return lines


def _background(world: World, terminal: Terminal) -> list[PaneLine]:
    """Say what a read would do to those who hold the terminal in the background."""
    lines: list[PaneLine] = []
    for reader in terminal.background_readers:
        name = "" if lines else "readers"
        process = world.processes.get(reader.key.process)
        spans: tuple[Span, ...] = (
            (f"{reader.key.pid}:{reader.key.fd}  ", "accent"),
            (process.comm if process else "", ""),
            (f"  {READING.get(reader.effect, reader.effect)}", "dim"),
        )
        lines.append(field_line(name, *spans, follow=reader.key))
    return lines


def _jobs(world: World, groups: tuple[int, ...], tpgid: int) -> list[PaneLine]:
    lines = []
    for index, pgid in enumerate(groups):
        group = world.group(pgid)
        front: Span = ("▶ ", "good") if pgid == tpgid else ("  ", "")
        leader: Span = ((group.leader if group is not None else ""), "")
        name = "" if index else "groups"
        lines.append(field_line(name, front, (f"{pgid}  ", "accent"), leader, follow=GroupKey("pgrp", pgid)))
    return lines
