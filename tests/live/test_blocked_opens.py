"""Who waits for the other end of a FIFO that he opens, and who waits until a fanotify group allows something."""

from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import answer, only, place, show, sockscope
from tests.live.conftest import Play, wait_until

pytestmark = [pytest.mark.needs("root"), pytest.mark.relation("may_open", "may_ask")]


def sleeps(pid: int, *functions: str) -> bool:
    return Path(f"/proc/{pid}/wchan").read_text(encoding="ascii") in functions


@pytest.fixture
def truth(play: Play, tmp_path: Path) -> dict[str, Any]:
    return situation(play, tmp_path)


def situation(play: Play, directory: Path) -> dict[str, Any]:
    made = play("blocked_opens", directory)
    for opener in (made["reader"], made["writer"], made["stranger"]):
        wait_until(lambda pid=opener: sleeps(pid, "wait_for_partner"))
    wait_until(lambda: sleeps(made["asker"], "fanotify_get_response", "fanotify_handle_event"))
    return made


def test_a_fifo_that_nobody_has_open_names_who_may_be_opening_it(truth: dict[str, Any]) -> None:
    document = answer("show", truth["root"] + truth["alone"])
    assert document["kind"] == "fifo"
    uses = {one["pid"]: one for one in document["uses"]}
    assert uses.keys() == {truth["reader"], truth["writer"]}
    reader, writer = uses[truth["reader"]], uses[truth["writer"]]
    assert (reader["use"], reader["name"], reader["confidence"]) == ("opening", "open for reading", "inferred")
    assert (writer["use"], writer["name"], writer["confidence"]) == ("opening", "open for writing", "unknown")
    text = sockscope("show", truth["root"] + truth["alone"]).out
    assert f"  {truth['reader']}  cat  may be waiting to  open for reading  inferred" in text


def test_at_a_descriptor_of_a_fifo_stand_the_candidates(truth: dict[str, Any]) -> None:
    ties = {tie["pids"][0]: tie for tie in show(*place(truth["other"]))["relations"]["may_open"]}
    assert ties.keys() == {truth["reader"], truth["writer"]}
    assert ties[truth["writer"]]["facts"] == {"tid": truth["writer"], "call": "openat", "access": "w"}
    assert {tie["confidence"] for tie in ties.values()} == {"unknown"}
    assert all("its mounts have this file system" in tie["evidence"] for tie in ties.values())


def test_a_fifo_with_both_ends_held_makes_nobody_wait(truth: dict[str, Any]) -> None:
    assert show(*place(truth["both"]))["relations"]["may_open"] == []


def test_who_may_not_open_a_fifo_is_no_candidate_and_who_may_is(truth: dict[str, Any]) -> None:
    everybody = show(*place(truth["public"]))["relations"]["may_open"]
    assert {pid for tie in everybody for pid in tie["pids"]} == {truth["reader"], truth["writer"], truth["stranger"]}
    few = show(*place(truth["other"]))["relations"]["may_open"]
    assert truth["stranger"] not in {pid for tie in few for pid in tie["pids"]}


def test_a_group_names_who_waits_for_its_answer(truth: dict[str, Any]) -> None:
    tie = only(show(*place(truth["group"]))["relations"]["may_ask"])
    assert (tie["pids"], tie["facts"]["call"], tie["confidence"]) == ([truth["asker"]], "openat", "inferred")


def test_fifos_of_file_systems_that_they_do_not_see_are_not_theirs_but_any_group_may_be_asked(
    truth: dict[str, Any], play: Play, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = situation(play, tmp_path_factory.mktemp("elsewhere"))
    for one in (truth, other):
        fifo = show(*place(one["other"]))["relations"]["may_open"]
        assert {pid for tie in fifo for pid in tie["pids"]} == {one["reader"], one["writer"]}
        asked = show(*place(one["group"]))["relations"]["may_ask"]
        assert {pid for tie in asked for pid in tie["pids"]} == {truth["asker"], other["asker"]}
        assert {tie["confidence"] for tie in asked} == {"unknown"}
