"""What a descriptor with a path is, and which others are on the same: by the file itself, not by its name or number."""

from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import answer, descriptor, only, place, places, show, snapshot
from tests.live.conftest import Play, Truth
from tests.requirements import KernelLacks

pytestmark = pytest.mark.needs("root")

WAYS = ("removed", "replaced", "covered", "detached")
KINDS = {"reader": "fifo", "writer": "fifo", "device": "char-device", "directory": "directory"}


@pytest.fixture
def lost(play: Play, tmp_path: Path) -> tuple[Truth, dict[str, Any]]:
    truth = play("lost_names", tmp_path)
    return truth, snapshot(truth["pid"])


def test_the_type_of_a_file_does_not_go_with_its_name(lost: tuple[Truth, dict[str, Any]]) -> None:
    truth, picture = lost
    for way in WAYS:
        found = {name: descriptor(picture, *place(truth[way][name]))["kind"] for name in KINDS}
        assert found == KINDS, way


@pytest.mark.parametrize("way", WAYS)
def test_a_fifo_without_its_name_keeps_its_other_end(lost: tuple[Truth, dict[str, Any]], way: str) -> None:
    truth, _ = lost
    reader, writer = truth[way]["reader"], truth[way]["writer"]
    report = show(*place(reader))
    peer = only(report["peers"])
    assert (peer["via"], peer["confidence"], places(peer["holders"])) == ("fifo", "proven", {place(writer)})


def test_a_mount_without_a_place_is_what_it_is_of(lost: tuple[Truth, dict[str, Any]]) -> None:
    truth, picture = lost
    made = truth["placeless"]
    kinds = {name: descriptor(picture, *place(made[name]))["kind"] for name in ("fsmount", "open_tree")}
    assert kinds == {"fsmount": "directory", "open_tree": "fifo"}
    said = {show(*place(one))["sentence"] for one in (made["fsmount"], truth["detached"]["directory"])}
    assert all(", on a mount that has no place where its holder lives" in sentence for sentence in said), said


def test_what_cannot_be_opened_is_told_by_its_mode(lost: tuple[Truth, dict[str, Any]]) -> None:
    truth, picture = lost
    made = truth["named_only"]
    wanted = {"fifo": "fifo", "zero": "char-device", "directory": "directory", "symlink": "symlink",
              "socket": "socket-file"}  # fmt: skip
    assert {name: descriptor(picture, *place(made[name]))["kind"] for name in wanted} == wanted
    named = {name: show(*place(made[name]))["descriptor"]["target"] for name in ("symlink", "socket")}
    assert [Path(target).name for target in named.values()] == ["symlink", "socket"]


def test_two_layers_that_number_alike_have_no_file_in_common(play: Play, tmp_path: Path) -> None:
    truth = play("overlay_twins", tmp_path)
    assert truth["reader"]["ino"] == truth["stranger"]["ino"]
    assert truth["low_file"]["ino"] == truth["high_file"]["ino"]
    report = show(*place(truth["reader"]))
    assert places(only(report["peers"])["holders"]) == {place(truth["writer"])}
    assert report["holders_confidence"] == "proven"
    assert place(truth["stranger"]) not in places(report["holders"])
    holders = places(show(*place(truth["low_file"]))["holders"])
    assert {place(truth["low_file"]), place(truth["low_file_again"])} <= holders
    assert place(truth["high_file"]) not in holders


@pytest.mark.needs("btrfs", "mkfs.btrfs", "loop", "losetup")
def test_two_subvolumes_that_number_alike_have_nothing_in_common(play: Play, tmp_path: Path) -> None:
    truth = play("subvolumes", tmp_path)
    one, other = truth["one"], truth["other"]
    assert [one[what]["ino"] for what in ("file", "fifo")] == [other[what]["ino"] for what in ("file", "fifo")]
    picture = snapshot(truth["pid"])
    for what in ("file", "fifo"):
        found = [descriptor(picture, *place(each[what])) for each in (one, other)]
        assert found[0]["object"] != found[1]["object"], what
        assert {each["object_confidence"] for each in found} == {"proven"}
    confidence = [
        [lock["confidence"] for lock in show(*place(each["file"]))["relations"]["locked_by"]] for each in (one, other)
    ]
    assert confidence == [["proven"], ["unknown"]]
    for name in ("one", "other"):
        for what in ("file", "sock"):
            typed = f"/proc/{truth['pid']}/root{truth['mounted']}/{name}/{what}"
            assert place(answer("show", typed)["descriptor"]) == place(truth[name][what]), typed


def test_an_epoll_finds_what_it_watches_in_a_layer(play: Play, tmp_path: Path) -> None:
    truth = play("overlay_twins", tmp_path)
    target = only(show(*place(truth["epoll"]))["targets"])
    assert (target["status"], places(target["held_by"])) == ("live", {place(truth["reader"])})


def test_a_master_of_terminals_that_were_covered_is_not_that_of_the_new_ones(play: Play) -> None:
    truth = play("ptmx_then_devpts")
    assert [place(one) for one in truth["heard_by"]] == [place(truth["new"])]
    peer = only(show(*place(truth["slave"]))["peers"])
    assert (peer["confidence"], places(peer["holders"])) == ("proven", {place(truth["new"])})
    assert show(*place(truth["old"]))["peers"] == []


def test_who_has_opened_a_device_for_himself_shares_nothing_with_others(play: Play) -> None:
    one, other = play("openings")["openings"]
    report = show(*place(one["null"]))
    assert {place(one["null"]), place(one["shared"]), place(other["shared"])} <= places(report["holders"])
    assert (report["descriptor"]["object"], report["holders_confidence"]) == ("char-device:1:3", "proven")
    process = answer("show", str(one["pid"]))
    words = [link["relation"] for row in process["neighbours"] for link in row["links"]]
    assert not [word for word in words if "device" in word]


@pytest.mark.relation("same_device")
def test_two_interfaces_on_one_device_are_told_apart_by_name_and_are_no_neighbours(play: Play) -> None:
    one, other = play("openings")["openings"]
    if "tun" not in one:
        msg = "the kernel has no /dev/net/tun"
        raise KernelLacks(msg)
    report = show(*place(one["tun"]))
    assert (places(report["holders"]), report["holders_confidence"]) == ({place(one["tun"])}, "proven")
    assert one["interface"] in report["sentence"]
    apart = only(report["relations"]["same_device"])
    assert place(other["tun"]) in places(apart["holders"])
    found = answer("snapshot", "--filter", f"device:{one['interface']}")["descriptors"]
    assert places(found) == {place(one["tun"])}
    process = answer("show", str(one["pid"]))
    words = [link["relation"] for row in process["neighbours"] if row["pid"] == other["pid"] for link in row["links"]]
    assert not [word for word in words if "device" in word]


def test_a_message_queue_is_one_object_whichever_way_it_was_opened(play: Play, tmp_path: Path) -> None:
    truth = play("queue_both_ways", tmp_path)
    report = show(*place(truth["named"]))
    assert (report["descriptor"]["kind"], report["holders_confidence"]) == ("mqueue", "proven")
    assert places(report["holders"]) == {place(truth["named"]), place(truth["mounted"])}


def test_a_file_that_is_called_like_a_memfd_is_a_file(play: Play, tmp_path: Path) -> None:
    truth = play("like_memory", tmp_path)
    picture = snapshot(truth["pid"])
    file, memory = (descriptor(picture, *place(truth[name])) for name in ("file", "memory"))
    assert file["target"] == memory["target"] == "/memfd:pool (deleted)"
    assert (file["kind"], memory["kind"]) == ("file", "memfd")
    assert file["dev"] != memory["dev"]
