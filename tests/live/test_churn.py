"""Whatever others open and close meanwhile: who sleeps is shown as it is, and who runs is not said to be a sleeper."""

from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.model.descriptor import Descriptor
from tests.live.conftest import Play, Truth, performance

PAIRS, LOOKS = 30, 4


@pytest.fixture(scope="module")
def churning() -> Iterator[Truth]:
    with performance("churning", PAIRS, 2) as (_, truth):
        yield truth


Picture = dict[tuple[int, int], Descriptor]


def _looks(*, once: bool) -> Iterator[Picture]:
    """Look several times, with a new collector for each or with one that goes on."""
    running, shown = Collector(), Picture()
    try:
        for _ in range(LOOKS):
            collector = Collector(once=True) if once else running
            frame = collector.refresh()
            if once:
                shown.clear()
                collector.close()
            for table in frame.tables:
                shown.update({(one.pid, one.fd): one for one in table.opened})
                for fd in table.closed:
                    shown.pop((table.pid, fd), None)
            yield shown
    finally:
        running.close()


@pytest.mark.parametrize("once", [True, False], ids=["one look", "running"])
def test_epolls_that_are_shared_asleep_are_one_each_in_every_look(churning: Truth, once: bool) -> None:
    for shown in _looks(once=once):
        pairs = [[shown[pid, fd] for pid, fd in pair] for pair in churning["pairs"]]
        assert {one.identified for pair in pairs for one in pair} == {"kcmp"}
        assert all(one.object == other.object for one, other in pairs)
        assert len({one.object for one, _ in pairs}) == PAIRS


@pytest.mark.parametrize("once", [True, False], ids=["one look", "running"])
def test_no_epoll_of_a_storm_is_said_to_be_a_sleepers_or_two_at_once(churning: Truth, once: bool) -> None:
    asleep = {pid for pair in churning["pairs"] for pid, _ in pair}
    for shown in _looks(once=once):
        theirs = {one.object for (pid, _), one in shown.items() if pid in asleep and one.kind == "epoll"}
        storms = [one for (pid, fd), one in shown.items() if pid in churning["storms"] and fd >= 60]
        proven = [one.object for one in storms if not one.unproven and one.kind == "epoll"]
        assert not theirs & set(proven)
        assert all(one.unproven == (one.identified == "") for one in storms)


@pytest.mark.parametrize("once", [True, False], ids=["one look", "running"])
def test_a_process_that_never_stands_still_has_what_others_hold_too_and_the_rest_is_not_compared(
    play: Play, once: bool
) -> None:
    truth = play("busy")
    for shown in _looks(once=once):
        shared, theirs = shown[truth["busy"], truth["shared"]], shown[truth["asleep"], truth["shared"]]
        assert shared.object == theirs.object
        assert (shared.identified, theirs.identified) == ("kcmp", "kcmp")
        own = [one for (pid, _), one in shown.items() if pid == truth["busy"] and one.kind == "epoll" and one != shared]
        assert [(one.identified, one.unproven) for one in own] == [("", True)]
        assert own[0].object not in {one.object for one in shown.values() if one is not own[0]}


def test_of_a_process_with_many_threads_that_sleep_epolls_are_compared_as_well(play: Play) -> None:
    truth = play("many_threads", 100)
    for shown in _looks(once=False):
        found = [shown[truth["pid"], fd] for fd in truth["epolls"]]
        assert [one.identified for one in found] == ["kcmp"] * len(found)
        assert len({one.object for one in found}) == len(found)
