"""Activity: a process that has not run is not walked, and one that has is never shown stale."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import IO

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.processes.activity import read_activity, rests
from sockscope.collect.processes.walk import DEFAULT_PARTS
from sockscope.collect.processes.walked import Watched
from sockscope.kernel.procfs import Procfs

_ACTOR = """
import os, sys
held = []
for line in sys.stdin:
    if line.strip() == "open":
        held.append(os.open("/dev/null", os.O_RDONLY))
    elif line.strip() == "close" and held:
        os.close(held.pop(0))
    print(",".join(map(str, held)), flush=True)
"""


@pytest.fixture
def actor() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", _ACTOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.stdin.close()
    process.wait()
    process.stdout.close()


def _ask(actor: subprocess.Popen[str], word: str) -> set[int]:
    assert isinstance(actor.stdin, IO) or actor.stdin is not None
    actor.stdin.write(word + "\n")
    actor.stdin.flush()
    return {int(fd) for fd in actor.stdout.readline().strip().split(",") if fd}


def _watched(collector: Collector, pid: int) -> Watched:
    return next(one for key, one in collector._walk._look.watched.items() if key.pid == pid)


def _shown(collector: Collector, tables: dict[int, set[int]], pid: int) -> set[int]:
    frame = collector.refresh()
    for table in frame.tables:
        known = tables.setdefault(table.pid, set())
        known.update(descriptor.fd for descriptor in table.opened if descriptor.target == "/dev/null")
        known.difference_update(table.closed)
    return tables[pid]


def test_a_process_that_opens_and_closes_at_random_times_is_never_shown_stale(actor) -> None:
    collector = Collector()
    chance = random.Random(11)
    tables: dict[int, set[int]] = {}
    base = _shown(collector, tables, actor.pid) - _ask(actor, "look")
    for _ in range(60):
        truth = _ask(actor, chance.choice(["open", "open", "close"]))
        assert _shown(collector, tables, actor.pid) - base == truth
    collector.close()


def test_a_process_that_sleeps_is_not_walked_again(actor) -> None:
    _ask(actor, "look")
    collector = Collector()
    collector.refresh()
    before = _watched(collector, actor.pid)
    walked = 0
    for _ in range(10):
        collector.refresh()
        now = _watched(collector, actor.pid)
        walked += now.table is not before.table
        before = now
    collector.close()
    assert walked <= 1, "only the slow walk of everything may have come by"


def test_every_table_is_walked_once_in_a_full_cycle_whether_it_ran_or_not(actor) -> None:
    _ask(actor, "look")
    collector = Collector()
    collector.refresh()
    kept = [_watched(collector, actor.pid).table]
    for _ in range(DEFAULT_PARTS):
        collector.refresh()
        kept.append(_watched(collector, actor.pid).table)
    collector.close()
    assert len({id(table) for table in kept}) >= 2


def test_a_collector_does_not_list_the_descriptor_it_walks_with() -> None:
    collector = Collector()
    frame = collector.refresh()
    own = next(table for table in frame.tables if table.pid == os.getpid())
    collector.close()
    assert not [descriptor for descriptor in own.opened if descriptor.target.endswith("/fd")]


_THREADED = """
import os, sys, threading
held = []
go, done = threading.Semaphore(0), threading.Semaphore(0)
def work():
    while True:
        go.acquire()
        held.append(os.open("/dev/null", os.O_RDONLY)) if word == "open" else held and os.close(held.pop(0))
        done.release()
threading.Thread(target=work, daemon=True).start()
for line in sys.stdin:
    word = line.strip()
    if word != "look":
        go.release()
        done.acquire()
    print(",".join(map(str, held)), flush=True)
"""


@pytest.fixture
def threaded() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _THREADED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.stdin.close()
    process.wait()
    process.stdout.close()


def test_what_another_thread_opens_and_closes_is_never_shown_stale(threaded) -> None:
    collector = Collector()
    chance = random.Random(5)
    tables: dict[int, set[int]] = {}
    base = _shown(collector, tables, threaded.pid) - _ask(threaded, "look")
    for _ in range(40):
        truth = _ask(threaded, chance.choice(["open", "open", "close"]))
        assert _shown(collector, tables, threaded.pid) - base == truth
    collector.close()


def test_a_process_that_dies_takes_its_table_along() -> None:
    process = subprocess.Popen([sys.executable, "-c", _ACTOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _ask(process, "open")
    collector = Collector()
    start = next(one.start for one in collector.refresh().processes if one.pid == process.pid)
    process.kill()
    process.wait()
    assert (process.pid, start) in collector.refresh().ended
    assert collector.descriptor(process.pid, start, 0) is None
    assert collector._known.at((process.pid, 0)) is None
    process.stdin.close()
    process.stdout.close()
    collector.close()


def test_a_table_changed_of_a_process_that_seems_not_to_have_run_is_counted(actor, monkeypatch) -> None:
    from sockscope.collect.processes import closer_look

    _ask(actor, "look")
    collector = Collector()
    collector.refresh()
    # No kernel lets a test change another's table unseen: activity is made to look away instead.
    monkeypatch.setattr(closer_look, "rests", lambda _procfs, _pid, _before: True)
    monkeypatch.setattr(closer_look, "unchanged", lambda before, now: before is not None)
    _ask(actor, "open")
    missed = sum(collector.refresh().stats.missed for _ in range(DEFAULT_PARTS))
    collector.close()
    assert missed >= 1


_MOTHER = """
import os, signal, sys
child = os.fork()
if child == 0:
    signal.pause()
    os._exit(0)
print(child, flush=True)
sys.stdin.readline()
os.setpgid(child, child)
print(flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def mother() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _MOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def _tell(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def test_a_child_that_sleeps_is_followed_when_its_parent_moves_it_and_when_its_parent_ends(mother) -> None:
    child = int(mother.stdout.readline())
    collector = Collector()
    try:
        collector.refresh()
        before = _watched(collector, child)
        assert (before.process.ppid, before.process.pgid) == (mother.pid, os.getpgid(mother.pid))
        collector.refresh()
        assert child in {key.pid for key in collector._walk._look.watched}
        _tell(mother)
        mother.stdout.readline()
        collector.refresh()
        assert _watched(collector, child).process.pgid == child
        _tell(mother)
        mother.wait()
        collector.refresh()
        assert _watched(collector, child).process.ppid != mother.pid
    finally:
        collector.close()
        os.kill(child, signal.SIGKILL)


def test_of_a_process_that_sleeps_two_files_are_looked_at_and_not_its_stat(mother, monkeypatch) -> None:
    child = int(mother.stdout.readline())
    collector = Collector()
    collector.interval = 0.1  # a full pass in 600 refreshes
    for _ in range(2):
        collector.refresh()
    read: list[str] = []
    for name in ("read", "record"):
        original = getattr(Procfs, name)

        def counted(self, pid, file, *more, original=original):
            if pid == child:
                read.append(file)
            return original(self, pid, file, *more)

        monkeypatch.setattr(Procfs, name, counted)
    for _ in range(3):
        read.clear()
        collector.refresh()
        if "stat" not in read:
            break
    collector.close()
    os.kill(child, signal.SIGKILL)
    assert read == ["schedstat"]


def test_a_pid_that_is_given_away_again_is_another_process_although_nothing_counts_differently(actor) -> None:
    _ask(actor, "look")
    procfs = Procfs()
    activity = read_activity(procfs, actor.pid, 1, 1, running=False)
    assert rests(procfs, actor.pid, activity)
    assert not rests(procfs, actor.pid, activity._replace(inode=activity.inode + 1))
    assert not rests(procfs, actor.pid, activity._replace(running=True))
    _ask(actor, "look")
    assert not rests(procfs, actor.pid, activity)
