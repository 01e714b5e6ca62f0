"""Who has locked the file behind a descriptor, whichever of its holders is looked at."""

from collections.abc import Sequence
from typing import Any

import pytest

from sockscope.frames.messages import Answer
from sockscope.world.relations import locked_by
from sockscope.world.relations.relation import Subject
from sockscope.world.relations.tie import Tie
from tests.world.build import START, descriptor, key, places, world

DEVICE = (8 << 20) | 1
LOCK = {"type": "POSIX", "mode": "WRITE", "pid": 2, "dev": "8:1", "ino": 12, "start": 0, "end": None, "blocked": False}


def ties(device: int = DEVICE, **lock: Any) -> Sequence[Tie]:
    fields = {"superblock": DEVICE}
    made = world(*(descriptor(pid, 3, "file", "file:1", ino=12, dev=device, fields=fields) for pid in (1, 2)))
    answer = Answer(1, 1, START, 3, None, None, locks=({**LOCK, **lock},))
    return locked_by.RELATION.find(made, Subject(made.descriptor(key(1, 3)), None, answer))


def test_a_lock_names_its_process_and_the_descriptors_that_it_has_on_the_file() -> None:
    (tie,) = ties()
    assert (places(tie.holders), [one.pid for one in tie.processes]) == ([(2, 3)], [2])
    assert (tie.confidence, tie.note, tie.facts["blocked"]) == ("proven", "", False)


@pytest.mark.parametrize("elsewhere", [{"dev": "8:2"}, {"ino": 13}], ids=str)
def test_a_lock_on_a_file_of_the_same_number_elsewhere_is_none_of_it(elsewhere: dict[str, Any]) -> None:
    assert list(ties(**elsewhere)) == []


@pytest.mark.parametrize(("kind", "pid", "word"), [("FLOCK", 2, "inferred"), ("OFDLCK", -1, "unknown")])
def test_a_lock_of_an_open_file_is_not_proven_to_be_of_a_process(kind: str, pid: int, word: str) -> None:
    (tie,) = ties(type=kind, pid=pid)
    assert (tie.confidence, bool(tie.holders)) == (word, pid > 0)


@pytest.mark.parametrize(("kind", "pid"), [("FLOCK", 2), ("FLOCK", 99), ("OFDLCK", -1)])
def test_a_lock_that_fdinfo_of_a_holder_lists_is_proven_to_be_there(kind: str, pid: int) -> None:
    (tie,) = ties(type=kind, pid=pid, slots=[[1, 3]])
    assert (tie.confidence, places(tie.holders), tie.note) == ("proven", [(1, 3)], f"set by {pid}" if pid > 0 else "")


@pytest.mark.parametrize("kind", ["POSIX", "FLOCK"])
def test_where_files_are_numbered_apart_a_lock_is_proven_only_by_a_holder(kind: str) -> None:
    (tie,) = ties(device=DEVICE + 1, type=kind)
    assert (tie.confidence, tie.holders, tie.processes, tie.note) == ("unknown", (), (), "set by 2")
    (tie,) = ties(device=DEVICE + 1, type=kind, slots=[[2, 3]])
    assert (tie.confidence, places(tie.holders)) == ("proven", [(2, 3)])


def test_who_is_not_shown_is_named_by_his_number() -> None:
    (tie,) = ties(pid=99)
    assert (tie.processes, tie.note) == ((), "99, which is not shown")


def test_without_an_answer_nothing_is_told() -> None:
    made = world(descriptor(1, 3, "file", "file:1", ino=12, dev=DEVICE))
    assert list(locked_by.RELATION.find(made, Subject(made.descriptor(key(1, 3)), None))) == []
