"""What a socket's row claims is what the kernel means: queues, addresses, groups, and nothing where nobody tells."""

from typing import Any

import pytest

from tests.live.commandline import answer, place, show, sockscope
from tests.live.conftest import Play


def socket_of(end: dict[str, Any]) -> dict[str, Any]:
    found = show(end["pid"], end["fd"])["socket"]
    assert isinstance(found, dict)
    return found


def test_unread_bytes_are_bytes_or_are_called_what_they_are(play: Play) -> None:
    truth = play("queues")
    found = {name: socket_of(truth[name]) for name in ("udp", "dgram", "seqpacket", "stream", "tcp", "closed")}
    assert {name: one["recv_q"] for name, one in found.items()} == {
        "udp": None,
        "dgram": None,
        "seqpacket": 200,
        "stream": 70,
        "tcp": 30,
        "closed": 30,
    }
    assert (found["closed"]["state"], found["dgram"]["recv_message"]) == ("CLOSE_WAIT", 100)
    assert found["udp"]["recv_memory"] > 30
    assert found["tcp"]["recv_memory"] is None


def test_a_duplicate_tells_how_many_bytes_the_next_read_finds(play: Play) -> None:
    truth = play("queues")
    expected = {"udp": 10, "dgram": 100, "seqpacket": 200, "stream": 70, "tcp": 30, "closed": 30}
    for name, size in expected.items():
        options = answer("show", f"{truth[name]['pid']}:{truth[name]['fd']}", "--options")["options"]
        assert (name, options["SIOCINQ_bytes"]) == (name, size)


@pytest.mark.needs("root")
def test_addresses_say_for_whom_they_are_and_rows_say_it_as_ss_does(play: Play) -> None:
    truth = play("bound_addresses")
    texts = {
        "on_lo": "127.0.0.1%lo:{port}",
        "any_on_lo": "0.0.0.0%lo:{port}",
        "dual": "[::]:{port}",
        "only_v6": "[::]:{port}",
        "any_v4": "0.0.0.0:{port}",
        "udp_only_v6": "[::]:{port}",
    }
    for name, text in texts.items():
        assert socket_of(truth[name])["local"] == text.format(port=truth[name]["port"])
    assert [socket_of(truth[name])["v6only"] for name in ("dual", "only_v6", "any_v4")] == [False, True, None]
    assert f"local: *:{truth['dual']['port']}" in sockscope("show", "{pid}:{fd}".format(**truth["dual"])).out
    assert f"*:{truth['dual']['port']}" in show(*place(truth["dual"]))["descriptor"]["text"]
    assert f"[::]:{truth['only_v6']['port']}" in show(*place(truth["only_v6"]))["descriptor"]["text"]
    assert socket_of(truth["group_3"])["remote"] == "kernel group 3"
    assert socket_of(truth["group_6"])["remote"] == "kernel group 6"
    sender = truth["sender"]
    assert show(sender["pid"], sender["fd"])["peers"] == []


@pytest.mark.needs("root")
def test_what_nobody_tells_of_a_socket_is_not_guessed(play: Play) -> None:
    truth = play("left_netns")
    found = {name: socket_of(truth[name]) for name in ("listener", "packets", "netlink", "cooked")}
    assert {one["state"] for one in found.values()} == {""}
    assert {name: one["type"] for name, one in found.items()} == {
        "listener": "stream",
        "packets": "",
        "netlink": "",
        "cooked": "",
    }
    # It may be connected to another, and not to the kernel.
    assert show(*place(truth["netlink"]))["peers"] == []
    assert sockscope("show", "{pid}:{fd}".format(**truth["packets"])).out.splitlines()[1] == "A unix socket."
    asked = sockscope("snapshot", "--pid", str(truth["pid"]), "--filter", "state:unconnected")
    assert str(truth["listener"]["ino"]) not in asked.out


@pytest.mark.needs("root")
def test_a_duplicate_tells_where_a_socket_is_that_nobody_else_describes(play: Play) -> None:
    truth = play("left_netns")
    place = f"{truth['pid']}:{truth['listener']['fd']}"
    options = answer("show", place, "--options")["options"]
    assert (options["state"], options["local"]) == ("LISTEN", f"0.0.0.0:{truth['port']}")
    assert options["netns"] == truth["netns"]
    kept = f"kept by fd {truth['listener']['fd']} of {truth['pid']}"
    assert options["netns_kept_by"] == kept
    assert f"netns_kept_by: {kept}" in sockscope("show", place, "--options").out


@pytest.mark.needs("root")
def test_a_namespace_that_a_process_lives_in_is_not_said_to_be_kept_by_a_socket(play: Play) -> None:
    client = play("tcp_connection", "v4")["client"]
    options = answer("show", f"{client['pid']}:{client['fd']}", "--options")["options"]
    assert options["netns"]
    assert "netns_kept_by" not in options


@pytest.mark.needs("root")
def test_it_is_counted_how_many_sockets_lie_where_nobody_could_look(play: Play) -> None:
    before = answer("snapshot")["coverage"]["sockets_elsewhere"]
    play("left_netns")
    # A pair of unix sockets, one of netlink, one of packets; an internet socket might be bound to nothing.
    assert answer("snapshot")["coverage"]["sockets_elsewhere"] >= before + 4


@pytest.mark.parametrize("pair", ["v4", "dual", "mapped"])
def test_a_connection_tells_which_way_its_packets_leave(play: Play, pair: str) -> None:
    ends = play("tcp_connection", pair)
    for end in ("client", "accepted"):
        assert show(*place(ends[end]))["details"]["route"] == "lo"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("stream", "the other end is closed; an epoll on it reports HUP for ever"),
        ("seqpacket", "the other end is closed; an epoll on it reports HUP for ever"),
        ("dgram", "the other end is closed; what is sent is refused"),
        ("client", "the other end is closed; what is sent is refused"),
    ],
)
def test_a_unix_socket_whose_other_end_is_closed_says_so(play: Play, name: str, note: str) -> None:
    found = show(*place(play("closed_ends")[name]))
    assert [(peer["confidence"], peer["note"]) for peer in found["peers"]] == [("proven", note)]
    assert found["sentence"].endswith(f"; {note}.")


@pytest.mark.parametrize("name", ["told", "alone"])
def test_a_datagram_socket_that_is_not_connected_has_lost_nobody(play: Play, name: str) -> None:
    assert show(*place(play("closed_ends")[name]))["peers"] == []
