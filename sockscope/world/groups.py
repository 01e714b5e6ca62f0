"""Process groups, sessions and the terminal they share."""

from sockscope.model.process import Process
from sockscope.world.commands import command
from sockscope.world.relations import Group, Terminal
from sockscope.world.store import Store


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
    groups = {member.pgid for member in session if member.tty == process.tty}
    foreground = [key.pid for key in store.process_index.groups.get(process.tpgid, ()) if process.tpgid > 0]
    return Terminal(
        tty=process.tty,
        sid=process.sid,
        tpgid=process.tpgid,
        groups=tuple(sorted(groups, key=lambda pgid: (pgid != process.tpgid, pgid))),
        sigint_goes_to=tuple(foreground),
    )
