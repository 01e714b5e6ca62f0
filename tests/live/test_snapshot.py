"""The whole machine in one picture: its shape, and that it adds up."""

import json
import os
import platform
from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import answer, places, snapshot, sockscope
from tests.live.conftest import Play


@pytest.fixture(scope="module")
def machine() -> dict[str, Any]:
    return snapshot()


def test_it_says_where_and_when_it_was_taken(machine: dict[str, Any]) -> None:
    assert machine["schema"] == "sockscope/1"
    assert machine["host"] == platform.node()
    assert machine["kernel"] == platform.release()
    assert machine["time"]


def test_every_process_is_in_exactly_one_group(machine: dict[str, Any]) -> None:
    pids = [process["pid"] for process in machine["processes"]]
    grouped = [pid for group in machine["groups"] for pid in group["pids"]]
    assert len(pids) == len(set(pids))
    assert sorted(grouped) == sorted(pids)
    members = {group["pgid"]: group["pids"] for group in machine["groups"]}
    assert all(process["pid"] in members[process["pgid"]] for process in machine["processes"])


def test_the_test_itself_is_in_the_picture(machine: dict[str, Any]) -> None:
    me = next(process for process in machine["processes"] if process["pid"] == os.getpid())
    assert (me["ppid"], me["pgid"], me["sid"]) == (os.getppid(), os.getpgid(0), os.getsid(0))
    assert me["netns"] == os.stat("/proc/self/ns/net").st_ino
    assert me["cmdline"]


def test_every_descriptor_belongs_to_a_process_of_the_picture(machine: dict[str, Any]) -> None:
    pids = {process["pid"] for process in machine["processes"]}
    rows = machine["descriptors"]
    assert rows
    assert {row["pid"] for row in rows} <= pids
    assert len(places(rows)) == len(rows)


def test_coverage_counts_what_is_in_the_picture(machine: dict[str, Any]) -> None:
    coverage = machine["coverage"]
    assert coverage["processes"] >= len(machine["processes"]) > 0
    assert coverage["descriptors"] == len(machine["descriptors"])
    assert coverage["unreadable_processes"] <= coverage["processes"]
    assert isinstance(coverage["notes"], list)


def test_kernel_threads_are_not_in_the_picture(machine: dict[str, Any]) -> None:
    assert 2 not in {process["pid"] for process in machine["processes"]}


def test_kernel_threads_that_are_asked_for_are_in_the_groups_too() -> None:
    picture = answer("snapshot", "--kernel-threads")
    threads = {process["pid"] for process in picture["processes"] if process["kernel_thread"]}
    assert threads <= {pid for group in picture["groups"] for pid in group["pids"]}
    assert threads or not Path("/proc/2").exists()


def test_what_this_process_has_open_is_in_the_picture() -> None:
    reading, writing = os.pipe()
    try:
        # Listing opens the directory for as long as it takes; what is open afterwards was open before.
        before = [int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
        rows = {row["fd"]: row for row in snapshot(os.getpid())["descriptors"]}
        assert set(before) <= set(rows)
        assert (rows[reading]["kind"], rows[reading]["access"]) == ("pipe", "r")
        assert (rows[writing]["kind"], rows[writing]["access"]) == ("pipe", "w")
        assert rows[reading]["object"] == rows[writing]["object"]
        assert rows[reading]["ino"] == os.fstat(reading).st_ino
    finally:
        os.close(reading)
        os.close(writing)


def test_a_socket_is_described_once_however_many_hold_it(play: Play) -> None:
    truth = play("shared_listener")
    pids = [truth["pid"], truth["waiting"]["pid"], truth["holding"]["pid"]]
    sockets = [row for row in snapshot(*pids)["sockets"] if row["ino"] == truth["listener"]["ino"]]
    assert len(sockets) == 1
    (listener,) = sockets
    assert (listener["family"], listener["type"], listener["protocol"]) == ("inet", "stream", "tcp")
    assert (listener["state"], listener["local"]) == ("LISTEN", f"127.0.0.1:{truth['port']}")
    assert listener["uid"] == os.getuid()
    assert listener["cookie"]


def test_ndjson_is_one_value_a_line_and_says_the_same(play: Play) -> None:
    truth = play("socketpair_fork")
    outcome = sockscope("snapshot", "--pid", truth["pid"], "--format", "ndjson")
    assert (outcome.status, outcome.err) == (0, "")
    values = [json.loads(line) for line in outcome.out.splitlines()]
    assert all(isinstance(value, dict) for value in values)
    assert str(truth["ours"]["ino"]) in outcome.out


def test_the_tree_names_the_group_the_process_and_the_descriptor(play: Play) -> None:
    truth = play("shared_listener")
    outcome = sockscope("snapshot", "--pid", truth["pid"])
    assert (outcome.status, outcome.err) == (0, "")
    for name in (str(truth["pgid"]), str(truth["pid"]), "shared_listener.py", f"127.0.0.1:{truth['port']}"):
        assert name in outcome.out
