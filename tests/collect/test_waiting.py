"""What threads wait for: read of all, once for each time that a thread stops running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.processes import waiting
from sockscope.kernel.procfs import Procfs
from sockscope.model.wait import ProcessWaits

PATIENCE = 30
THREADED = """
import os, threading
read, write = os.pipe()
for _ in range(3):
    threading.Thread(target=os.read, args=(read, 1), daemon=True).start()
print(read, flush=True)
os.read(0, 1)
"""

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    made = []

    def begin(code: str) -> subprocess.Popen[bytes]:
        one = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        made.append(one)
        return one

    yield begin
    for one in made:
        one.kill()
        one.communicate()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def asleep(pid: int) -> bool:
    procfs = Procfs()
    return all(procfs.letter(pid, tid) == "S" for tid in procfs.tasks(pid))


def waits_of(collector: Collector, pid: int) -> ProcessWaits:
    """Look, and return what was found of a process; it may have been said in an earlier frame."""
    collector.refresh()
    assert collector._state is not None
    return next(said for key, said in collector._state.waits.items() if key.pid == pid)


def test_every_thread_of_a_process_is_told_of(start, collector) -> None:
    actor = start(THREADED)
    read = int(actor.stdout.readline())
    until(lambda: asleep(actor.pid))
    said = waits_of(collector, actor.pid)
    assert (said.threads, said.running, said.unread) == (4, 0, 0)
    assert [(wait.call, wait.fd) for wait in said.waits] == [("read", 0), *[("read", read)] * 3]
    assert said.waits[0].tid == actor.pid
    assert said.run_ns > 0


def test_a_thread_that_has_not_run_is_not_read_again(start, collector) -> None:
    actor = start(THREADED)
    actor.stdout.readline()
    until(lambda: asleep(actor.pid))
    before = waits_of(collector, actor.pid)
    assert waits_of(collector, actor.pid) is before
    one = collector._waits
    asked = []
    original = one._procfs.syscall
    one._procfs.syscall = lambda pid, tid: (asked.append(pid), original(pid, tid))[1]
    collector.refresh()
    assert asked
    assert actor.pid not in asked


def test_what_goes_on_waiting_is_new_once_it_has_run(start, collector) -> None:
    actor = start("import os\nprint(flush=True)\nwhile True: os.read(0, 1)")
    actor.stdout.readline()
    until(lambda: asleep(actor.pid))
    before = waits_of(collector, actor.pid).waits[0]
    actor.stdin.write(b"x")
    actor.stdin.flush()
    until(lambda: Procfs().schedstat(actor.pid).split()[2] != str(before.slices).encode() and asleep(actor.pid))
    after = waits_of(collector, actor.pid).waits[0]
    assert (after.call, after.fd) == (before.call, before.fd) == ("read", 0)
    assert after.since > before.since
    assert after.slices > before.slices


def test_who_is_stopped_does_not_wait(start, collector) -> None:
    actor = start("import os\nprint(flush=True)\nos.read(0, 1)")
    actor.stdout.readline()
    until(lambda: asleep(actor.pid))
    assert waits_of(collector, actor.pid).waits[0].halted == ""
    os.kill(actor.pid, signal.SIGSTOP)
    until(lambda: Procfs().state(actor.pid) == "T")
    halted = waits_of(collector, actor.pid).waits[0]
    assert (halted.halted, halted.call, halted.fd) == ("stopped", "read", 0)
    os.kill(actor.pid, signal.SIGCONT)
    until(lambda: asleep(actor.pid))
    assert waits_of(collector, actor.pid).waits[0].halted == ""


def test_who_runs_is_counted_and_looked_at_again(start, collector) -> None:
    actor = start("print(flush=True)\nwhile True: pass")
    actor.stdout.readline()
    first = waits_of(collector, actor.pid)
    assert first.threads == 1
    until(lambda: waits_of(collector, actor.pid).run_ns > first.run_ns)


@pytest.mark.parametrize("bound", ["MAX_THREADS", "MAX_LOOK"])
def test_threads_beyond_a_bound_are_counted(start, collector, monkeypatch, bound: str) -> None:
    actor = start(THREADED)
    actor.stdout.readline()
    until(lambda: asleep(actor.pid))
    monkeypatch.setattr(waiting, bound, 2)
    collector.refresh()
    read = sum(len(said.waits) + said.running for said in collector._state.waits.values())
    said = next(said for key, said in collector._state.waits.items() if key.pid == actor.pid)
    assert said.threads >= 1
    if bound == "MAX_THREADS":
        assert (len(said.waits), said.unread) == (2, 2)
    else:
        assert read <= 2
