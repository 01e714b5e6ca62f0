"""What real programs do between two looks, and what `diff` says of it."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sockscope.privileges.capabilities import COLLECTING
from tests.live.commandline import PROGRAM, only, sockscope
from tests.live.conftest import Actor, blocked_on, performance, told, wait_until
from tests.live.test_nginx import free_ports, running, settled_workers
from tests.live.test_recording import ended, looks, more_than, recording
from tests.security.rights import NOBODY, rights

Row = dict[str, Any]


def kept(where: Path) -> Path:
    """Keep a look in a file, as a user does."""
    file = where / "before.json"
    outcome = sockscope("snapshot", "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    file.write_text(outcome.out, encoding="utf-8")
    return file


def since(before: Path) -> Row:
    """Compare that look with now."""
    outcome = sockscope("diff", before, "live", "--format", "json")
    assert (outcome.status, outcome.err) == (4, "")
    document: Row = json.loads(outcome.out)
    assert document["same_boot"] is True
    return document


def of(document: Row, *pids: int) -> list[Row]:
    """What is another of these processes; what else happens on the machine is its own affair."""
    return [one for one in document["entries"] if {*pids} & {*one["pids_before"], *one["pids_after"]}]


def ask(actor: Actor, word: str) -> Row:
    """Have an actor do something."""
    assert actor.stdin is not None
    actor.stdin.write(f"{word}\n".encode())
    actor.stdin.flush()
    return told(actor)


@pytest.mark.needs("nginx", "setpriv")
def test_an_nginx_that_was_started_anew_is_master_and_workers_replaced_at_the_same_listeners(tmp_path: Path) -> None:
    ports = free_ports(2)
    with running(tmp_path, *ports) as old:
        before = kept(tmp_path)
    # It was killed, and has left its name behind.
    (tmp_path / "web.sock").unlink()
    with running(tmp_path, *ports) as new:
        document = since(before)
    found = of(document, *old.pids, *new.pids)
    assert {one["change"] for one in found if one["subject"] == "process"} == {"replaced"}
    master = only(one for one in found if one["pids_before"] == [old.master])
    assert master["pids_after"] == [new.master]
    assert f"nginx {old.master} → {new.master}, same listeners " in master["text"]
    assert [one["same_socket"] for one in master["listeners"]] == [False] * len(master["listeners"])
    addresses = {one["local"] for one in master["listeners"]}
    assert addresses == {*(f"127.0.0.1:{port}" for port in ports), f"{tmp_path}/web.sock"}
    workers = only(one for one in found if one["pids_before"] == list(old.workers))
    assert workers["pids_after"] == list(new.workers)
    assert [one["text"] for one in found if one["subject"] == "descriptor"] == []


@pytest.mark.needs("nginx", "setpriv")
def test_an_nginx_that_was_told_to_reload_has_other_workers_at_the_very_same_listeners(tmp_path: Path) -> None:
    with running(tmp_path, *free_ports(2)) as nginx:
        before = kept(tmp_path)
        os.kill(nginx.master, signal.SIGHUP)
        workers = settled_workers(nginx.master, but_not=nginx.workers)
        document = since(before)
    found = of(document, nginx.master, *nginx.workers, *workers)
    entry = only(one for one in found if one["subject"] == "process")
    assert (entry["change"], entry["pids_before"]) == ("replaced", list(nginx.workers))
    assert entry["pids_after"] == list(workers)
    same = {one["local"] for one in entry["listeners"] if one["same_socket"]}
    assert {f"127.0.0.1:{nginx.plain}", f"{tmp_path}/web.sock"} <= same
    assert not [one for one in found if "listener" in one["meaning"]]


@pytest.mark.needs("nginx", "setpriv")
def test_a_log_that_was_rolled_is_another_file_of_its_name_in_all_who_write_it(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    with running(tmp_path, *free_ports(2)) as nginx:
        before = kept(tmp_path)
        log.rename(tmp_path / "error.log.1")
        os.kill(nginx.master, signal.SIGUSR1)
        wait_until(lambda: all(_writes(pid, log) for pid in nginx.pids))
        document = since(before)
    (entry,) = of(document, *nginx.pids)
    assert (entry["change"], entry["meaning"]) == ("replaced", f"file {log}")
    assert entry["text"].endswith(": another file of this name")
    assert entry["pids_after"] == sorted(nginx.pids)


def _writes(pid: int, file: Path) -> bool:
    links = [os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()]
    return str(file) in links and f"{file}.1" not in links


def test_a_leak_is_one_entry_on_either_end_and_none_was_closed(tmp_path: Path) -> None:
    with performance("changing") as (actor, truth):
        before = kept(tmp_path)
        ask(actor, "leak")
        document = since(before)
    count, port = truth["leaked"], truth["port"]
    found = of(document, truth["pid"])
    assert [(one["change"], one["count"], one["kept"], one["before"], one["after"]) for one in found] == [
        ("new", count, 2, 2, count + 2)
    ] * 2
    assert {one["meaning"] for one in found} == {f"tcp → 127.0.0.1:{port}", f"tcp :{port} ← 127.0.0.1"}
    assert all(", none closed (2 → 27)" in one["text"] for one in found)


def test_a_listener_that_was_added_is_told_by_its_number(tmp_path: Path) -> None:
    with performance("changing") as (actor, truth):
        before = kept(tmp_path)
        added = ask(actor, "listen")
        document = since(before)
    (entry,) = of(document, truth["pid"])
    assert entry["text"].endswith(f" {truth['pid']}:{added['fd']}")
    assert (entry["change"], entry["meaning"]) == ("new", f"tcp listener 127.0.0.1:{added['port']}")
    assert entry["places_after"] == [{"pid": truth["pid"], "fd": added["fd"]}]


def test_two_moments_of_a_recording_are_compared_and_one_of_them_with_now(tmp_path: Path) -> None:
    path = tmp_path / "x.scope"
    with performance("changing") as (actor, truth), recording(path) as process:
        more_than(path, 2)
        ask(actor, "leak")
        more_than(path, looks(path) + 2)
        ended(process)
        now = json.loads(sockscope("diff", path, "live", "--from", "+0s", "--format", "json").out)
        again = json.loads(sockscope("diff", path, "live", "--format", "json").out)
    within = sockscope("diff", path, "--from", "+0s", "--format", "json")
    assert (within.status, within.err) == (4, "")
    leak = f"+ {truth['leaked']} tcp → 127.0.0.1:{truth['port']} by "
    for document in (json.loads(within.out), now):
        assert document["same_boot"] is True
        assert [one["text"].startswith(leak) for one in of(document, truth["pid"])].count(True) == 1
    assert of(again, truth["pid"]) == []
    assert json.loads(within.out)["before"]["source"] == f"{path} at +0s"
    assert sockscope("diff", path, path).status == 0


def test_what_is_no_moment_of_a_recording_is_one_clear_line(tmp_path: Path) -> None:
    path, before = tmp_path / "x.scope", kept(tmp_path)
    with recording(path) as process:
        more_than(path, 1)
        ended(process)
    refused(("diff", path, "--from", "yesterday"), 2, "is no moment")
    refused(("diff", path, "--from", "-9d"), 1, "x.scope: ")
    refused(("diff", path), 2, "AFTER is missing")
    refused(("diff", before, "--from", "-1m"), 2, "has one moment")
    refused(("diff", "live", path, "--from", "-1m"), 2, "--from is a moment of a recording")
    refused(("diff", path, "live", "--to", "-1m"), 2, "--to is a moment of a recording")
    path.write_bytes(path.read_bytes()[:40])
    refused(("diff", path, "live"), 3, "no look that can be read")


def test_a_look_compared_with_itself_is_equal_and_takes_no_look(tmp_path: Path) -> None:
    before = kept(tmp_path)
    outcome = sockscope("diff", before, before)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.endswith("Nothing is another.\n")


def test_who_looks_is_not_told_as_new_nor_who_looked_as_gone(tmp_path: Path) -> None:
    before = kept(tmp_path)
    looked = json.loads(before.read_text())["looked_by"]
    command = [*PROGRAM, "diff", str(before), "live", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as looking:
        out, _ = looking.communicate()
    assert of(json.loads(out), looked, looking.pid) == []


def test_a_file_that_is_no_snapshot_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("\x1b]0;owned\x07")
    (tmp_path / "other.json").write_text('{"schema": "sockscope/9"}')
    os.mkfifo(tmp_path / "fifo")
    refused(("diff", tmp_path / "none", "live"), 1, "No such file")
    refused(("diff", tmp_path / "no.json", "live"), 2, "no JSON")
    refused(("diff", tmp_path / "other.json", "live"), 2, "this sockscope reads sockscope/1")
    refused(("diff", tmp_path, "live"), 2, "is a directory")
    refused(("diff", "/dev/zero", "live"), 2, "is a terminal, device")
    refused(("diff", tmp_path / "fifo", "live"), 2, "no JSON")
    refused(("diff", "-", "live"), 2, "is a terminal, device")
    refused(("diff", "live", "live"), 2, "both sides are live")
    refused(("diff", "-", "-"), 2, "both sides are -")
    refused(("diff", "live"), 2, "AFTER is missing")


def test_a_snapshot_is_read_from_a_pipe(tmp_path: Path) -> None:
    data = kept(tmp_path).read_bytes()
    command = [*PROGRAM, "diff", "-", str(tmp_path / "before.json")]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.needs("root")
def test_a_file_is_opened_as_the_user_behind_sudo(tmp_path: Path) -> None:
    before = kept(tmp_path)
    before.chmod(0o600)
    sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY), "SUDO_USER": "nobody"}
    for words in (("diff", before, "live"), ("diff", before, before)):
        outcome = sockscope(*words, env=sudo)
        assert (outcome.status, outcome.out) == (3, "")
        assert "Permission denied" in outcome.err


@pytest.mark.needs("root")
@pytest.mark.parametrize(("other", "nothing"), [("before.json", True), ("live", False)])
def test_a_file_is_read_without_a_right_or_with_those_of_looking_alone(
    tmp_path: Path, other: str, nothing: bool
) -> None:
    kept(tmp_path).chmod(0o644)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # Somebody may write into it, and does not: whoever reads waits in its first byte, with the rights that it has then.
    writer = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    try:
        command = [*PROGRAM, "diff", fifo, str(tmp_path / other) if nothing else other]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
            try:
                wait_until(lambda: blocked_on(reading.pid, _number(reading.pid, fifo)))
                mine = rights(reading.pid)
            finally:
                reading.kill()
    finally:
        os.close(writer)
    assert mine.no_new_privs
    assert (mine.effective == 0) is nothing
    assert mine.effective & ~_mask() == 0


def _number(pid: int, file: Path) -> int:
    """Number under which a process has a file open, -1 while it has not."""
    links = ((int(fd.name), os.readlink(fd)) for fd in Path(f"/proc/{pid}/fd").iterdir())
    return next((number for number, link in links if link == str(file)), -1)


def _mask() -> int:
    return sum(1 << number for number in COLLECTING)


def refused(words: tuple[str | Path, ...], status: int, said: str) -> None:
    """A command is refused in one clean line."""
    outcome = sockscope(*map(str, words))
    assert (outcome.status, outcome.out) == (status, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.err[:-1].isprintable()
