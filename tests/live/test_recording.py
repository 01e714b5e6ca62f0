"""`record` as a user runs it: what it keeps of real processes, who may write where, and what its end leaves."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sockscope.recording.reader import open_recording
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document
from tests.live.commandline import PROGRAM, snapshot, sockscope
from tests.live.conftest import PATIENCE, Play, performance, wait_until
from tests.live.test_unprivileged import AS_NOBODY
from tests.security.rights import NOBODY, rights

DENIED = 3


@contextlib.contextmanager
def recording(
    path: Path, *words: object, before: Sequence[str] = (), env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Have `record` write a file that has looks, for as long as the block runs."""
    command = [*before, *PROGRAM, "record", "-o", path, "--interval", "0.1", *words]
    with subprocess.Popen(
        list(map(str, command)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        cwd="/",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def looks(path: Path) -> int:
    """How many looks a file has, 0 while there is none."""
    try:
        with open_recording(str(path)) as opened:
            return len(opened.looks)
    except Exception:  # noqa: BLE001 - it is being made
        return 0


def more_than(path: Path, number: int) -> None:
    wait_until(lambda: looks(path) > number)


def ended(process: subprocess.Popen[bytes], number: int = signal.SIGINT) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode(), err.decode()


def said(path: Path, number: int, *pids: int) -> dict[str, Any]:
    with open_recording(str(path)) as opened:
        world = opened.world_at(number)
        document: dict[str, Any] = json.loads(to_json(snapshot_document(world, Selection(frozenset(pids)))))
        return document


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_recording_ends_with_a_signal_and_says_what_it_has(tmp_path: Path, number: int) -> None:
    path = tmp_path / "x.scope"
    with recording(path) as process:
        more_than(path, 2)
        status, out, err = ended(process, number)
    assert (status, err) == (0, "")
    assert out.startswith(f"{looks(path)} looks in {path} (")
    assert path.stat().st_mode & 0o777 == 0o600
    with open_recording(str(path)) as opened:
        assert opened.whole
        assert all(block.indexed for block in opened.blocks)


def test_what_was_recorded_of_processes_is_what_a_snapshot_says_of_them(play: Play, tmp_path: Path) -> None:
    pid = play("socketpair_fork")["pid"]
    path = tmp_path / "x.scope"
    with recording(path) as process:
        more_than(path, 2)
        live = snapshot(pid)
        ended(process)
    for number in range(looks(path)):
        there = said(path, number, pid)
        # A stream leaves open flags to the looks of a command (they cost a read of each descriptor).
        for row in (*live["descriptors"], *there["descriptors"]):
            row.pop("flags", None)
        assert there["descriptors"] == live["descriptors"]
        assert [one["pid"] for one in there["processes"]] == [one["pid"] for one in live["processes"]]


def test_what_comes_and_goes_is_there_at_its_looks_and_at_no_other(tmp_path: Path) -> None:
    path = tmp_path / "x.scope"
    with recording(path) as process:
        more_than(path, 1)
        with performance("socketpair_fork") as (_, truth):
            seen = looks(path)
            more_than(path, seen + 2)
        gone = looks(path)
        more_than(path, gone + 3)
        ended(process)
    there = [bool(said(path, number, truth["pid"])["descriptors"]) for number in range(looks(path))]
    assert not there[0]
    assert any(there)
    assert not there[-1]
    assert there.index(True) + sum(there) == len(there) - there[::-1].index(True), "one stretch"


def test_of_some_processes_alone_the_descriptors_of_others_are_said_not_to_be_recorded(
    play: Play, tmp_path: Path
) -> None:
    pid, path = play("socketpair_fork")["pid"], tmp_path / "x.scope"
    with recording(path, "--pid", pid) as process:
        more_than(path, 2)
        ended(process)
    picture = said(path, looks(path) - 1)
    assert {row["pid"] for row in picture["descriptors"]} == {pid}
    (mine,) = [one for one in picture["processes"] if one["pid"] == os.getpid()]
    assert mine["denied"] == "not recorded (--pid)"
    assert picture["coverage"]["unreadable_processes"] > 0
    assert picture["coverage"]["unreadable_descriptors"] > 0


def test_a_recorder_that_is_killed_leaves_every_look_before(tmp_path: Path) -> None:
    path = tmp_path / "x.scope"
    with recording(path) as process:
        more_than(path, 4)
        before = looks(path)
        process.kill()
        process.wait(PATIENCE)
    assert looks(path) >= before
    assert said(path, looks(path) - 1)["processes"]
    with recording(path) as process:
        more_than(path, before + 2)
        assert ended(process)[0] == 0
    with open_recording(str(path)) as opened:
        assert opened.whole
        assert [block.indexed for block in opened.blocks] == [False, True]


def test_two_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.scope"
    with recording(path) as process:
        more_than(path, 1)
        other = sockscope("record", "-o", path, patience=PATIENCE)
        assert (other.status, other.out) == (DENIED, "")
        assert other.err == f"sockscope: somebody is writing {path} already\n"
        more_than(path, looks(path) + 1)
        assert ended(process)[0] == 0
    with open_recording(str(path)) as opened:
        assert opened.whole


@pytest.mark.needs("root", "unshare")
def test_a_full_disk_ends_it_in_one_line_and_the_file_opens(tmp_path: Path) -> None:
    place, kept = tmp_path / "small", tmp_path / "kept.scope"
    place.mkdir()
    script = (
        f"mount -t tmpfs -o size=96k none {place} && {' '.join(PROGRAM)} record -o {place}/x --interval 0.1; "
        f"status=$?; cp {place}/x {kept}; exit $status"
    )
    done = sockscope_in_a_shell(script)
    assert (done.returncode, done.stdout) == (DENIED, "")
    assert done.stderr.startswith("sockscope: it cannot be written any more (No space left on device); ")
    assert f"{looks(kept)} look" in done.stderr
    assert looks(kept) > 0
    assert said(kept, looks(kept) - 1)["processes"]
    with open_recording(str(kept)) as opened:
        assert opened.whole, "no look by halves"


def sockscope_in_a_shell(script: str) -> subprocess.CompletedProcess[str]:
    command = ["unshare", "--mount", "--propagation", "private", "bash", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_size_is_kept_to_by_giving_back_what_is_oldest(tmp_path: Path) -> None:
    path = tmp_path / "x.scope"
    with recording(path, "--max", "1K") as process:
        # Each greeting of a collector ends a block; so does the end.
        more_than(path, 3)
        ended(process)
    with open_recording(str(path)) as opened:
        first = opened.looks[0].head.wall
    with recording(path, "--max", "1K") as process:
        wait_until(lambda: first < _first_wall(path))
        assert ended(process)[0] == 0
    with open_recording(str(path)) as opened:
        assert opened.whole
        assert opened.looks[0].head.wall > first


def _first_wall(path: Path) -> float:
    with open_recording(str(path)) as opened:
        return opened.looks[0].head.wall


# Who may write where


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("link", "cannot be written: Too many levels of symbolic links"),
        ("directory", "cannot be written: Is a directory"),
        ("fifo", "is no file"),
        ("other file", "this is no recording of sockscope; nothing was written"),
        ("hard link", "is not yours alone; nothing was written"),
        ("nowhere", "cannot be written: No such file or directory"),
    ],
)
def test_what_is_no_recording_of_ours_stays_as_it_is(tmp_path: Path, kind: str, said: str) -> None:
    path, other = tmp_path / "x.scope", tmp_path / "other"
    other.write_text("kept")
    match kind:
        case "link":
            path.symlink_to(other)
        case "directory":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "hard link":
            os.link(other, path)
        case "nowhere":
            path = tmp_path / "no" / "where"
        case _:
            path = other
    done = sockscope("record", "-o", path)
    assert (done.status, done.out) == (DENIED, "")
    assert done.err.startswith(f"sockscope: {path}")
    assert said in done.err
    assert other.read_text() == "kept"


@pytest.mark.needs("root")
def test_a_link_that_somebody_else_laid_on_the_way_is_not_followed(tmp_path: Path) -> None:
    shared, mine = tmp_path / "shared", tmp_path / "mine"
    shared.mkdir()
    mine.mkdir()
    shared.chmod(0o1777)
    (shared / "way").symlink_to(mine)
    os.lchown(shared / "way", NOBODY, NOBODY)
    done = sockscope("record", "-o", shared / "way" / "x")
    assert done.status == DENIED
    assert "a symbolic link is in the way where others may put one" in done.err
    assert list(mine.iterdir()) == []


def open_the_way(place: Path) -> None:
    """Let everybody pass to a directory of the test."""
    for parent in (place, *place.parents):
        if parent.name.startswith(("pytest", "popen", place.name)):
            parent.chmod(parent.stat().st_mode | 0o011)


@pytest.mark.needs("root", "setpriv", "unshare")
def test_behind_sudo_the_file_is_the_user_s_and_whoever_writes_it_keeps_no_right(tmp_path: Path) -> None:
    open_the_way(tmp_path)
    place = tmp_path / "open"
    place.mkdir()
    place.chmod(0o777)
    path = place / "x.scope"
    sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY), "SUDO_USER": "nobody", "STAY_ROOT": "1"}
    with recording(path, before=AS_NOBODY, env=sudo) as process:
        more_than(path, 1)
        mine = rights(process.pid)
        assert (mine.uids, mine.gids, mine.groups) == ((NOBODY,) * 4, (NOBODY,) * 4, ())
        assert (mine.permitted, mine.effective, mine.inheritable, mine.ambient, mine.bounding) == (0, 0, 0, 0, 0)
        assert mine.no_new_privs
        assert ended(process)[0] == 0
    about = path.stat()
    assert (about.st_uid, about.st_gid, about.st_mode & 0o777) == (NOBODY, NOBODY, 0o600)
    assert said(path, 0, os.getpid())["descriptors"], "the collector looks as root does"


@pytest.mark.needs("root", "setpriv", "unshare")
def test_behind_sudo_nothing_is_made_where_the_user_may_not(tmp_path: Path) -> None:
    open_the_way(tmp_path)
    place = tmp_path / "closed"
    place.mkdir(mode=0o755)
    sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY), "SUDO_USER": "nobody", "STAY_ROOT": "1"}
    done = sockscope("record", "-o", place / "x", before=AS_NOBODY, env=sudo)
    assert (done.status, done.err) == (DENIED, f"sockscope: {place}/x cannot be written: Permission denied\n")
    assert list(place.iterdir()) == []
