"""Groupings: who stands with whom, in which order, under which title, and the same after any sequence of frames."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockscope.frames.messages import Frame
from sockscope.model.keys import ProcessKey
from sockscope.world.changes import Changes
from sockscope.world.grouping.choice import grouping
from sockscope.world.grouping.names import NAMES
from sockscope.world.grouping.objects import ObjectGrouping
from sockscope.world.grouping.processes import ProcessGrouping
from sockscope.world.index.store import Told
from sockscope.world.world import World
from tests.world.build import START, descriptor, frame, inet, key, pipe_fd, places, process, socket_fd, world
from tests.world.test_increments import frames


def machine() -> World:
    return world(
        process(1, ppid=0, comm="init", cmdline=("/sbin/init",)),
        process(10, comm="sshd", cmdline=("sshd",), cgroup="/system.slice/ssh.service", netns=7),
        process(20, ppid=10, sid=20, tty="pts/1", tpgid=21, cmdline=("-bash",), user="ann", uid=1000),
        process(21, ppid=20, pgid=21, sid=20, tty="pts/1", tpgid=21, cmdline=("make",), user="ann", uid=1000),
        process(22, ppid=21, pgid=21, sid=20, tty="pts/1", tpgid=21, cmdline=("cc",), user="ann", uid=1000),
        process(15, ppid=20, pgid=99, sid=20, tty="pts/1", tpgid=21, cmdline=("late",), user="ann", uid=1000),
    )


def gathered(by: str) -> dict[object, list[int]]:
    found = grouping(machine(), by)
    assert isinstance(found, ProcessGrouping)
    return {group: [member.pid for member in found.members[group]] for group in found.order()}


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("pgrp", {1: [1], 10: [10], 20: [20], 21: [21, 22], 99: [15]}),
        ("session", {1: [1], 10: [10], 20: [15, 20, 21, 22]}),
        ("tree", {1: [1], 10: [10, 20, 15, 21, 22]}),
        ("user", {0: [1, 10], 1000: [15, 20, 21, 22]}),
        ("cgroup", {"/system.slice/ssh.service": [10], "": [1, 15, 20, 21, 22]}),
        ("netns", {7: [10], 4026531840: [1, 15, 20, 21, 22]}),
    ],
)
def test_each_grouping_gathers_processes_by_what_it_is_called(by: str, groups: dict[object, list[int]]) -> None:
    assert list(gathered(by).items()) == list(groups.items())


def test_every_name_makes_a_grouping_and_no_other_does() -> None:
    assert [grouping(machine(), name).name for name in NAMES] == list(NAMES)
    with pytest.raises(KeyError):
        grouping(machine(), "colour")


def test_members_of_a_tree_stand_below_their_parents() -> None:
    found = grouping(machine(), "tree")
    assert isinstance(found, ProcessGrouping)
    assert found.nested
    assert {member.pid: depth for member, depth in found.depths.items()} == {20: 1, 15: 2, 21: 2, 22: 3}


def test_a_process_that_took_over_its_parents_number_is_no_parent() -> None:
    found = grouping(world(process(10, start=900, ppid=20), process(20, start=1000)), "tree")
    assert found.order() == [10, 20]


def test_a_circle_of_parents_ends() -> None:
    one = world(process(10, ppid=20), process(20, ppid=10))
    found = grouping(one, "tree")
    assert isinstance(found, ProcessGrouping)
    assert sorted(member.pid for members in found.members.values() for member in members) == [10, 20]


def test_a_title_says_what_a_group_is_and_marks_the_one_in_front() -> None:
    found = grouping(machine(), "pgrp")
    assert isinstance(found, ProcessGrouping)
    title = found.title(21)
    assert title is not None
    assert (title.label, title.name, title.counted, title.tty) == ("pgrp 21", "make", "2 processes", "pts/1")
    assert title.foreground
    gone = found.title(99)
    assert gone is not None
    assert (gone.note, gone.foreground) == ("leader gone", False)
    assert found.title(12345) is None


@pytest.mark.parametrize(
    ("by", "group", "label", "name"),
    [
        ("session", 20, "session 20", "-bash"),
        ("tree", 10, "tree of 10", "sshd"),
        ("user", 1000, "user 1000", "ann"),
        ("cgroup", "/system.slice/ssh.service", "cgroup", "/system.slice/ssh.service"),
        ("netns", 7, "netns 7", "sshd"),
    ],
)
def test_each_grouping_has_titles_of_its_own(by: str, group: int | str, label: str, name: str) -> None:
    found = grouping(machine(), by)
    assert isinstance(found, ProcessGrouping)
    title = found.title(group)
    assert title is not None
    assert (title.label, title.name) == (label, name)


def test_by_finding_the_worst_stands_first_and_who_has_nothing_last() -> None:
    one = machine()
    found = grouping(one, "finding")
    assert isinstance(found, ProcessGrouping)
    assert found.order() == [""]
    leak, knot = Told("suspect", "leak", "leak:1", "It leaks."), Told("sick", "stuck", "stuck:2", "They are stuck.")
    wrong = {10: (leak,), 20: (knot, leak), 21: (knot,)}
    differ = one.learn_findings({ProcessKey(pid, START): told for pid, told in wrong.items()})
    touched = found.settle(Changes(found=differ))
    first, second, last = found.order()
    assert touched == {first, second, last}
    members = [[member.pid for member in found.members[group]] for group in (first, second, last)]
    assert members == [[20, 21], [10], [1, 15, 22]]
    titles = [title for group in (first, second, last) if (title := found.title(group)) is not None]
    assert [(title.label, title.name) for title in titles] == [
        ("sick: stuck", "They are stuck."),
        ("suspect: leak", "It leaks."),
        ("finding", "nothing is known to be wrong"),
    ]
    assert found.settle(Changes(found=one.learn_findings({}))) == {first, second, ""}
    assert found.order() == [""]


def test_a_finding_moves_nobody_where_processes_are_gathered_by_something_else() -> None:
    found = grouping(machine(), "user")
    assert isinstance(found, ProcessGrouping)
    assert found.settle(Changes(found={ProcessKey(10, START)})) == set()


def test_a_new_parent_moves_the_whole_family() -> None:
    one = machine()
    found = grouping(one, "tree")
    assert isinstance(found, ProcessGrouping)
    orphan = process(21, ppid=1, pgid=21, sid=20, tty="pts/1", tpgid=21, cmdline=("make",), user="ann", uid=1000)
    assert found.settle(one.apply(frame(orphan, full=False))) == {10, 21}
    assert [member.pid for member in found.members[21]] == [21, 22]
    assert found.home(key(22, 0).process) == 21


def shared() -> World:
    return world(
        socket_fd(10, 5, 100),
        socket_fd(11, 5, 100),
        socket_fd(11, 6, 101),
        pipe_fd(10, 1, 200, "w"),
        pipe_fd(11, 0, 200, "r"),
        pipe_fd(12, 0, 200, "r"),
        *(descriptor(pid, 2, "char-device", "null", target="/dev/null") for pid in range(10, 20)),
        inet(100, "127.0.0.1:8888", backlog=511),
        inet(101, "127.0.0.1:9999"),
    )


def objects(found: ObjectGrouping) -> list[str]:
    return [str(group) for group in found.order()]


def test_objects_stand_by_the_number_of_their_holders_and_devices_behind() -> None:
    found = ObjectGrouping(shared())
    assert objects(found) == ["pipe:200", "socket:100", "socket:101", "null"]
    assert places(found.holders("pipe:200")) == [(10, 1), (11, 0), (12, 0)]


def test_the_title_of_an_object_says_what_it_is_and_how_many_hold_it() -> None:
    title = ObjectGrouping(shared()).title("socket:100")
    assert title is not None
    assert (title.label, title.name, title.counted) == ("tcp", "LISTEN 127.0.0.1:8888  0/511", "2 holders")
    assert ObjectGrouping(shared()).title("nothing") is None


def test_an_object_moves_when_its_holders_become_more_and_goes_with_the_last_one() -> None:
    one = shared()
    found = ObjectGrouping(one)
    more = frame(*(socket_fd(pid, 9, 101) for pid in range(20, 24)), full=False)
    assert found.settle(one.apply(more)) == {"socket:101"}
    assert objects(found)[0] == "socket:101"
    ended = frame(full=False, ended=[key(pid, 0).process for pid in (11, 20, 21, 22, 23)])
    assert found.settle(one.apply(ended)) == {"socket:100", "socket:101", "pipe:200", "null"}
    assert objects(found) == ["pipe:200", "socket:100", "null"]
    assert found.home(key(11, 5)) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(frames(), min_size=1, max_size=5), st.sampled_from(NAMES))
def test_any_sequence_of_frames_leads_to_the_groups_of_the_world_at_its_end(sequence: list[Frame], by: str) -> None:
    one = World()
    found = grouping(one, by)
    for each in sequence:
        before = picture(found)
        touched = found.settle(one.apply(each))
        after = picture(found)
        different = {group for group in before.keys() | after.keys() if before.get(group) != after.get(group)}
        assert different <= touched
    afresh = grouping(one, by)
    assert picture(found) == picture(afresh)
    assert list(found.order()) == list(afresh.order())


def picture(found: ObjectGrouping | ProcessGrouping) -> dict[object, object]:
    if isinstance(found, ObjectGrouping):
        return {group: found.holders(group) for group in found.order()}
    return {
        group: [(member, found.depths.get(member, 0)) for member in found.members[group]] for group in found.order()
    }
