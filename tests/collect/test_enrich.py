"""Sizes and watched paths: found where nothing has to be waited for, left out where the name means another file."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.collect.enrich import add_size, add_watched_paths
from sockscope.kernel.fdinfo import decode
from sockscope.kernel.procfs import Procfs

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
    fields = {"ino": path.stat().st_ino}
    add_size(os.fsencode(path), fields)
    assert fields["bytes"] == 5


def test_a_name_that_leads_to_another_inode_now_tells_no_size(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    fields = {"ino": path.stat().st_ino + 1}
    add_size(os.fsencode(path), fields)
    assert "bytes" not in fields


def test_a_symbolic_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = tmp_path / "real" / "a"
    path.write_bytes(b"12345")
    (tmp_path / "link").symlink_to("real")
    fields = {"ino": path.stat().st_ino}
    add_size(os.fsencode(tmp_path / "link" / "a"), fields)
    assert "bytes" not in fields


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
