"""All rules at once, over every situation: of the sick ones one thing is found, of the others nothing but notes."""

import pytest

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.finding import Finding
from sockscope.world.world import World
from tests.findings.zoo import LIVE, SICK, Situation
from tests.world.build import HELLO, NOW, frame

FEWEST = 60
"""Situations that there are to be, about half of them of those that only look sick."""


def diagnosed(situation: Situation) -> list[Finding]:
    """What all rules find in a situation at its last look."""
    diagnosis, made = Diagnosis(), World()
    made.greet(HELLO)
    first = frame(*situation.things, waits=situation.waits, **situation.rest)
    made.apply(first)
    diagnosis.look(made)
    for turn in range(1, situation.looks):
        made.apply(frame(full=False, seq=1 + turn, time=NOW + turn * situation.apart, coverage=made.coverage))
        diagnosis.look(made)
    return list(diagnosis.findings)


def telling(findings: list[Finding]) -> list[tuple[str, str, tuple[int, ...]]]:
    """Rule, severity and pids of what is more than a note."""
    return [
        (one.rule, one.severity, tuple(key.pid for key in one.processes)) for one in findings if one.severity != "note"
    ]


@pytest.mark.parametrize("situation", SICK, ids=lambda one: one.name)
def test_what_is_sick_is_found_once_with_all_who_take_part(situation: Situation) -> None:
    assert telling(diagnosed(situation)) == list(situation.found)


@pytest.mark.parametrize("situation", LIVE, ids=lambda one: one.name)
def test_of_what_only_looks_so_nothing_is_said_but_notes(situation: Situation) -> None:
    assert telling(diagnosed(situation)) == []


def test_the_zoo_is_large_and_half_of_it_is_well() -> None:
    names = [one.name for one in (*SICK, *LIVE)]
    assert len(set(names)) == len(names) >= FEWEST
    assert len(LIVE) >= FEWEST // 2
    assert all(one.found for one in SICK)
