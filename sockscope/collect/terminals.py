"""How a terminal is set, when a user looks at it: through one duplicate, for one instant."""

import errno
import os
from collections.abc import Sequence

from sockscope.abi.strings import Clean
from sockscope.abi.text import NOTHING, clean_str, ours
from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.collect.processes.answering import Answering
from sockscope.collect.sockets.options import denial
from sockscope.frames.messages import End, TerminalReport
from sockscope.kernel.duplicates import duplicate
from sockscope.kernel.procfs import Procfs
from sockscope.kernel.terminal_settings import TerminalSettings, read_settings, terminal_end

MAX_SLOTS = 16
"""Descriptors that are tried for one terminal."""
NOT_ITS_OWN = ours("no descriptor leads to its controlling terminal any more")

Slot = tuple[int, int]
"""(pid, fd)."""


def ask_terminal(
    procfs: Procfs, answering: Answering, patience: Patience, pid: int, slots: Sequence[Slot]
) -> TerminalReport:
    """Ask how the controlling terminal of a process is set, through the first descriptor that is on it.

    Args:
        procfs: where processes are.
        answering: who does not answer is not asked.
        patience: asks; a terminal can make its readers wait.
        pid: the process.
        slots: descriptors that may lead there.
    """
    try:
        stat = procfs.stat(pid)
    except (OSError, ValueError):
        return TerminalReport(ours("process {} has ended", pid))
    error = NOT_ITS_OWN
    for slot in slots[:MAX_SLOTS]:
        if not answering.check(slot[0]):
            continue
        try:
            found = patience.ask(("terminal", *slot), lambda slot=slot: _read(slot, stat.tty_nr, stat.sid))  # type: ignore[misc]  # mypy knows no type for a default of a lambda
        except NoAnswerError:
            error = ours("the terminal does not answer")
        except OSError as problem:
            error = _why_not(problem, procfs)
        else:
            if found is not None:
                return _report(slot, *found)
    return TerminalReport(error)


def _read(slot: Slot, tty_nr: int, sid: int) -> tuple[End, TerminalSettings] | None:
    """Read the settings, None where the descriptor is not on this terminal."""
    pidfd = os.pidfd_open(slot[0])
    try:
        copy = duplicate(pidfd, slot[1])
    finally:
        os.close(pidfd)
    try:
        end = terminal_end(copy, tty_nr, sid)
        return (end, read_settings(copy)) if end else None
    finally:
        # While it is open, a hang-up of the terminal waits for it.
        os.close(copy)


def _report(slot: Slot, end: End, found: TerminalSettings) -> TerminalReport:
    return TerminalReport(
        error=NOTHING,
        pid=slot[0],
        fd=slot[1],
        end=end,
        signals=not found.silenced,
        canonical=found.canonical,
        echo=found.echo,
        interrupt=found.interrupt,
        quit=found.quit,
        suspend=found.suspend,
        silenced=found.silenced,
    )


def _why_not(problem: OSError, procfs: Procfs) -> Clean:
    if problem.errno in {errno.EPERM, errno.EACCES}:
        return ours(
            "the terminal's settings need a duplicate of its descriptor, which is denied here: {}", denial(procfs)
        )
    if problem.errno in {errno.ENOSYS, errno.EINVAL}:
        return ours("pidfd_getfd(2) is missing: a terminal's settings need Linux 5.6")
    if problem.errno == errno.EIO:
        return ours("the terminal has been hung up")
    return (
        NOT_ITS_OWN
        if problem.errno in {errno.EBADF, errno.ESRCH}
        else ours("the terminal: {}", clean_str(problem.strerror or ""))
    )
