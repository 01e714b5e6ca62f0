"""The explorer in a real terminal: it starts, obeys keys, and leaves the terminal as it found it."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from tests.live.commandline import place
from tests.live.conftest import Truth, performance, wait_until
from tests.security.recorded_pty import RecordedPty
from tests.terminal.conftest import EXPLORER, PROMPT, Terminal

pytestmark = pytest.mark.needs("tmux")


@pytest.fixture
def actor() -> Iterator[Truth]:
    with performance("shared_listener") as (_, truth):
        yield truth


@pytest.fixture
def explorer(terminal: Terminal, actor: Truth) -> Terminal:
    """Open the explorer on three processes that share a listener."""
    pids = f"{actor['pid']} {actor['waiting']['pid']} {actor['holding']['pid']}"
    terminal.type(f"clear; {EXPLORER} --pid {pids}; echo status=$?")
    terminal.wait_for(str(actor["pgid"]), str(actor["pid"]), f"127.0.0.1:{actor['port']}")
    return terminal


def test_it_uses_the_alternate_screen_while_it_runs(explorer: Terminal) -> None:
    assert explorer.modes()["alternate_on"]


def test_without_the_mouse_the_terminal_keeps_it(terminal: Terminal, actor: Truth) -> None:
    for option, taken in (("", True), ("--no-mouse", False)):
        terminal.type(f"clear; {EXPLORER} {option} --pid {actor['pid']}; echo status=$?")
        terminal.wait_for(str(actor["pgid"]), "q quit")
        assert terminal.modes()["mouse_any_flag"] is taken
        terminal.press("q")
        terminal.wait_for("status=0", PROMPT)


def test_q_quits_with_status_0_and_gives_the_terminal_back(explorer: Terminal) -> None:
    explorer.press("q")
    explorer.wait_for("status=0", PROMPT)
    explorer.assert_restored()


def test_nothing_it_started_outlives_it(explorer: Terminal) -> None:
    programs = explorer.programs()
    assert len(programs) >= 2
    explorer.press("q")
    explorer.wait_for("status=0")
    wait_until(lambda: not any(map(psutil.Process.is_running, programs)))


def test_a_collector_that_dies_is_spoken_of_and_replaced(explorer: Terminal, actor: Truth) -> None:
    (collector,) = collectors(explorer)
    collector.kill()
    explorer.wait_for("the collector", "signal 9")
    explorer.wait_without("signal 9")
    (other,) = collectors(explorer)
    assert other.pid != collector.pid
    assert f"127.0.0.1:{actor['port']}" in explorer.screen()
    explorer.press("q")
    explorer.wait_for("status=0")


def collectors(explorer: Terminal) -> list[psutil.Process]:
    """Those that were executed; the one whom a collector asks for names is a fork of it."""
    found = [program for program in explorer.programs() if "collect" in program.cmdline()]
    return [program for program in found if program.ppid() not in {one.pid for one in found}]


def test_a_question_mark_explains_the_signs_and_escape_goes_back(explorer: Terminal) -> None:
    explorer.press("?")
    help_text = explorer.wait_for("same kernel object", "proven")
    assert all(sign in help_text for sign in "●◆◉")
    explorer.press("Escape")
    explorer.wait_without("same kernel object")
    explorer.press("q")
    explorer.wait_for("status=0")


def test_sigterm_gives_the_terminal_back(explorer: Terminal) -> None:
    program = explorer.programs()[0]
    program.send_signal(signal.SIGTERM)
    explorer.wait_for("status=", PROMPT)
    explorer.assert_restored()


def test_selecting_the_listener_marks_who_else_holds_it_and_who_watches_it(explorer: Terminal, actor: Truth) -> None:
    screen = select(explorer, *place(actor["listener"]))
    assert "Held by 3" in screen
    for holder in (actor["listener"], actor["waiting"], actor["holding"]):
        assert f"{holder['pid']}:{holder['fd']}" in screen
    tree = [line.split("│")[0] for line in screen.splitlines()]
    assert sum("●" in line and "LISTEN" in line for line in tree) == 2
    assert sum("◉" in line and "epoll" in line for line in tree) == 1


def test_n_goes_on_to_the_next_marked_row_and_backspace_comes_back(explorer: Terminal, actor: Truth) -> None:
    select(explorer, *place(actor["listener"]))
    explorer.press("n")
    explorer.wait_for(title(*place(actor["waiting"])))
    explorer.press("BSpace")
    explorer.wait_for(title(*place(actor["listener"])))


def test_enter_in_the_pane_follows_the_line_under_the_cursor(explorer: Terminal, actor: Truth) -> None:
    select(explorer, *place(actor["listener"]))
    before = explorer.screen()
    explorer.press("Tab")
    explorer.wait_for_change(before)
    # The first line of "Held by" is the row itself, the second its next holder.
    explorer.press("j", "Enter")
    explorer.wait_for(title(*place(actor["waiting"])))


def title(pid: int, fd: int) -> str:
    """How the pane begins for a descriptor."""
    return f"│ {pid}:{fd} "


def heading(screen: str) -> str:
    """Read the first line of the pane: what is selected."""
    return screen.splitlines()[1].rpartition("│")[2]


def select(explorer: Terminal, pid: int, fd: int) -> str:
    """Go down the tree until the pane speaks of a descriptor, and return the screen with all that is known of it."""
    screen = explorer.screen()
    while title(pid, fd) not in screen:
        explorer.press("j")
        before = heading(screen)
        screen = explorer.wait_until(lambda now, before=before: heading(now) != before, f"to leave {before!r}")
    return explorer.wait_for(title(pid, fd), "fdinfo", "mnt_id")


def test_on_the_linux_console_every_sign_is_one_of_ascii_without_being_asked() -> None:
    with RecordedPty("--pid", str(os.getpid()), env={**os.environ, "TERM": "linux"}) as terminal:
        terminal.wait_for_picture()
        terminal.press(b"q")
        assert terminal.wait_for_end() == 0
    assert terminal.stream.isascii()
