"""Mounts of other namespaces are read within bounds of a table, a look and all, and what was not is said."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from sockscope.abi.strings import Raw
from sockscope.collect.tables import mounts
from sockscope.collect.tables.mounts import UNUSED, MountTables
from tests.live.conftest import wait_until

LINE = "{} 1 0:9 / /mnt/{} rw - tmpfs none rw\n"


class FakeProcfs:
    """Each process lives in a mount namespace of its own that is called as it is."""

    root = "/proc"

    def __init__(self) -> None:
        self.tables: dict[int, list[int]] = {os.getpid(): [1]}
        """Ids of the mounts that a process sees."""
        self.read: list[tuple[int, int]] = []
        """Of whom how much was read."""

    def namespace(self, pid: int, _: str) -> int:
        return pid

    def mounts(self, pid: int, limit: int) -> Raw:
        text = "".join(LINE.format(number, number) for number in self.tables[pid]).encode()[:limit]
        self.read.append((pid, len(text)))
        return Raw(text)


@pytest.fixture
def procfs() -> FakeProcfs:
    return FakeProcfs()


@pytest.fixture
def tables(procfs: FakeProcfs, monkeypatch: pytest.MonkeyPatch) -> Iterator[MountTables]:
    for name, bound in (("OF_ONE", 1034), ("OF_A_LOOK", 4000), ("OF_ALL", 6000)):
        monkeypatch.setattr(mounts, name, bound)
    return MountTables(procfs)  # type: ignore[arg-type]


def numbers(first: int, many: int) -> list[int]:
    return list(range(first, first + many))


def test_of_one_namespace_a_part_is_read_and_that_it_was_one_is_said(tables, procfs) -> None:
    procfs.tables[7] = numbers(100, 100)
    tables.begin()
    table, mount = tables.find(7, 7, 100)
    assert mount is not None
    assert tables.find(7, 7, 199)[1] is None
    assert 10 < len(table.by_id) < 30
    assert {one.source for one in table.by_id.values()} == {"none"}, "a line that was cut is left out"
    assert sum(size for _, size in procfs.read) <= 1034
    assert tables.notes == ("not all mounts of 1 mount namespace were read: there are too many",)
    del procfs.tables[7][5:]
    tables.begin()
    tables.table(7, 7)
    assert tables.notes == ()


def test_of_our_own_namespace_everything_is_read(tables, procfs) -> None:
    me = os.getpid()
    procfs.tables[me] = numbers(1, 1000)
    tables.begin()
    assert len(tables.table(me, me).by_id) == 1000
    assert tables.notes == ()


def test_a_look_and_all_of_them_have_bounds_and_what_is_left_comes_later(tables, procfs) -> None:
    many = range(10, 20)
    for pid in many:
        procfs.tables[pid] = numbers(100 * pid, 20)
    for _ in range(4):
        tables.begin()
        procfs.read.clear()
        for pid in many:
            tables.table(pid, pid)
        assert 0 < sum(size for _, size in procfs.read) <= 4000
    read = [pid for pid in many if pid in tables._tables and len(tables._tables[pid].by_id) == 20]
    assert 6 <= len(read) < len(many)
    assert tables._kept <= 6000
    assert str(len(many) - len(read)) in tables.notes[0]


def test_those_that_were_never_read_come_before_those_that_are_read_again(tables, procfs) -> None:
    for pid in (10, 11, 12, 13):
        procfs.tables[pid] = numbers(100 * pid, 20)
    tables.begin()
    for pid in (10, 11, 12):
        tables.table(pid, pid)
    tables.begin()
    procfs.read.clear()
    for pid in (10, 11, 12, 13):
        tables.table(pid, pid)
    assert [pid for pid, size in procfs.read if size > 700] == [10, 11, 13]
    assert tables.table(12, 12).by_id.keys() == set(procfs.tables[12])
    assert tables.notes == ()


def test_one_of_which_a_part_was_read_counts_as_never_read(tables, procfs) -> None:
    for pid in range(10, 15):
        procfs.tables[pid] = numbers(100 * pid, 20)
    for whole in (False, True):
        tables.begin()
        for pid in range(10, 15):
            tables.table(pid, pid)
        assert (len(tables.table(14, 14).by_id) == 20) is whole


def test_a_table_that_nobody_asks_about_goes_and_its_numbers_with_it(tables, procfs, monkeypatch) -> None:
    procfs.tables[10] = [100]
    procfs.tables[11] = [101]
    now = [0.0]
    monkeypatch.setattr(mounts.time, "monotonic", lambda: now[0])
    tables.begin()
    for pid in (10, 11):
        assert tables.find(pid, pid, 90 + pid)[1] is not None
    now[0] = UNUSED + 1
    tables._used[11] = now[0]
    tables.begin()
    assert tables.find(11, 11, 100)[1] is None
    assert tables.find(11, 11, 101)[1] is not None
    assert tables._kept == len(LINE.format(101, 101))


@pytest.mark.needs("root", "unshare")
def test_a_picture_says_which_mounts_were_not_read(collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "OF_ONE", 100)
    home = collector.procfs.namespace(os.getpid(), "mnt")
    with subprocess.Popen(["unshare", "--mount", "sleep", "infinity"]) as process:
        try:
            wait_until(lambda: collector.procfs.namespace(process.pid, "mnt") != home)
            assert any(note.startswith("not all mounts of") for note in collector.refresh().coverage.notes)
        finally:
            process.kill()
