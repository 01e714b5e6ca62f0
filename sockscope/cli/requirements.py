"""What has to be so before anything is looked at: a machine that can be, words that mean something there."""

import mmap
import os
import resource
import sys

from sockscope.cli.exit_codes import DENIED, MISSING, USAGE
from sockscope.cli.hidden import exists
from sockscope.cli.refusal import CommandError
from sockscope.cli.values import read_pids

ROOM = 32 << 20
"""Bytes of memory that a look takes at the least; half of it is the program's own code."""
ROOM_OF_THE_EXPLORER = 64 << 20


def require_linux() -> None:
    """Check that this is Linux.

    Raises:
        CommandError: it is another system.
    """
    if not sys.platform.startswith("linux"):
        msg = "sockscope looks at Linux through /proc and netlink; this is another system"
        raise CommandError(msg, DENIED)


def require_machine(room: int = ROOM) -> None:
    """Check that this machine lets itself be looked at, and gives so many bytes of memory to do it with.

    Raises:
        CommandError: `/proc` does not show what we need.
        MemoryError: there is not that much.
    """
    _require_own_procfs()
    _require_memory(room)


def _require_memory(room: int) -> None:
    """Ask for all of it at once, while nothing is half done.

    Without any left, CPython may loop for ever where it unwinds an exception, and an import raises whatever it likes.
    """
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    try:
        mmap.mmap(-1, room, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        raise MemoryError from error


def _require_own_procfs() -> None:
    """Check that /proc shows the pid namespace that we live in: elsewhere our numbers mean other processes.

    Raises:
        CommandError: it shows another one, or is not there.
    """
    try:
        own = os.readlink("/proc/self")
    except OSError as error:
        msg = f"/proc cannot be read ({error.strerror}); sockscope looks at a machine through it"
        raise CommandError(msg, DENIED) from error
    if own != str(os.getpid()):
        msg = "/proc belongs to another pid namespace than this shell; mount this one's: mount -t proc proc /proc"
        raise CommandError(msg, DENIED)
    if not os.path.exists("/proc/stat"):
        msg = "/proc is mounted with subset=pid and shows processes only; it takes more: mount -t proc proc /proc"
        raise CommandError(msg, DENIED)


def require_terminal() -> None:
    """Check that there is a terminal to draw on and to read keys from.

    Raises:
        CommandError: there is none.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        msg = "the explorer needs a terminal; for pipes and scripts use: sockscope snapshot"
        raise CommandError(msg, USAGE)


def require_processes(pids: list[int]) -> None:
    """Check that the processes exist.

    Raises:
        CommandError: one does not.
    """
    missing = [pid for pid in pids if not _is_shown(pid)]
    hidden = next(filter(None, (why_unseen(str(pid)) for pid in missing)), "")
    if hidden:
        raise CommandError(hidden, DENIED)
    if missing:
        listed = ", ".join(map(str, missing))
        msg = f"no such {'process' if len(missing) == 1 else 'processes'}: {listed}"
        raise CommandError(msg, MISSING)


def why_unseen(pid: str) -> str:
    """Say why a process that exists cannot be seen; "" where it can, where there is none, and for what is no number."""
    if not pid.isdecimal() or _is_shown(pid) or not exists(int(pid)):
        return ""
    return f"process {pid} exists, and this mount of /proc hides it from this user (hidepid)"


def _is_shown(pid: int | str) -> bool:
    """Tell whether anything of a process may be read: with hidepid=1 its directory is there, and nothing else."""
    return os.path.exists(f"/proc/{pid}/stat")


def pids_of(words: list[str] | None) -> list[int]:
    """Read `--pid`.

    Raises:
        CommandError: no process has a name that was given.
        UsageError: the words make no sense.
    """
    try:
        return read_pids(words, _named)
    except LookupError as error:
        raise CommandError(str(error.args[0]), MISSING) from error


def _named(name: str) -> list[int]:
    from sockscope.cli.pidof import pids_named
    from sockscope.kernel.procfs import Procfs

    return pids_named(Procfs(), name)


def check_filter(text: str) -> None:
    """Check that a filter makes sense, before there is anything to filter.

    Raises:
        CommandError: it does not; says where.
    """
    if not text:
        return
    from sockscope.world.filter.errors import FilterError
    from sockscope.world.filter.parsing import parse

    try:
        parse(text)
    except FilterError as error:
        msg = f"--filter: {error}"
        raise CommandError(msg, USAGE) from error


def absolute_target(target: str) -> str:
    """Say in full what is meant from where the user stands, as long as this process stands there too.

    That is a path below the working directory, and the terminal that `/dev/tty` stands for, if there is one.
    """
    from sockscope.world.targets.forms import absolute

    if target == "/dev/tty":
        from sockscope.kernel.procfs import Procfs
        from sockscope.kernel.ttys import tty_name

        name = tty_name(Procfs().stat(os.getpid()).tty_nr)
        return f"/dev/{name}" if name else target
    return absolute(target, os.getcwd()) if absolute(target, "") != target else target
