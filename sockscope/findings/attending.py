"""Whether somebody attends to a descriptor: waits on it, watches it, or may do so unseen; and how it was come by."""

from sockscope.abi.open_flags import closes_on_exec
from sockscope.findings.look import Look
from sockscope.findings.wait_graph import EPOLLS
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.wait import ProcessWaits, Wait
from sockscope.world.relations.watchers import watchers
from sockscope.world.waits import SETS

STANDARD = 3
"""Descriptors below this number are handed to every program on purpose."""
MOST_HOLDERS = 256
"""Descriptors of one object that are asked about; of one that has more nothing is concluded."""
UNSEEN = SETS | {"io_uring_enter"}
"""Calls that may wait on any descriptor of the process."""


def stopped(said: ProcessWaits | None) -> bool:
    """Whether nothing of a process can go on before it is continued."""
    return said is not None and bool(said.waits) and said.threads == sum(one.halted == "stopped" for one in said.waits)


def has_run(look: Look, key: ProcessKey, since: float) -> bool:
    """Whether a process has run since a time, or that is not known."""
    said = look.world.waits.get(key)
    if said is None or said.running or said.unread or not said.waits:
        return True
    return any(wait.since > since for wait in said.waits)


def attends(look: Look, key: DescriptorKey) -> bool:
    """Whether the process of a descriptor waits on it or watches it in an epoll, or could be without our seeing it."""
    said = look.world.waits.get(key.process)
    if said is None or said.running or said.unread:
        return True
    if any(wait.call in UNSEEN or not wait.call for wait in said.waits) or waits_on(look, key):
        return True
    descriptor = look.descriptor(key)
    if descriptor is None:
        return True
    return any(one.process == key.process for tie in watchers(look.world, descriptor) for one in tie.holders)


def inherited(look: Look, key: DescriptorKey) -> str:
    """Say how it is known that a program was started with a descriptor already open; "" where it is not known.

    Its parent, another program, has it at the same number; and its open flags, where known, let it live through exec.
    """
    descriptor, process = look.descriptor(key), look.world.processes.get(key.process)
    if descriptor is None or process is None or key.fd < STANDARD:
        return ""
    if descriptor.flags >= 0 and closes_on_exec(descriptor.flags):
        return ""
    parent = look.world.process(process.ppid)
    if parent is None or parent.cmdline == process.cmdline or parent.comm == process.comm:
        return ""
    same = look.world.descriptor(DescriptorKey(*parent.key, key.fd))
    if same is None or same.object != descriptor.object or same.unproven:
        return ""
    return f"{look.slot(key)} was open when that program was started: its parent {look.name(parent.key)} has it too"


def waits_on(look: Look, key: DescriptorKey) -> list[Wait]:
    """Return the waits of its process on a descriptor: not those of threads for which its number means another file."""
    said = look.world.waits.get(key.process)
    numbered = [wait for wait in (said.waits if said is not None else ()) if wait.fd == key.fd]
    found = ((wait, look.graph.descriptor(key.process, wait)) for wait in numbered)
    return [wait for wait, descriptor in found if descriptor is not None and descriptor.key == key]


def waits_in(look: Look, key: DescriptorKey) -> list[Wait]:
    """Return the waits of its process in the epoll that a number leads to."""
    return [wait for wait in waits_on(look, key) if wait.call in EPOLLS]


def may_be_renumbered(look: Look, key: ProcessKey, wait: Wait) -> bool:
    """Whether others have the table in which the number of a call is looked up: it meant a file when the call began."""
    said, process = look.world.waits.get(key), look.world.processes.get(key)
    shared = process is not None and look.world.table_sharers(process)
    return wait.fd >= 0 and (bool(shared) or (said is not None and said.threads > 1))
