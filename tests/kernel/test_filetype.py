"""What a link of procfs leads to: told without opening it, whatever has become of its name."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sockscope.kernel.filetype import read_file_facts, read_pinned_facts


def _fifo(path: Path) -> int:
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def _directory(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY)


def _file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT)


KINDS: dict[str, Callable[[Path], int]] = {"fifo": _fifo, "directory": _directory, "file": _file}


@pytest.fixture(params=sorted(KINDS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path, int]]:
    path = tmp_path / "name"
    fd = KINDS[request.param](path)
    yield request.param, path, fd
    os.close(fd)


def test_the_type_and_identity_survive_the_name(opened: tuple[str, Path, int]) -> None:
    kind, path, fd = opened
    before = read_pinned_facts(f"/proc/self/fd/{fd}")
    path.rename(path.with_name("other"))
    path.write_text("a file that has taken the name")
    found = read_pinned_facts(f"/proc/self/fd/{fd}")
    real = os.fstat(fd)
    assert found == before
    assert (found.kind, found.ino) == (kind, real.st_ino)
    assert found.dev == os.major(real.st_dev) << 20 | os.minor(real.st_dev)
    assert stat.S_ISREG(path.stat().st_mode)


def test_the_mount_is_that_of_fdinfo(opened: tuple[str, Path, int]) -> None:
    _, path, fd = opened
    fdinfo = dict(line.split(":\t") for line in Path(f"/proc/self/fdinfo/{fd}").read_text().splitlines())
    assert read_pinned_facts(f"/proc/self/fd/{fd}").mount == int(fdinfo["mnt_id"])
    assert read_file_facts(os.fsencode(path)) == read_pinned_facts(f"/proc/self/fd/{fd}")


def test_a_link_is_followed_from_an_open_directory(opened: tuple[str, Path, int]) -> None:
    kind, _, fd = opened
    table = os.open("/proc/self/fd", os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert read_pinned_facts(str(fd), table).kind == kind
    finally:
        os.close(table)


def test_a_descriptor_that_is_closed_is_told_by_the_kernel() -> None:
    with pytest.raises(FileNotFoundError):
        read_pinned_facts("/proc/self/fd/1000000")


def test_a_device_says_which() -> None:
    fd = os.open("/dev/null", os.O_RDONLY)
    try:
        assert read_pinned_facts(f"/proc/self/fd/{fd}")[4] == (1, 3)
    finally:
        os.close(fd)
