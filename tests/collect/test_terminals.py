"""How a terminal is set is asked of that terminal and of no other, through a duplicate that is gone at once."""

import os
import threading
from collections.abc import Iterator

import pytest

from sockscope.collect import terminals as module
from sockscope.collect.patience import Patience
from sockscope.collect.processes.answering import Answering
from sockscope.collect.terminals import ask_terminal
from sockscope.frames.messages import TerminalReport
from sockscope.kernel.procfs import Procfs
from tests.live.conftest import Play, Truth, play

__all__ = ["play"]

pytestmark = pytest.mark.needs("root")


@pytest.fixture
def patience() -> Iterator[Patience]:
    patience = Patience()
    yield patience
    patience.close()


@pytest.fixture
def jobs(play: Play) -> Truth:
    return play("terminal_jobs")


def ask(patience: Patience, pid: int, *slots: tuple[int, int]) -> TerminalReport:
    procfs = Procfs()
    answering = Answering(procfs)
    try:
        return ask_terminal(procfs, answering, patience, pid, slots)
    finally:
        answering.close()


def test_the_master_proves_which_terminal_it_is(patience: Patience, jobs: Truth) -> None:
    shell = jobs["shell"]
    found = ask(patience, shell["pid"], (jobs["pid"], jobs["master"]), (shell["pid"], shell["slave"]))
    assert (found.error, found.pid, found.fd, found.end) == ("", jobs["pid"], jobs["master"], "master")
    assert (found.signals, found.interrupt) == (True, "^C")


def test_without_a_master_the_slave_tells_the_same(patience: Patience, jobs: Truth) -> None:
    shell = jobs["shell"]
    found = ask(patience, shell["pid"], (shell["pid"], shell["slave"]))
    assert (found.error, found.end, found.interrupt) == ("", "slave", "^C")


def test_another_terminal_is_not_taken_for_it(patience: Patience, jobs: Truth) -> None:
    shell = jobs["shell"]
    master, slave = os.openpty()
    try:
        others = [(os.getpid(), master), (os.getpid(), slave), (os.getpid(), 999)]
        found = ask(patience, shell["pid"], *others)
        assert "no descriptor leads to its controlling terminal" in found.error
        assert ask(patience, shell["pid"], *others, (shell["pid"], shell["slave"])).end == "slave"
    finally:
        os.close(master)
        os.close(slave)


def test_who_has_ended_has_no_terminal(patience: Patience) -> None:
    assert ask(patience, 1 << 22, (os.getpid(), 0)).error == f"process {1 << 22} has ended"


def test_nothing_stays_open_and_the_terminal_is_nobody_elses(patience: Patience, jobs: Truth) -> None:
    shell = jobs["shell"]
    open_before = os.listdir("/proc/self/fd")
    session, terminal = os.getsid(0), _own_terminal()
    for slot in ((jobs["pid"], jobs["master"]), (shell["pid"], shell["slave"]), (shell["pid"], 999)):
        ask(patience, shell["pid"], slot)
    assert os.listdir("/proc/self/fd") == open_before
    assert (os.getsid(0), _own_terminal()) == (session, terminal)


def _own_terminal() -> str:
    with open("/proc/self/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[4]


def test_a_leader_without_a_terminal_does_not_get_one_by_looking(jobs: Truth) -> None:
    """Only open(2) makes a terminal the controlling one of a session's leader (tty_open_proc_set_tty)."""
    shell = jobs["shell"]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        patience = Patience()
        found = ask(patience, shell["pid"], (jobs["pid"], jobs["master"]), (shell["pid"], shell["slave"]))
        os.write(writing, f"{found.end} {_own_terminal()}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as report:
        assert report.read() == "master 0"


def test_a_terminal_that_does_not_answer_is_let_go(
    patience: Patience, jobs: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fake: the real thing is another process that changes the line discipline while a reader sleeps in it.
    release = threading.Event()
    monkeypatch.setattr(module, "read_settings", lambda _: release.wait(60) and None)
    shell = jobs["shell"]
    try:
        assert ask(patience, shell["pid"], (shell["pid"], shell["slave"])).error == "the terminal does not answer"
    finally:
        release.set()
