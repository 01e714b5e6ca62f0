"""Commands that read a recording: what they say is what was so then, and what it cannot say is refused in one line."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sockscope.cli.arguments import snapshot_parser
from sockscope.model.wait import Wait
from sockscope.privileges.division import reading
from sockscope.recording.moments import shown
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document
from sockscope.world.world import World
from tests.live.commandline import sockscope
from tests.live.test_unprivileged import AS_NOBODY
from tests.recording.writing import HELLO, record
from tests.report.rich import SERVER, rich_world
from tests.security.rights import NOBODY, rights
from tests.world.build import NOW, frame, inet, process, socket_fd, unix, waiting


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A look at nearly nothing, one at a server, one after it has gone; a minute apart."""
    place = tmp_path_factory.mktemp("recorded") / "x.scope"
    looks = [
        frame(process(1), seq=1, time=NOW),
        frame(
            process(10, comm="nginx"),
            socket_fd(10, 3, 100),
            inet(100, "127.0.0.1:80"),
            full=False,
            seq=2,
            time=NOW + 60,
        ),
        frame(full=False, seq=3, time=NOW + 120, ended=((10, 1000),), sockets_gone=(100_100,)),
    ]
    record(place, looks)
    return place


def test_a_snapshot_of_a_recording_is_the_document_of_that_moment(path: Path) -> None:
    world = World()
    world.greet(HELLO)
    world.apply(frame(process(1), seq=1, time=NOW))
    done = sockscope("snapshot", "--recording", path, "--at", shown(NOW), "--format", "json")
    assert (done.status, done.err) == (0, "")
    assert done.out == to_json(snapshot_document(world, Selection()))


@pytest.mark.parametrize(("at", "there"), [("", False), ("-5s", True), ("+9s", True), ("-7s", False), ("+0s", False)])
def test_a_moment_says_which_look(path: Path, at: str, there: bool) -> None:
    # Looks are five seconds apart by the clock that nobody sets, a minute by the one of the day.
    words = ["--at", at] if at else []
    done = sockscope("snapshot", "--recording", path, *words, "--format", "json")
    assert ("127.0.0.1:80" in done.out) is there


def test_show_of_a_recording_says_that_nothing_was_asked_in_depth(path: Path) -> None:
    done = sockscope("show", "10:3", "--recording", path, "--at", "-5s", "--format", "json")
    document = json.loads(done.out)
    assert (done.status, done.err) == (0, "")
    assert document["socket"]["local"] == "127.0.0.1:80"
    assert "this is a recording: what is asked only of what somebody looks at was not recorded" in document["notes"]
    text = sockscope("show", "tcp:80", "--recording", path, "--at", "-5s")
    assert text.status == 0
    assert "10:3" in text.out
    assert "this is a recording" in text.out


def test_what_a_picture_of_everything_shows_is_shown_of_its_recording(tmp_path: Path) -> None:
    world = rich_world()
    from sockscope.recording.picture import Picture  # the same picture as one frame

    picture = Picture()
    picture.processes, picture.tables, picture.sockets = world.processes, world.tables, world.sockets
    picture.epolls, picture.coverage, picture.time, picture.seq = world.epolls, world.coverage, world.time, 1
    record(tmp_path / "x", [picture.frame()])
    done = sockscope("snapshot", "--recording", tmp_path / "x", "--format", "json", "--kernel-threads")
    assert (
        json.loads(done.out)["descriptors"]
        == json.loads(to_json(snapshot_document(world, Selection(kernel_threads=True))))["descriptors"]
    )
    shown_text = sockscope("show", f"{SERVER}:3", "--recording", tmp_path / "x").out
    assert "Held by" in shown_text


@pytest.fixture(scope="module")
def stuck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two processes that write to each other, and have not run for ten looks."""
    place = tmp_path_factory.mktemp("stuck") / "x.scope"
    since = NOW - 0.1
    first = frame(
        process(10), process(11), socket_fd(10, 3, 100), socket_fd(11, 3, 101),
        unix(100, peer_ino=101), unix(101, peer_ino=100),
        seq=1, time=NOW,
        waits=(
            waiting(10, Wait(10, "write", 3, since=since)),
            waiting(11, Wait(11, "write", 3, since=since)),
        ),
    )  # fmt: skip
    record(place, [first, *(replace(frame(full=False), seq=n, time=NOW + 5 * n) for n in range(2, 11))])
    return place


def test_findings_of_a_recording_are_those_of_the_looks_before_that_moment(stuck: Path) -> None:
    done = sockscope("findings", "--recording", stuck, "--rule", "stuck", "--format", "json")
    (found,) = json.loads(done.out)["findings"]
    assert (done.status, done.err) == (4, "")
    assert {one["pid"] for one in found["subjects"]} == {10, 11}
    early = sockscope("findings", "--recording", stuck, "--rule", "stuck", "--at", "+0s")
    assert (early.status, early.out) == (0, "Nothing was found.\n"), "one look is no proof"


def test_why_leads_round_in_the_circle_that_was_then(stuck: Path) -> None:
    done = sockscope("why", "10", "--recording", stuck)
    assert (done.status, done.err) == (0, "")
    assert "p11" in done.out
    assert "◀ here" in done.out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["snapshot", "--at", "14:02"], 2, "--at is a moment of a recording: --recording FILE says of which"),
        (["snapshot", "--recording", "{}", "--at", "noon"], 2, "--at: 'noon' is no moment; these are: -10m"),
        (["snapshot", "--recording", "{}", "--at", "-1h"], 1, "--at: -1h is before this recording, which is of"),
        (["snapshot", "--recording", "{}", "--maps"], 2, "--maps says how to look at this machine"),
        (["show", "10:3", "--recording", "{}", "--options"], 2, "--options says how to look at this machine"),
        (["why", "1", "--recording", "{}", "--no-diag"], 2, "--no-diag says how to look at this machine"),
        (
            ["snapshot", "--recording", "{}", "--pid", "10"],
            1,
            "there is no process 10 in this recording at that moment",
        ),
        (["snapshot", "--recording", "{}", "--pid", "x"], 1, "no process is called x in this recording at that moment"),
        (["show", "nginx", "--recording", "{}"], 1, "no process is called nginx"),
        (["snapshot", "--recording", "/nowhere.scope"], 1, "/nowhere.scope cannot be opened: No such file"),
        (["snapshot", "--recording", "/etc/passwd"], 3, "/etc/passwd: this is no recording of sockscope"),
        (["snapshot", "--recording", "/dev/zero"], 3, "/dev/zero: this is no recording of sockscope"),
        (["snapshot", "--recording", "/"], 3, "this is no recording of sockscope"),
        (["snapshot", "--recording", "{}", "--filter", "kind:("], 2, "--filter: "),
    ],
)
def test_what_cannot_be_said_is_said_in_one_line(path: Path, words: list[str], status: int, said: str) -> None:
    done = sockscope(*[word.format(path) for word in words])
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith("sockscope: ")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_damaged_recording_is_shown_as_far_as_it_is_whole_and_that_is_said(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    (tmp_path / "x").write_bytes(data + b"and more")
    done = sockscope("snapshot", "--recording", tmp_path / "x")
    assert done.status == 0
    assert done.err == f"sockscope: {tmp_path}/x: a part is damaged and was passed over\n"


@pytest.mark.parametrize(
    ("words", "moment"),
    [(["--at", "-10m"], "-10m"), (["--at=-10m"], "-10m"), (["--at", "14:02"], "14:02"), ([], "")],
)
def test_a_moment_may_begin_with_a_minus_sign(words: list[str], moment: str) -> None:
    assert snapshot_parser().read(["--recording", "x", *words]).at == moment


# Rights


@pytest.fixture
def reader(path: Path) -> Iterator[int]:
    """A process of root that has opened a recording, and given up what it had."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            reading(str(path))
            os.write(tell, b"!")
            signal.pause()
        finally:
            os._exit(1)
    os.close(tell)
    assert os.read(ready, 1) == b"!"
    yield child
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(ready)


@pytest.mark.needs("root")
def test_whoever_reads_a_recording_has_no_right_left_but_its_descriptor(reader: int) -> None:
    its = rights(reader)
    assert (its.permitted, its.effective, its.inheritable, its.ambient, its.bounding) == (0, 0, 0, 0, 0)
    assert its.no_new_privs


@pytest.mark.needs("root", "setpriv", "unshare")
def test_behind_sudo_no_recording_is_read_that_the_user_may_not_read(path: Path) -> None:
    sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY), "SUDO_USER": "nobody", "STAY_ROOT": "1"}
    done = sockscope("snapshot", "--recording", path, before=AS_NOBODY, env=sudo)
    assert (done.status, done.out) == (3, "")
    assert done.err == f"sockscope: {path} cannot be opened: Permission denied\n"
