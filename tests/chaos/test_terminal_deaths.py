"""The terminal goes, or wants the explorer to go: it ends or resumes cleanly, and leaves nothing behind."""

import os
import platform
import signal
from collections.abc import Iterator
from threading import Event

import psutil
import pytest

from sockscope.tui.ending import SIGNALS
from tests.chaos.looking import SOAK
from tests.live.conftest import wait_until
from tests.security.recorded_pty import RecordedPty, explorer, gone

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="knows the system calls of x86-64 by number")
WRITE, FUTEX = 1, 202
UNREAD = 60.0 if SOAK else 0.0
"""Seconds that nobody reads the terminal: a minute in `make soak`."""


@pytest.fixture
def terminal() -> Iterator[RecordedPty]:
    with explorer("--interval", "0.1") as made:
        yield made


@pytest.mark.parametrize("number", [signal.SIGINT, *SIGNALS], ids=lambda number: number.name)
def test_a_signal_ends_it_cleanly(terminal: RecordedPty, number: signal.Signals) -> None:
    family = terminal.family()
    terminal.process.send_signal(number)
    terminal.wait_for_end()
    terminal.assert_restored()
    wait_until(lambda: gone(family))


def test_a_terminal_that_is_closed_takes_everything_with_it(terminal: RecordedPty) -> None:
    family = terminal.family()
    os.close(terminal.slave)
    os.close(terminal.master)
    terminal.process.wait(60)
    wait_until(lambda: gone(family))


def test_a_terminal_that_is_nobodys_controlling_one_ends_it_all_the_same() -> None:
    with RecordedPty(controlling=False) as terminal:
        terminal.wait_for_picture()
        family = terminal.family()
        os.close(terminal.slave)
        os.close(terminal.master)
        terminal.process.wait(60)
        wait_until(lambda: gone(family))


def test_an_unread_terminal_does_not_keep_it_from_ending(terminal: RecordedPty) -> None:
    family = terminal.family()
    wait_until(lambda: stuck(terminal))
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(60) == 0, "it was cut off instead of leaving"
    wait_until(lambda: gone(family))
    terminal.read()
    terminal.assert_restored()


def stuck(terminal: RecordedPty) -> bool:
    """Make it draw, and say whether nothing moves any more: its writer waits for us, its main thread for the writer."""
    terminal.press(b"??")
    Event().wait(0.1)  # so that few keys wait, since what comes later waits behind them
    return stuck_still(terminal)


def call(pid: int, tid: str) -> int:
    """The system call that a thread is in, -1 for none."""
    with open(f"/proc/{pid}/task/{tid}/syscall", encoding="ascii") as file:
        number = file.read().split()[0]
    return int(number) if number.isdecimal() else -1


def test_what_waits_for_an_unread_terminal_is_bounded(terminal: RecordedPty) -> None:
    wait_until(lambda: stuck(terminal))
    before = memory(terminal)
    for _ in range(20):
        terminal.press(b"jk")
    # Frames go on meanwhile, ten a second as far as anybody asks for them.
    Event().wait(UNREAD)
    # Not at every moment: what it was asked for meanwhile is looked at before it is written.
    wait_until(lambda: stuck_still(terminal))
    assert memory(terminal) - before < 4 << 20
    terminal.wait_for_new("processes")
    terminal.press(b"q")
    assert terminal.wait_for_end() == 0


def stuck_still(terminal: RecordedPty) -> bool:
    calls = {call(terminal.process.pid, name) for name in os.listdir(f"/proc/{terminal.process.pid}/task")}
    return WRITE in calls and call(terminal.process.pid, str(terminal.process.pid)) == FUTEX


def memory(terminal: RecordedPty) -> int:
    return sum(process.memory_info().rss for process in terminal.family())


def test_ctrl_z_gives_the_terminal_back_and_a_continue_takes_it_again(terminal: RecordedPty) -> None:
    program = psutil.Process(terminal.process.pid)
    terminal.process.send_signal(signal.SIGTSTP)
    terminal.wait_until(lambda: program.status() == psutil.STATUS_STOPPED, "it to stop")
    terminal.read()
    terminal.assert_restored()
    terminal.stream = b""
    terminal.process.send_signal(signal.SIGCONT)
    terminal.wait_for(b"?1049h")
    terminal.wait_for_picture()
    terminal.press(b"q")
    assert terminal.wait_for_end() == 0
    terminal.assert_restored()


def test_a_continue_without_a_stop_changes_nothing(terminal: RecordedPty) -> None:
    program = psutil.Process(terminal.process.pid)
    threads = program.num_threads()
    terminal.stream = b""
    for _ in range(3):
        terminal.process.send_signal(signal.SIGCONT)
        terminal.press(b"jk")
        terminal.wait_for_new(b"\x1b[")
    assert b"?1049h" not in terminal.stream
    assert program.num_threads() <= threads
    terminal.press(b"q")
    assert terminal.wait_for_end() == 0
    terminal.assert_restored()
