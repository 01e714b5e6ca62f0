"""Processes come first, their tables later: neither is news, and who ended in between is gone."""

from sockscope.frames.messages import Frame
from sockscope.model.keys import ProcessKey
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
