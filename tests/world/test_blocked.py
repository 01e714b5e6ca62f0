"""Threads without a descriptor on what they wait for: who opens a FIFO, and who asks a fanotify group."""

from collections.abc import Sequence

import pytest

from sockscope.abi.open_flags import Access
from sockscope.frames.messages import Answer
from sockscope.model.blocked import Blocked
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.located import Located
from sockscope.world.relations import may_ask, may_open
from sockscope.world.relations.relation import Subject
from sockscope.world.relations.tie import Tie
from sockscope.world.targets.answers import TargetMissingError
from sockscope.world.targets.forms import resolve
from sockscope.world.targets.uses import uses_of
from sockscope.world.world import World
from tests.world.build import START, descriptor, key, process, world

DEV, INO = (8 << 20) | 1, 12
READER, WRITER = Blocked(7, START, 77, "openat", "r"), Blocked(8, START, 8, "openat", "w")
EITHER = Blocked(9, START, 9, "openat2")
WAITERS = (READER, WRITER, EITHER)
PERMISSION = {"marks": [{"on": "mount", "mask": ["FAN_OPEN", "FAN_OPEN_PERM"]}]}


def with_waiters(*more: Descriptor) -> World:
    return world(process(7), process(8), process(9), *more)


def fifo(fd: int, access: Access, object_: str = "fifo:1") -> Descriptor:
    return descriptor(1, fd, "fifo", object_, access=access, ino=INO, dev=DEV, identified="inode")


def openers(*held: Access, waiters: Sequence[Blocked] = WAITERS) -> Sequence[Tie]:
    made = with_waiters(fifo(3, ""), *(fifo(fd, access) for fd, access in enumerate(held, 4)))
    answer = Answer(1, 1, START, 3, None, None, blocked=tuple(waiters))
    return may_open.RELATION.find(made, Subject(made.descriptor(key(1, 3)), None, answer))


def pids(ties: Sequence[Tie]) -> list[int]:
    return [one.pid for tie in ties for one in tie.processes]


@pytest.mark.parametrize(
    ("held", "who"),
    [((), [7, 8, 9]), (("r",), [7, 9]), (("w",), [8, 9]), (("rw",), []), (("r", "w"), [])],
    ids=str,
)
def test_a_fifo_makes_wait_whose_other_end_nobody_holds(held: tuple[Access, ...], who: list[int]) -> None:
    assert pids(openers(*held)) == who


def test_a_candidate_is_unknown_and_says_what_it_does_and_what_was_looked_at() -> None:
    (tie,) = openers(waiters=[Blocked(7, START, 77, "openat", "r", narrowed=("it may open it",))])
    assert (tie.confidence, tie.note) == ("unknown", "open for reading")
    assert tie.evidence == f"{may_open.EVIDENCE}; it may open it"
    assert tie.facts == {"tid": 77, "call": "openat", "access": "r"}


def test_one_whose_arguments_lead_to_the_fifo_is_inferred_and_never_proven() -> None:
    (tie,) = openers(waiters=[Blocked(7, START, 7, "openat", "r", named=True)])
    assert (tie.confidence, tie.evidence) == ("inferred", may_open.BY_ARGUMENT)


@pytest.mark.parametrize("other", [Blocked(7, START + 1, 7), Blocked(99, START, 99)], ids=str)
def test_who_is_not_in_the_picture_is_named_by_his_number(other: Blocked) -> None:
    (tie,) = openers(waiters=[other])
    assert (tie.processes, tie.note) == ((), f"{other.pid}, which is not shown: open it")


def test_only_a_fifo_that_was_asked_about_has_openers() -> None:
    made = with_waiters(fifo(3, ""), descriptor(1, 4, "fanotify", "g"))
    answer = Answer(1, 1, START, 4, None, None, blocked=WAITERS)
    assert list(may_open.RELATION.find(made, Subject(made.descriptor(key(1, 3)), None))) == []
    assert list(may_open.RELATION.find(made, Subject(made.descriptor(key(1, 4)), None, answer))) == []


LOCATED = Located(1, "/run/fifo", "fifo", DEV, INO, DEV, INO, blocked=WAITERS)


def test_a_path_that_nobody_has_open_leads_to_who_may_be_opening_it() -> None:
    made = with_waiters()
    assert resolve(made, "/run/fifo", LOCATED) == [ProcessKey(pid, START) for pid in (7, 8, 9)]
    assert [(use.use, use.pid, use.name, use.confidence) for use in uses_of(made, LOCATED)] == [
        ("opening", 7, "open for reading", "unknown"),
        ("opening", 8, "open for writing", "unknown"),
        ("opening", 9, "open it", "unknown"),
    ]


def test_a_path_that_somebody_has_open_leads_to_him() -> None:
    made = with_waiters(fifo(3, "r"))
    assert resolve(made, "/run/fifo", LOCATED) == [key(1, 3)]
    assert [use.pid for use in uses_of(made, LOCATED) if use.use == "opening"] == [7, 9]


def test_a_path_that_nobody_waits_for_says_that_this_was_looked_at() -> None:
    with pytest.raises(TargetMissingError, match=r"none that waits in open\(2\) may be opening it"):
        resolve(with_waiters(), "/run/fifo", Located(1, "/run/fifo", "fifo", DEV, INO, DEV, INO))


def askers(*groups: Descriptor, fields: dict[str, object] = PERMISSION) -> Sequence[Tie]:
    made = with_waiters(descriptor(1, 3, "fanotify", "g", fields=fields, identified="kcmp"), *groups)
    answer = Answer(1, 1, START, 3, None, None, blocked=(READER,))
    return may_ask.RELATION.find(made, Subject(made.descriptor(key(1, 3)), None, answer))


def test_the_only_group_that_decides_is_the_one_that_is_asked() -> None:
    listening = {"marks": [{"on": "mount", "mask": ["FAN_OPEN"]}]}
    same = descriptor(2, 3, "fanotify", "g", fields=PERMISSION, identified="kcmp")
    (tie,) = askers(same, descriptor(2, 4, "fanotify", "h", fields=listening))
    assert ([one.pid for one in tie.processes], tie.confidence, tie.evidence) == ([7], "inferred", may_ask.EVIDENCE)
    assert tie.facts == {"tid": 77, "call": "openat"}


def test_of_several_groups_that_decide_each_is_a_candidate() -> None:
    (tie,) = askers(descriptor(2, 3, "fanotify", "h", fields=PERMISSION))
    assert (tie.confidence, tie.evidence) == ("unknown", may_ask.AMONG_SEVERAL)


def test_a_group_that_only_listens_keeps_nobody_waiting() -> None:
    assert list(askers(fields={"marks": [{"on": "mount", "mask": ["FAN_OPEN"]}]})) == []
