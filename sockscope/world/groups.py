"""Process groups, sessions and the terminal they share."""

from collections.abc import Iterable, Iterator

from sockscope.model.keys import DescriptorKey
from sockscope.model.process import Process
from sockscope.world.commands import command
from sockscope.world.relations import BackgroundReader, Group, Terminal
from sockscope.world.store import Store

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
        leader=command(first),
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
    return Terminal(
        tty=process.tty,
        sid=process.sid,
        tpgid=process.tpgid,
        groups=tuple(sorted(groups, key=lambda pgid: (pgid != process.tpgid, pgid))),
        sigint_goes_to=tuple(member.pid for member in foreground),
        sigint_effects=tuple(SIGINT_EFFECTS.get(member.sigint, member.sigint) for member in foreground),
        background_readers=tuple(_background_readers(store, members)),
    )


def _background_readers(store: Store, members: Iterable[Process]) -> Iterator[BackgroundReader]:
    """Find the descriptors that lead background processes of a session to their own terminal."""
    for member in members:
        if member.foreground or member.tpgid <= 0:
            continue
        names = {f"/dev/{member.tty}", "/dev/tty"}
        for fd, descriptor in sorted(store.tables.get(member.key, {}).items()):
            if descriptor.kind == "tty" and "r" in descriptor.access and descriptor.target in names:
                effect = SIGTTIN_EFFECTS.get(member.sigttin, "")
                yield BackgroundReader(DescriptorKey(member.pid, member.start, fd), effect)
