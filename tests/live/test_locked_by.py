"""Who has locked a file, asked at a holder that has not."""

from pathlib import Path

import pytest

from tests.live.commandline import place, places, show, sockscope
from tests.live.conftest import Play, wait_until

pytestmark = pytest.mark.relation("locked_by")


def test_every_holder_names_who_has_locked_the_file_and_who_waits_for_that(play: Play) -> None:
    truth = play("locked_file")
    waiter = truth["waiter"]
    wait_until(lambda: f" {waiter['pid']} " in Path("/proc/locks").read_text(encoding="ascii"))
    for holder in (truth["file"], truth["child"], waiter):
        locks = {tie["facts"]["blocked"]: tie for tie in show(*place(holder))["relations"]["locked_by"]}
        assert (places(locks[False]["holders"]), locks[False]["pids"]) == (
            {place(truth["child"])},
            [truth["child"]["pid"]],
        )
        assert places(locks[True]["holders"]) == {place(waiter)}
        assert {tie["confidence"] for tie in locks.values()} == {"proven"}
        facts = {name: locks[False]["facts"][name] for name in ("type", "mode", "start", "end")}
        assert facts == {"type": "POSIX", "mode": "WRITE", "start": 100, "end": 109}


def test_what_a_lock_does_not_say_is_left_out_of_its_text(play: Play) -> None:
    truth = play("locked_file")
    pid, fd = place(truth["left"][0])
    words = sockscope("show", f"{pid}:{fd}").out
    assert words.count("type FLOCK · mode WRITE · start 0\n") == 1
    assert "None" not in words
    assert "False" not in words


def test_the_file_beside_it_is_locked_by_nobody(play: Play) -> None:
    assert show(*place(play("locked_file")["beside"]))["relations"]["locked_by"] == []


@pytest.mark.parametrize(("name", "kind"), [("left", "FLOCK"), ("ofd", "OFDLCK"), ("lease", "LEASE")])
def test_a_lock_of_an_open_file_names_its_descriptor_whoever_set_it(play: Play, name: str, kind: str) -> None:
    truth = play("locked_file")
    # Whoever set the first has inherited all, and closed that one.
    sharers = set() if name == "left" else {(truth["setter"]["pid"], truth[name][0]["fd"])}
    for asked in truth[name]:
        (lock,) = show(*place(asked))["relations"]["locked_by"]
        assert (places(lock["holders"]), lock["confidence"]) == ({place(truth[name][0])} | sharers, "proven")
        assert lock["facts"]["type"] == kind
        assert lock["note"] == (f"set by {truth['setter']['pid']}" if name == "left" else "")


def test_of_locks_that_read_alike_it_is_not_told_whose_each_is(play: Play) -> None:
    for asked in play("locked_file")["alike"]:
        locks = show(*place(asked))["relations"]["locked_by"]
        assert [(lock["confidence"], lock["holders"]) for lock in locks] == [("unknown", [])] * 2


@pytest.mark.needs("root")
def test_a_lock_is_of_one_of_two_files_that_are_numbered_alike(play: Play, tmp_path: Path) -> None:
    truth = play("overlay_twins", tmp_path)
    kinds = {"POSIX", "FLOCK"}
    for name in ("low_file", "low_file_again"):
        locks = show(*place(truth[name]))["relations"]["locked_by"]
        assert {(lock["facts"]["type"], lock["confidence"]) for lock in locks} == {(kind, "proven") for kind in kinds}
        assert all(place(truth["low_file_again"]) in places(lock["holders"]) for lock in locks)
    strangers = show(*place(truth["high_file"]))["relations"]["locked_by"]
    assert {lock["facts"]["type"] for lock in strangers} == kinds
    assert all((lock["confidence"], lock["holders"], lock["pids"]) == ("unknown", [], []) for lock in strangers)
