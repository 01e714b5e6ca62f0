"""Who waits for what comes in, who would if he were not stopped, and who waits in poll or select."""

from collections.abc import Iterator

import pytest

from tests.live.commandline import answer, only, show, sockscope
from tests.live.conftest import PATIENCE, Play, Truth, blocked_in_a_call, performance, wait_until

pytestmark = pytest.mark.needs("root")


@pytest.fixture(scope="module")
def servers() -> Iterator[Truth]:
    with performance("halted_servers") as (actor, truth):
        yield truth
        # It thaws what it has frozen, and takes the cgroup away, before it is ended.
        assert actor.stdin is not None
        actor.stdin.close()
        actor.wait(PATIENCE)


@pytest.mark.parametrize("name", ["stopped", "traced", "frozen"])
def test_who_is_kept_from_going_on_never_waits_now(servers: Truth, name: str) -> None:
    server = servers[name]
    if server is None:
        pytest.skip("no cgroup can be made to freeze here")
    found = show(server["pid"], server["fd"])
    wait = only(found["waiting"])
    assert (wait["halted"], wait["syscall"], wait["fd"]) == (name, "accept4", server["fd"])
    assert wait["text"] == f"{name}; was in accept4({server['fd']})"
    assert wait["confidence"] == "proven"
    assert any(note.startswith(f"{server['pid']} ") for note in found["notes"])
    said = sockscope("show", f"{server['pid']}:{server['fd']}").out
    assert wait["text"] in said
    assert "accept4 now" not in said
    assert wait["text"] in sockscope("show", server["pid"]).out


def test_who_waits_as_he_should_waits_now(servers: Truth) -> None:
    server = servers["waiting"]
    wait = only(show(server["pid"], server["fd"])["waiting"])
    assert (wait["halted"], wait["text"]) == ("", f"accept4({server['fd']})")
    assert "accept4 now" in sockscope("show", f"{server['pid']}:{server['fd']}").out


def test_who_was_stopped_at_work_is_told_at_his_listener(servers: Truth) -> None:
    server = servers["working"]
    found = show(server["pid"], server["fd"])
    assert found["waiting"] == []
    assert any("is stopped by a signal" in note for note in found["notes"])


def polling(play: Play) -> list[Truth]:
    """The workers in select and in poll, and the third."""
    truth = play("poll_waiters")
    workers = [truth[name] for name in ("selects", "polls", "sleeps")]
    wait_until(lambda: all(blocked_in_a_call(worker["pid"]) for worker in workers))
    return workers


NOT_VISIBLE = "(); on what is not visible"


def test_what_workers_in_poll_and_select_wait_on_is_not_visible_until_somebody_asks(play: Play) -> None:
    workers = polling(play)
    place = f"{workers[2]['pid']}:{workers[2]['fd']}"
    found = answer("show", place)
    assert {wait["pid"] for wait in found["waiting"]} == {worker["pid"] for worker in workers[:2]}
    polls = only(answer("show", workers[1]["pid"])["waiting"])
    for wait in (*found["waiting"], polls):
        assert (wait["fd"], wait["fds"], wait["unread"]) == (None, [], True)
        assert (wait["confidence"], wait["evidence"]) == ("unknown", "/proc/PID/task/TID/syscall")
        assert wait["text"] == f"in {wait['syscall']}{NOT_VISIBLE}"
    assert found["notes"] == []
    for target in (place, workers[1]["pid"]):
        said = sockscope("show", target).out
        assert f"in {polls['syscall']}{NOT_VISIBLE}" in said
        assert "unknown, /proc/PID/task/TID/syscall" in said
        assert "--look-inside reads it, once" in said


def test_nobody_in_poll_waits_at_a_file_which_is_always_ready(play: Play) -> None:
    worker = polling(play)[1]
    assert show(worker["pid"], worker["file"])["waiting"] == []
    assert show(worker["pid"], 0)["descriptor"]["target"] == "/dev/null"
    assert show(worker["pid"], 0)["waiting"] == []
    assert only(answer("show", worker["pid"])["waiting"])["unread"]


def test_workers_in_poll_and_select_wait_on_the_listener_and_the_third_only_holds_it(play: Play) -> None:
    workers = polling(play)
    place = f"{workers[2]['pid']}:{workers[2]['fd']}"
    found = answer("show", place, "--look-inside")
    assert {wait["pid"] for wait in found["waiting"]} == {worker["pid"] for worker in workers[:2]}
    for wait in found["waiting"]:
        assert (wait["fd"], wait["unread"]) == (None, False)
        assert wait["fds"] == sorted((workers[0]["fd"], workers[0]["other"]))
        assert (wait["confidence"], "memory" in wait["evidence"]) == ("inferred", True)
    said = sockscope("show", place, "--look-inside").out
    assert f"poll({', '.join(map(str, found['waiting'][0]['fds']))})" in said
    assert "--look-inside" not in said


def test_a_set_in_memory_that_nobody_serves_makes_nobody_wait_and_is_told(play: Play) -> None:
    truth = play("unserved_poll")
    if truth["fd"] is None:
        pytest.skip("this kernel makes no memory whose faults a process serves")
    child = truth["child"]
    place = f"{child['pid']}:{child['fd']}"
    for target in (place, child["pid"]):
        found = answer("show", target, "--look-inside")
        wait = only(found["waiting"])
        assert (wait["fds"], wait["fd"], wait["confidence"], wait["unread"]) == ([], None, "unknown", True)
        assert any("waits in" in note and "could not be read" in note for note in found["notes"])
        # Who does not ask for it has not tried.
        assert not any("could not be read" in note for note in answer("show", target)["notes"])
    assert "--look-inside" not in sockscope("show", place, "--look-inside").out


def test_a_number_of_a_thread_with_a_table_of_its_own_is_none_of_its_process(play: Play) -> None:
    truth = play("same_numbers")
    tid, fd = truth["tids"]["apart"], truth["apart"]["fd"]
    assert show(truth["pid"], fd)["waiting"] == []
    wait = only(show(tid, fd)["waiting"])
    assert (wait["tid"], wait["fd"], wait["confidence"]) == (tid, fd, "proven")
    own = only(one for one in answer("show", truth["pid"])["waiting"] if one["tid"] == tid)
    assert (own["fd"], own["own_table"], own["confidence"]) == (fd, True, "proven")


def test_a_number_that_others_may_give_to_another_file_proves_no_wait(play: Play) -> None:
    truth = play("same_numbers")
    fd = truth["moved"]["fd"]
    wait = only(show(truth["pid"], fd)["waiting"])
    assert (wait["tid"], wait["fd"], wait["confidence"]) == (truth["tids"]["moved"], fd, "inferred")
    assert "may have put another file at the number" in wait["evidence"]
    assert "may have put another file" in sockscope("show", f"{truth['pid']}:{fd}").out
    single = truth["single"]
    wait_until(lambda: blocked_in_a_call(single["pid"]))
    assert only(show(single["pid"], single["fd"])["waiting"])["confidence"] == "proven"
