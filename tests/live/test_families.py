"""Every family of sockets: what it is called, where it leads, and which interface said so."""

from typing import Any

import pytest

from tests.live.commandline import answer, only, show, snapshot
from tests.live.conftest import Play


def rows(truth: dict[str, Any], role: str = "socket") -> list[dict[str, Any]]:
    """All rows with the inode of one of the actor's sockets."""
    return [row for row in snapshot(truth["pid"])["sockets"] if row["ino"] == truth[role]["ino"]]


def test_a_netlink_socket_names_its_protocol_its_portid_and_its_groups(play: Play) -> None:
    truth = play("families", "netlink")
    row = only(rows(truth))
    assert (row["family"], row["protocol"], row["source"]) == ("netlink", "route", "sock_diag")
    assert row["local"] == f"route portid {truth['portid']}"
    assert row["extra"]["groups"] == [1, 3]
    assert row["cookie"]
    assert row["netns"] == truth["netns"]


def test_a_netlink_socket_leads_to_the_process_whose_portid_it_is_connected_to(play: Play) -> None:
    truth = play("families", "netlink_pair")
    child = truth["child"]
    for this, that in ((truth["socket"], child), (child, truth["socket"])):
        document = show(this["pid"], this["fd"])
        peer = only(document["peers"])
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("netlink", that["ino"], "proven")
        assert [(one["pid"], one["fd"]) for one in peer["holders"]] == [(that["pid"], that["fd"])]
    neighbours = answer("show", child["pid"])["neighbours"]
    assert "netlink connection" in only(one for one in neighbours if one["pid"] == truth["pid"])["phrase"]


def test_a_netlink_socket_that_is_not_connected_talks_to_the_kernel(play: Play) -> None:
    truth = play("families", "netlink")
    document = show(truth["pid"], truth["socket"]["fd"])
    peer = only(document["peers"])
    assert (peer["via"], peer["note"], peer["confidence"], peer["holders"]) == ("netlink", "the kernel", "inferred", [])
    assert "the kernel" in document["sentence"]


@pytest.mark.needs("root")
def test_a_packet_socket_names_its_interface_its_protocol_and_its_fanout(play: Play) -> None:
    row = only(rows(play("families", "packet")))
    assert (row["family"], row["type"], row["source"]) == ("packet", "raw", "sock_diag")
    assert row["local"] == "lo proto 0x0003"
    assert row["extra"]["fanout"] == {"group": 7, "mode": "hash"}
    assert "running" in row["extra"]["flags"]


def test_a_udplite_socket_is_told_from_udp(play: Play) -> None:
    truth = play("families", "udplite")
    row = only(rows(truth))
    assert (row["family"], row["protocol"], row["state"]) == ("inet", "udplite", "UNCONNECTED")
    assert row["local"] == f"127.0.0.1:{truth['port']}"


@pytest.mark.needs("root")
def test_a_raw_socket_names_the_protocol_it_gets(play: Play) -> None:
    row = only(rows(play("families", "raw")))
    assert (row["family"], row["type"], row["protocol"]) == ("inet", "raw", "raw")
    assert row["local"] == "0.0.0.0:icmp"
    # Kernels without raw_diag still list it.
    assert row["source"] in {"sock_diag", "/proc/net"}


@pytest.mark.needs("root", "netns")
def test_a_ping_socket_is_a_datagram_socket_of_icmp_with_its_id(play: Play) -> None:
    truth = play("families", "ping")
    row = only(rows(truth))
    assert (row["family"], row["type"], row["protocol"], row["state"]) == ("inet", "dgram", "icmp", "UNCONNECTED")
    assert row["local"] == f"0.0.0.0:{truth['id']}"
    # No diag module answers for ping sockets.
    assert row["source"] == "/proc/net"


@pytest.mark.needs("vsock")
def test_a_vsock_is_named_whatever_the_kernel_tells(play: Play) -> None:
    row = only(rows(play("families", "vsock")))
    assert row["family"] == "vsock"
    assert row["source"] in {"sock_diag", "sockprotoname"}


@pytest.mark.needs("root")
def test_an_xdp_socket_is_named_whatever_the_kernel_tells(play: Play) -> None:
    row = only(rows(play("families", "xdp")))
    assert row["family"] == "xdp"
    assert row["source"] in {"sock_diag", "sockprotoname"}


def test_a_socket_that_no_dump_shows_is_known_by_the_name_of_its_protocol(play: Play) -> None:
    row = only(rows(play("families", "unbound")))
    assert (row["family"], row["protocol"], row["state"]) == ("inet6", "tcp", "")
    assert (row["source"], row["cookie"]) == ("sockprotoname", None)


@pytest.mark.needs("root")
def test_what_the_kernel_does_not_describe_is_a_blind_spot_with_its_module(play: Play) -> None:
    truth = play("families", "raw")
    picture = snapshot(truth["pid"])
    module = only(one for one in picture["coverage"]["capabilities"] if one["name"] == "raw_diag")
    described = only(rows(truth))["source"] == "sock_diag"
    assert module["available"] == described
    assert described or module["gain"].startswith("modprobe raw_diag")
    assert described or [note for note in picture["coverage"]["notes"] if "raw" in note]


@pytest.mark.needs("mptcp")
def test_one_descriptor_leads_to_an_mptcp_socket_and_its_subflows(play: Play) -> None:
    """F10: the subflows come in the TCP dump, with the inode of the MPTCP socket."""
    truth = play("families", "mptcp")
    found = snapshot()["sockets"]
    mine = [row for row in found if row["ino"] == truth["socket"]["ino"]]
    master = only(row for row in mine if row["protocol"] == "mptcp")
    subflow = only(row for row in mine if row["protocol"] == "tcp")
    assert int(master["extra"]["token"], 16)
    assert subflow["extra"]["subflow_of"] == master["cookie"]
    assert (master["local"], master["remote"]) == (subflow["local"], subflow["remote"])
    document = show(truth["pid"], truth["socket"]["fd"])
    assert document["socket"]["protocol"] == "mptcp"
    assert [peer["ino"] for peer in document["peers"]] == [truth["accepted"]["ino"]]


def test_a_connection_tells_its_cgroup_and_on_request_its_round_trip_time(play: Play) -> None:
    truth = play("tcp_connection", "v4")
    client = truth["client"]
    document = show(client["pid"], client["fd"])
    assert document["socket"]["cgroup"]
    details = document["details"]
    assert details["rtt_us"] > 0
    assert details["cwnd"] > 0
    assert details["congestion"]
    assert details["sndbuf"] > 0


def test_details_of_a_listener_that_shares_its_address_are_its_own(play: Play) -> None:
    truth = play("reuseport_pair")
    for role in ("first", "second"):
        document = show(truth[role]["pid"], truth[role]["fd"])
        assert document["details"]["rcvbuf"] > 0
        assert "rtt_us" not in document["details"]
