"""Every kind is found, and none is taken for another."""

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

import sockscope.kinds
from sockscope.kinds import registry
from sockscope.kinds.kind import Kind
from sockscope.kinds.registry import BY_ANON_NAME, BY_KEY, BY_NAME, BY_PREFIX, KINDS, NAMES
from sockscope.model.descriptor import NamedKind

TOOLS = {"__init__", "bpf_words", "kind", "lines", "quantities", "registry", "words"}
"""Modules of the room that are no kind."""
SETS = {
    "MOUNTED": "mounted",
    "OWN_INODE": "own_inode",
    "REOPENED": "reopened",
    "WITH_OFFSET": "has_offset",
    "TWO_ENDED": "two_ended",
    "PTYS": "pty",
    "SETTLED": "settled",
    "EVERYDAY": "everyday",
}
"""Sets of kinds by the fact that is true of those in it."""


def test_every_other_module_of_the_room_is_a_kind_called_as_it_is() -> None:
    modules = {path.stem for path in Path(sockscope.kinds.__path__[0]).glob("*.py")} - TOOLS
    assert {name.replace("-", "_") for name in NAMES} == modules


def test_no_two_kinds_have_one_name() -> None:
    assert len(BY_NAME) == len(KINDS)


def test_code_names_no_kind_that_there_is_not() -> None:
    assert set(get_args(NamedKind)) <= set(NAMES)


@pytest.mark.parametrize(
    ("fact", "found"), [("anon", BY_ANON_NAME), ("prefixes", BY_PREFIX), ("keys", BY_KEY)], ids=lambda one: str(one)[:9]
)
def test_what_tells_a_kind_tells_no_other(fact: str, found: dict[bytes, str]) -> None:
    told = Counter(name for kind in KINDS for name in getattr(kind, fact))
    assert [name for name, count in told.items() if count > 1] == []
    assert set(told) == set(found)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_what_follows_from_other_facts_holds(kind: Kind) -> None:
    assert kind.connects or kind.everyday
    assert not kind.has_offset or kind.reopened
    assert len(kind.short or kind.name) <= 10


@pytest.mark.parametrize(("name", "fact"), SETS.items(), ids=SETS)
def test_a_set_has_the_kinds_of_which_its_fact_is_true_and_no_other(name: str, fact: str) -> None:
    assert getattr(registry, name) == {kind.name for kind in KINDS if getattr(kind, fact)}


def test_every_set_of_kinds_is_held_to_its_fact() -> None:
    assert {kind.name for kind in KINDS if not kind.connects} == registry.UNCONNECTED
    sets = {name for name, value in vars(registry).items() if isinstance(value, frozenset)}
    assert sets == {*SETS, "UNCONNECTED"}
