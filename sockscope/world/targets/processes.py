"""Processes by number and by name, and descriptors by number."""

from sockscope.abi.text import clean_str
from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from sockscope.world.targets.answers import (
    Found,
    TargetDeniedError,
    TargetMissingError,
    TargetSyntaxError,
    echo,
)
from sockscope.world.world import World

ENDED = frozenset("ZX")
"""States of a process that has ended (`proc_pid_stat(5)`)."""


def by_pid(world: World, pid: int) -> Found:
    """Find one process.

    Raises:
        TargetMissingError: it is not shown.
    """
    return [_process(world, pid).key]


def by_descriptor(world: World, pid: int, fd: int) -> Found:
    """Find one descriptor. Where the first thread of the process has ended, the others have its table.

    Raises:
        TargetMissingError: there is no such process, or nothing is open under that number.
        TargetDeniedError: its table cannot be read.
    """
    process = _process(world, pid)
    for one in (process, *heirs(world, process)):
        descriptor = world.tables.get(one.key, {}).get(fd)
        if descriptor is not None:
            return [descriptor.key]
    if process.denied:
        msg = f"the descriptors of process {pid} ({process.comm}) cannot be read: {process.denied}"
        raise TargetDeniedError(msg)
    if process.unread:
        msg = f"process {pid} ({process.comm}) was partly read, and descriptor {fd} is not among what was"
        raise TargetDeniedError(msg)
    msg = f"process {pid} ({process.comm}) has no descriptor {fd}"
    raise TargetMissingError(msg)


def by_name(world: World, name: str) -> Found:
    """Find processes by their short name, or by the file name of the program they were started as; the oldest first.

    What has ended and waits for its parent holds nothing; it is named last.

    Raises:
        TargetMissingError: none is called so.
    """
    named = _named(world, name)
    if not named:
        msg = f"no process is called {echo(name)}"
        raise TargetMissingError(msg)
    return named


def by_odd_name(world: World, name: str, refusal: str) -> Found:
    """Find processes by a name that could as well be a mistyped target: with blanks, parentheses, slashes, colons.

    Raises:
        TargetSyntaxError: none is called so; begins with `refusal`.
    """
    named = _named(world, name)
    if not named:
        msg = f"{refusal}, and no process is called so"
        raise TargetSyntaxError(msg)
    return named


def _named(world: World, name: str) -> Found:
    shown = clean_str(name)
    named = [process for process in world.processes.values() if shown in {process.comm, program_name(process)}]
    return [process.key for process in sorted(named, key=lambda one: (one.state in ENDED, one.start, one.pid))]


def program_name(process: Process) -> str:
    """Return the file name in the first argument of a process, "" where there is none."""
    return process.cmdline[0].rpartition("/")[2] if process.cmdline else ""


def heirs(world: World, process: Process) -> list[Process]:
    """List the threads that keep the table of a process whose first thread has ended, one for each table."""
    if process.state not in ENDED:
        return []
    threads = (one for one in world.processes.values() if one.thread_of == process.pid)
    return sorted(threads, key=lambda one: one.pid)


def descriptors_of(world: World, process: Process) -> dict[int, Descriptor]:
    """Return the descriptors of a process by number; of one whose first thread has ended those of its threads."""
    table: dict[int, Descriptor] = {}
    for one in reversed((process, *heirs(world, process))):
        table.update(world.tables.get(one.key, {}))
    return table


def _process(world: World, pid: int) -> Process:
    process = world.process(pid)
    if process is None:
        silent = next((one.costs for one in world.coverage.capabilities if one.name == "answers"), "")
        msg = f"no process {pid} could be read: {silent}" if silent else f"no process {pid}"
        raise TargetMissingError(msg)
    return process
