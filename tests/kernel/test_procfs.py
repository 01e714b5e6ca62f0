"""Reading below /proc: this very process, and a recorded tree."""

import errno
import os
from pathlib import Path

import pytest

from sockscope.kernel.procfs import Procfs
from tests.requirements import KernelLacks

HERE = os.getpid()


@pytest.fixture
def recorded(tmp_path: Path) -> Procfs:
    """Make a procfs of two processes."""
    (tmp_path / "self" / "fd").mkdir(parents=True)
    for pid in ("7", "12"):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "stat").write_bytes(b"x" * 40_000)
    (tmp_path / "12" / "fd" / "3").symlink_to("socket:[99]")
    (tmp_path / "12" / "fd" / "10").symlink_to(os.fsdecode(b"/srv/not utf-8 \xff\n"))
    (tmp_path / "12" / "fd" / "11").write_bytes(b"no link")
    (tmp_path / "12" / "cwd").symlink_to("/srv")
    (tmp_path / "12" / "task" / "13").mkdir(parents=True)
    (tmp_path / "uptime").write_text("1 2")
    return Procfs(str(tmp_path))


def test_processes_are_the_numbers_of_the_root(recorded: Procfs) -> None:
    assert sorted(recorded.pids()) == [7, 12]
    assert recorded.tasks(12) == [13]


def test_files_are_read_whole_up_to_the_limit(recorded: Procfs) -> None:
    assert len(recorded.read(12, "stat")) == 40_000
    assert len(recorded.read(12, "stat", limit=20_001)) == 20_001
    assert recorded.read(12, "stat", limit=0) == b""
    assert recorded.read_system("uptime") == b"1 2"


def test_links_come_as_raw_bytes_and_an_unreadable_one_with_its_error(recorded: Procfs) -> None:
    table = recorded.open_table(12)
    try:
        found = sorted(recorded.links(table, recorded.numbers(table)), key=lambda entry: entry[0])
    finally:
        os.close(table)
    assert found[:2] == [(3, b"socket:[99]", None), (10, b"/srv/not utf-8 \xff\n", None)]
    number, text, error = found[2]
    assert (number, text) == (11, None)
    assert error is not None
    assert error.errno == errno.EINVAL


def test_other_links_of_a_process_are_read_without_following_them(recorded: Procfs) -> None:
    assert recorded.link(12, "cwd") == b"/srv"
    assert recorded.inode(12, "cwd") != os.stat("/").st_ino


def test_what_is_gone_is_an_error(recorded: Procfs) -> None:
    for look in (recorded.open_table, recorded.owner, recorded.tasks, lambda pid: recorded.read(pid, "stat")):
        with pytest.raises(FileNotFoundError):
            look(99)
    assert recorded.fd_count(99) == -1


def test_access_modes_are_those_the_descriptors_were_opened_with() -> None:
    modes = {"r": os.O_RDONLY, "w": os.O_WRONLY, "rw": os.O_RDWR, "": os.O_PATH}
    opened = {mode: os.open("/dev/null", flags) for mode, flags in modes.items()}
    procfs = Procfs()
    table = procfs.open_table(HERE)
    try:
        assert {mode: procfs.access(table, fd) for mode, fd in opened.items()} == {mode: mode for mode in modes}
    finally:
        for fd in (table, *opened.values()):
            os.close(fd)


def test_a_descriptor_closed_since_the_listing_is_an_error_of_its_own() -> None:
    procfs = Procfs()
    first, doomed = os.open("/dev/null", os.O_RDONLY), os.open("/dev/null", os.O_RDONLY)
    table = procfs.open_table(HERE)
    try:
        seen = {}
        for fd, text, error in procfs.links(table, procfs.numbers(table)):
            if fd == first:
                os.close(doomed)
            seen[fd] = error.errno if error else text
    finally:
        os.close(first)
        os.close(table)
    assert seen[first] == b"/dev/null"
    assert seen[doomed] == errno.ENOENT


def test_a_table_kept_open_does_not_come_to_mean_another_process() -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    table = Procfs().open_table(child)
    assert str(reader) in os.listdir(table)
    os.close(writer)
    os.waitpid(child, 0)
    try:
        with pytest.raises(OSError, match=r"."):
            os.listdir(table)
    finally:
        os.close(reader)
        os.close(table)


def test_this_process_is_its_own() -> None:
    procfs = Procfs()
    assert HERE in procfs.pids()
    assert procfs.owner(HERE) == os.geteuid()
    assert procfs.read(HERE, "stat").startswith(b"%d (" % HERE)


def test_descriptors_are_counted_without_listing_them() -> None:
    procfs = Procfs()
    before = procfs.fd_count(HERE)
    if before == -1:
        reason = "the kernel does not count descriptors (before Linux 6.2)"
        raise KernelLacks(reason)
    more = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    after = procfs.fd_count(HERE)
    for fd in more:
        os.close(fd)
    assert after == before + 3


def test_a_kernel_that_does_not_count_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "self" / "fd").mkdir(parents=True)
    with monkeypatch.context() as before_6_2:
        before_6_2.setattr(os, "stat", lambda path: os.stat_result((0,) * 10))
        count = Procfs(str(tmp_path)).fd_count(1)
    assert count == -1
