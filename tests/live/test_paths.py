"""A path means the file that it leads to: asked of real sockets, files, mounts and processes."""

import ctypes
import os
import pty
from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import Place, answer, place, sockscope
from tests.live.conftest import Play

NOT_FOUND = 1
BUSY_DEVICE = (("cwd", "cwd"), ("open", "opened"), ("mem", "mapped"), ("bound", "bound"))
"""How a part of the actor uses its file system, and the name of the part."""


@pytest.fixture
def truth(play: Play, tmp_path: Path) -> dict[str, Any]:
    return play("paths", tmp_path)


def shown(what: object) -> Place:
    """Return which descriptor `show` answers with."""
    return place(answer("show", str(what))["descriptor"])


def test_a_socket_and_a_file_are_found_by_every_name_they_have(truth: dict[str, Any]) -> None:
    where, made = truth["place"], truth["aliases"]
    for name in ("real/app.sock", "link/app.sock", "link.sock", "real/../link/app.sock", "real//app.sock"):
        assert shown(f"{where}/{name}") == place(made["socket"]), name
    for name in ("real/app.log", "link/app.log", "current.log", "hard.log", "real/./app.log"):
        assert shown(f"{where}/{name}") == place(made["file"]), name
    assert shown(f"unix:{where}/link.sock") == place(made["socket"])
    assert shown(f"/proc/{truth['pid']}/root{where}/hard.log") == place(made["file"])
    assert shown(os.path.relpath(f"{where}/hard.log", "/")) == place(made["file"])
    assert shown("./" + os.path.relpath(f"{where}/real/app.sock", "/")) == place(made["socket"])


def test_a_name_means_the_socket_that_has_it_now(truth: dict[str, Any]) -> None:
    where = truth["place"]
    assert shown(f"{where}/replaced.sock") == place(truth["replaced"]["new"])
    assert shown(f"{where}/after.sock") == place(truth["renamed"])
    assert shown(f"{where}/relative.sock") == place(truth["relative"])


def test_a_name_that_is_gone_is_missing_and_its_socket_is_named(truth: dict[str, Any]) -> None:
    gone = f"{truth['place']}/before.sock"
    outcome = sockscope("show", gone)
    renamed = "{pid}:{fd}".format(**truth["renamed"])
    assert outcome.status == NOT_FOUND
    assert outcome.err.startswith(
        f"sockscope: there is no {gone}; {renamed} holds a socket that was bound to that name"
    )
    assert shown(f"unix:{gone}") == place(truth["renamed"])


def test_names_that_cleaning_changes_are_found_by_their_bytes(truth: dict[str, Any]) -> None:
    assert len(truth["odd"]) == 7
    for name, row in truth["odd"].items():
        if name != "pid":
            path = os.fsencode(truth["place"]) + b"/" + bytes.fromhex(name)
            assert shown(os.fsdecode(path)) == place(row)


def test_a_file_that_nobody_uses_says_what_was_looked_at(truth: dict[str, Any]) -> None:
    outcome = sockscope("show", f"{truth['place']}/mapped")
    assert outcome.status == NOT_FOUND
    for looked_at in ("open", "mapped", "program", "working directory", "root", "inotify", "mount", "loop device"):
        assert looked_at in outcome.err


def test_a_mount_lists_everybody_who_keeps_it_busy_and_nobody_else(play: Play, tmp_path: Path) -> None:
    (tmp_path / "busy").mkdir()
    truth = play("busy_mount", tmp_path / "busy")
    there = f"/proc/{truth['pid']}/root{truth['mount']}"
    document = answer("show", there)
    assert document["kind"] == "directory"
    assert document["mount"] == "tmpfs busy"
    uses = {(one["use"], one["pid"]) for one in document["uses"]}
    wanted = {
        ("cwd", truth["cwd"]["pid"]),
        ("open", truth["opened"]["pid"]),
        ("mem", truth["mapped_without_descriptor"]["pid"]),
        ("root", truth["root"]["pid"]),
        ("cwd", truth["root"]["pid"]),
        ("exe", truth["program"]["pid"]),
        ("bound", truth["bound"]["pid"]),
    }
    assert uses >= wanted
    assert truth["through_other"]["pid"] not in {pid for _, pid in uses}, "it uses another mount of the file system"
    assert any(one["use"] == "mount" and one["name"].endswith("/below") for one in document["uses"])
    # A socket tells the file system of its file, and not by which mount that was reached.
    assert {one["confidence"] for one in document["uses"] if one["use"] != "bound"} == {"proven"}
    assert {one["confidence"] for one in document["uses"] if one["use"] == "bound"} == {"inferred"}
    text = sockscope("show", there).out
    for _, pid in wanted:
        assert f"  {pid}" in text


@pytest.mark.needs("root", "loop", "losetup", "mkfs.ext4")
def test_a_block_device_lists_everybody_on_its_file_system_and_nobody_else(play: Play, tmp_path: Path) -> None:
    truth = play("busy_device", tmp_path)
    document = answer("show", truth["device"])
    assert document["kind"] == "block-device"
    uses = {(one["use"], one["pid"]) for one in document["uses"]}
    assert {(use, truth[name]["pid"]) for use, name in BUSY_DEVICE} <= uses
    assert truth["elsewhere"]["pid"] not in {pid for _, pid in uses}
    assert {(one["confidence"], one["on_mount"]) for one in document["uses"]} == {("proven", True)}
    assert any(one["use"] == "mount" and one["name"].startswith(truth["mounted"]) for one in document["uses"])
    assert "Uses its file systems" in sockscope("show", truth["device"]).out


@pytest.mark.needs("root", "loop", "losetup", "mkfs.ext4")
def test_a_file_behind_a_loop_device_says_so(play: Play, tmp_path: Path) -> None:
    truth = play("busy_device", tmp_path)
    found = [one for one in answer("show", truth["image"])["uses"] if one["use"] == "loop"]
    name = f"{truth['device'].removeprefix('/dev/')} {truth['image']}"
    assert [(one["name"], one["confidence"]) for one in found] == [(name, "inferred")]


def test_a_program_is_found_by_the_processes_that_run_it(play: Play, tmp_path: Path) -> None:
    (tmp_path / "busy").mkdir()
    truth = play("busy_mount", tmp_path / "busy")
    document = answer("show", f"/proc/{truth['program']['pid']}/exe")
    assert [(one["use"], one["pid"]) for one in document["uses"]] == [("exe", truth["program"]["pid"])]
    assert document["uses"][0]["on_mount"] is False


def test_a_directory_names_who_watches_it_and_who_is_in_it(tmp_path: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    watching = libc.inotify_init1(os.O_CLOEXEC)
    opened = os.open(tmp_path, os.O_RDONLY)
    try:
        assert libc.inotify_add_watch(watching, os.fsencode(tmp_path), 0x100) > 0
        uses = {(one["use"], one["pid"], one["fd"]) for one in answer("show", str(tmp_path))["uses"]}
        assert uses == {("watch", os.getpid(), watching), ("open", os.getpid(), opened)}
    finally:
        os.close(watching)
        os.close(opened)


def test_a_terminal_is_found_by_its_name() -> None:
    master, slave = pty.openpty()
    try:
        name = os.ttyname(slave)
        for asked in (name, name.removeprefix("/dev/")):
            assert shown(asked) == (os.getpid(), slave)
    finally:
        os.close(master)
        os.close(slave)


def test_a_link_of_procfs_is_not_followed_to_what_may_hang(tmp_path: Path) -> None:
    (tmp_path / "stdin").symlink_to(f"/proc/{os.getpid()}/fd/0")
    outcome = sockscope("show", tmp_path / "stdin")
    assert outcome.status == 3
    assert "link of procfs" in outcome.err
