"""Network namespaces: entered where that is allowed, read from /proc/net where not, and named either way."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sockscope as package
from sockscope.kernel.netns import run_in
from tests.features import SEARCH_PATH
from tests.live.commandline import LONGEST, PROGRAM, answer, only, place, show, snapshot, sockscope
from tests.live.conftest import Play

AS_NOBODY = [
    str(Path(__file__).with_name("as_nobody.sh")),
    sys.base_prefix,
    str(Path(package.__file__).parents[1]),
    sys.prefix,
    "--",
]
PORT = 7777


def at_port(picture: dict[str, Any], port: int = PORT) -> list[dict[str, Any]]:
    return [row for row in picture["sockets"] if row["local"].endswith(f":{port}") and row["state"] == "LISTEN"]


def home(picture: dict[str, Any]) -> dict[str, Any]:
    """The namespace this test lives in."""
    return only(one for one in picture["namespaces"] if one["inode"] == os.stat("/proc/self/ns/net").st_ino)


@pytest.fixture
def pinned() -> Iterator[str]:
    """A namespace that no process lives in: `ip netns add` mounts it under /run/netns."""
    ip = shutil.which("ip", path=SEARCH_PATH)
    assert ip is not None
    name = f"sockscope-{os.getpid()}"
    subprocess.run([ip, "netns", "add", name], check=True)
    yield name
    subprocess.run([ip, "netns", "del", name], check=True)


@pytest.mark.needs("root", "netns")
def test_a_listener_in_another_namespace_is_seen_and_the_namespace_is_named_after_its_process(play: Play) -> None:
    """F14, privileged."""
    truth = play("netns_child")["child"]
    picture = snapshot()
    (listener,) = [row for row in at_port(picture) if row["ino"] == truth["listener"]["ino"]]
    assert (listener["netns"], listener["source"]) == (truth["netns"], "sock_diag")
    assert listener["backlog"] == 6
    namespace = only(one for one in picture["namespaces"] if one["inode"] == truth["netns"])
    assert namespace["name"] == listener["netns_name"]
    assert namespace["name"].endswith(f" {truth['pid']}")
    assert (namespace["origin"], namespace["leader"], namespace["processes"]) == ("process", truth["pid"], 1)
    process = only(row for row in picture["processes"] if row["pid"] == truth["pid"])
    assert process["netns_name"] == namespace["name"]


def test_the_namespace_we_live_in_is_described_and_has_a_name() -> None:
    namespace = home(snapshot())
    assert namespace["source"] == "sock_diag"
    assert namespace["name"]


@pytest.mark.needs("root", "netns", "ss")
def test_a_mounted_namespace_without_any_process_goes_by_its_name(pinned: str) -> None:
    path = f"/run/netns/{pinned}"
    inside = run_in(path, lambda: socket.create_server(("", 0)))
    with inside:
        picture = snapshot()
        namespace = only(one for one in picture["namespaces"] if one["inode"] == os.stat(path).st_ino)
        assert (namespace["name"], namespace["origin"], namespace["pin"]) == (pinned, "pinned", path)
        assert (namespace["processes"], namespace["leader"]) == (0, None)
        # Its holder, this process, lives in another namespace than the socket.
        (listener,) = [row for row in picture["sockets"] if row["ino"] == os.fstat(inside.fileno()).st_ino]
        assert (listener["netns"], listener["netns_name"]) == (namespace["inode"], pinned)
        assert listener["local"].endswith(f":{inside.getsockname()[1]}")


@pytest.mark.needs("root", "netns", "setpriv", "unshare")
def test_without_privilege_another_namespace_is_read_from_proc_net_and_kept_apart(play: Play) -> None:
    """F14, unprivileged."""
    truth = play("netns_child")["child"]
    picture = answer("snapshot", before=AS_NOBODY)
    (listener,) = [row for row in picture["sockets"] if row["ino"] == truth["listener"]["ino"]]
    assert (listener["state"], listener["local"]) == ("LISTEN", f"127.0.0.1:{PORT}")
    assert (listener["source"], listener["cookie"], listener["netns"]) == ("/proc/net", None, None)
    namespace = only(one for one in picture["namespaces"] if one["leader"] == truth["pid"])
    assert namespace["name"] == listener["netns_name"]
    assert (namespace["inode"], namespace["source"]) == (None, "/proc/net")
    assert namespace["reason"]
    setns = only(one for one in picture["coverage"]["capabilities"] if one["name"] == "setns")
    assert not setns["available"]
    assert setns["gain"]
    assert [note for note in picture["coverage"]["notes"] if "namespace" in note]


@pytest.mark.needs("root", "netns", "setpriv", "unshare")
def test_without_privilege_sockets_of_our_own_namespace_are_those_of_everybody(play: Play) -> None:
    truth = play("shared_listener")
    picture = answer("snapshot", before=AS_NOBODY)
    (listener,) = [row for row in picture["sockets"] if row["ino"] == truth["listener"]["ino"]]
    assert (listener["source"], listener["netns"]) == ("sock_diag", os.stat("/proc/self/ns/net").st_ino)


def test_without_sock_diag_proc_net_describes_what_it_can(play: Play) -> None:
    listener = play("shared_listener")["listener"]
    pair = play("socketpair_fork")["ours"]
    picture = answer("snapshot", "--no-diag")
    assert {row["source"] for row in picture["sockets"]} <= {"/proc/net", "sockprotoname", ""}
    found = {row["ino"]: row for row in picture["sockets"]}
    assert (found[listener["ino"]]["state"], found[listener["ino"]]["backlog"]) == ("LISTEN", None)
    assert (found[pair["ino"]]["type"], found[pair["ino"]]["peer_ino"]) == ("stream", None)
    switch = only(one for one in picture["coverage"]["capabilities"] if one["name"] == "sock_diag")
    assert (switch["available"], switch["gain"]) == (False, "run without --no-diag")


@pytest.mark.needs("strace")
def test_without_sock_diag_no_such_socket_is_ever_opened() -> None:
    def opened(*options: str) -> int:
        strace = shutil.which("strace", path=SEARCH_PATH)
        command = [strace, "-f", "-e", "trace=socket", *PROGRAM, "snapshot", *options, "--pid", str(os.getpid())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, cwd="/", check=True)
        return done.stderr.count("NETLINK_SOCK_DIAG")

    assert opened("--no-diag") == 0
    assert opened() > 0


@pytest.mark.needs("root")
def test_a_namespace_that_only_a_descriptor_keeps_is_listed_with_the_reason(play: Play) -> None:
    truth = play("kept_netns")
    kept = truth["kept"]
    row = show(kept["pid"], kept["fd"])["descriptor"]
    assert (row["kind"], row["fields"]["type"], row["ino"]) == ("namespace", "net", kept["netns"])
    assert f"network namespace {kept['netns']}" in row["text"]
    one = only(found for found in snapshot()["namespaces"] if found["inode"] == kept["netns"])
    reason = f"kept by fd {kept['fd']} of {kept['pid']}"
    assert (one["kept_by"], one["processes"], one["origin"], one["source"]) == (reason, 0, "descriptor", "sock_diag")


@pytest.mark.needs("root")
def test_a_namespace_that_is_mounted_where_only_others_see_it_is_listed_and_looked_into(
    play: Play, tmp_path: Path
) -> None:
    truth = play("mounted_netns", tmp_path / "blue")
    one = only(found for found in snapshot()["namespaces"] if found["inode"] == truth["netns"])
    assert one["kept_by"] == f"kept by mount {tmp_path}/blue of {truth['pid']}"
    assert (one["name"], one["origin"], one["processes"], one["source"]) == ("blue", "pinned", 0, "sock_diag")
    found = show(*place(truth["listener"]))["socket"]
    assert (found["local"], found["netns_name"]) == (f"0.0.0.0:{truth['port']}", "blue")


@pytest.mark.needs("root")
def test_a_thread_that_lives_in_a_namespace_of_its_own_leads_there(play: Play) -> None:
    truth = play("kept_netns")
    listener = truth["listener"]
    found = show(listener["pid"], listener["fd"])["socket"]
    assert (found["state"], found["local"]) == ("LISTEN", f"0.0.0.0:{listener['port']}")
    assert found["netns"] == truth["thread_netns"]
    one = only(each for each in snapshot()["namespaces"] if each["inode"] == truth["thread_netns"])
    assert one["kept_by"] == f"kept by thread {truth['thread']} of {truth['pid']}"


@pytest.mark.needs("root")
def test_more_namespaces_than_descriptors_are_all_looked_into(play: Play) -> None:
    plays = [play("kept_netns") for _ in range(9)]
    inodes = {truth["kept"]["netns"] for truth in plays} | {truth["thread_netns"] for truth in plays}
    limit = ("prlimit", "--nofile=64:64", "--")
    picture = json.loads(sockscope("snapshot", "--format", "json", before=limit).out)
    found = {one["inode"]: one for one in picture["namespaces"] if one["inode"] in inodes}
    assert [one for one in found.values() if one["source"] != "sock_diag"] == []
    assert found.keys() == inodes


@pytest.mark.needs("root")
def test_the_link_of_a_network_namespace_leads_to_who_lives_in_it(play: Play) -> None:
    truth = play("netns_child")
    pid = truth["child"]["pid"]
    found = answer("show", f"/proc/{pid}/ns/net")
    assert (found["kind"], found["ino"]) == ("namespace", truth["child"]["netns"])
    lives = only(found["uses"])
    assert (lives["use"], lives["pid"], lives["confidence"]) == ("lives", pid, "proven")
    assert "lives in it" in sockscope("show", f"/proc/{pid}/ns/net").out
