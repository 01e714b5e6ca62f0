"""Actors on stage: real processes that print what they made, and are gone after the test, however it ends."""

import contextlib
import json
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

ACTORS = Path(__file__).parent / "actors"
PATIENCE = 30
"""Seconds to wait for what must come; only a failing test waits this long."""

Actor = subprocess.Popen[bytes]
Truth = dict[str, Any]
Play = Callable[..., Truth]


@pytest.fixture
def play() -> Iterator[Play]:
    """Start an actor by name, with its arguments, and return the truth it told."""
    with contextlib.ExitStack() as curtain:

        def start(name: str, *arguments: object) -> Truth:
            _, truth = curtain.enter_context(performance(name, *arguments))
            return truth

        yield start


@contextlib.contextmanager
def performance(name: str, *arguments: object) -> Iterator[tuple[Actor, Truth]]:
    """Keep an actor on stage for as long as the block runs."""
    actor = subprocess.Popen(
        [sys.executable, str(ACTORS / f"{name}.py"), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield actor, told(actor)
    finally:
        dismiss(actor)


def told(actor: Actor) -> Truth:
    """Read the one line an actor prints when its situation stands."""
    assert actor.stdout is not None
    ready, _, _ = select.select([actor.stdout], [], [], PATIENCE)
    line = actor.stdout.readline() if ready else b""
    assert line, f"{actor.args} told nothing (status {actor.poll()})"
    truth: Truth = json.loads(line)
    return truth


def dismiss(process: Actor) -> None:
    """End a process and everything it has started, in whatever group or session that is."""
    try:
        # The parent first: a master that sees a worker end starts another.
        cast = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        cast = []
    for member in cast:
        with contextlib.suppress(psutil.NoSuchProcess):  # ended by itself, which is what is wanted
            member.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):  # nobody is left to read what was buffered
                stream.close()
    process.wait(PATIENCE)
    wait_until(lambda: all(map(ended, cast)))


def ended(process: psutil.Process) -> bool:
    """Whether a process holds nothing any more; init may take its time to collect it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE or not process.is_running()
    except psutil.NoSuchProcess:
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds that must come true; fail when it does not."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.02)


def blocked_on(pid: int, fd: int) -> bool:
    """Whether the main thread of a process is blocked in a system call whose first argument is this descriptor."""
    call = Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").split()
    return len(call) > 2 and int(call[1], 16) == fd


def blocked_in_a_call(pid: int) -> bool:
    """Whether the main thread of a process is blocked in any system call."""
    return Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").split()[0].isdecimal()
