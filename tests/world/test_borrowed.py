"""A descriptor table that several processes share: what is in it is counted once, whatever comes and goes."""

import random

import pytest

from sockscope.model.keys import ProcessKey
from sockscope.report.sections.process_marks import process_marks
from sockscope.world.grouping.objects import ObjectGrouping
from sockscope.world.relations.holders import RELATION
from sockscope.world.relations.relation import Subject
from sockscope.world.sums import sums, user_sums
from sockscope.world.world import World
from tests.world.build import START, descriptor, frame, process, world

A, B, C = (ProcessKey(pid, START) for pid in (10, 20, 30))


def shared() -> World:
    """10 and 20 have one table of two descriptors, the first of which is open in 30 as well."""
    return world(
        process(10), process(20, table_of=10), process(30),
        *(descriptor(pid, fd, "eventfd", f"eventfd:{fd}") for pid in (10, 20) for fd in (3, 4)),
        descriptor(30, 7, "eventfd", "eventfd:3"),
    )  # fmt: skip


def test_an_object_counts_its_holders_once_for_each_table() -> None:
    made = shared()
    assert (made.holder_count("eventfd:3"), made.holder_count("eventfd:4")) == (2, 1)
    assert [key.pid for key in made.holders("eventfd:3")] == [10, 20, 30], "all of them are named"
    title = ObjectGrouping(made).title("eventfd:4")
    assert title is not None
    assert title.count == 1


def test_what_a_process_uses_without_a_descriptor_is_its_own() -> None:
    made = world(
        process(10), process(20, table_of=10),
        *(descriptor(pid, -1_000_003, "cwd", "file:1") for pid in (10, 20)),
    )  # fmt: skip
    assert made.holder_count("file:1") == 2
    assert made.counted(made.holders("file:1")) == 2


def test_sums_of_several_processes_have_a_table_once_and_of_each_its_own() -> None:
    made = shared()
    assert sums(made, [A, B]).descriptors == sums(made, [B]).descriptors == sums(made, [A]).descriptors == 2
    assert (sums(made, [A, B, C]).descriptors, sums(made, [A, B, C]).processes) == (3, 3)
    assert [(one.processes, one.descriptors) for one in user_sums(made, made.processes.values())] == [(3, 3)]


def test_each_knows_the_others_and_all_but_the_first_are_marked() -> None:
    made = world(process(10), process(20, table_of=10), process(25, table_of=10), process(30))
    named = {key.pid: [one.pid for one in made.table_sharers(made.processes[key])] for key in made.processes}
    assert named == {10: [20, 25], 20: [10, 25], 25: [10, 20], 30: []}
    marks = {pid: "".join(text for text, _ in process_marks(made.process(pid))) for pid in (10, 20)}
    assert marks == {10: "", 20: "shares the table of 10 "}


def test_a_holder_of_the_same_table_alone_shares_nothing() -> None:
    made = shared()
    (holding,) = RELATION.find(made, Subject(made.find(10, 4), None, None))
    assert made.counted(holding.same_end) == 1
    assert len(holding.same_end) == 2


def test_who_leaves_a_table_is_counted_from_then_on_and_who_ends_no_more() -> None:
    made = shared()
    made.apply(frame(process(20), full=False))
    assert made.holder_count("eventfd:4") == 2
    assert made.table_sharers(made.processes[A]) == ()
    made.apply(frame(process(20, table_of=10), full=False))
    made.apply(frame(full=False, ended=((20, START),)))
    assert (made.holder_count("eventfd:3"), made.holder_count("eventfd:4")) == (2, 1)
    assert made.table_sharers(made.processes[A]) == ()


def test_of_a_table_that_was_read_twice_what_only_the_second_has_is_there() -> None:
    made = world(process(10), process(20, table_of=10), descriptor(20, 5, "eventfd", "eventfd:5"))
    assert made.holder_count("eventfd:5") == 1


@pytest.mark.parametrize("seed", range(20))
def test_the_count_is_that_of_counting_anew_after_any_changes(seed: int) -> None:
    choose = random.Random(seed)
    made = world(process(1), process(2), process(3))
    for _ in range(60):
        pid, fd = choose.randint(1, 3), choose.randint(3, 6)
        change = choose.randrange(4)
        if change == 0:
            made.apply(frame(process(pid, table_of=choose.choice([0, *range(1, pid)])), full=False))
        elif change == 1 and pid == 3:
            made.apply(frame(full=False, ended=((3, START),)))
            made.apply(frame(process(3), full=False))
        else:
            made.apply(frame(descriptor(pid, fd, "eventfd", f"eventfd:{choose.randint(1, 3)}"), full=False))
        for number in (1, 2, 3):
            holders = made.holders(f"eventfd:{number}")
            own = [key for key in holders if not made.processes[key.process].table_of]
            assert made.holder_count(f"eventfd:{number}") == max(len(own), min(len(holders), 1))
