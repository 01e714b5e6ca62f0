"""The terminal of a process: which group is in front, and whom Ctrl+C reaches."""

from collections.abc import Sequence
from typing import Any

from sockscope.model.process import Process
from sockscope.report.sections.section import Line, Section, Span, evidence, field_line
from sockscope.report.sections.telling import Telling
from sockscope.world.relations.answers import Interrupt, Terminal
from sockscope.world.relations.relation import Relation
from sockscope.world.subjects import GroupKey
from sockscope.world.world import World

SIGINT = {
    "fatal": "SIGINT ends it",
    "caught": "catches SIGINT",
    "ignored": "ignores SIGINT",
    "blocked": "blocks SIGINT",
    "": "what SIGINT does to it is not known",
}
READING = {
    "stop": "a read would stop it",
    "caught": "a read raises SIGTTIN",
    "EIO": "a read fails with EIO",
    "": "what a read would do is not known",
}


def terminal_of(telling: Telling, _relation: Relation[Any], _ties: Sequence[Terminal]) -> list[Section]:
    """Tell where the process of a descriptor stands on its terminal."""
    descriptor = telling.subject.descriptor
    process = None if descriptor is None else telling.world.processes.get(descriptor.process)
    return [] if process is None else terminal_section(telling.world, process)


def terminal_section(world: World, process: Process) -> list[Section]:
    """Tell where a process stands on its controlling terminal; nothing for a process without one."""
    terminal = world.terminal(process)
    if terminal is None:
        return []
    standing: Span = ("▶ foreground", "good") if process.foreground else ("background", "dim")
    lines = [
        field_line("terminal", (f"{terminal.tty}  ", "kind-tty"), standing),
        field_line("session", (f"{terminal.sid}", "")),
        field_line("group", (f"{process.pgid}", "accent"), follow=GroupKey("pgrp", process.pgid)),
        *unsent(terminal.interrupt),
        *_front(world, terminal),
        *_reached(world, terminal),
        how_known(terminal.interrupt),
        *_jobs(world, terminal.groups, terminal.tpgid),
        *_background(world, terminal),
    ]
    return [Section("Terminal", tuple(lines), None, evidence(terminal.confidence, terminal.evidence))]


def unsent(interrupt: Interrupt) -> list[Line]:
    """Say what Ctrl+C does where it sends no signal."""
    return [field_line("Ctrl+C", (interrupt.note.removeprefix("Ctrl+C "), "warn"))] if interrupt.note else []


def how_known(interrupt: Interrupt) -> Line:
    """Say how sure it is that a key sends SIGINT, or that none does."""
    return field_line("", *evidence(interrupt.confidence, interrupt.evidence))


def key_field(interrupt: Interrupt) -> str:
    """Name the key that reaches the foreground group."""
    return "Ctrl+C" if interrupt.ctrl_c else interrupt.key or ""


def _front(world: World, terminal: Terminal) -> list[Line]:
    interrupt, tpgid = terminal.interrupt, terminal.tpgid
    if interrupt.key == "":
        return []
    name = key_field(interrupt)
    group = world.group(tpgid) if tpgid > 0 else None
    if group is None:
        return [field_line(name, ("reaches no process that is shown", "dim"))]
    members = f"{len(group.pids)} process" + ("" if len(group.pids) == 1 else "es")
    reached: tuple[Span, ...] = (
        ("reaches ", ""),
        (f"{tpgid} ", "accent"),
        (f"{members} ", "dim"),
        (group.leader, ""),
    )
    return [field_line(name, *reached, follow=GroupKey("pgrp", tpgid))]


def _reached(world: World, terminal: Terminal) -> list[Line]:
    """Say of each process that Ctrl+C reaches what SIGINT does to it."""
    lines = []
    for pid, effect in zip(terminal.sigint_goes_to, terminal.sigint_effects, strict=True):
        process = world.process(pid)
        name: Span = (process.comm if process else "", "")
        spans: tuple[Span, ...] = ((f"{pid}  ", "accent"), name, (f"  {SIGINT.get(effect, effect)}", "dim"))
        lines.append(field_line("", *spans, follow=process.key if process else None))
    return lines


def _background(world: World, terminal: Terminal) -> list[Line]:
    """Say what a read would do to those who hold the terminal in the background."""
    lines: list[Line] = []
    for reader in terminal.background_readers:
        name = "" if lines else "readers"
        process = world.processes.get(reader.key.process)
        spans: tuple[Span, ...] = (
            (f"{reader.key.slot}  ", "accent"),
            (process.comm if process else "", ""),
            (f"  {READING.get(reader.effect, reader.effect)}  ", "dim"),
            *evidence(reader.confidence),
        )
        lines.append(field_line(name, *spans, follow=reader.key))
    return lines


def _jobs(world: World, groups: tuple[int, ...], tpgid: int) -> list[Line]:
    lines = []
    for index, pgid in enumerate(groups):
        group = world.group(pgid)
        front: Span = ("▶ ", "good") if pgid == tpgid else ("  ", "")
        leader: Span = ((group.leader if group is not None else ""), "")
        name = "" if index else "groups"
        lines.append(field_line(name, front, (f"{pgid}  ", "accent"), leader, follow=GroupKey("pgrp", pgid)))
    return lines
