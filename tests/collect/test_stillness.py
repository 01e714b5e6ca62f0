"""Who has stood still: a process that has run since its table was read is never said to have."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.processes.activity import Activity, read_activity
from sockscope.collect.processes.sharers import TableSharers
from sockscope.collect.processes.stillness import Stillness
from sockscope.kernel.process import parse_stat
from sockscope.kernel.procfs import Procfs

CLONE_FILES = 0x400
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
PROCFS = Procfs()

_ACTOR = """
import sys, threading
if sys.argv[1:] == ["threads"]:
    go, done = threading.Semaphore(0), threading.Semaphore(0)
    def work():
        while go.acquire():
            done.release()
    threading.Thread(target=work, daemon=True).start()
print(flush=True)
for line in sys.stdin:
    if sys.argv[1:] == ["threads"]:
        go.release()
        done.acquire()
    print(flush=True)
"""


@pytest.fixture(params=["alone", "threads"])
def actor(request) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", _ACTOR, request.param]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    _asleep(process.pid)
    yield process
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.fixture
def spinning() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


def _asleep(pid: int) -> None:
    while any(parse_stat(PROCFS.read(pid, f"task/{tid}/stat")).state == "R" for tid in PROCFS.tasks(pid)):
        os.sched_yield()


def _activity(pid: int) -> Activity:
    stat = parse_stat(PROCFS.read(pid, "stat"))
    return read_activity(PROCFS, pid, stat.start, stat.threads, running=stat.state == "R")


def _alone(pid: int) -> tuple[int]:
    return (pid,)


def test_who_sleeps_has_not_moved_until_it_has_run(actor) -> None:
    stillness = Stillness(PROCFS, _alone)
    stillness.begin({actor.pid: _activity(actor.pid)})
    assert stillness.moved({actor.pid}) == set()
    moment = stillness.moment(actor.pid)
    assert moment is not None
    assert stillness.lasts(moment)
    actor.stdin.write("\n")
    actor.stdin.flush()
    actor.stdout.readline()
    assert stillness.moved({actor.pid}) == {actor.pid}
    assert not stillness.lasts(moment)


def test_who_runs_all_the_time_has_no_moment_and_has_moved(spinning) -> None:
    stillness = Stillness(PROCFS, _alone)
    stillness.begin({spinning: _activity(spinning)})
    assert stillness.moved({spinning}) == {spinning}
    assert stillness.moment(spinning) is None


def test_of_whom_nothing_was_read_it_is_not_said_that_he_stood_still(actor) -> None:
    stillness = Stillness(PROCFS, _alone)
    stillness.begin({})
    assert stillness.moved({actor.pid}) == {actor.pid}
    assert stillness.moved({os.getpid()}) == set(), "what we open while we look is left out"


def test_who_shares_a_table_moves_all_of_it(actor, spinning) -> None:
    stillness = Stillness(PROCFS, lambda pid: (pid, spinning))
    stillness.begin({pid: _activity(pid) for pid in (actor.pid, spinning)})
    assert stillness.moved({actor.pid}) == {actor.pid}
    assert stillness.moment(actor.pid) is None


def _clone(flags: int) -> int:
    """Fork a child that sleeps, with our table or a copy."""
    libc = ctypes.CDLL(None, use_errno=True)
    pid = libc.syscall(CLONE, flags | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        while True:
            signal.pause()
    assert pid > 0
    return pid


@pytest.fixture
def family() -> Iterator[tuple[int, int, int]]:
    pids = [_clone(CLONE_FILES), _clone(0), _clone(CLONE_FILES)]
    yield pids[0], pids[1], pids[2]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_processes_of_one_table_are_found_whenever_they_come(family) -> None:
    sharing, apart, later = family
    sharers = TableSharers()
    sharers.refresh([(os.getpid(), 1), (sharing, 1), (apart, 1)], [])
    assert set(sharers.of(sharing)) == {os.getpid(), sharing}
    assert set(sharers.of(apart)) == {apart}
    sharers.refresh([(later, 1)], [])
    assert set(sharers.of(os.getpid())) == {os.getpid(), sharing, later}
    before = sharers.comparisons
    sharers.refresh([(apart, 1)], [later])
    assert set(sharers.of(sharing)) == {os.getpid(), sharing}
    assert sharers.comparisons == before, "one thread with a table of its own cannot come to share it"


def test_what_one_of_two_with_one_table_opens_the_other_is_shown_with(family) -> None:
    """The child sleeps all the while; its table changes without it."""
    collector = Collector()
    shown: dict[int, set[int]] = {}
    collector.interval = 0.1  # a full pass in 600 refreshes
    try:
        for _ in range(3):
            opened = os.open("/dev/null", os.O_RDONLY)
            for table in collector.refresh().tables:
                shown.setdefault(table.pid, set()).update(one.fd for one in table.opened)
                shown[table.pid].difference_update(table.closed)
            assert opened in shown[family[0]]
            assert opened not in shown[family[1]]
            os.close(opened)
    finally:
        collector.close()
