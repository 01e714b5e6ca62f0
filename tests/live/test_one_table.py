"""Processes that share one descriptor table say so, and what is in it is counted once."""

import os
import signal
from pathlib import Path

import pytest

from sockscope.collect.collector import Collector
from tests.live.commandline import answer, only, places, show, snapshot, sockscope
from tests.live.conftest import Play, Truth, wait_until

pytestmark = pytest.mark.needs("kcmp")


def text(*arguments: str | int) -> str:
    outcome = sockscope(*arguments)
    assert outcome.status == 0, outcome.err
    return outcome.out


def asleep(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "S"


@pytest.fixture
def pair(play: Play) -> Truth:
    """Two processes, the one of the lower pid first."""
    truth = play("one_table")
    wait_until(lambda: asleep(truth["child"]))
    first, second = sorted((truth["pid"], truth["child"]))
    return truth | {"first": first, "second": second}


def test_both_are_holders_and_are_counted_once(pair: Truth) -> None:
    first, second, fd = pair["first"], pair["second"], pair["reader"]["fd"]
    for pid in (first, second):
        assert places(show(pid, fd)["peers"][0]["holders"]) == {(one, pair["writer"]["fd"]) for one in (first, second)}
        lines = text("show", f"{pid}:{fd}").splitlines()
        assert " more." not in lines[1], lines[1]
        assert " +1" not in show(pid, fd)["descriptor"]["text"]
        assert "not shared" in only(line for line in lines if line.startswith("Held by (1)"))
        lent = [line for line in lines if f"table of {first}" in line]
        assert len(lent) == 2, "as a holder, and at the other end"
        assert all(f" {second}:" in line for line in lent)


@pytest.mark.parametrize("whose", ["first", "second"])
def test_each_names_the_other(pair: Truth, whose: str) -> None:
    one, other = pair[whose], pair["second" if whose == "first" else "first"]
    assert answer("show", one)["process"]["shares_table_with"] == [other]
    assert f"shares its descriptor table with: {other}" in text("show", one)


def test_a_table_in_which_nothing_is_open_is_one_as_well(play: Play) -> None:
    truth = play("one_table", "empty")
    wait_until(lambda: not os.listdir(f"/proc/{truth['child']}/fd"))
    for one, other in ((truth["pid"], truth["child"]), (truth["child"], truth["pid"])):
        assert answer("show", one)["process"]["shares_table_with"] == [other]


def test_who_has_ended_and_has_no_table_shares_none_with_others_who_have_ended() -> None:
    ended = [os.posix_spawn("/bin/true", ["true"], {}) for _ in range(2)]
    try:
        for pid in ended:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        found = {one["pid"]: one["shares_table_with"] for one in snapshot(*ended)["processes"]}
        assert found == {pid: [] for pid in ended}
    finally:
        for pid in ended:
            os.waitpid(pid, 0)


def test_the_sums_and_the_tree_have_the_table_once(pair: Truth) -> None:
    first, second = pair["first"], pair["second"]
    both, one = (answer("snapshot", "--summary", "--pid", *pids) for pids in ((first, "--pid", second), (first,)))
    assert both["sums"]["descriptors"] == one["sums"]["descriptors"] > 0
    row = only(line for line in text("snapshot").splitlines() if line.startswith(f"  {second} "))
    assert f"shares the descriptor table of {first}" in row
    assert {one["pid"]: one["shares_table_with"] for one in snapshot(first)["processes"]}[first] == [second]


@pytest.mark.parametrize("leaver", ["pid", "child"])
def test_who_leaves_the_table_has_one_of_his_own_again(pair: Truth, leaver: str) -> None:
    """The other sleeps all the while, and it is told of him all the same."""
    collector = Collector()
    collector.interval = 0.1  # a full pass in 600 refreshes
    try:
        told = {one.pid: one.table_of for one in collector.refresh().processes}
        assert (told[pair["first"]], told[pair["second"]]) == (0, pair["first"])
        before = collector.refresh()
        assert not {pair["first"], pair["second"]} & {one.pid for one in before.processes}, "nothing has changed"
        os.kill(pair[leaver], signal.SIGUSR1)
        wait_until(lambda: asleep(pair[leaver]))
        told |= {one.pid: one.table_of for one in collector.refresh().processes}
        assert (told[pair["first"]], told[pair["second"]]) == (0, 0)
    finally:
        collector.close()
