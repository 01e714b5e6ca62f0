"""What `diff` prints."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from sockscope.abi.text import clean_str
from sockscope.compare.compare import compare
from sockscope.compare.side import Side
from sockscope.report.diff_text import SHOWN, diff_text
from tests.compare.build import LATER, side
from tests.compare.test_matching import APP, connections, server
from tests.world.build import NOW, process

NAMES = (clean_str("before.json"), clean_str("live"))
BEFORE: tuple[Any, ...] = (*server(812, 1000, 100), APP, *connections(12), process(400, comm="old"))
AFTER: tuple[Any, ...] = (*server(9921, 50_000, 300), APP, *connections(330), process(4711, comm="web"))

TEXT = """\
web1: 12 min 4 s apart (22:15:00 → 22:27:04); what came and went between is not seen
processes: 1 as before, 1 replaced, 1 gone, 1 new · descriptors: 15 as before, 318 new

Processes
  » nginx 812 → 9921, same listener *:443
  − old 400: /usr/bin/p400 -x
  + web 4711: /usr/bin/p4711 -x

Descriptors
  + 318 tcp → 10.0.0.7:5432 by app 700, none closed (12 → 330)
"""


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def written(before: Side, after: Side, width: int | None = None) -> str:
    return diff_text(NAMES, before, after, compare(before, after), width)


def test_what_is_another_is_a_page_that_can_be_read() -> None:
    assert written(side(*BEFORE), side(*AFTER, time=NOW + LATER)) == TEXT


def test_lines_are_cut_to_the_terminal() -> None:
    assert max(map(len, written(side(*BEFORE), side(*AFTER, time=NOW + LATER), 40).splitlines())) == 40


def test_of_equal_moments_it_says_so_and_what_they_hide() -> None:
    said = written(side(*BEFORE), side(*BEFORE, time=NOW + 2 * 86_400))
    assert said == (
        "web1: 2 d apart (2023-11-14 22:15:00 → 2023-11-16 22:15:00); what came and went between is not seen\n"
        "processes: 3 as before · descriptors: 15 as before\n"
        "Nothing is another.\n"
    )


def test_of_one_moment_it_says_that_it_is_one() -> None:
    assert written(side(APP), side(APP)).startswith("web1: one and the same moment, 22:15:00\n")


def test_the_older_look_may_stand_behind() -> None:
    assert "5 s apart and in reverse (22:15:05 → 22:15:00)" in written(side(APP, time=NOW + 5), side(APP))


def test_two_machines_are_said_to_be_two() -> None:
    said = written(side(APP), side(APP, host="web2", boot="other", time=NOW + LATER))
    assert said.startswith("web1 and web2, two machines (22:15:00 → 22:27:04); all is matched by what it is for\n")


def test_what_it_rests_on_is_said() -> None:
    before = replace(side(APP), selected=True)
    said = written(before, side(replace(APP, denied="permission denied"), boot="another", time=NOW + LATER))
    assert "! the machine was booted between the looks" in said
    assert "! before.json lists only what was selected" in said
    before = side(APP, *connections(1))
    said = written(before, side(replace(APP, denied="permission denied"), time=NOW + LATER))
    assert "! the descriptors of 1 process could not be read, or not all of them, and are not compared in full" in said


def test_more_than_can_be_read_is_counted() -> None:
    many = [process(pid, comm=f"c{pid}") for pid in range(1, SHOWN + 21)]
    said = written(side(), side(*many, time=NOW + LATER))
    assert "  … and 20 more; --format json lists them all\n" in said
