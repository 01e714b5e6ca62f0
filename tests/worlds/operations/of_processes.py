"""Processes: they fork, share tables, begin threads with tables of their own, execute, end, and enter namespaces.

Pids are given again: that of one who has ended, and low ones after the highest there is.
"""

import random

from tests.worlds.model import NEXT, Row
from tests.worlds.operations.operation import Operation, any_process
from tests.worlds.processes import PID_MAX, LostError, Words, World

SHARE, AGAIN = 0.15, 0.5
"""Forks that keep one table for both, and that get the pid of one who has ended where there is one."""


def choose_fork(world: World, chance: random.Random) -> Words | None:
    if len(world.processes()) >= world.most:
        return None
    row = any_process(world, chance)
    share = world.share and chance.random() < SHARE and not world.has_threads(row)
    gone = [one.name for one in world.rows.values() if not one.alive and not one.thread_of]
    again = chance.choice(gone) if gone and chance.random() < AGAIN else ""
    return {"row": row.name, "child": f"w{len(world.rows)}", "share": share, "again": again}


def fork(world: World, row: str, child: str, share: bool, again: str = "") -> bool:
    parent = world.fits(row)
    if parent is None or parent.thread_of or child in world.rows or (share and world.has_threads(parent)):
        return False
    if again in world.rows:
        world.give_next(world.rows[again].pid)
    ours, theirs = world.channel()
    with theirs:
        if world.tell(parent, "fork", theirs.fileno(), share=share) is None:
            return False
    table = parent.table if share else dict(parent.table)
    made = Row(child, 0, ours, table, parent, pgid=parent.pgid, sid=parent.sid)
    made.tty, made.netns = parent.tty, parent.netns
    # What fork(2) returns is the number in the parent's namespace.
    made.pid = world.hear(made)["from"]
    if parent.children_in == NEXT:
        parent.children_in = child
    made.pidns = made.children_in = parent.children_in
    world.rows[child] = made
    return True


def choose_pidns(world: World, chance: random.Random) -> Words | None:
    row = any_process(world, chance)
    return {"row": row.name} if row.name != "w0" and not row.children_in else None


def pidns(world: World, row: str) -> bool:
    """Let the children that a process has from now on live in a pid namespace of theirs."""
    one = world.fits(row)
    if one is None or one.thread_of or one.children_in or row == "w0" or world.tell(one, "pidns") is None:
        return False
    one.children_in = NEXT
    return True


def choose_wrap(world: World, chance: random.Random) -> Words:
    return {"left": chance.randrange(1, 4)}


def wrap(world: World, left: int) -> bool:
    """Let pids begin at the lowest again after few more."""
    world.give_next(int(PID_MAX.read_text(encoding="ascii")) - left)
    return True


def choose_thread(world: World, chance: random.Random) -> Words:
    return {"row": any_process(world, chance).name, "thread": f"w{len(world.rows)}"}


def thread(world: World, row: str, thread: str) -> bool:
    one = world.fits(row)
    # The kernel makes no thread of a process whose children live elsewhere (clone(2)).
    if one is None or one.thread_of or thread in world.rows or world.sharing(one) or one.children_in:
        return False
    ours, theirs = world.channel()
    with theirs:
        answer = world.tell(one, "thread_of_its_own", theirs.fileno())
    if answer is None:
        msg = f"{row} has made no thread"
        raise LostError(msg)
    world.rows[thread] = Row(thread, answer["pid"], ours, dict(one.table), thread_of=row, netns=one.netns)
    return True


def choose_execute(world: World, chance: random.Random) -> Words:
    return {"row": any_process(world, chance).name}


def execute(world: World, row: str) -> bool:
    one = world.fits(row)
    if one is None or one.thread_of:
        return False
    answer = world.tell(one, "execute")
    if answer is None:
        return False
    for other in world.living():
        if other.thread_of == row:
            other.alive = False
    one.table = {fd: entry for fd, entry in one.table.items() if not entry.cloexec}
    world.settle()
    return True


def choose_leave(world: World, chance: random.Random) -> Words | None:
    rows = [row.name for row in world.processes() if row.name != "w0"]
    return {"row": chance.choice(rows)} if rows else None


def leave(world: World, row: str) -> bool:
    gone = world.fits(row)
    if gone is None or gone.thread_of or row == "w0":
        return False
    world.end(gone)
    # With the first of a pid namespace all others in it end.
    for one in [one for one in world.living() if one is gone or one.pidns == row]:
        _end(world, one)
    world.settle()
    return True


def _end(world: World, gone: Row) -> None:
    gone.alive = False
    for one in world.living():
        if one.thread_of == gone.name:
            one.alive = False
        if one.parent is gone:
            one.parent = world.rows[gone.pidns or "w0"]
        if gone.sid == gone.pid and one.sid == gone.sid:
            one.tty = None


def choose_netns(world: World, chance: random.Random) -> Words | None:
    return {"row": any_process(world, chance).name} if world.namespaces < 3 else None


def netns(world: World, row: str) -> bool:
    one = world.fits(row)
    if one is None or one.thread_of or world.has_threads(one) or world.tell(one, "netns") is None:
        return False
    world.namespaces += 1
    one.netns = world.namespaces
    return True


OPERATIONS = (
    Operation("fork", 9, choose_fork, fork),
    Operation("thread", 1, choose_thread, thread),
    Operation("execute", 1, choose_execute, execute),
    Operation("leave", 2, choose_leave, leave),
    Operation("netns", 1, choose_netns, netns),
    Operation("pidns", 1, choose_pidns, pidns),
    Operation("wrap", 1, choose_wrap, wrap),
)
