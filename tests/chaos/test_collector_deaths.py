"""The collector dies, in every way a process can: the explorer says so, keeps its picture, and starts another."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from sockscope.feed.lifeline import DEATHS
from sockscope.frames.codec import MessageReader, StreamError, encode
from sockscope.frames.messages import Frame, Next
from tests.chaos.looking import ACTORS, PATIENCE, silent
from tests.security.recorded_pty import RecordedPty, explorer
from tests.security.rights import rights

MANY, ROOM = 10_000, 200
"""Descriptors that a collector has not seen yet, and those that a test needs besides."""


@pytest.fixture
def terminal() -> Iterator[RecordedPty]:
    # Of what is reserved for the heap of a thread, the main thread would take, whatever the limit.
    with explorer("--interval", "0.1", "--pid", str(os.getpid()), env={"MALLOC_ARENA_MAX": "1"}) as made:
        yield made


def collector(terminal: RecordedPty) -> psutil.Process | None:
    """The one that runs now."""
    found = [process for process in terminal.collectors() if _lives(process)]
    return found[0] if found else None


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def running(terminal: RecordedPty) -> psutil.Process:
    """The one that runs now, as one does."""
    one = collector(terminal)
    assert one is not None
    return one


def wait_for_another(terminal: RecordedPty, before: psutil.Process | None) -> psutil.Process:
    """Wait until another collector than that runs, and return it."""
    terminal.wait_until(lambda: collector(terminal) not in {None, before}, "another collector to start")
    return running(terminal)


def wait_for_death(one: psutil.Process) -> None:
    """Wait until a process that was killed has ended: it takes a moment, and longer until somebody has reaped it."""
    end = time.monotonic() + PATIENCE
    while _lives(one):
        assert time.monotonic() < end, "it lives on"
        time.sleep(0.02)


def leave(terminal: RecordedPty) -> None:
    """Quit, which works whatever has become of the collector."""
    terminal.press(b"q")
    assert terminal.wait_for_end() == 0


def test_a_killed_collector_is_named_and_followed_by_another(terminal: RecordedPty) -> None:
    first = running(terminal)
    first.kill()
    terminal.wait_for("ended by signal 9")
    wait_for_another(terminal, first)
    leave(terminal)


def stuck_at_third_frame(file: str) -> tuple[str, ...]:
    """A program whose collector reads a file for its third frame, or is killed inside that frame ("-")."""
    return sys.executable, str(ACTORS / "third_frame.py"), file, "sockscope"


def test_a_collector_killed_inside_a_frame_leaves_the_picture_before_that_frame() -> None:
    with explorer("--interval", "0.1", "--pid", str(os.getpid()), program=stuck_at_third_frame("-")) as terminal:
        terminal.wait_for("ended by signal 9: the stream ends inside a message")
        terminal.wait_for("this picture is")
        leave(terminal)


@contextlib.contextmanager
def many_descriptors() -> Iterator[None]:
    """Open more than there is room for in what a collector has of free memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    opened: list[int] = []
    try:
        opened += [os.dup(0) for _ in range(min(MANY, hard - ROOM))]
        yield
    finally:
        for fd in opened:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _limit(process: psutil.Process, option: str, least: int) -> None:
    """Set a limit of somebody's, as the same user: root may need CAP_SYS_RESOURCE for another's (`prlimit(2)`)."""
    own = rights(process.pid)
    user = ("setpriv", "--reuid", str(own.uids[0]), "--regid", str(own.gids[0]), "--clear-groups", "--")
    change = ("prlimit", "--pid", str(process.pid), f"{option}={least}:{least}")
    subprocess.run([*(user if os.geteuid() == 0 else ()), *change], check=True)


@pytest.mark.needs("prlimit", "setpriv")
@pytest.mark.parametrize(
    ("option", "least", "reason"),
    [("--as", 1 << 20, "out of memory"), ("--nofile", 4, "Too many open files")],
    ids=["memory", "descriptors"],
)
def test_a_collector_that_runs_out_says_of_what_and_is_followed_by_another(
    option: str, least: int, reason: str, terminal: RecordedPty
) -> None:
    first = running(terminal)
    _limit(first, option, least)
    with many_descriptors():
        terminal.wait_for(reason)
    terminal.wait_for("this picture is")
    wait_for_another(terminal, first)
    leave(terminal)


def test_after_many_deaths_it_stops_with_the_reason_until_r_is_pressed(terminal: RecordedPty) -> None:
    dead: psutil.Process | None = None
    for _ in range(DEATHS):
        dead = wait_for_another(terminal, dead)
        dead.kill()
    terminal.wait_for("this picture is")
    terminal.wait_for("R starts another")
    terminal.wait_until(lambda: collector(terminal) is None, "the last one to be collected")
    terminal.press(b"R")
    terminal.wait_until(lambda: collector(terminal) is not None, "a collector")
    leave(terminal)


def test_the_death_of_the_spawner_is_said_and_quitting_still_works(terminal: RecordedPty) -> None:
    for process in terminal.family()[1:]:
        process.kill()
    terminal.wait_for("start sockscope again")
    leave(terminal)
    terminal.assert_restored()


def test_a_stopped_collector_is_called_silent_and_does_not_keep_it_from_quitting(terminal: RecordedPty) -> None:
    one = running(terminal)
    one.suspend()
    terminal.wait_for("said nothing for")
    leave(terminal)
    wait_for_death(one)


def test_a_silent_collector_is_replaced_when_r_is_pressed(terminal: RecordedPty) -> None:
    one = running(terminal)
    one.suspend()
    terminal.wait_for("R replaces it")
    terminal.press(b"R")
    wait_for_another(terminal, one)
    wait_for_death(one)
    leave(terminal)


@pytest.mark.needs("root")
def test_a_collector_that_waits_without_end_says_so_is_ended_and_followed_by_another(tmp_path: Path) -> None:
    with silent("hung_fuse", tmp_path / "mount"):
        program = stuck_at_third_frame(str(tmp_path / "mount" / "file"))
        with explorer("--interval", "0.1", "--pid", str(os.getpid()), program=program) as terminal:
            one = running(terminal)
            terminal.wait_for("the collector was ended by signal 9: it waits in the kernel")
            wait_for_another(terminal, one)
            leave(terminal)


def waiting_for_a_file(when: str, command: Sequence[str], directory: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command that comes upon a file of a server that is silent when it looks."""
    with silent("hung_fuse", directory):
        words = [sys.executable, str(ACTORS / "waits_for_a_file.py"), when, str(directory / "file"), *command]
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


@pytest.mark.needs("root")
@pytest.mark.parametrize(
    ("when", "command"), [("here", ["snapshot", "--format", "json"]), ("inspection", ["show", "1"])]
)
def test_a_command_that_waits_without_end_says_so_in_one_line(when: str, command: list[str], tmp_path: Path) -> None:
    done = waiting_for_a_file(when, command, tmp_path / "mount")
    assert (done.returncode, done.stdout) == (3, b"")
    assert "it waits in the kernel" in one_clear_line(done)


@pytest.mark.needs("root")
def test_what_a_fork_that_waits_without_end_should_have_read_is_read_without_it(tmp_path: Path) -> None:
    done = waiting_for_a_file("fork", ["snapshot", "--format", "json"], tmp_path / "mount")
    assert (done.returncode, done.stderr) == (0, b"")
    assert os.getpid() in {one["pid"] for one in json.loads(done.stdout)["processes"]}


@pytest.mark.needs("root")
def test_a_collector_that_the_kernel_holds_is_named_has_no_second_and_does_not_keep_it_from_quitting(
    tmp_path: Path,
) -> None:
    with silent("hung_read", tmp_path / "mount") as truth:
        program = stuck_at_third_frame(truth["file"])
        with explorer("--interval", "0.1", "--pid", str(os.getpid()), program=program) as terminal:
            one = running(terminal)
            terminal.wait_for("the collector does not end: it waits in the kernel")
            terminal.wait_for(f"the one before it, process {one.pid}, does not end; the kernel holds it")
            assert collector(terminal) == one
            leave(terminal)
            terminal.assert_restored()
            assert one.status() == psutil.STATUS_DISK_SLEEP
    one.wait(60)


def limited(
    limit: Callable[[], None], *arguments: str, program: Sequence[str] = ("-m", "sockscope")
) -> subprocess.CompletedProcess[bytes]:
    """Run a collector under a limit, asked for several frames."""
    return subprocess.run(
        [sys.executable, *program, *arguments],
        input=b"".join([encode(Next())] * 3), capture_output=True, preexec_fn=limit, timeout=120, check=False,
    )  # fmt: skip


def one_clear_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """Check that a command that failed said one line, without a trace, and return it."""
    text = done.stderr.decode()
    assert done.returncode not in {0, -signal.SIGSEGV}, text
    assert text.startswith("sockscope: "), text
    assert text.count("\n") == 1, text
    return text


HUNGRY = """
import sys
from sockscope.cli import main as cli
from sockscope.collect.collector import Collector
Collector.refresh = lambda self: bytearray(1 << 40)
sys.exit(cli.main(["collect"]))
"""


def test_a_collector_without_memory_says_so_in_one_line() -> None:
    size = 2 << 30
    done = limited(lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)), program=["-c", HUNGRY])
    assert done.returncode == 3
    assert "memory" in one_clear_line(done)


def test_a_collector_without_descriptors_says_so_in_one_line() -> None:
    done = limited(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)), "collect")
    assert done.returncode == 3
    assert "open files" in one_clear_line(done)


def test_a_collector_takes_the_descriptors_that_it_may_have() -> None:
    done = limited(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 64)), "collect", "--interval", "0.1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert any(isinstance(message, Frame) for message in MessageReader().feed(done.stdout))


def test_a_stream_that_is_cut_inside_a_frame_is_an_error_not_a_picture() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sockscope", "collect"], stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    whole = list(MessageReader().feed(done.stdout))
    reader = MessageReader()
    assert list(reader.feed(done.stdout[:-7])) == whole[:-1]
    with pytest.raises(StreamError, match="ends inside a message"):
        reader.close()
