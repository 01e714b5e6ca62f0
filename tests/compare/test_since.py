"""What is followed frame by frame is what a comparison of the two ends says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sockscope.compare.since import Since
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import PLACES
from sockscope.world.changes import Changes
from sockscope.world.world import World
from tests.world.build import HELLO, NOW, START, descriptor, frame, key, process, world
from tests.world.test_work_is_bounded import work

Moment = dict[int, dict[int, int]]
"""Inode of each descriptor, by process and number."""
MOMENTS = st.dictionaries(st.integers(1, 3), st.dictionaries(st.integers(3, 6), st.integers(1, 3)))


def things(moment: Moment) -> list[Any]:
    found: list[Any] = [process(pid) for pid in moment]
    found += [file(pid, fd, ino) for pid, table in moment.items() for fd, ino in table.items()]
    return found


def file(pid: int, fd: int, ino: int) -> Descriptor:
    return descriptor(pid, fd, of=f"file:{ino}", target=f"/f{ino}", ino=ino, dev=5)


@given(MOMENTS, st.lists(MOMENTS, max_size=4))
def test_signs_that_follow_every_frame_are_those_of_the_ends(first: Moment, later: list[Moment]) -> None:
    made = World()
    made.greet(HELLO)
    made.apply(frame(*things(first)))
    since, last = Since(made), first
    for turn, moment in enumerate(later, 2):
        since.take(made.apply(frame(*things(moment), seq=turn, time=NOW + turn)))
        # A full frame of another collector comes as its difference; a process that was gone for a look stays that one.
        last = moment
    before = {key(pid, fd): ino for pid, table in first.items() for fd, ino in table.items()}
    now = {key(pid, fd): ino for pid, table in last.items() for fd, ino in table.items()}
    told = {one: word for one, word in since.words.items() if len(one) == 3}
    assert {one for one, word in told.items() if word == "new"} == now.keys() - before.keys()
    assert {one for one in now.keys() & before.keys() if now[one] != before[one]} <= told.keys()
    assert {one for one, word in since.words.items() if len(one) == 2 and word == "new"} == {
        (pid, START) for pid in last.keys() - first.keys()
    }
    for pid in first.keys() & last.keys():
        gone = [one for one in before.keys() - now.keys() if one.pid == pid]
        words = [word for one, word in told.items() if one.pid == pid]
        found = since.inside(made.processes[pid, START].key)  # type: ignore[index] - a key is such a tuple
        assert (found["gone"], found["new"], found["changed"]) == (
            len(gone),
            words.count("new"),
            words.count("changed"),
        )


def test_following_costs_what_changes_and_not_what_there_is() -> None:
    costs = []
    for size in (50, 500):
        made = world(*things({pid: dict.fromkeys(range(3, 13), 1) for pid in range(1, size)}))
        since = Since(made)
        changes = made.apply(frame(file(1, 50, 2), full=False, seq=2, time=NOW + 1))
        costs.append(work(since.take, changes))
        assert since.words == {key(1, 50): "new"}
    assert costs[0] == costs[1]


def test_the_first_picture_names_nothing() -> None:
    since = Since(World())
    since.take(Changes(full=True))
    assert since.words == {}


def test_what_is_listed_when_somebody_wants_it_is_no_news() -> None:
    def cwd(path: str) -> Descriptor:
        return descriptor(1, PLACES["cwd"], "cwd", target=path, ino=len(path), dev=5)

    for before, after in (((), (cwd("/a"),)), ((cwd("/a"),), ()), ((cwd("/a"),), (cwd("/abc"),))):
        made = world(process(1), *before)
        since = Since(made)
        since.take(made.apply(frame(process(1), *after, seq=2, time=NOW + 1)))
        assert since.words == {}
        assert not any(since.inside(process(1).key).values())
