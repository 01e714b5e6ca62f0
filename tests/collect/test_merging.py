"""Anonymous files that two processes have sorted are, merged, the objects that one process finds."""

import os
import random
import select
from collections.abc import Iterator

import pytest

from sockscope.collect.tables.classes import Slot
from sockscope.collect.tables.identity import IdentityRegistry

COPIES = 3


@pytest.fixture
def copies() -> Iterator[list[tuple[Slot, int]]]:
    """Three descriptors of each of forty epolls, shuffled, with the number of the epoll."""
    epolls = [select.epoll() for _ in range(40)]
    made = [(os.dup(epoll.fileno()), number) for number, epoll in enumerate(epolls) for _ in range(COPIES)]
    random.Random(11).shuffle(made)
    yield [((os.getpid(), fd), number) for fd, number in made]
    for fd, _ in made:
        os.close(fd)
    for epoll in epolls:
        epoll.close()


def registry_of(slots: list[Slot]) -> IdentityRegistry:
    made = IdentityRegistry()
    for slot in slots:
        made.expect("epoll", slot)
    made.sort()
    return made


def place(registry: IdentityRegistry, slot: Slot) -> str:
    registry.expect("epoll", slot)
    registry.settle(lambda _: ())
    return registry.object(slot)


def merged(copies: list[tuple[Slot, int]]) -> IdentityRegistry:
    half = len(copies) // 2
    ours = registry_of([slot for slot, _ in copies[:half]])
    for kind, objects in registry_of([slot for slot, _ in copies[half:]]).sorted().items():
        ours.merge(kind, objects)
    return ours


def test_descriptors_of_one_object_meet_and_all_others_stay_apart(copies) -> None:
    found = merged(copies)
    names = {(found.object(slot), number) for slot, number in copies}
    assert "" not in {name for name, _ in names}
    assert len(names) == len({name for name, _ in names}) == len({number for _, number in names}) == 40


def test_what_was_merged_is_sorted_and_takes_further_descriptors(copies) -> None:
    found = merged(copies)
    for slot, _ in copies:
        assert "" != found.object(slot) == place(found, slot)
    more, number = os.dup(copies[0][0][1]), copies[0][1]
    try:
        name = place(found, (os.getpid(), more))
        assert {found.object(slot) for slot, other in copies if other == number} == {name}
    finally:
        os.close(more)


def test_merging_costs_a_comparison_or_two_a_step(copies) -> None:
    half = len(copies) // 2
    ours, theirs = (registry_of([slot for slot, _ in part]) for part in (copies[:half], copies[half:]))
    before, objects = ours.comparisons, len(ours.objects("epoll")) + len(theirs.objects("epoll"))
    ours.merge("epoll", theirs.sorted()["epoll"])
    assert ours.comparisons - before <= 2 * objects, "a step, and the one before it held against the next"


def test_what_has_been_closed_since_it_was_sorted_does_not_stand_in_the_way() -> None:
    epolls = [select.epoll() for _ in range(20)]
    slots = [(os.getpid(), epoll.fileno()) for epoll in epolls]
    ours, theirs = registry_of(slots[::2]), registry_of(slots[1::2])
    closed = {3, 4, 9, 12, 13, 19}
    for number in closed:
        epolls[number].close()
    try:
        ours.merge("epoll", theirs.sorted()["epoll"])
        living = [slot for number, slot in enumerate(slots) if number not in closed]
        names = {place(ours, slot) for slot in living}
        assert len(names - {""}) == len(living)
        # Which of them the merge has met depends on where the kernel put them; who was not met stands alone.
        assert not names & {place(ours, slots[number]) for number in closed}
    finally:
        for epoll in epolls:
            epoll.close()
