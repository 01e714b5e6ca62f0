"""Sizes and watched paths: found where nothing has to be waited for, left out where the name means another file."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.collect.tables.inspected_paths import add_end, add_file_facts, add_file_system, add_watched_paths
from sockscope.kernel.fdinfo import decode
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import Fields

IN_CREATE = 0x100


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init1(os.O_CLOEXEC)
    assert libc.inotify_add_watch(fd, os.fsencode(tmp_path), IN_CREATE) > 0
    yield fd, tmp_path
    os.close(fd)


def test_the_size_of_an_open_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    fields: Fields = {"ino": path.stat().st_ino}
    add_file_facts(os.fsencode(path), fields)
    assert fields["bytes"] == 5


def test_a_name_that_leads_to_another_inode_now_tells_no_size(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    fields: Fields = {"ino": path.stat().st_ino + 1}
    add_file_facts(os.fsencode(path), fields)
    assert "bytes" not in fields


def test_a_symbolic_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = tmp_path / "real" / "a"
    path.write_bytes(b"12345")
    (tmp_path / "link").symlink_to("real")
    fields: Fields = {"ino": path.stat().st_ino}
    add_file_facts(os.fsencode(tmp_path / "link" / "a"), fields)
    assert "bytes" not in fields


def test_owner_and_permissions_are_told_and_of_a_device_what_it_stands_for(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch(mode=0o640)
    path.chmod(0o640)
    fields: Fields = {"ino": path.stat().st_ino}
    add_file_facts(os.fsencode(path), fields)
    assert (fields["owner_uid"], fields["owner_gid"], fields["mode"]) == (os.getuid(), os.getgid(), "0640")
    assert "device" not in fields
    node: Fields = {"ino": Path(os.devnull).stat().st_ino}
    add_file_facts(os.fsencode(os.devnull), node)
    assert (node["device"], node["mode"]) == ("1:3", "0666")
    assert "bytes" not in node


def test_a_file_of_another_mount_with_the_same_inode_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    fields: Fields = {"ino": path.stat().st_ino, "mnt_id": 0}
    add_file_facts(os.fsencode(path), fields)
    assert fields.keys() == {"ino", "mnt_id"}


def test_the_file_system_of_an_open_file_is_told_and_that_of_a_memfd_is_not(tmp_path: Path) -> None:
    with (tmp_path / "a").open("w") as file:
        fields = decode("file", Path(f"/proc/self/fdinfo/{file.fileno()}").read_bytes())
    add_file_system(Procfs(), os.getpid(), fields)
    assert os.path.ismount(fields["mounted_on"])
    assert f" {fields['file_system']} " in Path("/proc/self/mounts").read_text()
    memory = os.memfd_create("a")
    fields = decode("memfd", Path(f"/proc/self/fdinfo/{memory}").read_bytes())
    os.close(memory)
    add_file_system(Procfs(), os.getpid(), fields)
    assert "file_system" not in fields


def test_a_process_that_nobody_has_waited_for_has_ended() -> None:
    child = subprocess.Popen(["/bin/true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    fields: Fields = {"pid": child.pid, "ended": False}
    add_end(Procfs(), fields)
    child.wait()
    assert fields["ended"] is True
    alive: Fields = {"pid": os.getpid(), "ended": False}
    add_end(Procfs(), alive)
    assert alive["ended"] is False


@pytest.mark.needs("root")
def test_the_path_of_a_watched_directory_is_found(watching: tuple[int, Path]) -> None:
    fd, path = watching
    fields = decode("inotify", Path(f"/proc/self/fdinfo/{fd}").read_bytes())
    add_watched_paths(Procfs(), fields)
    assert [watch["path"] for watch in fields["watches"]] == [str(path)]


def test_a_handle_that_means_nothing_leaves_the_watch_as_it_was(watching: tuple[int, Path]) -> None:
    fd, _ = watching
    fields = decode("inotify", Path(f"/proc/self/fdinfo/{fd}").read_bytes())
    fields["watches"][0]["handle"] = "00" * 200
    add_watched_paths(Procfs(), fields)
    assert "path" not in fields["watches"][0]
