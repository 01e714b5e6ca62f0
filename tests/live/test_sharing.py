"""Who holds this socket, and who is at the other end: situations made on purpose, and what sockscope says of them."""

from pathlib import Path

import pytest

from tests.live.commandline import descriptor, only, place, places, show, snapshot
from tests.live.conftest import Play, Truth, blocked_on, wait_until


def holders_rows(shared: Truth) -> list[Truth]:
    return [shared["listener"], shared["waiting"], shared["holding"]]


@pytest.mark.relation("holders")
def test_a_listener_inherited_through_fork_is_one_socket_with_three_holders(play: Play) -> None:
    truth = play("shared_listener")
    everyone = places(holders_rows(truth))
    for pid, fd in everyone:
        report = show(pid, fd)
        assert places(report["holders"]) == everyone
        assert report["siblings"] == []
        assert report["socket"]["ino"] == truth["listener"]["ino"]
        assert (report["socket"]["state"], report["socket"]["local"]) == ("LISTEN", f"127.0.0.1:{truth['port']}")
        assert report["socket"]["backlog"] == truth["backlog"]


def test_holders_name_their_process_and_whether_exec_would_close_them(play: Play) -> None:
    truth = play("shared_listener")
    for holder in show(*place(truth["listener"]))["holders"]:
        assert holder["comm"].startswith("python")
        assert holder["cloexec"] is True


@pytest.mark.relation("siblings")
def test_two_listeners_on_one_address_are_siblings_and_not_holders(play: Play) -> None:
    truth = play("reuseport_pair")
    for this, that in ((truth["first"], truth["second"]), (truth["second"], truth["first"])):
        report = show(*place(this))
        assert places(report["holders"]) == {place(this)}
        sibling = only(report["siblings"])
        assert sibling["ino"] == that["ino"]
        assert places(sibling["holders"]) == {place(that)}


def test_the_ends_of_a_socketpair_find_each_other_across_a_fork(play: Play) -> None:
    truth = play("socketpair_fork")
    for this, that in ((truth["ours"], truth["theirs"]), (truth["theirs"], truth["ours"])):
        report = show(*place(this))
        assert places(report["holders"]) == {place(this)}
        peer = only(report["peers"])
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("socketpair", that["ino"], "proven")
        assert places(peer["holders"]) == {place(that)}


def test_the_ends_of_a_pipe_find_each_other(play: Play) -> None:
    truth = play("pipe_between")
    for this, that, access in ((truth["reader"], truth["writer"], "r"), (truth["writer"], truth["reader"], "w")):
        report = show(*place(this))
        assert report["descriptor"]["kind"] == "pipe"
        assert report["descriptor"]["access"] == access
        peer = only(report["peers"])
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("pipe", that["ino"], "proven")
        assert places(peer["holders"]) == {place(that)}


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_a_unix_client_and_its_server_find_each_other(play: Play, tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "server.sock") if kind == "path" else f"@sockscope{tmp_path}"
    truth = play("unix_stream", address)
    for this, that in ((truth["client"], truth["accepted"]), (truth["accepted"], truth["client"])):
        peer = only(show(*place(this))["peers"])
        assert (peer["via"], peer["ino"], peer["confidence"]) == ("unix", that["ino"], "proven")
        assert places(peer["holders"]) == {place(that)}
    accepted = show(*place(truth["accepted"]))
    assert accepted["socket"]["local"] == address
    assert accepted["socket"]["state"] == "ESTABLISHED"
    listener = show(*place(truth["listener"]))
    assert (listener["socket"]["local"], listener["socket"]["state"]) == (address, "LISTEN")
    assert listener["peers"] == []


def test_every_sender_has_the_receiver_at_its_other_end(play: Play, tmp_path: Path) -> None:
    truth = play("unix_datagrams", tmp_path / "in.sock")
    for sender in truth["senders"]:
        peer = only(show(*place(sender))["peers"])
        assert (peer["ino"], peer["confidence"]) == (truth["receiver"]["ino"], "proven")
        assert places(peer["holders"]) == {place(truth["receiver"])}


def test_a_thread_blocked_in_accept_waits_and_the_other_holder_does_not(play: Play) -> None:
    truth = play("accepting")
    wait_until(lambda: blocked_on(*place(truth["child"])))
    waiting = only(show(*place(truth["listener"]))["waiting"])
    assert place(waiting) == place(truth["child"])
    assert waiting["tid"] == truth["child"]["pid"]
    assert waiting["syscall"] in {"accept", "accept4"}


def test_objects_in_a_snapshot_are_equal_exactly_for_one_socket(play: Play) -> None:
    shared, pair = play("shared_listener"), play("reuseport_pair")
    picture = snapshot(*(end["pid"] for end in (*holders_rows(shared), pair["first"], pair["second"])))
    one = {descriptor(picture, *place(row))["object"] for row in holders_rows(shared)}
    assert len(one) == 1
    two = {descriptor(picture, *place(pair[name]))["object"] for name in ("first", "second")}
    assert len(two) == 2
    assert not one & two


def test_holders_outside_the_selected_processes_are_still_found(play: Play) -> None:
    truth = play("socketpair_fork")
    picture = snapshot(truth["ours"]["pid"])
    assert {process["pid"] for process in picture["processes"]} == {truth["ours"]["pid"]}
    assert places(only(show(*place(truth["ours"]))["peers"])["holders"]) == {place(truth["theirs"])}
