"""What every actor does around its own part: fork, tell the truth in one line of JSON, leave when told.

Actors are programs, not tests: each makes one known situation, prints it, and ends when its stdin closes.
"""

import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
CLONE_NEWNS = 0x2_0000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18

T = TypeVar("T")
_kept: list[object] = []

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, call: str) -> int:
    """Return a libc result, or raise what errno says."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call}: {os.strerror(error)}")
    return result


def keep(opened: T) -> T:
    """Hold on to something for as long as the process lives: Python closes what nobody refers to."""
    _kept.append(opened)
    return opened


def inode(fd: int) -> int:
    """Inode of a descriptor of our own."""
    return os.fstat(fd).st_ino


def here(fd: int) -> dict[str, int]:
    """Name a descriptor of this process: pid, number, inode."""
    return {"pid": os.getpid(), "fd": fd, "ino": inode(fd)}


def child(part: Callable[[], dict[str, Any] | None], then: Callable[[], object] = signal.pause) -> dict[str, Any]:
    """Fork a process that plays its part, reports it, and stays in `then` until the actor ends.

    Returns what the part returned, with the child's `pid`. The pipe it reports through is closed on both sides
    before this returns, so it is no part of the picture.

    Raises:
        RuntimeError: the child ended before it had reported.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _play(part, then, parent, reading, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        report = pipe.read()
    if not report:
        msg = "a child ended before it had reported"
        raise RuntimeError(msg)
    return {"pid": pid, **json.loads(report)}


def _play(
    part: Callable[[], dict[str, Any] | None], then: Callable[[], object], parent: int, reading: int, writing: int
) -> NoReturn:
    """Run the child's side, and never return into the code of the parent."""
    try:
        die_with(parent)
        os.close(reading)
        # The actor's own stdin and stdout stay the actor's: a child must not keep them open.
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        report = json.dumps(part() or {})
        os.write(writing, report.encode())
        os.close(writing)
        while True:
            then()
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def die_with(parent: int) -> None:
    """End this process when its parent ends, however it ends."""
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def own_mounts() -> None:
    """Leave the mounts of the machine to the machine: what is mounted from now on, only this process sees."""
    check(libc.unshare(ctypes.c_int(CLONE_NEWNS)), "unshare")
    mount("none", "/", "", flags=MS_REC | MS_PRIVATE)


def mount(what: str, where: str, kind: str, options: str = "", flags: int = 0) -> None:
    """Mount a file system, as mount(2)."""
    words = (what.encode(), where.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    check(libc.mount(*words), "mount")


def tell(**truth: Any) -> None:
    """Print the situation, and stay until whoever started the actor closes its stdin."""
    print(json.dumps({"pid": os.getpid(), **truth}), flush=True)
    sys.stdin.buffer.read()
