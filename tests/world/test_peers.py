"""Who is at the other end, how that is known, and how sure it is."""

from typing import Any

import msgspec
import pytest

from sockscope.frames.messages import Frame
from sockscope.model.address import InternetAddress
from sockscope.model.coverage import Coverage
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.socket import Socket
from sockscope.world.relations.answers import Peer
from sockscope.world.relations.connections import arrivals
from sockscope.world.world import World
from tests.world.build import (
    NETNS,
    START,
    descriptor,
    inet,
    key,
    pipe_fd,
    places,
    process,
    pty_fd,
    socket_fd,
    udp,
    unix,
    world,
)


def peers(made: World, pid: int, fd: int) -> tuple[Peer, ...]:
    related = made.related(key(pid, fd))
    assert related is not None
    return related.peers


def only(made: World, pid: int, fd: int) -> Peer:
    (peer,) = peers(made, pid, fd)
    return peer


def facts(made: World, pid: int, fd: int) -> list[tuple[str, int, str, list[tuple[int, int]]]]:
    return [(peer.via, peer.ino, peer.confidence, places(peer.holders)) for peer in peers(made, pid, fd)]


# Unix sockets


def test_the_ends_of_a_socketpair_name_each_other() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 4, 6), socket_fd(3, 4, 6), unix(5, peer_ino=6), unix(6, peer_ino=5))
    assert facts(made, 1, 3) == [("socketpair", 6, "proven", [(2, 4), (3, 4)])]
    assert facts(made, 2, 4) == [("socketpair", 5, "proven", [(1, 3)])]
    assert only(made, 1, 3).evidence == "UNIX_DIAG_PEER"


def test_an_end_with_a_name_makes_it_a_connection_and_no_socketpair() -> None:
    made = world(
        socket_fd(1, 3, 5), socket_fd(2, 4, 6), unix(5, peer_ino=6), unix(6, peer_ino=5, local="/run/server.sock")
    )
    assert facts(made, 1, 3) == [("unix", 6, "proven", [(2, 4)])]
    assert facts(made, 2, 4) == [("unix", 5, "proven", [(1, 3)])]


def test_many_datagram_senders_are_all_at_the_other_end_of_their_receiver() -> None:
    log = unix(9, type="dgram", local="/dev/log", state="UNCONNECTED")
    senders = [unix(ino, type="dgram", peer_ino=9) for ino in (5, 6)]
    made = world(socket_fd(1, 3, 9), socket_fd(2, 3, 5), socket_fd(3, 3, 6), log, *senders)
    assert facts(made, 1, 3) == [("unix", 5, "proven", [(2, 3)]), ("unix", 6, "proven", [(3, 3)])]
    assert facts(made, 2, 3) == [("unix", 9, "proven", [(1, 3)])]


def test_a_client_that_nobody_accepted_waits_in_the_queue_of_its_listener() -> None:
    listener = unix(9, state="LISTEN", local="/run/x", pending=(5,), queue=1, backlog=5)
    made = world(socket_fd(1, 3, 9), socket_fd(2, 3, 5), listener, unix(5))
    peer = only(made, 2, 3)
    assert (peer.ino, peer.holders, peer.evidence) == (0, (), "UNIX_DIAG_ICONS")
    assert peer.note == "waiting in the accept queue of ino 9 (/run/x)"
    assert peers(made, 1, 3) == ()


def test_a_peer_that_no_process_holds_says_why() -> None:
    pair = (socket_fd(1, 3, 5), unix(5, peer_ino=6), unix(6, peer_ino=5))
    seen = world(*pair)
    assert only(seen, 1, 3).note.startswith("no process that could be read holds it")
    blind = world(*pair, coverage=Coverage(unreadable_processes=2))
    assert only(blind, 1, 3).note.startswith("held by a process that could not be read")


def test_a_peer_registered_in_an_io_uring_names_the_ring() -> None:
    ring = descriptor(4, 8, "io_uring", fields={"files": [{"index": 0, "ino": 6, "path": "socket:[6]"}]})
    made = world(socket_fd(1, 3, 5), unix(5, peer_ino=6), unix(6, peer_ino=5), ring)
    assert only(made, 1, 3).note == "registered in the io_uring 4:8"


def test_a_file_named_like_a_socket_is_not_a_registered_one() -> None:
    ring = descriptor(4, 8, "io_uring", fields={"files": [{"index": 0, "ino": 0, "path": "/tmp/socket:[6]"}]})
    made = world(socket_fd(1, 3, 5), unix(5, peer_ino=6), unix(6, peer_ino=5), ring)
    assert "io_uring" not in only(made, 1, 3).note


def test_sockets_without_an_inode_are_never_joined_by_it() -> None:
    made = world(socket_fd(1, 3, 5), unix(5, peer_ino=0), unix(0, key=77, peer_ino=0))
    assert peers(made, 1, 3) == ()


# Pipes


def test_a_reader_has_every_writer_at_the_other_end() -> None:
    made = world(pipe_fd(1, 3, 7, "r"), pipe_fd(2, 4, 7, "w"), pipe_fd(3, 4, 7, "w"))
    assert facts(made, 1, 3) == [("pipe", 7, "proven", [(2, 4), (3, 4)])]
    assert facts(made, 2, 4) == [("pipe", 7, "proven", [(1, 3)])]


def test_a_fifo_open_for_both_is_at_both_ends() -> None:
    made = world(*(pipe_fd(pid, 3, 7, access, "fifo") for pid, access in ((1, "rw"), (2, "r"), (3, "w"))))
    assert facts(made, 1, 3) == [("fifo", 7, "proven", [(2, 3), (3, 3)])]
    assert facts(made, 2, 3) == [("fifo", 7, "proven", [(1, 3), (3, 3)])]


def test_a_pipe_whose_writers_are_gone_says_so() -> None:
    made = world(pipe_fd(1, 3, 7, "r"))
    assert only(made, 1, 3).note == "no process that could be read holds the write end"


def test_a_pipe_whose_access_could_not_be_read_claims_no_other_end() -> None:
    made = world(pipe_fd(1, 3, 7, ""), pipe_fd(2, 3, 7, "w"))
    assert facts(made, 1, 3) == [("pipe", 7, "unknown", [])]


def test_a_fifo_that_could_not_be_told_from_others_claims_no_other_end() -> None:
    made = world(
        msgspec.structs.replace(pipe_fd(1, 3, 7, "r", "fifo"), object="fifo?1:3", unproven=True),
        pipe_fd(2, 3, 7, "w", "fifo"),
    )
    assert facts(made, 1, 3) == [("fifo", 7, "unknown", [])]
    assert "not known" in peers(made, 1, 3)[0].note


# Pseudo-terminals


def test_a_master_finds_the_slaves_of_its_own_instance_only() -> None:
    made = world(pty_fd(1, 5, "pty-master", 0, 30), pty_fd(2, 0, "tty", 0, 30), pty_fd(3, 0, "tty", 0, 31))
    assert facts(made, 1, 5) == [("pty", 0, "proven", [(2, 0)])]
    assert facts(made, 2, 0) == [("pty", 0, "proven", [(1, 5)])]
    assert peers(made, 3, 0) == ()


def test_without_the_instance_a_terminal_is_joined_by_index_and_called_inferred() -> None:
    made = world(pty_fd(1, 5, "pty-master", 2, 0), pty_fd(2, 0, "tty", 2, 30), pty_fd(3, 0, "tty", 4, 30))
    assert facts(made, 1, 5) == [("pty", 0, "inferred", [(2, 0)])]


def test_a_master_whose_instance_is_only_likely_is_inferred() -> None:
    made = world(pty_fd(1, 5, "pty-master", 2, 30, certain=False), pty_fd(2, 0, "tty", 2, 30))
    assert facts(made, 1, 5) == [("pty", 0, "inferred", [(2, 0)])]
    assert facts(made, 2, 0) == [("pty", 0, "inferred", [(1, 5)])]


@pytest.mark.parametrize("likely", [30, 0])
def test_a_terminal_whose_master_is_certain_has_no_other_one(likely: int) -> None:
    old, new = pty_fd(1, 5, "pty-master", 2, likely, certain=False), pty_fd(1, 6, "pty-master", 2, 30)
    made = world(msgspec.structs.replace(old, object="old"), new, pty_fd(2, 0, "tty", 2, 30))
    assert facts(made, 2, 0) == [("pty", 0, "proven", [(1, 6)])]
    assert facts(made, 1, 6) == [("pty", 0, "proven", [(2, 0)])]
    assert peers(made, 1, 5) == ()


def test_two_slaves_of_one_terminal_are_not_each_others_other_end() -> None:
    made = world(pty_fd(2, 0, "tty", 0, 30), pty_fd(3, 0, "tty", 0, 30))
    assert peers(made, 2, 0) == ()


# Addresses


def pair(local: str, remote: str, there_local: str = "", there_remote: str = "", **there: object) -> World:
    """A connection at 1:3 and its presumed other end at 2:4."""
    other = inet(6, there_local or remote, there_remote or local, **there)
    return world(socket_fd(1, 3, 5), socket_fd(2, 4, 6), inet(5, local, remote), other)


def test_a_loopback_connection_finds_the_socket_with_the_reversed_addresses() -> None:
    made = pair("127.0.0.1:4000", "127.0.0.1:80")
    assert facts(made, 1, 3) == [("tcp-loopback", 6, "inferred", [(2, 4)])]
    assert facts(made, 2, 4) == [("tcp-loopback", 5, "inferred", [(1, 3)])]


@pytest.mark.parametrize("mapped", ["::ffff:127.0.0.1", "::ffff:7f00:1"])
def test_a_v4_client_and_a_dual_stack_server_are_one_pair(mapped: str) -> None:
    made = pair("127.0.0.1:4000", "127.0.0.1:80", f"[{mapped}]:80", f"[{mapped}]:4000")
    assert facts(made, 1, 3) == [("tcp-loopback", 6, "inferred", [(2, 4)])]
    assert facts(made, 2, 4) == [("tcp-loopback", 5, "inferred", [(1, 3)])]


def test_a_loopback_address_in_another_namespace_is_another_machine() -> None:
    assert peers(pair("127.0.0.1:4000", "127.0.0.1:80", netns=NETNS + 1), 1, 3) == ()


def test_a_routed_connection_is_found_across_namespaces_and_says_so() -> None:
    made = pair("10.0.0.2:4000", "10.0.0.1:80", netns=NETNS + 1)
    assert facts(made, 1, 3) == [("tcp-across-netns", 6, "inferred", [(2, 4)])]
    assert [one.phrase for one in made.neighbours([ProcessKey(1, START)])] == ["1 tcp connection"]
    assert "another network namespace" in only(made, 1, 3).evidence


def test_a_pair_in_one_namespace_wins_over_the_same_addresses_in_another() -> None:
    made = world(
        socket_fd(1, 3, 5),
        inet(5, "10.0.0.2:4000", "10.0.0.1:80"),
        inet(6, "10.0.0.1:80", "10.0.0.2:4000"),
        inet(7, "10.0.0.1:80", "10.0.0.2:4000", netns=NETNS + 1),
    )
    assert [peer.ino for peer in peers(made, 1, 3)] == [6]


def test_link_local_addresses_are_compared_within_their_interface() -> None:
    ends = ("[fe80::1]:4000", "[fe80::2]:80")
    here = world(socket_fd(1, 3, 5), inet(5, *ends, interface=2), inet(6, *ends[::-1], interface=2))
    assert [peer.ino for peer in peers(here, 1, 3)] == [6]
    there = world(socket_fd(1, 3, 5), inet(5, *ends, interface=2), inet(6, *ends[::-1], interface=3))
    assert peers(there, 1, 3) == ()


def test_a_fresh_connection_is_preferred_to_the_time_wait_on_its_addresses() -> None:
    made = world(
        socket_fd(1, 3, 5),
        inet(5, "127.0.0.1:4000", "127.0.0.1:80"),
        inet(0, "127.0.0.1:80", "127.0.0.1:4000", key=1, state="TIME_WAIT"),
        inet(6, "127.0.0.1:80", "127.0.0.1:4000"),
    )
    assert [peer.ino for peer in peers(made, 1, 3)] == [6]


def test_a_connection_that_nobody_accepted_waits_at_the_listener() -> None:
    made = world(
        socket_fd(1, 3, 5),
        inet(5, "127.0.0.1:4000", "127.0.0.1:80"),
        inet(0, "127.0.0.1:80", "127.0.0.1:4000", key=1),
        inet(9, "0.0.0.0:80"),
    )
    assert only(made, 1, 3).note == "waiting in the accept queue of ino 9 (0.0.0.0:80)"


def test_an_mptcp_socket_and_its_subflow_are_one_other_end() -> None:
    made = world(
        socket_fd(1, 3, 5),
        socket_fd(2, 4, 6),
        inet(5, "10.0.0.1:4000", "10.0.0.1:80", protocol="mptcp"),
        inet(5, "10.0.0.1:4000", "10.0.0.1:80", key=1),
        inet(6, "10.0.0.1:80", "10.0.0.1:4000", protocol="mptcp"),
        inet(6, "10.0.0.1:80", "10.0.0.1:4000", key=2),
    )
    assert facts(made, 1, 3) == [("mptcp-loopback", 6, "inferred", [(2, 4)])]
    shown = made.socket_of(socket_fd(1, 3, 5))
    assert shown is not None
    assert shown.protocol == "mptcp"


def test_a_listener_and_a_connection_to_elsewhere_have_no_other_end_here() -> None:
    made = world(
        socket_fd(1, 3, 5), socket_fd(1, 4, 6), inet(5, "127.0.0.1:80"), inet(6, "10.0.0.1:4000", "93.184.216.34:443")
    )
    assert peers(made, 1, 3) == ()
    assert peers(made, 1, 4) == ()


def test_a_connected_udp_socket_and_the_unconnected_one_it_sends_to_find_each_other() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 4, 6), udp(5, "127.0.0.1:4000", "127.0.0.1:53"), udp(6, "0.0.0.0:53"))
    assert facts(made, 1, 3) == [("udp-loopback", 6, "inferred", [(2, 4)])]
    assert facts(made, 2, 4) == [("udp-loopback", 5, "inferred", [(1, 3)])]


def test_a_udp_socket_that_sends_elsewhere_is_not_joined_with_a_local_one_on_that_port() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 4, 6), udp(5, "10.0.0.1:4000", "8.8.8.8:53"), udp(6, "0.0.0.0:53"))
    assert peers(made, 1, 3) == ()
    assert peers(made, 2, 4) == ()


def test_two_connected_udp_sockets_leave_the_unconnected_one_out() -> None:
    made = world(
        socket_fd(1, 3, 5),
        socket_fd(3, 3, 7),
        udp(5, "127.0.0.1:4000", "127.0.0.1:53"),
        udp(6, "127.0.0.1:53", "127.0.0.1:4000"),
        udp(7, "127.0.0.1:53"),
    )
    assert [peer.ino for peer in peers(made, 1, 3)] == [6]
    assert peers(made, 3, 3) == ()


def test_an_other_end_follows_a_socket_that_changes() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 4, 6), unix(5, peer_ino=6), unix(6, peer_ino=5))
    made.apply(Frame(2, full=False, time=2.0, sockets=(unix(5), unix(6))))
    assert peers(made, 1, 3) == ()


def test_a_kind_without_another_end_has_none() -> None:
    lonely: list[Descriptor | Socket] = [descriptor(1, 3), descriptor(1, 4, "eventfd"), socket_fd(1, 5, 99)]
    made = world(*lonely)
    assert [peers(made, 1, fd) for fd in (3, 4, 5)] == [(), (), ()]


def test_of_several_udp_sockets_on_one_address_each_is_only_a_candidate() -> None:
    fds = (socket_fd(1, fd, ino) for fd, ino in ((3, 5), (4, 6), (5, 7)))
    made = world(*fds, udp(5, "0.0.0.0:53"), udp(6, "0.0.0.0:53"), udp(7, "127.0.0.1:4000", "127.0.0.1:53"))
    assert [(peer.ino, peer.confidence) for peer in peers(made, 1, 5)] == [(5, "unknown"), (6, "unknown")]
    assert [(peer.ino, peer.confidence) for peer in peers(made, 1, 3)] == [(7, "unknown")]
    assert "besides 1 other (SO_REUSEPORT)" in peers(made, 1, 3)[0].evidence


def test_a_udp_socket_that_is_bound_to_another_interface_gets_nothing_from_here() -> None:
    fds = (socket_fd(1, fd, ino) for fd, ino in ((3, 5), (4, 6), (5, 7)))
    elsewhere = udp(6, "0.0.0.0:53", interface=2)
    made = world(*fds, udp(5, "0.0.0.0:53"), elsewhere, udp(7, "127.0.0.1:4000", "127.0.0.1:53"))
    assert [(peer.ino, peer.confidence) for peer in peers(made, 1, 5)] == [(5, "inferred")]
    assert peers(made, 1, 4) == ()


# Netlink sockets


def netlink(ino: int, number: int, protocol: str = "usersock", **known: object) -> Socket:
    extra = {"portid": number, **({"remote_portid": known.pop("to")} if "to" in known else {})}
    return inet(ino, f"{protocol} portid {number}", family="netlink", protocol=protocol, extra=extra, **known)


def test_a_netlink_socket_finds_the_process_whose_portid_it_is_connected_to() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 4, 6), netlink(5, 1, to=2), netlink(6, 2))
    assert facts(made, 1, 3) == [("netlink", 6, "proven", [(2, 4)])]
    assert facts(made, 2, 4) == [("netlink", 5, "proven", [(1, 3)])]
    assert made.neighbours([key(1, 3).process])[0].phrase == "1 netlink connection"


def test_portids_mean_nothing_in_another_protocol_or_namespace() -> None:
    made = world(
        socket_fd(1, 3, 5), netlink(5, 1, to=2), netlink(6, 2, protocol="route"), netlink(7, 2, netns=NETNS + 1)
    )
    peer = only(made, 1, 3)
    assert (peer.confidence, peer.holders, peer.note) == ("unknown", (), "no socket that is shown has portid 2")


def test_a_netlink_socket_may_be_connected_to_itself() -> None:
    made = world(socket_fd(1, 3, 5), netlink(5, 1, to=1))
    assert facts(made, 1, 3) == [("netlink", 5, "proven", [(1, 3)])]


def test_a_netlink_socket_that_is_connected_to_nobody_talks_to_the_kernel() -> None:
    made = world(socket_fd(1, 3, 5), netlink(5, 1, protocol="route"), socket_fd(1, 4, 6), netlink(6, 9))
    peer = only(made, 1, 3)
    assert (peer.confidence, peer.holders, peer.note) == ("inferred", (), "the kernel")
    # No part of the kernel answers on usersock.
    assert peers(made, 1, 4) == ()


def test_a_netlink_socket_that_nobody_describes_may_be_connected_to_anybody() -> None:
    made = world(socket_fd(1, 3, 5), unix(5, family="netlink", type="", protocol="route", state="", cookie=0))
    assert peers(made, 1, 3) == ()


def test_a_netlink_socket_that_nobody_holds_names_the_process_its_portid_is_the_pid_of() -> None:
    made = world(process(7, comm="networkd"), netlink(5, 7, protocol="route"), netlink(6, 8, protocol="route"))
    reasons = {socket.ino: reason for socket, reason in made.unheld()}
    assert "its portid is the pid of 7 networkd (inferred)" in reasons[5]
    assert "portid" not in reasons[6]


def test_a_socket_that_ended_leaves_no_portid_behind() -> None:
    made = world(socket_fd(1, 3, 5), netlink(5, 1, to=2), netlink(6, 2))
    made.apply(Frame(2, full=False, time=2.0, sockets_gone=(100_006,)))
    assert only(made, 1, 3).confidence == "unknown"


# What takes IPv4 and what does not


def test_a_udp_socket_for_ipv6_alone_receives_nothing_that_is_sent_over_ipv4() -> None:
    sender = udp(1, "127.0.0.1:4000", "127.0.0.1:7031")
    alone = world(socket_fd(1, 3, 1), sender, udp(2, "[::]:7031"))
    assert peers(alone, 1, 3) == ()
    both = world(socket_fd(1, 3, 1), sender, udp(2, "*:7031"))
    assert only(both, 1, 3).ino == 2
    assert only(world(socket_fd(1, 3, 2), sender, udp(2, "*:7031")), 1, 3).ino == 1


def test_where_nobody_says_whether_a_socket_takes_ipv4_it_may() -> None:
    untold = udp(2, "[::]:7031")
    untold = msgspec.structs.replace(untold, local=InternetAddress(bytes(16), 7031, dual=None))
    made = world(socket_fd(1, 3, 1), udp(1, "127.0.0.1:4000", "127.0.0.1:7031"), untold)
    assert (only(made, 1, 3).ino, only(made, 1, 3).confidence) == (2, "inferred")


def test_what_is_sent_over_ipv6_arrives_at_no_socket_of_ipv4() -> None:
    made = world(socket_fd(1, 3, 1), udp(1, "[::1]:4000", "[::1]:7031"), udp(2, "0.0.0.0:7031"))
    assert peers(made, 1, 3) == ()


def test_a_connection_over_ipv4_did_not_come_in_at_a_listener_for_ipv6_alone() -> None:
    made = world(inet(1, "[::]:80"), inet(2, "0.0.0.0:80"), inet(3, "10.0.0.1:80", "10.0.0.9:5000"))
    assert [one.ino for one in arrivals(made, made.sockets[100_001])] == []
    assert [one.ino for one in arrivals(made, made.sockets[100_002])] == [3]
    alone = world(inet(1, "[::]:80"), inet(3, "10.0.0.1:80", "10.0.0.9:5000"))
    assert arrivals(alone, alone.sockets[100_001]) == ()


# Unix names in several network namespaces


def test_a_path_is_one_file_in_every_network_namespace_and_an_abstract_name_is_not() -> None:
    def came_in(name: str, **file: tuple[int, int]) -> list[int]:
        listener = unix(1, state="LISTEN", local=name, **file)
        made = world(listener, unix(2, local=name, peer_ino=3, netns=NETNS + 1, **file))
        return [one.ino for one in arrivals(made, made.sockets[100_001])]

    assert came_in("/run/x", bound=(9, 1)) == [2]
    assert came_in("@x") == []


# Connections and their listener


def test_a_listener_names_the_connections_that_came_in_and_not_their_other_ends() -> None:
    made = world(
        inet(1, "0.0.0.0:80"),
        inet(2, "10.0.0.1:80", "10.0.0.9:5000"),
        inet(3, "10.0.0.9:5000", "10.0.0.1:80"),
        inet(4, "10.0.0.1:80", "10.0.0.9:4000", netns=NETNS + 1),
        inet(5, "10.0.0.1:81", "10.0.0.9:6000"),
        inet(0, "10.0.0.1:80", "10.0.0.9:7000", key=50, cookie=50),
        socket_fd(7, 3, 2),
    )
    (came,) = arrivals(made, made.sockets[100_001])
    assert (came.ino, came.described.remote_text, places(came.holders)) == (2, "10.0.0.9:5000", [(7, 3)])
    assert arrivals(made, made.sockets[100_002]) == ()


def test_a_unix_listener_names_the_accepted_ends_bound_to_its_file() -> None:
    made = world(
        unix(1, state="LISTEN", local="/run/x", bound=(9, 1)),
        unix(2, local="/run/x", bound=(9, 1), peer_ino=3),
        unix(3, peer_ino=2),
        unix(4, local="/run/x", bound=(9, 7), peer_ino=5),
    )
    assert [came.ino for came in arrivals(made, made.sockets[100_001])] == [2]


def test_a_connection_that_ended_is_no_more_among_those_that_came_in() -> None:
    made = world(inet(1, "0.0.0.0:80"), inet(2, "10.0.0.1:80", "10.0.0.9:5000"))
    made.apply(Frame(2, full=False, time=2.0, sockets_gone=(100_002,)))
    assert arrivals(made, made.sockets[100_001]) == ()


def test_a_datagram_socket_whose_other_end_is_closed_says_so() -> None:
    made = world(socket_fd(1, 3, 5), unix(5, type="dgram", extra={"peer": "closed"}))
    (gone,) = peers(made, 1, 3)
    assert (gone.confidence, gone.holders) == ("proven", ())
    assert gone.note == "the other end is closed; what is sent is refused"


@pytest.mark.parametrize("kind", ["stream", "seqpacket"])
def test_a_stream_whose_other_end_is_gone_says_so(kind: str) -> None:
    made = world(socket_fd(1, 3, 5), unix(5, type=kind, shutdown=3))
    (gone,) = peers(made, 1, 3)
    assert (gone.confidence, gone.holders) == ("proven", ())
    assert gone.note == "the other end is closed; an epoll on it reports HUP for ever"


@pytest.mark.parametrize(
    "known",
    [
        {"shutdown": 1},
        {"shutdown": 2},
        {"shutdown": 0},
        {"shutdown": 3, "type": "dgram"},
        {"shutdown": 3, "state": "UNCONNECTED"},
    ],
    ids=str,
)
def test_no_other_socket_is_said_to_have_lost_its_other_end(known: dict[str, Any]) -> None:
    assert peers(world(socket_fd(1, 3, 5), unix(5, **known)), 1, 3) == ()


def test_a_pair_that_is_shut_both_ways_still_is_a_pair() -> None:
    made = world(socket_fd(1, 3, 5), unix(5, shutdown=3, peer_ino=6), unix(6, shutdown=3, peer_ino=5))
    assert [one.ino for one in peers(made, 1, 3)] == [6]
