"""The demo as a user runs it: processes, an explorer on them, and nothing left however it ends."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.demo.conftest import runs, wait_until
from tests.terminal.conftest import EXPLORER, Terminal

pytestmark = pytest.mark.needs("tmux")


class Shown:
    """A demo on a terminal, and every process it started."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        terminal.type(f"clear; {EXPLORER} demo; echo status=$?")
        terminal.wait_for("demo: server: master process", "LISTEN")
        (self.program,) = [one for one in terminal.programs() if one.cmdline()[-1:] == ["demo"] and runs_below(one)]
        self.processes = [self.program, *self.program.children(recursive=True)]
        assert sum(one.cmdline()[:1] != [] and one.cmdline()[0].startswith("demo:") for one in self.processes) > 10

    def assert_nothing_left(self) -> None:
        wait_until(lambda: not any(map(runs, self.processes)), "everything the demo started has ended")


def runs_below(process: psutil.Process) -> bool:
    """Whether it is the program itself, and not the spawner it forked, which has the same command line."""
    return any(child.cmdline()[:1] == ["demo: stage"] for child in process.children())


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    terminal = Terminal(tmp_path)
    yield Shown(terminal)
    terminal.close()


def test_quitting_ends_everything_and_gives_the_terminal_back(shown: Shown) -> None:
    shown.terminal.press("q")
    shown.terminal.wait_for("status=0")
    shown.assert_nothing_left()
    shown.terminal.assert_restored()


@pytest.mark.needs("kcmp")
def test_the_tour_leads_to_all_its_stops(shown: Shown) -> None:
    shown.terminal.wait_for("1/13", "Held by 3", "KCMP_EPOLL_TFD")
    for stop in range(2, 14):
        assert "has no descriptor" not in shown.terminal.screen()
        shown.terminal.press(".")
        shown.terminal.wait_for(f"{stop}/13")
    shown.terminal.wait_for("That was the tour.", "In flight 3")


@pytest.mark.needs("kcmp")
def test_what_is_sick_in_the_demo_is_named_and_explained(shown: Shown) -> None:
    shown.terminal.wait_for("1/13")
    for stop in range(2, 11):
        shown.terminal.press(".")
        shown.terminal.wait_for(f"{stop}/13")
    shown.terminal.wait_for("‼ stuck", "write to each other")
    shown.terminal.press("w")
    shown.terminal.wait_for("└▶ deadlock: other", "◀")
    shown.terminal.press("w", "0")
    shown.terminal.wait_for("deadlock: deadlock: first", "sick    backlog")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_gives_the_terminal_back(shown: Shown, sign: signal.Signals) -> None:
    os.kill(shown.program.pid, sign)
    shown.terminal.wait_for("status=")
    shown.assert_nothing_left()
    shown.terminal.assert_restored()


def test_what_cannot_be_caught_ends_everything_all_the_same(shown: Shown) -> None:
    os.kill(shown.program.pid, signal.SIGKILL)
    shown.assert_nothing_left()


def test_a_closed_terminal_ends_everything(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    shown = Shown(terminal)
    terminal.close()
    shown.assert_nothing_left()
