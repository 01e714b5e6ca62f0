"""Anonymous files: kcmp classes put descriptors of one object together and all others apart."""

import os
import random
import select
from collections.abc import Iterator

import pytest

from sockscope.collect.identity import IdentityRegistry
from sockscope.kernel import kcmp


@pytest.fixture
def registry() -> IdentityRegistry:
    return IdentityRegistry()


@pytest.fixture
def epolls() -> Iterator[list[select.epoll]]:
    made = [select.epoll() for _ in range(40)]
    yield made
    for epoll in made:
        epoll.close()


def _slot(fd: int) -> tuple[int, int]:
    return os.getpid(), fd


def test_duplicates_of_one_epoll_are_one_object_and_all_others_are_their_own(registry, epolls) -> None:
    copies = [(os.dup(epoll.fileno()), number) for number, epoll in enumerate(epolls) for _ in range(3)]
    random.Random(7).shuffle(copies)
    try:
        names: dict[int, set[str | None]] = {}
        for fd, number in copies:
            names.setdefault(number, set()).add(registry.place("epoll", _slot(fd)))
        assert all(len(found) == 1 for found in names.values())
        assert len(set.union(*names.values())) == len(epolls)
    finally:
        for fd, _ in copies:
            os.close(fd)


def test_an_object_keeps_its_name_when_it_is_placed_again(registry, epolls) -> None:
    first = [registry.place("epoll", _slot(epoll.fileno())) for epoll in epolls]
    assert [registry.place("epoll", _slot(epoll.fileno())) for epoll in epolls] == first


def test_placing_an_unchanged_descriptor_again_costs_few_comparisons(registry, epolls) -> None:
    for epoll in epolls:
        registry.place("epoll", _slot(epoll.fileno()))
    before = registry.comparisons
    for epoll in epolls:
        registry.place("epoll", _slot(epoll.fileno()))
    assert registry.comparisons - before <= 2 * len(epolls)


def test_a_number_that_is_reused_for_another_objects_duplicate_moves_to_that_object(registry, epolls) -> None:
    one, other = epolls[0].fileno(), epolls[1].fileno()
    name = registry.place("epoll", _slot(one))
    spare = os.dup(other)
    assert registry.place("epoll", _slot(spare)) == registry.place("epoll", _slot(other)) != name
    os.dup2(one, spare)
    try:
        assert registry.place("epoll", _slot(spare)) == name
    finally:
        os.close(spare)


def test_a_forgotten_object_leaves_no_class_behind(registry, epolls) -> None:
    slots = [_slot(epoll.fileno()) for epoll in epolls]
    for slot in slots:
        registry.place("epoll", slot)
    assert len(registry.objects("epoll")) == len(epolls)
    registry.forget(slots)
    assert registry.objects("epoll") == []


def test_a_closed_member_does_not_stand_in_the_way_of_the_next(registry) -> None:
    gone = os.eventfd(0)
    registry.place("eventfd", _slot(gone))
    os.close(gone)
    fd = os.dup(os.eventfd(0))
    try:
        assert registry.place("eventfd", _slot(fd)) is not None
    finally:
        os.closerange(gone, fd + 1)


def test_where_kcmp_is_denied_there_is_no_identity(registry, epolls, monkeypatch) -> None:
    def denied(*_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    # kcmp cannot be taken away from this process for real without losing it for all later tests.
    monkeypatch.setattr(kcmp, "compare_files", denied)
    assert registry.place("epoll", _slot(epolls[0].fileno())) is None
    assert registry.objects("epoll") == []


def test_thousands_of_ended_members_do_not_stand_in_the_way_of_the_next(registry) -> None:
    gone = [select.epoll() for _ in range(2000)]
    for epoll in gone:
        registry.place("epoll", _slot(epoll.fileno()))
    for epoll in gone:
        epoll.close()
    with select.epoll() as left:
        name = registry.place("epoll", _slot(left.fileno()))
        assert name is not None
        assert (name, _slot(left.fileno())) in registry.objects("epoll")


def test_objects_keep_their_names_while_others_between_them_end(registry, epolls) -> None:
    names = {epoll.fileno(): registry.place("epoll", _slot(epoll.fileno())) for epoll in epolls}
    ended = [fd for number, fd in enumerate(names) if number % 3]
    registry.forget([_slot(fd) for fd in ended])
    for fd in names.keys() - ended:
        assert registry.place("epoll", _slot(fd)) == names[fd]
    before = registry.comparisons
    for fd in names.keys() - ended:
        registry.place("epoll", _slot(fd))
    assert registry.comparisons - before <= 2 * (len(names) - len(ended))
