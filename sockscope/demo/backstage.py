"""What every actor needs: a name, an end that comes with its parent's, and a way to report what it made."""

import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 1, 15, 36
"""Operations of `prctl(2)` (`linux/prctl.h`)."""
ARGUMENTS_START, ARGUMENTS_END = 45, 46
"""Where the arguments lie in memory: fields 48 and 49 of `proc_pid_stat(5)`, counted from the state."""
COMM_LENGTH = 15

Truth = dict[str, Any]
"""What an actor made, as JSON can say it."""
T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)
_kept: list[object] = []
_reporting: list[int] = []
"""The pipe that this process has yet to report through."""


def keep(opened: T) -> T:
    """Hold on to something for as long as the process lives: Python closes what nobody refers to."""
    _kept.append(opened)
    return opened


def prctl(operation: int, value: int | bytes) -> None:
    """Change something about this process.

    Raises:
        OSError: the kernel refuses.
    """
    if _libc.prctl(operation, value, 0, 0, 0) < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl: {os.strerror(error)}")


def die_with(parent: int, sign: signal.Signals = signal.SIGKILL) -> None:
    """Be ended by the kernel when the parent ends, however that comes about."""
    prctl(PR_SET_PDEATHSIG, sign)
    if os.getppid() != parent:
        os._exit(1)


def call_yourself(title: str) -> None:
    """Write a title over the arguments, where ps and others read it, and the name the kernel keeps."""
    prctl(PR_SET_NAME, title.removeprefix("demo: ").encode()[:COMM_LENGTH].rstrip())
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[ARGUMENTS_START]), int(fields[ARGUMENTS_END])
    room = end - start
    # The last byte stays zero: that is how the kernel knows that the title does not run on.
    if start and room > 1:
        ctypes.memmove(start, title.encode()[: room - 1].ljust(room, b"\0"), room)


def child(title: str, part: Callable[[], Truth | None], then: Callable[[], object] = signal.pause) -> Truth:
    """Fork a process that plays its part, reports it, and stays in `then` until its parent ends.

    Returns what the part returned, with the child's `pid`. The pipe that it reports through is closed on both
    sides before this returns, so it is no part of the picture.

    Raises:
        RuntimeError: the child ended before it had reported.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _play(title, part, then, parent, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        report = pipe.read()
    if not report:
        msg = f"{title} ended before it had reported"
        raise RuntimeError(msg)
    return {"pid": pid, **json.loads(report)}


def _play(
    title: str, part: Callable[[], Truth | None], then: Callable[[], object], parent: int, writing: int
) -> NoReturn:
    """Run the child's side, and never return into the code of the parent."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with(parent)
        call_yourself(title)
        _leave_standard_streams()
        # A parent that has not reported yet would be waited for as long as we held its pipe open.
        while _reporting:
            os.close(_reporting.pop())
        _reporting.append(writing)
        truth = part() or {}
        # Errors had somewhere to go until here; from now on that pipe would only be in the picture.
        os.dup2(0, 2)
        os.write(writing, json.dumps(truth).encode())
        os.close(_reporting.pop())
        while True:
            then()
    except BaseException:
        # The reader of standard error is whoever started the demo.
        traceback.print_exc()
        sys.stderr.flush()
        raise
    finally:
        os._exit(1)


def _leave_standard_streams() -> None:
    """Let go of what the stage is steered through: its end would never be seen."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1):
        os.dup2(nowhere, fd)
    os.close(nowhere)


def group(title: str, part: Callable[[], Truth | None], then: Callable[[], object] = signal.pause) -> Truth:
    """Fork a process as `child` does, at the head of a process group of its own."""

    def lead() -> Truth | None:
        os.setpgid(0, 0)
        return part()

    return child(title, lead, then)
