"""Every relation between descriptors, with how sure it is: the adversarial fixtures and what the answer must be."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import answer, only, place, places, show, snapshot, sockscope
from tests.live.conftest import Play, Truth


def test_clients_in_a_unix_accept_queue_are_named_and_they_know_where_they_wait(play: Play, tmp_path: Path) -> None:
    """F5: lsof and lsfd show neither side."""
    truth = play("unaccepted", tmp_path / "s.sock")
    queue = show(*place(truth["listener"]))["queue"]
    assert (queue["length"], queue["backlog"]) == (2, truth["backlog"])
    assert {row["ino"] for row in queue["pending"]} == {client["ino"] for client in truth["client"]["clients"]}
    assert {row["confidence"] for row in queue["pending"]} == {"proven"}
    for client in truth["client"]["clients"]:
        peer = only(show(*place(client))["peers"])
        assert peer["holders"] == []
        assert str(truth["listener"]["ino"]) in peer["note"]


@pytest.mark.needs("tcp_diag")
def test_connections_in_a_tcp_accept_queue_are_found_though_nobody_holds_them(play: Play) -> None:
    """F6: the server side has inode 0; it must not be joined with every other inode 0."""
    truth = play("unaccepted", "tcp")
    queue = show(*place(truth["listener"]))["queue"]
    assert (queue["length"], queue["backlog"]) == (2, truth["backlog"])
    addresses = {f"{host}:{port}" for host, port in truth["client"]["addresses"]}
    assert {row["remote"] for row in queue["pending"]} == addresses
    for client in truth["client"]["clients"]:
        peer = only(show(*place(client))["peers"])
        assert (peer["via"], peer["holders"]) == ("tcp-loopback", [])
        assert str(truth["listener"]["ino"]) in peer["note"]


def test_descriptors_in_flight_are_counted_where_they_wait(play: Play) -> None:
    """F7: nobody has them open, and they are not closed."""
    truth = play("in_flight")
    assert show(*place(truth["receiver"]))["in_flight"] == truth["count"]
    assert show(*place(truth["sender"]))["in_flight"] == 0


@pytest.mark.parametrize("kind", ["v4", "dual"])
def test_the_ends_of_a_loopback_connection_are_paired_by_their_addresses(play: Play, kind: str) -> None:
    """F9: `dual` meets a v6 server over v4, whose end is called ::ffff:127.0.0.1."""
    truth = play("tcp_connection", kind)
    for this, that in ((truth["client"], truth["accepted"]), (truth["accepted"], truth["client"])):
        report = show(*place(this))
        peer = only(report["peers"])
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("tcp-loopback", that["ino"], "inferred")
        assert places(peer["holders"]) == {place(that)}
    listeners = show(*place(truth["accepted"]))["listeners"]
    assert [row["ino"] for row in listeners] == [truth["listener"]["ino"]]


def test_connected_udp_sockets_are_paired(play: Play) -> None:
    truth = play("udp_pair")
    for this, that in ((truth["ours"], truth["theirs"]), (truth["theirs"], truth["ours"])):
        peer = only(show(*place(this))["peers"])
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("udp-loopback", that["ino"], "inferred")
        assert places(peer["holders"]) == {place(that)}


@pytest.mark.needs("mptcp")
def test_an_mptcp_connection_is_one_socket_at_each_end(play: Play) -> None:
    """F10: its subflows are listed as TCP sockets with the inode of the connection."""
    truth = play("mptcp_pair")
    for this, that in ((truth["client"], truth["accepted"]), (truth["accepted"], truth["client"])):
        report = show(*place(this))
        assert (report["socket"]["ino"], report["socket"]["protocol"]) == (this["ino"], "mptcp")
        peer = only(report["peers"])
        assert (peer["ino"], places(peer["holders"])) == (that["ino"], {place(that)})


def test_a_receiver_has_every_sender_at_its_other_end(play: Play, tmp_path: Path) -> None:
    truth = play("unix_datagrams", tmp_path / "in.sock")
    peers = show(*place(truth["receiver"]))["peers"]
    assert {peer["ino"] for peer in peers} == {sender["ino"] for sender in truth["senders"]}
    assert {peer["confidence"] for peer in peers} == {"proven"}


def test_eventfds_with_one_count_are_one_object_only_when_they_are_shared(play: Play) -> None:
    """F15."""
    truth = play("eventfds")
    parent = truth["pid"]
    shared = show(parent, truth["shared"]["fd"])
    assert places(shared["holders"]) == {(parent, truth["shared"]["fd"]), place(truth["child"])}
    private = show(parent, truth["private"]["fd"])
    assert places(private["holders"]) == {(parent, truth["private"]["fd"])}
    assert shared["descriptor"]["object"] != private["descriptor"]["object"]


@pytest.mark.needs("root")
def test_terminals_of_two_devpts_instances_are_two_pairs(play: Play, tmp_path: Path) -> None:
    """F3: by number alone both masters would belong to both slaves."""
    for pair in play("devpts_twins", tmp_path)["pairs"]:
        for this, that in ((pair["master"], pair["slave"]), (pair["slave"], pair["master"])):
            peer = only(show(*place(this))["peers"])
            assert (peer["via"], peer["confidence"]) == ("pty", "proven")
            assert places(peer["holders"]) == {place(that)}


@pytest.mark.needs("root")
def test_fifos_with_one_inode_number_on_two_file_systems_are_strangers(play: Play, tmp_path: Path) -> None:
    """F4."""
    fifos = play("fifo_twins", tmp_path)["fifos"]
    assert len({fifo["reader"]["ino"] for fifo in fifos}) == 1
    for fifo in fifos:
        for this, that in ((fifo["reader"], fifo["writer"]), (fifo["writer"], fifo["reader"])):
            report = show(*place(this))
            assert report["descriptor"]["kind"] == "fifo"
            peer = only(report["peers"])
            assert (peer["via"], places(peer["holders"])) == ("fifo", {place(that)})
    first, second = (show(*place(fifo["reader"]))["descriptor"]["object"] for fifo in fifos)
    assert first != second


@pytest.mark.needs("io_uring")
def test_a_socket_that_only_a_ring_keeps_names_the_ring(play: Play) -> None:
    """F8: `ss` shows the listener without a user, lsof does not show it."""
    truth = play("uring_file")
    assert str(truth["ino"]) in show(*place(truth["ring"]))["fdinfo"]["raw"]
    socket = only(row for row in snapshot()["sockets"] if row["ino"] == truth["ino"])
    assert (socket["state"], socket["local"]) == ("LISTEN", f"127.0.0.1:{truth['port']}")
    ring = f"{truth['ring']['pid']}:{truth['ring']['fd']}"
    assert ring in socket["unheld"]
    assert ring in sockscope("show", f"ino:{truth['ino']}").err


@pytest.mark.needs("unix_diag")
def test_sockets_that_live_long_never_vanish_under_churn(play: Play) -> None:
    """F12: a dump of sock_diag misses some of them without saying so."""
    truth = play("churn")
    for _ in range(5):
        sockets = {row["ino"]: row for row in snapshot(truth["pid"])["sockets"]}
        described = {ino for ino in truth["inodes"] if sockets.get(ino, {}).get("source")}
        assert described == set(truth["inodes"])


@pytest.mark.needs("kcmp")
def test_a_thread_with_a_table_of_its_own_holds_what_its_process_does_not(play: Play) -> None:
    """F13."""
    truth = play("private_table")
    tid, listener = truth["thread"]["tid"], truth["thread"]["listener"]
    report = answer("show", f"tcp:{truth['thread']['port']}")
    assert places(report["holders"]) == {(tid, listener["fd"])}
    # The thread's copy of the table has the socketpair too.
    assert places(show(*place(truth["ours"]))["holders"]) == {place(truth["ours"]), (tid, truth["ours"]["fd"])}
    picture = snapshot(truth["pid"])
    thread = only(process for process in picture["processes"] if process["pid"] == tid)
    assert thread["thread_of"] == truth["pid"]


@pytest.mark.needs("root", "netns")
def test_sockets_of_another_network_namespace_are_described_and_kept_apart(play: Play) -> None:
    """F14."""
    truth = play("netns_child")
    child = truth["child"]
    report = show(*place(child["listener"]))
    assert (report["socket"]["local"], report["socket"]["netns"]) == ("127.0.0.1:7777", child["netns"])
    assert report["socket"]["netns"] != truth["netns"]
    for this, that in (("client", "accepted"), ("accepted", "client"), ("ours", "theirs"), ("theirs", "ours")):
        peer = only(show(*place(child[this]))["peers"])
        assert (peer["ino"], places(peer["holders"])) == (child[that]["ino"], {place(child[that])})


def test_ctrl_c_reaches_the_members_of_the_group_in_front(play: Play) -> None:
    """F16."""
    shell = play("terminal_jobs")["shell"]
    for job in ("front", "behind"):
        reached = show(shell[job]["pids"][0], 2)["terminal"]["sigint_goes_to"]
        assert set(reached) == set(shell["front"]["pids"])


def test_the_slave_of_a_terminal_finds_its_master(play: Play) -> None:
    truth = play("terminal_jobs")
    report = show(truth["shell"]["pid"], truth["shell"]["slave"])
    assert report["descriptor"]["kind"] == "tty"
    assert (truth["pid"], truth["master"]) in places(only(report["peers"])["holders"])


@pytest.fixture
def kinds(play: Play, tmp_path: Path) -> Truth:
    return play("kinds", tmp_path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("file", "file"),
        ("directory", "directory"),
        ("temporary", "file"),
        ("deleted", "file"),
        ("fifo", "fifo"),
        ("null", "char-device"),
        ("eventfd", "eventfd"),
        ("timerfd", "timerfd"),
        ("signalfd", "signalfd"),
        ("inotify", "inotify"),
        ("pidfd", "pidfd"),
        ("memfd", "memfd"),
        ("namespace", "namespace"),
        ("netlink", "socket"),
    ],
)
def test_every_kind_is_called_by_its_name(kinds: Truth, name: str, kind: str) -> None:
    assert show(kinds["pid"], kinds[name])["descriptor"]["kind"] == kind


def test_what_fdinfo_knows_is_decoded(kinds: Truth) -> None:
    def decoded(name: str) -> dict[str, Any]:
        value = show(kinds["pid"], kinds[name])["fdinfo"]["decoded"]
        assert isinstance(value, dict)
        return value

    file = decoded("file")
    assert file["pos"] == 4
    assert {"O_RDWR", "O_APPEND", "O_CLOEXEC"} <= set(file["flags"])
    assert decoded("eventfd")["count"] == 7
    assert set(decoded("signalfd")["signals"]) == {"SIGUSR1", "SIGHUP"}
    assert decoded("pidfd")["pid"] == kinds["watched_pid"] == os.getpid()


def test_a_process_names_its_neighbours_and_what_lies_between(play: Play) -> None:
    truth = play("socketpair_fork")
    neighbours = answer("show", truth["pid"])["neighbours"]
    child = only(row for row in neighbours if row["pid"] == truth["theirs"]["pid"])
    assert ("socketpair", 1) in {(link["relation"], link["count"]) for link in child["links"]}


def test_socket_options_are_read_when_they_are_asked_for(play: Play) -> None:
    pair, shared = play("reuseport_pair"), play("shared_listener")
    for end, expected in ((pair["first"], True), (shared["listener"], False)):
        target = f"{end['pid']}:{end['fd']}"
        options = answer("show", target, "--options")["options"]
        assert (options["SO_REUSEPORT"], options["SO_ACCEPTCONN"]) == (expected, True)
        assert not answer("show", target)["options"]


def test_without_sock_diag_addresses_are_known_and_the_source_is_named(play: Play) -> None:
    truth = play("reuseport_pair")
    sockets = answer("snapshot", "--pid", truth["pid"], "--no-diag")["sockets"]
    listener = only(row for row in sockets if row["ino"] == truth["first"]["ino"])
    assert (listener["state"], listener["local"]) == ("LISTEN", f"127.0.0.1:{truth['port']}")
    assert listener["source"].startswith("/proc/net")
