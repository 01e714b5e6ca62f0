"""Tables read by several processes at once are the tables that one process reads."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from sockscope.collect import allowance
from sockscope.collect.allowance import Bounds
from sockscope.collect.collector import Collector
from sockscope.collect.tables import parallel_tables
from sockscope.frames.messages import Frame
from sockscope.kernel.procfs import Procfs

_HOLDER = """
import ctypes, os, select, socket, sys
libc = ctypes.CDLL(None)
noticing = libc.inotify_init1(0)
for place in (b"/", b"/proc", b"/dev"):
    assert libc.inotify_add_watch(noticing, place, 2) > 0
pair = socket.socketpair()
epolls = [select.epoll() for _ in range(3)]
epolls[0].register(pair[0], select.EPOLLIN)
again = os.dup(epolls[0].fileno())
event = os.eventfd(0)
held = open("/etc/passwd")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holders() -> Iterator[list[subprocess.Popen[str]]]:
    made = [
        subprocess.Popen([sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for one in made:
        assert one.stdout.readline() == "ready\n"
    yield made
    for one in made:
        one.stdin.close()
        one.wait()
        one.stdout.close()


def _look(*, once: bool) -> Frame:
    collector = Collector(all_flags=True, once=once)
    try:
        return collector.refresh()
    finally:
        collector.close()


def _tables(frame: Frame, pids: set[int]) -> dict[tuple[int, int], tuple[str, str, int]]:
    return {(d.pid, d.fd): (d.kind, d.target, d.flags) for t in frame.tables if t.pid in pids for d in t.opened}


def _sharing(frame: Frame, pids: set[int]) -> set[frozenset[tuple[int, int]]]:
    """Descriptors that lead to one object, whatever it is called."""
    groups: dict[str, set[tuple[int, int]]] = {}
    for table in frame.tables:
        for one in table.opened:
            if one.pid in pids:
                groups.setdefault(one.object, set()).add((one.pid, one.fd))
    return set(map(frozenset, groups.values()))


@pytest.fixture
def many(monkeypatch) -> None:
    monkeypatch.setattr(parallel_tables, "FEW", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2})


def test_several_processes_find_what_one_process_finds(holders, many) -> None:
    pids = {one.pid for one in holders}
    alone, together = _look(once=False), _look(once=True)
    assert _tables(together, pids) == _tables(alone, pids)
    assert _sharing(together, pids) == _sharing(alone, pids)


@pytest.fixture
def read_here(monkeypatch) -> list[int]:
    """Whose tables this process has read itself."""
    pids: list[int] = []
    scan = parallel_tables.TableReader.scan

    def counted(reader, key, *rest):
        pids.append(key.pid)
        return scan(reader, key, *rest)

    monkeypatch.setattr(parallel_tables.TableReader, "scan", counted)
    return pids


def test_the_work_is_shared(holders, many, read_here) -> None:
    frame = _look(once=True)
    assert 0 < len(read_here) < frame.stats.scanned


def test_who_does_not_answer_is_left_to_the_one_that_asked(holders, many, read_here, monkeypatch) -> None:
    pids, parent = {one.pid for one in holders}, os.getpid()
    monkeypatch.setattr(parallel_tables.Answering, "check", lambda _, pid: os.getpid() == parent or pid not in pids)
    frame = _look(once=True)
    assert pids <= set(read_here)
    assert len(read_here) < frame.stats.scanned


def test_epolls_read_by_others_are_proven_here(holders, many) -> None:
    pids = {one.pid for one in holders}
    watched = [target for epoll in _look(once=True).epolls for target in epoll.targets]
    assert pids <= {pid for target in watched if target.status == "live" for pid, _ in target.held_by}


def test_a_member_that_ends_too_early_is_made_up_for(holders, many, monkeypatch) -> None:
    pids = {one.pid for one in holders}
    alone = _look(once=False)
    parent = os.getpid()
    read = parallel_tables.ParallelTables._read

    def dying(self, pid):
        if os.getpid() != parent:
            os._exit(3)
        return read(self, pid)

    monkeypatch.setattr(parallel_tables.ParallelTables, "_read", dying)
    assert _tables(_look(once=True), pids) == _tables(alone, pids)


def test_what_found_no_room_is_said_whoever_has_read_it(holders, many, read_here, monkeypatch) -> None:
    pids = [one.pid for one in holders]
    monkeypatch.setattr(allowance, "KEPT", Bounds(process=2, user=1 << 20, least=1))
    monkeypatch.setattr(Procfs, "pids", lambda _: pids)
    alone = _look(once=False).coverage.notes
    assert any(note.startswith("what 4 descriptors of inotify or fanotify watch is not listed") for note in alone)
    read_here.clear()
    assert _look(once=True).coverage.notes == alone
    assert len(read_here) < len(pids)


def test_the_room_of_users_is_shared_while_several_read(holders, many, monkeypatch) -> None:
    parts: list[int] = []
    monkeypatch.setattr(parallel_tables.Budget, "part", lambda _, count: parts.append(count))
    _look(once=True)
    assert parts == [3, 1]


def test_mount_tables_that_another_has_read_in_part_are_said_to_be(holders, many, monkeypatch) -> None:
    pids, parent = [one.pid for one in holders], os.getpid()
    half_read = parallel_tables.MountTables.half_read.fget
    monkeypatch.setattr(Procfs, "pids", lambda _: pids)
    monkeypatch.setattr(
        parallel_tables.MountTables, "half_read",
        property(lambda self: half_read(self) if os.getpid() == parent else [7, self.namespace(parent)]),
    )  # fmt: skip
    notes = _look(once=True).coverage.notes
    assert any(note.startswith("not all mounts of 1 mount namespace were read") for note in notes)


def test_forks_leave_nothing_behind_and_show_nothing_of_themselves(holders, many) -> None:
    kept = socket.socketpair()
    before = set(os.listdir("/proc/self/fd"))
    frame = _look(once=True)
    own = next(table for table in frame.tables if table.pid == os.getpid())
    assert {one.fd for one in own.opened if one.kind == "pipe"} <= set(map(int, before))
    assert set(os.listdir("/proc/self/fd")) == before
    assert _children() == {one.pid for one in holders}
    for one in kept:
        one.close()


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}
