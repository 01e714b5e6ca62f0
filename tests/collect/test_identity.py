"""Anonymous files: kcmp classes put descriptors of one object together and all others apart."""

import os
import random
import select
from collections.abc import Collection, Iterator

import pytest

from sockscope.collect.tables.classes import Slot, numbered
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.kernel import kcmp

ME = os.getpid()


@pytest.fixture
def registry() -> IdentityRegistry:
    return IdentityRegistry()


@pytest.fixture
def epolls() -> Iterator[list[select.epoll]]:
    made = [select.epoll() for _ in range(40)]
    yield made
    for epoll in made:
        epoll.close()


def _slot(fd: int) -> Slot:
    return ME, fd


def _nobody(_: Collection[int]) -> Collection[int]:
    """Who moved: this process stands still for as long as it looks."""
    return ()


def _look(registry: IdentityRegistry, *fds: int, kind: str = "epoll", ran: bool = True) -> list[str]:
    """Look at some descriptors of ours, as when their process has run, and name their objects."""
    if ran:
        registry.doubt(ME)
    for fd in fds:
        registry.expect(kind, _slot(fd))
    registry.settle(_nobody)
    return [registry.object(_slot(fd)) for fd in fds]


def test_duplicates_of_one_epoll_are_one_object_and_all_others_are_their_own(registry, epolls) -> None:
    copies = [(os.dup(epoll.fileno()), number) for number, epoll in enumerate(epolls) for _ in range(3)]
    random.Random(7).shuffle(copies)
    try:
        found = _look(registry, *(fd for fd, _ in copies))
        names: dict[int, set[str]] = {}
        for name, (_, number) in zip(found, copies, strict=True):
            names.setdefault(number, set()).add(name)
        assert all(len(found) == 1 for found in names.values())
        assert len(set.union(*names.values())) == len(epolls)
    finally:
        for fd, _ in copies:
            os.close(fd)


def test_an_object_keeps_its_name_when_it_is_placed_again(registry, epolls) -> None:
    fds = [epoll.fileno() for epoll in epolls]
    assert "" not in (first := _look(registry, *fds))
    assert _look(registry, *fds) == first


def test_confirming_what_may_have_changed_costs_a_comparison_each(registry, epolls) -> None:
    fds = [epoll.fileno() for epoll in epolls]
    _look(registry, *fds)
    before = registry.comparisons
    _look(registry, *fds)
    assert 0 < registry.comparisons - before < len(epolls)


def test_what_cannot_have_changed_is_not_compared_again(registry, epolls) -> None:
    fds = [epoll.fileno() for epoll in epolls]
    _look(registry, *fds)
    before = registry.comparisons
    _look(registry, *fds, ran=False)
    assert registry.comparisons == before


def test_a_number_that_is_reused_for_another_objects_duplicate_moves_to_that_object(registry, epolls) -> None:
    one, other = epolls[0].fileno(), epolls[1].fileno()
    spare = os.dup(other)
    try:
        name, theirs, copy = _look(registry, one, other, spare)
        assert copy == theirs != name
        os.dup2(one, spare)
        assert _look(registry, one, other, spare) == [name, theirs, name]
    finally:
        os.close(spare)


def test_a_name_stays_with_those_who_kept_the_object(registry, epolls) -> None:
    one, other = epolls[0].fileno(), epolls[1].fileno()
    copies = [os.dup(one) for _ in range(3)]
    try:
        first = _look(registry, one, *copies, other)
        os.dup2(other, copies[0])
        assert _look(registry, one, *copies, other) == [first[0], first[-1], first[0], first[0], first[-1]]
    finally:
        for fd in copies:
            os.close(fd)


def test_what_is_not_seen_again_is_forgotten(registry, epolls) -> None:
    fds = [epoll.fileno() for epoll in epolls]
    _look(registry, *fds)
    assert len(registry.objects("epoll")) == len(epolls)
    _look(registry, *fds[:3])
    assert len(registry.objects("epoll")) == 3
    _look(registry)
    assert (registry.objects("epoll"), registry.kinds(), registry._orders, registry._before) == ([], [], {}, {})


def test_a_closed_member_does_not_stand_in_the_way_of_the_next(registry) -> None:
    gone = os.eventfd(0)
    _look(registry, gone, kind="eventfd")
    os.close(gone)
    fd = os.dup(os.eventfd(0))
    try:
        assert _look(registry, fd, kind="eventfd", ran=False) != [""]
    finally:
        os.closerange(gone, fd + 1)


def test_where_kcmp_is_denied_there_is_no_identity(registry, epolls, monkeypatch) -> None:
    def denied(*_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    # kcmp cannot be taken away from this process for real without losing it for all later tests.
    monkeypatch.setattr(kcmp, "compare_files", denied)
    assert _look(registry, epolls[0].fileno()) == [""]
    assert registry.objects("epoll") == []
    assert registry.denied == {_slot(epolls[0].fileno())}


def test_thousands_of_ended_members_do_not_stand_in_the_way_of_the_next(registry) -> None:
    gone = [select.epoll() for _ in range(2000)]
    _look(registry, *(epoll.fileno() for epoll in gone))
    for epoll in gone:
        epoll.close()
    with select.epoll() as left:
        (name,) = _look(registry, left.fileno(), ran=False)
        assert name
        assert (name, _slot(left.fileno())) in registry.objects("epoll")


def test_objects_keep_their_names_while_others_between_them_end(registry, epolls) -> None:
    fds = [epoll.fileno() for epoll in epolls]
    names = dict(zip(fds, _look(registry, *fds), strict=True))
    left = [fd for number, fd in enumerate(fds) if number % 3 == 0]
    assert _look(registry, *left) == [names[fd] for fd in left]
    assert len(registry.objects("epoll")) == len(left)


class _Storm:
    """Descriptors of made-up processes, some of which lead elsewhere at any question, as where processes run.

    kcmp is asked about descriptors of ours in their place, so that each moves when the test wants it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seed: int, files: list[int]) -> None:
        self.chance, self.files = random.Random(seed), files
        self.leads_to: dict[Slot, int] = {}
        self.moving: list[Slot] = []
        self.moved: set[int] = set()
        self.asked = 0
        self._compare = kcmp.compare_files
        monkeypatch.setattr(kcmp, "compare_files", self.compare)

    def compare(self, pid: int, fd: int, other_pid: int, other_fd: int) -> int:
        if self.moving and self.chance.random() < 0.3:
            slot = self.chance.choice(self.moving)
            self.leads_to[slot] = self.chance.choice(self.files)
            self.moved.add(slot[0])
        return self._compare(ME, self.leads_to[pid, fd], ME, self.leads_to[other_pid, other_fd])

    def who_moved(self, pids: Collection[int]) -> set[int]:
        self.asked += 1
        return self.moved & set(pids)

    def truth(self, slots: list[Slot]) -> list[list[Slot]]:
        groups: dict[int, list[Slot]] = {}
        for slot in slots:
            groups.setdefault(self.leads_to[slot], []).append(slot)
        return sorted(groups.values())


def _said(registry: IdentityRegistry, slots: list[Slot]) -> list[list[Slot]]:
    groups: dict[str, list[Slot]] = {}
    for slot in slots:
        groups.setdefault(registry.object(slot), []).append(slot)
    assert "" not in groups
    return sorted(groups.values())


@pytest.mark.parametrize("seed", range(40))
def test_whoever_moves_while_others_are_compared_splits_none_of_them(registry, epolls, monkeypatch, seed) -> None:
    storm = _Storm(monkeypatch, seed, [epoll.fileno() for epoll in epolls])
    still = [(pid, fd) for pid in range(100, 130) for fd in range(2)]
    storm.moving = [(pid, fd) for pid in (90, 115, 200) for fd in range(40, 46)]
    for slot in [*still, *storm.moving]:
        storm.leads_to[slot] = storm.chance.choice(storm.files)
    ran = {slot[0] for slot in [*still, *storm.moving]}
    for _ in range(4):
        storm.moved = set()
        for pid in ran:
            registry.doubt(pid)
            for slot in [*still, *storm.moving]:
                if slot[0] == pid:
                    registry.expect("epoll", slot)
        registry.settle(storm.who_moved)
        mine = [slot for slot in still if slot[0] not in storm.moved]
        assert _said(registry, mine) == storm.truth(mine)
        ran = {90, 115, 200} | {pid for pid in range(100, 130) if storm.chance.random() < 0.3}
        for pid in ran:
            for slot in still:
                if slot[0] == pid and storm.chance.random() < 0.5:
                    storm.leads_to[slot] = storm.chance.choice(storm.files)


def test_what_moves_at_every_question_is_left_out_and_nothing_is_asked_for_ever(registry, epolls, monkeypatch) -> None:
    storm = _Storm(monkeypatch, 1, [epoll.fileno() for epoll in epolls])
    storm.moving = [(pid, 0) for pid in range(100, 140)]
    storm.leads_to = {slot: storm.files[number] for number, slot in enumerate(storm.moving)}
    for slot in storm.moving:
        registry.expect("epoll", slot)
    registry.settle(storm.who_moved)
    assert storm.asked <= 6
    named = {registry.object(slot): slot[0] for slot in storm.moving if registry.object(slot)}
    assert not storm.moved & set(named.values())


@pytest.fixture
def eventfds() -> Iterator[tuple[int, int]]:
    made = (os.eventfd(0), os.eventfd(0))
    yield made
    for fd in made:
        os.close(fd)


def test_who_is_alone_with_a_number_needs_no_comparison(registry, eventfds) -> None:
    names = [_look(registry, fd, kind=numbered("eventfd", number), ran=False) for number, fd in enumerate(eventfds)]
    assert names[0] != names[1]
    assert "" not in {*names[0], *names[1]}
    assert registry.comparisons == 0


def test_two_with_one_number_are_one_object_if_kcmp_says_so(registry, eventfds) -> None:
    copy = os.dup(eventfds[0])
    try:
        one, again, other = _look(registry, eventfds[0], copy, eventfds[1], kind=numbered("eventfd", 5))
        assert one == again != other
    finally:
        os.close(copy)


def test_where_kcmp_is_denied_a_number_is_believed_of_those_who_stand_still(registry, eventfds, monkeypatch) -> None:
    def denied(*_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    # kcmp cannot be taken away from this process for real without losing it for all later tests.
    monkeypatch.setattr(kcmp, "compare_files", denied)
    first, second = _look(registry, *eventfds, kind=numbered("eventfd", 5))
    assert first == second != ""
    for pid in (100, 200):
        registry.expect(numbered("eventfd", 6), (pid, 0))
    registry.settle(lambda pids: {200} & set(pids))
    assert registry.object((100, 0)) != ""
    assert registry.object((200, 0)) == ""


def test_whoever_moves_after_his_descriptors_were_settled_is_named_to_be_walked_again(
    registry, epolls, monkeypatch
) -> None:
    storm = _Storm(monkeypatch, 1, [epoll.fileno() for epoll in epolls])
    resting, moves, comes = (100, 0), (101, 0), (102, 0)
    storm.leads_to = dict(zip([resting, moves, comes], storm.files, strict=False))
    storm.leads_to[comes] = storm.leads_to[moves]
    for slot in (resting, moves):
        registry.expect("epoll", slot)
    registry.settle(storm.who_moved)
    # It is not walked in this look, as it had not run when that began; then it puts something else at its number.
    registry.expect("epoll", comes)
    storm.moved = {101}
    registry.settle(storm.who_moved)
    assert registry.displaced == {101}
    assert registry.object(comes) != registry.object(moves) == ""
    storm.moved = set()
    registry.expect("epoll", moves)
    registry.settle(storm.who_moved)
    assert registry.object(moves) == registry.object(comes)


def test_a_neighbour_that_has_ended_does_not_push_out_those_beside_it(registry, epolls) -> None:
    fds = [epoll.fileno() for epoll in epolls]
    names = dict(zip(fds, _look(registry, *fds), strict=True))
    registry.doubt(ME)
    for fd in fds:
        registry.expect("epoll", _slot(fd))
    for epoll in epolls[::3]:
        epoll.close()
    registry.settle(_nobody)
    left = [fd for number, fd in enumerate(fds) if number % 3]
    assert [registry.object(_slot(fd)) for fd in left] == [names[fd] for fd in left]
    assert registry.displaced == set()
