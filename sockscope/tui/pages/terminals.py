"""The terminals of the machine: who leads, which job is in front, whom Ctrl+C reaches, who may not read."""

import re
from collections.abc import Iterator, Sequence

from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import Process
from sockscope.report.sections.terminal import READING, SIGINT, how_known, key_field, unsent
from sockscope.tui.pages.page import Page
from sockscope.tui.panes.section import CONFIDENCE_ROLES, PaneLine, Section, field_line, text_line
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.session import Session
from sockscope.tui.widgets.ink import Span
from sockscope.world.relations.answers import Peer, Terminal
from sockscope.world.relations.peers import peers
from sockscope.world.world import World

STOPPED = frozenset("Tt")


def terminal_sections(world: World, first: str = "") -> list[Section]:
    """Tell of every terminal, that called `first` before the others."""
    found = list(_terminals(world))
    if not found:
        return [Section("", (text_line("No process has a controlling terminal.", "dim"),))]
    found.sort(key=lambda one: (one[1].tty != first, _natural(one[1].tty), one[1].sid))
    return [_section(world, process, terminal) for process, terminal in found]


def _terminals(world: World) -> Iterator[tuple[Process, Terminal]]:
    """One process of each session on each terminal, with what the session sees."""
    seen: set[tuple[str, int]] = set()
    for key in sorted(world.processes):
        process = world.processes[key]
        if process.tty and (process.tty, process.sid) not in seen:
            seen.add((process.tty, process.sid))
            terminal = world.terminal(process)
            if terminal is not None:
                yield process, terminal


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(digits or 0), letters) for letters, digits in re.findall(r"(\D*)(\d*)", name)]


def _section(world: World, process: Process, terminal: Terminal) -> Section:
    jobs = _in_order(world, terminal)
    lines = [_leader(world, terminal), *_masters(world, process)]
    for number, pgid in enumerate(jobs):
        lines += _job(world, terminal, pgid, "jobs" if number == 0 else "")
    lines += _ctrl_c(world, terminal)
    lines += _readers(world, terminal)
    return Section(terminal.tty, tuple(lines), None, ((f"session {terminal.sid}, ", "dim"), (_jobs(len(jobs)), "dim")))


def _jobs(count: int) -> str:
    return f"{count} job{'' if count == 1 else 's'}"


def _in_order(world: World, terminal: Terminal) -> list[int]:
    """Order process groups as their first members were started."""
    members = world.group_members()

    def started(pgid: int) -> tuple[int, int]:
        return min((key.start for key in members.get(pgid, ())), default=0), pgid

    return sorted(terminal.groups, key=started)


def _leader(world: World, terminal: Terminal) -> PaneLine:
    leader = world.process(terminal.sid)
    if leader is None:
        return field_line("leader", ("gone; the session lives on", "warn"))
    return field_line("leader", (f"{leader.pid}  ", "accent"), (leader.title, ""), follow=leader.key)


def _masters(world: World, process: Process) -> list[PaneLine]:
    """Name who holds the master end: whatever is written there is typed here."""
    ends = [peer for peer in _master_peers(world, process) if peer.holders]
    if not ends:
        unknown = "not found" if process.tty.startswith("pts/") else "none: it is no pseudo-terminal"
        return [field_line("master", (unknown, "dim"))]
    lines: list[PaneLine] = []
    for peer in ends:
        for key in peer.holders:
            owner = world.processes.get(key.process)
            spans: list[Span] = [(f"{key.slot}  ", "accent")]
            spans.append((f"{peer.confidence}  ", CONFIDENCE_ROLES[peer.confidence]))
            spans.append((owner.title if owner is not None else "", ""))
            lines.append(field_line("" if lines else "master", *spans, follow=key))
    return lines


def _master_peers(world: World, process: Process) -> Sequence[Peer]:
    """Other ends of the first descriptor on its terminal that anyone in the session holds."""
    target = f"/dev/{process.tty}"
    for key in world.process_index.sessions.get(process.sid):
        for _, descriptor in sorted(world.tables.get(key, {}).items()):
            if descriptor.kind == "tty" and descriptor.target == target:
                return peers(world, descriptor)
    return ()


def _job(world: World, terminal: Terminal, pgid: int, name: str) -> list[PaneLine]:
    group = world.group(pgid)
    if group is None:
        return []
    members = [world.processes[key] for key in world.group_members().get(pgid, ())]
    front = pgid == terminal.tpgid
    stopped = all(member.state in STOPPED for member in members)
    standing: Span = (
        ("▶ in front  ", "good") if front else ("  stopped   ", "warn") if stopped else ("  behind    ", "dim")
    )
    count = f"{len(members)} processes  " if len(members) > 1 else ""
    spans: tuple[Span, ...] = (standing, (f"{pgid}  ", "accent"), (count, "dim"), (group.leader, ""))
    return [field_line(name, *spans, follow=GroupKey("pgrp", pgid))]


def _ctrl_c(world: World, terminal: Terminal) -> list[PaneLine]:
    """Say what sends SIGINT, whom it reaches, and what it does to each."""
    interrupt = terminal.interrupt
    reached = [] if interrupt.key == "" else _reached(world, terminal, key_field(interrupt))
    return [*unsent(interrupt), *reached, how_known(interrupt)]


def _reached(world: World, terminal: Terminal, key: str) -> list[PaneLine]:
    lines: list[PaneLine] = []
    for pid, effect in zip(terminal.sigint_goes_to, terminal.sigint_effects, strict=True):
        process = world.process(pid)
        spans: tuple[Span, ...] = (
            (f"{pid}  ", "accent"),
            (f"{SIGINT.get(effect, effect)}  ", "warn" if effect == "fatal" else "dim"),
            (process.comm if process is not None else "", ""),
        )
        lines.append(field_line("" if lines else key, *spans, follow=None if process is None else process.key))
    return lines or [field_line(key, ("reaches no process that is shown", "dim"))]


def _readers(world: World, terminal: Terminal) -> list[PaneLine]:
    """Say what happens to a background job that reads: one line for each process."""
    lines: list[PaneLine] = []
    told: set[ProcessKey] = set()
    for reader in terminal.background_readers:
        process = world.processes.get(reader.key.process)
        if process is None or process.key in told:
            continue
        told.add(process.key)
        effect = READING.get(reader.effect, reader.effect or "a read: effect unknown")
        spans: tuple[Span, ...] = (
            (f"{process.pid}  ", "accent"),
            (f"{effect}  ", "warn" if reader.effect == "stop" else "dim"),
            (process.comm, ""),
        )
        key: DescriptorKey = reader.key
        lines.append(field_line("" if lines else "reading", *spans, follow=key))
    return lines


def _sections(session: Session, width: int) -> list[Section]:  # noqa: ARG001 - as every page is written
    process = session.selected_process
    return terminal_sections(session.world, "" if process is None else process.tty)


PAGE = Page(
    "terminals",
    "t",
    "Terminals: jobs, and whom Ctrl+C reaches",
    _sections,
    ask=lambda session: session.terminal_settings.ask(session.world),
)
