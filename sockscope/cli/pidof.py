"""Processes by name, as pidof finds them: what `--pid nginx` stands for."""

import errno
import os
from typing import NoReturn

from sockscope.collect.patience import NoAnswerError, Patience
from sockscope.kernel.process import parse_cmdline
from sockscope.kernel.procfs import Procfs

PROGRAM_LIMIT = 4096
"""Bytes of arguments that are read for the first of them."""


def pids_named(procfs: Procfs, name: str) -> list[int]:
    """List the processes with this short name, or started as a program of this name.

    Neither the one that asks nor what has ended and only waits for its parent (a zombie). A child
    asks: a thread of this process that waits for an answer would keep rights that are about to be given up.

    Raises:
        OSError: no child could be made, or it has ended before it had an answer.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(procfs, name, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    if os.waitpid(child, 0)[1] != 0:
        raise OSError(errno.ECHILD, "the search for processes of this name has ended without an answer")
    return [int(pid) for pid in answer.split()]


def _answer(procfs: Procfs, name: str, writing: int) -> NoReturn:
    """Be the child, and never return into the code of the parent."""
    status = 1
    try:
        asking, patience = {os.getpid(), os.getppid()}, Patience()
        found = [pid for pid in procfs.pids() if pid not in asking and name in _names(procfs, patience, pid)]
        os.write(writing, " ".join(map(str, found)).encode())
        status = 0
    finally:
        os._exit(status)


def _names(procfs: Procfs, patience: Patience, pid: int) -> set[str]:
    try:
        # Neither from `stat`, which may make us wait.
        if procfs.state(pid) in {"Z", "X"}:
            return set()
        comm = procfs.comm(pid)
        arguments = parse_cmdline(patience.ask(pid, lambda: procfs.cmdline(pid, PROGRAM_LIMIT)))
    except OSError:  # it has ended meanwhile
        return set()
    except NoAnswerError:  # its short name is all that can be known of it
        return {comm}
    return {comm, arguments[0].rpartition("/")[2]} if arguments else {comm}
