"""Process groups, sessions and the terminal they share."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sockscope.model.keys import DescriptorKey
from sockscope.model.process import Process
from sockscope.world.index.store import Store
from sockscope.world.relations.answers import BackgroundReader, Group, Interrupt, Terminal
from sockscope.world.relations.pty_peers import pty_peers

FOREGROUND = "tty_nr and tpgid of proc_pid_stat"
BACKGROUND = "open for reading on its controlling terminal, and not in front"
BACKGROUND_BY_NUMBER = f"{BACKGROUND}; by its number, which a terminal of another devpts may have as well"
SILENCED = {
    "external": "Ctrl+C sends no signal: whoever has the master acts on keys (EXTPROC is set)",
    "discipline": "Ctrl+C sends no signal: its line discipline is not that of terminals",
}
RAW = "Ctrl+C sends no signal: the terminal is raw (ISIG is off), its reader gets the byte"
SWITCHED_OFF = "Ctrl+C sends no signal, nor does another key: VINTR is off"
ENDS = {"master": "the master of its session", "slave": "a descriptor of its number"}
MOST_SLOTS = 8
"""Descriptors of each end that are named for asking a terminal."""
SIGINT_EFFECTS = {"default": "fatal"}
SIGTTIN_EFFECTS = {"default": "stop", "caught": "caught", "ignored": "EIO", "blocked": "EIO"}
"""What a read from the background comes to (drivers/tty/tty_jobctrl.c, `__tty_check_change`)."""


def group(store: Store, pgid: int) -> Group | None:
    """One process group, None when it has no member."""
    keys = store.process_index.groups.get(pgid)
    if not keys:
        return None
    members = [store.processes[key] for key in keys]
    first = next((member for member in members if member.pid == pgid), members[0])
    return Group(
        pgid=pgid,
        sid=first.sid,
        tty=first.tty,
        tpgid=first.tpgid,
        foreground=any(member.foreground for member in members),
        leader=first.title,
        pids=tuple(key.pid for key in keys),
        leader_gone=pgid not in {0, first.pid},
    )


def terminal(store: Store, process: Process) -> Terminal | None:
    """Controlling terminal of a process with the groups of its session, None without one."""
    if not process.tty:
        return None
    session = [store.processes[key] for key in store.process_index.sessions.get(process.sid)]
    members = [member for member in session if member.tty == process.tty]
    groups = {member.pgid for member in members}
    front = store.process_index.groups.get(process.tpgid, ()) if process.tpgid > 0 else ()
    foreground = [store.processes[key] for key in front]
    interrupt = _interrupt(store, process)
    reached = foreground if interrupt.key != "" else []
    return Terminal(
        interrupt=interrupt,
        confidence="proven",
        evidence=FOREGROUND,
        tty=process.tty,
        sid=process.sid,
        tpgid=process.tpgid,
        groups=tuple(sorted(groups, key=lambda pgid: (pgid != process.tpgid, pgid))),
        sigint_goes_to=tuple(member.pid for member in reached),
        sigint_effects=tuple(SIGINT_EFFECTS.get(member.sigint, member.sigint) for member in reached),
        background_readers=tuple(_background_readers(store, members)),
    )


def _interrupt(store: Store, process: Process) -> Interrupt:
    """Say what sends SIGINT on the terminal of a process, as far as anybody has asked the terminal."""
    _, report = store.terminal_reports.get((process.tty, process.sid), (0, None))
    if report is None or report.error:
        why = report.error if report is not None else "which was not read"
        return Interrupt(confidence="inferred", evidence=f"unless raw, {why}", key=None)
    proven = report.end == "master" or not process.tty.startswith("pts/")
    key = report.interrupt if report.signals else ""
    unsent = SWITCHED_OFF if report.signals else SILENCED.get(report.silenced, RAW)
    note = f"Ctrl+C sends no signal: {key} does" if key else unsent
    return Interrupt(
        confidence="proven" if proven else "inferred",
        evidence=f"TCGETS through {report.pid}:{report.fd}, {ENDS.get(report.end, report.end)}",
        holders=(() if (found := store.find(report.pid, report.fd)) is None else (found.key,)),
        note="" if key == "^C" else note,
        key=key,
        settings=report,
    )


def forget_terminals(store: Store) -> None:
    """Forget settings that are older than the frame before: who shows them asks again at each."""
    for name, (seq, _) in tuple(store.terminal_reports.items()):
        if not 0 <= store.seq - seq <= 1:
            del store.terminal_reports[name]


def terminal_slots(store: Store, process: Process) -> tuple[DescriptorKey, ...]:
    """Descriptors on the controlling terminal of a process: its masters, which prove which it is, then its own side."""
    target = f"/dev/{process.tty}"
    slaves = [
        descriptor
        for key in (process.key, *store.process_index.sessions.get(process.sid))
        for descriptor in store.tables.get(key, {}).values()
        if descriptor.kind == "tty" and descriptor.target == target
    ]
    masters = (key for slave in slaves[:1] for peer in pty_peers(store, slave) for key in peer.holders)
    return (*islice(masters, MOST_SLOTS), *dict.fromkeys(slave.key for slave in slaves[:MOST_SLOTS]))


def _background_readers(store: Store, members: Iterable[Process]) -> Iterator[BackgroundReader]:
    """Find the descriptors that lead background processes of a session to their own terminal."""
    for member in members:
        if member.foreground or member.tpgid <= 0:
            continue
        names = {f"/dev/{member.tty}", "/dev/tty"}
        for fd, descriptor in sorted(store.tables.get(member.key, {}).items()):
            if descriptor.kind == "tty" and "r" in descriptor.access and descriptor.target in names:
                effect = SIGTTIN_EFFECTS.get(member.sigttin, "")
                key = DescriptorKey(member.pid, member.start, fd)
                # Neither tty_nr nor a name tells the devpts of a pseudo-terminal, and `/dev/tty` not who has opened it.
                sure = not member.tty.startswith("pts/") and descriptor.target != "/dev/tty"
                yield BackgroundReader(
                    confidence="proven" if sure else "inferred",
                    evidence=BACKGROUND if sure else BACKGROUND_BY_NUMBER,
                    holders=(key,),
                    key=key,
                    effect=effect,
                )
