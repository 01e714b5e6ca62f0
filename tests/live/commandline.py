"""The real command line, run as a user runs it; what it printed, as values."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.features import SEARCH_PATH

PROGRAM = (sys.executable, "-m", "sockscope")
LONGEST = 120
"""Seconds after which a hanging program is ended. No verdict on speed."""

Place = tuple[int, int]
"""(pid, fd)"""


@dataclass(frozen=True)
class Outcome:
    """What one run left behind."""

    status: int
    out: str
    err: str


def sockscope(
    *arguments: str | int, before: Sequence[str] = (), env: dict[str, str] | None = None, patience: float = LONGEST
) -> Outcome:
    """Run `sockscope` with the arguments to its end; `before` is put in front, such as `setpriv --reuid …`."""
    done = subprocess.run(
        [*before, *PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=patience,
        env={**os.environ, **(env or {})},
        cwd="/",
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def answer(*arguments: str | int, before: Sequence[str] = ()) -> dict[str, Any]:
    """Run a command that must succeed without a word on stderr, and read its JSON."""
    outcome = sockscope(*arguments, "--format", "json", before=before)
    assert (outcome.status, outcome.err) == (0, ""), outcome
    value = json.loads(outcome.out)
    assert isinstance(value, dict)
    return value


def snapshot(*pids: int) -> dict[str, Any]:
    """Ask for a snapshot, of these processes or of the machine."""
    return answer("snapshot", *(["--pid", *pids] if pids else []))


def show(pid: int, fd: int) -> dict[str, Any]:
    """Ask for one descriptor in depth."""
    return answer("show", f"{pid}:{fd}")


def place(row: dict[str, Any]) -> Place:
    """Take (pid, fd) out of a row, whether sockscope's or an actor's."""
    return row["pid"], row["fd"]


def places(rows: Iterable[dict[str, Any]]) -> set[Place]:
    """Take (pid, fd) out of each row."""
    return {place(row) for row in rows}


def descriptor(picture: dict[str, Any], pid: int, fd: int) -> dict[str, Any]:
    """Find one descriptor in a snapshot."""
    return only(row for row in picture["descriptors"] if place(row) == (pid, fd))


def only(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Take the one row there is."""
    (row,) = rows
    return row


def words(program: str, *arguments: str) -> str:
    """Run another program, an oracle, and return what it printed."""
    path = shutil.which(program, path=SEARCH_PATH)
    assert path is not None
    return subprocess.run(
        [path, *arguments], capture_output=True, text=True, errors="replace", timeout=LONGEST, check=True
    ).stdout
