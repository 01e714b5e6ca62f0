"""Which epoll is which, what it watches, and who only inherited it."""

import pytest

from tests.live.commandline import answer, descriptor, only, place, places, show, snapshot
from tests.live.conftest import Play, blocked_on, wait_until

pytestmark = pytest.mark.needs("kcmp")


def test_epolls_with_equal_content_are_two_and_an_inherited_one_is_one(play: Play) -> None:
    truth = play("twin_epolls")
    parent, child = truth["pid"], truth["child"]["pid"]
    inherited = {(parent, truth["inherited"]["fd"]), place(truth["child"])}
    private = {(parent, truth["private"]["fd"])}

    assert places(show(*place(truth["child"]))["holders"]) == inherited
    assert places(show(parent, truth["private"]["fd"])["holders"]) == private

    picture = snapshot(parent, child)
    first, second = (descriptor(picture, parent, truth[name]["fd"])["object"] for name in ("inherited", "private"))
    assert first != second
    assert descriptor(picture, *place(truth["child"]))["object"] == first
    by_object = {epoll["object"]: places(epoll["holders"]) for epoll in picture["epolls"]}
    assert by_object == {first: inherited, second: private}


@pytest.mark.relation("targets")
def test_an_epoll_says_what_it_watches_and_how(play: Play) -> None:
    truth = play("twin_epolls")
    report = show(truth["pid"], truth["private"]["fd"])
    assert report["descriptor"]["kind"] == "epoll"
    target = only(report["targets"])
    assert target["fd"] == truth["watched"]["fd"]
    assert target["ino"] == truth["watched"]["ino"]
    assert set(target["events"]) == {"IN", "ERR", "HUP", "ET"}
    assert target["status"] == "live"
    assert place(truth["watched"]) in places(target["held_by"])


@pytest.mark.relation("watchers")
def test_a_watched_descriptor_names_every_epoll_that_watches_it(play: Play) -> None:
    truth = play("twin_epolls")
    watchers = show(*place(truth["watched"]))["watchers"]
    assert places(watchers) == {
        (truth["pid"], truth["inherited"]["fd"]),
        (truth["pid"], truth["private"]["fd"]),
        place(truth["child"]),
    }
    assert len({watcher["object"] for watcher in watchers}) == 2
    assert {watcher["status"] for watcher in watchers} == {"live"}


def test_three_hold_the_listener_and_one_waits(play: Play) -> None:
    truth = play("shared_listener")
    watcher = only(show(*place(truth["listener"]))["watchers"])
    assert place(watcher) == (truth["waiting"]["pid"], truth["waiting"]["epoll"])
    assert {"IN", "EXCLUSIVE"} <= set(watcher["events"])

    wait_until(lambda: blocked_on(truth["waiting"]["pid"], truth["waiting"]["epoll"]))
    waiting = only(show(truth["waiting"]["pid"], truth["waiting"]["epoll"])["waiting"])
    assert place(waiting) == (truth["waiting"]["pid"], truth["waiting"]["epoll"])
    assert waiting["syscall"] in {"epoll_wait", "epoll_pwait", "epoll_pwait2"}


def test_a_number_that_was_reused_is_not_taken_for_the_watched_socket(play: Play) -> None:
    """F1: by number alone, `/dev/null` would be watched and the socket would not."""
    truth = play("ghost_registration")
    target = only(show(truth["pid"], truth["epoll"])["targets"])
    assert (target["fd"], target["ino"]) == (truth["registered"], truth["duplicate"]["ino"])
    assert target["status"] == "moved"
    assert places(target["held_by"]) == {place(truth["duplicate"])}
    assert show(*place(truth["imposter"]))["watchers"] == []
    watcher = only(show(*place(truth["duplicate"]))["watchers"])
    assert place(watcher) == (truth["pid"], truth["epoll"])
    assert show(truth["pid"], truth["epoll"])["descriptor"]["text"] == "watches 1 · 1 stale"
    found = answer("snapshot", "--filter", "stale:>0")["descriptors"]
    assert (truth["pid"], truth["epoll"]) in places(found)


def test_an_inherited_epoll_watches_the_socket_of_the_parent_and_not_the_number_of_the_child(play: Play) -> None:
    """F2: in the child the registered number is `/dev/null`; the watched socket is the parent's."""
    truth = play("closed_registration")
    for pid in (truth["pid"], truth["child"]["pid"]):
        target = only(show(pid, truth["epoll"])["targets"])
        assert target["ino"] == truth["watched"]["ino"]
        assert target["status"] == "live"
        assert places(target["held_by"]) == {place(truth["watched"])}
    assert show(*place(truth["child"]))["watchers"] == []
    assert places(show(*place(truth["watched"]))["watchers"]) == {
        (truth["pid"], truth["epoll"]),
        (truth["child"]["pid"], truth["epoll"]),
    }
