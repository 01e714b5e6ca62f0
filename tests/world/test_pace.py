"""What processes do as time goes by: processor time and growth, and what is not known of them."""

from typing import Any

import pytest

from sockscope.model.keys import ProcessKey
from sockscope.world.filter.compiling import compile_filter
from sockscope.world.filter.parsing import parse
from sockscope.world.growth import STEP, WINDOW, Growth
from sockscope.world.pace import cpu_percent, growth
from sockscope.world.sums import cpu_of_all, growth_of_all
from sockscope.world.world import World
from tests.world.build import NOW, START, frame, process, waiting, world

KEY, OTHER, NEW = (ProcessKey(pid, START) for pid in (10, 11, 12))


def later(made: World, seconds: float, *things: Any, **rest: Any) -> World:
    """The same world so many seconds after its first look."""
    made.apply(frame(*things, full=False, seq=made.seq + 1, time=NOW + seconds, **rest))
    return made


def found(made: World, text: str) -> list[int]:
    accepts = compile_filter(made, parse(text)).accepts_process
    return [one.pid for one in made.processes.values() if accepts(one)]


# Processor time


def two_looks() -> World:
    made = world(process(10), process(11), waits=(waiting(10, run_ns=5), waiting(11, run_ns=5)))
    return later(made, 2, process(12), waits=(waiting(10, run_ns=1_500_000_005), waiting(12, run_ns=900_000_000)))


def test_processor_time_is_told_of_two_looks_and_of_nobody_after_one() -> None:
    made = world(process(10), waits=(waiting(10, run_ns=5),))
    assert cpu_percent(made, KEY) is None
    assert found(made, "cpu:<50") == []
    made = two_looks()
    assert (cpu_percent(made, KEY), cpu_percent(made, OTHER)) == (75, 0)


def test_of_a_process_that_is_new_or_has_lost_a_thread_no_processor_time_is_told() -> None:
    made = two_looks()
    assert cpu_percent(made, NEW) is None, "what it has used before is not of this interval"
    later(made, 4, waits=(waiting(10, run_ns=700),))
    assert cpu_percent(made, KEY) is None, "the time of a thread that has ended is lost"
    assert cpu_percent(made, ProcessKey(13, START)) is None


def test_several_processes_have_the_time_of_all() -> None:
    made = two_looks()
    assert cpu_of_all(made, [KEY, OTHER, NEW]) == 75
    assert cpu_of_all(made, [NEW]) is None


@pytest.mark.parametrize(("text", "pids"), [("cpu:>50", [10]), ("cpu:0", [11]), ("cpu:>=75", [10]), ("cpu:>75", [])])
def test_a_filter_asks_for_processor_time(text: str, pids: list[int]) -> None:
    assert found(two_looks(), text) == pids


# Growth


def grown(*numbers: tuple[float, int]) -> Growth:
    made = Growth()
    for time, count in numbers:
        made.note(KEY, count, time)
    return made


@pytest.mark.parametrize(
    ("numbers", "now", "rate"),
    [
        (((0, 5),), 9, None),
        (((0, 5),), 10, 0),
        (((0, 5), (15, 20)), 30, 30),
        (((0, 5), (15, 20)), 60, 15),
        (((0, 5), (15, 20)), 74, 15),
        (((0, 5), (15, 20)), 75, 0),
        (((0, 50), (100, 20)), 110, -30),
        (((0, -1), (100, 20)), 110, None),
        (((0, 5), (100, -1)), 110, None),
    ],
    ids=str,
)
def test_growth_is_that_of_the_last_minute(numbers: Any, now: float, rate: int | None) -> None:
    assert grown(*numbers).per_minute(KEY, now) == rate


def test_however_often_one_looks_no_more_than_a_minute_is_kept() -> None:
    made = Growth()
    for tick in range(5000):
        made.note(KEY, tick, tick / 20)
    assert len(made._counts[KEY]) <= WINDOW / STEP + 2
    assert made.per_minute(KEY, 4999 / 20) == pytest.approx(20 * 60, abs=20)


def test_a_process_that_has_ended_is_forgotten_and_its_successor_begins_anew() -> None:
    made = world(process(10, fd_count=5))
    later(made, 20, process(10, fd_count=25))
    assert growth(made, KEY) == 60
    later(made, 21, ended=((10, START),))
    assert growth(made, KEY) is None
    assert not made.growth._counts


def test_a_table_that_several_share_grows_once() -> None:
    made = world(*(process(pid, fd_count=5, table_of=10 * (pid > 10)) for pid in (10, 11)), process(12, fd_count=5))
    later(made, 60, *(process(pid, fd_count=8, table_of=10 * (pid > 10)) for pid in (10, 11)))
    assert growth_of_all(made, [KEY, OTHER, NEW]) == 3
    assert found(made, "growth:>2") == [10, 11]
    assert found(made, "growth:0") == [12]
