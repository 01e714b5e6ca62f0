"""Every relation between descriptors, with how sure it is: the adversarial fixtures and what the answer must be."""

import fcntl
import os
import re
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import answer, only, place, places, show, snapshot, sockscope
from tests.live.conftest import Play, Truth, blocked_on, wait_until
from tests.requirements import KernelLacks


@pytest.mark.relation("queue")
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


@pytest.mark.relation("in_flight")
def test_descriptors_in_flight_are_counted_where_they_wait(play: Play) -> None:
    """F7: nobody has them open, and they are not closed."""
    truth = play("in_flight")
    assert show(*place(truth["receiver"]))["in_flight"] == truth["count"]
    assert show(*place(truth["sender"]))["in_flight"] == 0


@pytest.mark.relation("peers", "listeners", "connections")
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
    came = only(show(*place(truth["listener"]))["connections"])
    assert (came["ino"], places(came["holders"])) == (truth["accepted"]["ino"], {place(truth["accepted"])})
    assert (came["state"], places(only(came["other_ends"])["holders"])) == ("ESTABLISHED", {place(truth["client"])})


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


@pytest.mark.relation("unheld")
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


@pytest.mark.needs("root", "netns")
def test_what_else_fits_a_target_is_named_with_its_namespace_where_that_is_another(play: Play) -> None:
    listeners = {one["child"]["netns"]: one["child"]["listener"] for one in (play("netns_child"), play("netns_child"))}
    out = sockscope("show", "127.0.0.1:7777").out
    first = out.partition("  ")[0]
    also = out.rpartition("Also 127.0.0.1:7777: ")[2]
    for netns, listener in listeners.items():
        slot = "{}:{}".format(*place(listener))
        assert slot == first or re.search(rf"{slot} \(netns [^)]+\)", also), (netns, also)
    assert "(netns" in also
    found = answer("show", "127.0.0.1:7777")
    named = {(one["pid"], one["fd"]): one["netns"] for one in found["also"]} | {
        place(found["descriptor"]): found["socket"]["netns"]
    }
    assert {place(listener): netns for netns, listener in listeners.items()}.items() <= named.items()


@pytest.mark.needs("root", "netns", "ss")
def test_a_conversation_between_two_namespaces_of_this_host_is_one_pair(play: Play) -> None:
    truth = play("veth_pair")
    if "missing" in truth:
        msg = "the kernel has no veth"
        raise KernelLacks(msg)
    assert truth["near"]["netns"] != truth["far"]["netns"]
    for this, that in ((truth["near"], truth["far"]), (truth["far"], truth["near"])):
        report = show(*place(this))
        assert report["socket"]["netns"] == this["netns"]
        peer = only(report["peers"])
        assert (peer["ino"], peer["confidence"]) == (that["ino"], "inferred")
        assert "another network namespace" in peer["evidence"]
        assert places(peer["holders"]) == {place(that)}


@pytest.mark.relation("terminal")
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
def opened() -> Iterator[ExitStack]:
    """Closes what a test opens in its own process, which is the actor then."""
    with ExitStack() as stack:
        yield stack


def mine(fd: int) -> dict[str, Any]:
    """What `show` says of a descriptor of this process."""
    return show(os.getpid(), fd)


def test_two_pidfds_of_one_process_are_one_object_though_opened_twice(opened: ExitStack) -> None:
    first, second = (os.pidfd_open(os.getpid()) for _ in range(2))
    other = os.pidfd_open(os.getppid())
    for fd in (first, second, other):
        opened.callback(os.close, fd)
    if os.fstat(first).st_ino != os.fstat(second).st_ino or os.fstat(first).st_ino == os.fstat(other).st_ino:
        msg = "before pidfs (Linux 6.9) the inode of a pidfd says nothing"
        raise KernelLacks(msg)
    places_of_both = {(os.getpid(), first), (os.getpid(), second)}
    assert places_of_both <= places(mine(first)["holders"])
    assert (os.getpid(), other) not in places(mine(first)["holders"])


@pytest.mark.parametrize(
    ("how", "ours", "theirs"),
    [
        (socket.SHUT_WR, ["send"], ["receive"]),
        (socket.SHUT_RD, ["receive"], ["send"]),
        (socket.SHUT_RDWR, ["receive", "send"], ["receive", "send"]),
    ],
)
def test_a_half_closed_pair_says_which_half_is_shut_and_stays_a_pair(
    opened: ExitStack, how: int, ours: list[str], theirs: list[str]
) -> None:
    one, other = (opened.enter_context(end) for end in socket.socketpair())
    one.shutdown(how)
    for this, that, shut in ((one, other, ours), (other, one, theirs)):
        report = mine(this.fileno())
        assert report["socket"]["shutdown"] == shut
        assert places(only(report["peers"])["holders"]) == {(os.getpid(), that.fileno())}


def test_a_fifo_opened_for_both_is_both_ends(opened: ExitStack, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    both = os.open(tmp_path / "fifo", os.O_RDWR)
    reader, writer = (os.open(tmp_path / "fifo", flags | os.O_NONBLOCK) for flags in (os.O_RDONLY, os.O_WRONLY))
    for fd in (both, reader, writer):
        opened.callback(os.close, fd)
    pid = os.getpid()
    ends = {fd: places(only(mine(fd)["peers"])["holders"]) for fd in (both, reader, writer)}
    assert {(pid, both), (pid, writer)} == ends[reader]
    assert {(pid, both), (pid, reader)} == ends[writer]
    assert {(pid, reader), (pid, writer)} <= ends[both]


def test_a_master_of_dev_ptmx_is_paired_by_the_devpts_it_most_likely_opened(opened: ExitStack) -> None:
    master, slave = os.openpty()
    for fd in (master, slave):
        opened.callback(os.close, fd)
    for this, that in ((master, slave), (slave, master)):
        peer = only(mine(this)["peers"])
        assert (peer["via"], places(peer["holders"])) == ("pty", {(os.getpid(), that)})
        assert peer["confidence"] in {"inferred", "proven"}


@pytest.mark.parametrize("hosts", [("127.0.0.1", "127.0.0.1"), ("127.0.0.2", "127.1.2.3")])
def test_loopback_ends_are_paired_across_addresses_of_127(opened: ExitStack, hosts: tuple[str, str]) -> None:
    here, there = hosts
    listener = opened.enter_context(socket.create_server((there, 0)))
    client = opened.enter_context(socket.create_connection(listener.getsockname(), source_address=(here, 0)))
    accepted = opened.enter_context(listener.accept()[0])
    for this, that in ((client, accepted), (accepted, client)):
        peer = only(mine(this.fileno())["peers"])
        assert (peer["via"], peer["confidence"]) == ("tcp-loopback", "inferred")
        assert places(peer["holders"]) == {(os.getpid(), that.fileno())}


def test_an_unconnected_udp_socket_is_the_other_end_of_whoever_is_connected_to_it(opened: ExitStack) -> None:
    receiver, sender = (opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2))
    receiver.bind(("127.0.0.1", 0))
    sender.connect(receiver.getsockname())
    for this, that in ((sender, receiver), (receiver, sender)):
        peer = only(mine(this.fileno())["peers"])
        assert (peer["via"], peer["confidence"]) == ("udp-loopback", "inferred")
        assert places(peer["holders"]) == {(os.getpid(), that.fileno())}


def test_of_udp_sockets_that_share_an_address_each_is_a_candidate_and_none_the_other_end(opened: ExitStack) -> None:
    first, second, sender = (opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(3))
    for one in (first, second):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(("127.0.0.1", 0) if one is first else first.getsockname())
    sender.connect(first.getsockname())
    for this, others in ((sender, (first, second)), (first, (sender,)), (second, (sender,))):
        found = mine(this.fileno())["peers"]
        assert {peer["confidence"] for peer in found} == {"unknown"}
        held = {place for peer in found for place in places(peer["holders"])}
        assert held == {(os.getpid(), one.fileno()) for one in others}


@pytest.mark.needs("sctp")
def test_the_ends_of_an_sctp_association_are_paired(opened: ExitStack) -> None:
    listener, client = (
        opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)) for _ in range(2)
    )
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client.connect(listener.getsockname())
    accepted = opened.enter_context(listener.accept()[0])
    for this, that in ((client, accepted), (accepted, client)):
        peer = only(mine(this.fileno())["peers"])
        assert (peer["via"], peer["confidence"]) == ("sctp-loopback", "inferred")
        assert places(peer["holders"]) == {(os.getpid(), that.fileno())}


def test_udp_sockets_on_one_address_are_siblings(opened: ExitStack) -> None:
    sockets = [opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2)]
    port = 0
    for one in sockets:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(("127.0.0.1", port))
        port = one.getsockname()[1]
    for this, that in (sockets, sockets[::-1]):
        sibling = only(mine(this.fileno())["siblings"])
        assert sibling["ino"] == os.fstat(that.fileno()).st_ino
        assert places(sibling["holders"]) == {(os.getpid(), that.fileno())}


@pytest.mark.needs("kcmp")
def test_a_registration_whose_number_is_closed_says_where_the_file_lives_on(opened: ExitStack) -> None:
    epoll = opened.enter_context(select.epoll())
    one, other = socket.socketpair()
    opened.enter_context(other)
    number = one.fileno()
    epoll.register(number, select.EPOLLIN)
    # Above all numbers in use, so that the registered one stays empty.
    kept = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 500)
    opened.callback(os.close, kept)
    one.close()
    target = only(mine(epoll.fileno())["targets"])
    assert (target["fd"], target["status"], target["confidence"]) == (number, "moved", "proven")
    assert places(target["held_by"]) == {(os.getpid(), kept)}


def test_a_registration_that_only_a_message_keeps_alive_has_no_holder(opened: ExitStack) -> None:
    epoll = opened.enter_context(select.epoll())
    sender, receiver = (opened.enter_context(end) for end in socket.socketpair())
    watched, other = socket.socketpair()
    opened.enter_context(other)
    epoll.register(watched.fileno(), select.EPOLLIN)
    socket.send_fds(sender, [b"-"], [watched.fileno()])
    watched.close()
    target = only(mine(epoll.fileno())["targets"])
    assert (target["status"], target["held_by"]) == ("closed", [])
    assert mine(receiver.fileno())["in_flight"] == 1


@pytest.mark.relation("unheld")
@pytest.mark.needs("tcp_diag")
def test_connections_that_nobody_holds_any_more_are_listed_with_the_reason(opened: ExitStack) -> None:
    """TIME_WAIT and an orphaned FIN_WAIT2: inode 0, and `ss -p` shows no user and no reason."""
    listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
    orphan, over = (socket.create_connection(listener.getsockname()) for _ in range(2))
    kept, ended = (listener.accept()[0] for _ in range(2))
    opened.enter_context(kept)
    names = {"FIN_WAIT2": orphan.getsockname()[1], "TIME_WAIT": over.getsockname()[1]}
    orphan.close()
    over.close()
    assert (kept.recv(1), ended.recv(1)) == (b"", b"")
    ended.close()
    rows = {row["local"]: row for row in snapshot()["sockets"] if row["protocol"] == "tcp" and row["remote"]}
    for state, port in names.items():
        row = rows[f"127.0.0.1:{port}"]
        assert (row["state"], row["ino"]) == (state, None)
        assert row["unheld"].startswith("closed")


@pytest.mark.relation("waiting")
def test_a_thread_blocked_in_read_waits_on_its_pipe(opened: ExitStack) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    opened.callback(os.waitpid, child, 0)
    opened.callback(os.kill, child, signal.SIGKILL)
    opened.callback(os.close, reading)
    opened.callback(os.close, writing)
    wait_until(lambda: blocked_on(child, reading))
    waiting = [row for row in mine(reading)["waiting"] if row["pid"] == child]
    assert [(row["tid"], row["syscall"], row["fd"]) for row in waiting] == [(child, "read", reading)]


def test_neighbours_by_a_shared_listener_are_named_so(play: Play) -> None:
    truth = play("shared_listener")
    neighbours = {row["pid"]: row for row in answer("show", truth["waiting"]["pid"])["neighbours"]}
    for pid in (truth["pid"], truth["holding"]["pid"]):
        assert "1 shared listener" in neighbours[pid]["phrase"]


@pytest.fixture
def kinds(play: Play, tmp_path: Path) -> Truth:
    return play("kinds", tmp_path)


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
