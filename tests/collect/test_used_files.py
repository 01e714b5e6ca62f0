"""Files in use without a descriptor: places of a process, and what it has mapped."""

import mmap
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.collect import used_files
from sockscope.collect.tables.mounts import MountTable, MountTables
from sockscope.collect.used_files import UsedFile, UsedFiles
from sockscope.kernel.procfs import Procfs

SLEEPER = """
import mmap, sys
with open(sys.argv[1], "r+b") as file:
    mapped = mmap.mmap(file.fileno(), 0)
print(flush=True)
input()
"""


@pytest.fixture
def used() -> Iterator[UsedFiles]:
    procfs = Procfs()
    files = UsedFiles(procfs, MountTables(procfs))
    yield files
    files.close()


def identity(path: str | Path) -> tuple[int, int]:
    found = os.stat(path)
    return os.major(found.st_dev) << 20 | os.minor(found.st_dev), found.st_ino


def by_use(files: tuple[UsedFile, ...], use: str) -> list[UsedFile]:
    return [file for file in files if file.use == use]


def test_another_process_is_read_as_stat_would_say(used: UsedFiles, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.write_bytes(b"x" * 4096)
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER, str(shared)], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        shared.unlink()
        files = used.read(other.pid)
        found = {use: [(file.dev, file.ino) for file in by_use(files, use)] for use in ("cwd", "root", "exe")}
        assert found == {
            "cwd": [identity(tmp_path)],
            "root": [identity("/")],
            "exe": [identity(f"/proc/{other.pid}/exe")],
        }
        mapped = [file for file in files if file.target == os.fsencode(shared) + b" (deleted)"]
        assert [(file.use, file.identified, [one.shared for one in file.mappings]) for file in mapped] == [
            ("mem", True, [True])
        ]
        other.kill()


def test_a_library_is_one_file_however_many_parts_of_it_are_mapped_and_the_program_is_not_named_twice(
    used: UsedFiles,
) -> None:
    files = used.read(os.getpid())
    assert len({(file.dev, file.ino) for file in by_use(files, "mem")}) == len(by_use(files, "mem"))
    assert max(len(file.mappings) for file in by_use(files, "mem")) > 1
    assert (by_use(files, "exe")[0].dev, by_use(files, "exe")[0].ino) not in {
        (file.dev, file.ino) for file in by_use(files, "mem")
    }


def test_shared_memory_without_a_name_is_told_by_its_device(used: UsedFiles) -> None:
    with mmap.mmap(-1, mmap.PAGESIZE):
        found = [file for file in used.read(os.getpid()) if file.target == b"/dev/zero (deleted)"]
    assert [file.identified for file in found] == [True]


class _Elsewhere(MountTables):
    """Mount tables in which every device is a btrfs: a fake, for want of a file system of that type."""

    def table(self, pid: int, namespace: int) -> MountTable:
        real = super().table(pid, namespace)
        return MountTable({key: mount._replace(fstype="btrfs") for key, mount in real.by_id.items()})


def test_where_files_are_numbered_apart_the_mapped_file_itself_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(b"x" * mmap.PAGESIZE)
    procfs = Procfs()
    asked: list[str] = []
    real = used_files.read_pinned_facts

    def recorded(link: str) -> object:
        asked.append(link)
        return real(link)

    monkeypatch.setattr(used_files, "read_pinned_facts", recorded)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0):
        files = UsedFiles(procfs, _Elsewhere(procfs)).read(os.getpid())
    found = next(file for file in files if file.target == os.fsencode(path))
    assert any("/map_files/" in link for link in asked)
    if os.geteuid() == 0:
        assert (found.dev, found.ino, found.identified, found.kind) == (*identity(path), True, "file")
    else:
        assert not found.identified


def test_a_process_that_has_ended_is_an_error(used: UsedFiles) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    with pytest.raises(OSError):  # noqa: PT011 - which error depends on how far the kernel has cleaned up
        used.read(ended.pid)
