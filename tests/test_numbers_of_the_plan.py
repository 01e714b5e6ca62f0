"""Where docs/design.md tells a number or a file, it is the one in the code."""

import re
from pathlib import Path

import pytest

from sockscope.collect import allowance, watchdog
from sockscope.collect.sockets import netspaces, rounds
from sockscope.findings import wait_graph
from sockscope.tui import key_by_key
from tests.test_proc_files import MAY_NAME

ROOT = Path(__file__).parents[1]
PLAN = " ".join((ROOT / "docs" / "design.md").read_text(encoding="utf-8").split())
WORDS = {2: "two", 4: "four", 5: "five", 16: "sixteen"}


def times(name: str) -> int:
    """How much more a single look may cause than one of several."""
    single, several = getattr(allowance.ONLY_LOOK, name), getattr(allowance.LOOK, name)
    assert single % several == 0
    return int(single // several)


NUMBERS: dict[str, object] = {
    "lists the {} rooms that are excused": WORDS[len(MAY_NAME)],
    "which no other follows, has {} times as much": WORDS[times("process")],
    "{} at the most, keep a netlink socket": netspaces.MOST_OPEN,
    "In one look {} namespaces": rounds.LOOK,
    "({} in a look that no other follows)": f"{rounds.ONLY_LOOK:,}",
    "or when {} more have been taken": key_by_key.MAX_BEFORE,
    "{} may wait, and Ctrl+C throws away": f"{key_by_key.MAX_WAITING:,}",
    "sleeps in one and the same call for {} seconds": WORDS[round(watchdog.LOOKS * watchdog.PAUSE)],
    "one look or answer for {} minutes of processor time": WORDS[round(watchdog.MOST_WORK / 60)],
    "two looks {} seconds apart": WORDS[round(wait_graph.STILL)],
}


@pytest.mark.parametrize("sentence", NUMBERS)
def test_a_number_of_the_plan_is_that_of_the_code(sentence: str) -> None:
    assert sentence.format(NUMBERS[sentence]) in PLAN


def test_a_user_has_as_many_times_more_in_a_single_look_as_a_process() -> None:
    assert times("user") == times("process")


def test_every_file_that_the_plan_names_with_its_room_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.py)`", PLAN))
    assert len(named) > 10
    there = {name for name in named if (ROOT / name).is_file() or (ROOT / "sockscope" / name).is_file()}
    assert sorted(named - there) == []
