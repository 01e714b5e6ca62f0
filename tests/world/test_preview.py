"""Processes come first, their tables later: neither is news, and who ended in between is gone."""

from typing import Any

from sockscope.frames.messages import Frame
from sockscope.model.coverage import Coverage
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.process import NOT_YET
from sockscope.world.changes import Changes
from sockscope.world.world import World
from tests.world.build import START, descriptor, frame, process


def _previewed(*pids: int) -> World:
    made = World()
    preview = Frame(0, full=True, time=1.0, processes=tuple(process(pid) for pid in pids), preview=True)
    assert made.apply(preview) == Changes(full=True)
    return made


def test_the_tables_behind_a_preview_are_not_new() -> None:
    made = _previewed(1)
    assert made.apply(frame(process(1), descriptor(1, 0), seq=0)) == Changes(full=True)
    assert made.find(1, 0) is not None


def test_who_ended_behind_a_preview_is_gone() -> None:
    made = _previewed(1, 2)
    made.apply(frame(process(1), descriptor(1, 0), seq=0))
    assert set(made.processes) == {ProcessKey(1, START)}


def test_only_one_frame_behind_a_preview_is_one_big_change() -> None:
    made = _previewed(1)
    made.apply(frame(process(1), descriptor(1, 0), seq=0))
    changes = made.apply(frame(process(1), descriptor(1, 0), descriptor(1, 1), full=False, seq=1))
    assert not changes.full
    assert len(changes.descriptors_new) == 1


def test_the_preview_of_a_restarted_collector_takes_nothing_away() -> None:
    made = _previewed(1)
    made.apply(frame(process(1), descriptor(1, 0), seq=0))
    assert not made.apply(Frame(0, full=True, time=9.0, processes=(process(1),), preview=True))
    assert made.find(1, 0) is not None
    changes = made.apply(frame(process(1), descriptor(1, 0), seq=0))
    assert not changes.full
    assert not changes.descriptors_new


def _waiting(*pids: int, seq: int = 0, **known: Any) -> Frame:
    """A frame in which one has been read, and others wait for their turn."""
    waits = [process(pid, denied=NOT_YET) for pid in pids]
    return frame(process(1), descriptor(1, 0), *waits, seq=seq, coverage=Coverage(waiting_processes=len(pids)), **known)


def test_what_the_first_picture_comes_to_late_is_not_new() -> None:
    made = _previewed(1, 2)
    assert made.apply(_waiting(2)) == Changes(full=True)
    assert not made.read_whole
    whole = frame(process(1), descriptor(1, 0), process(2), descriptor(2, 5), seq=1)
    assert made.apply(whole) == Changes(full=True)
    assert made.find(2, 5) is not None
    assert made.read_whole


def test_a_restarted_collector_takes_nothing_away_before_it_knows_everything() -> None:
    made = World()
    made.apply(frame(process(1), descriptor(1, 0), process(2), descriptor(2, 5), seq=0))
    assert made.apply(_waiting(2)) == Changes()
    assert made.find(2, 5) is not None
    assert not made.process(2).denied
    changes = made.apply(frame(process(1), descriptor(1, 0), process(2), seq=1))
    assert changes.descriptors_closed == {DescriptorKey(2, START, 5)}
