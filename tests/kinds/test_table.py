"""A row for every kind, and a cell for every fact of it."""

import re
from pathlib import Path

import pytest

from sockscope.abi.text import clean
from sockscope.kernel.fdinfo import decode_kind, parse_fdinfo
from sockscope.kinds.kind import Kind
from sockscope.kinds.registry import BY_NAME, COLOURS, KINDS, NAMES, SHORT, SHORTEST
from tests.kinds.table import COMMON, DOCUMENTED, SHOWN, TABLE

MANUAL = (Path(__file__).parents[2] / "docs" / "relations.md").read_text(encoding="utf-8")
DESCRIBED = dict(re.findall(r"^\| `([a-z_-]+)` \| (.+ \| .+ \| .+) \|$", MANUAL, re.MULTILINE))


def test_every_kind_has_a_row() -> None:
    assert set(TABLE) == set(NAMES)


def test_every_fact_has_a_cell() -> None:
    assert {"name", *COMMON, *DOCUMENTED, *SHOWN} == {*Kind.__struct_fields__}


@pytest.mark.parametrize("name", TABLE)
def test_a_kind_has_the_facts_of_its_row(name: str) -> None:
    kind = BY_NAME[name]
    assert {fact: getattr(kind, fact) for fact in COMMON} == COMMON | TABLE[name].facts


@pytest.mark.parametrize("name", TABLE)
def test_a_kind_is_decoded_and_said_in_words_as_in_its_row(name: str) -> None:
    row = TABLE[name]
    link, raw = row.seen
    fields = decode_kind(name, parse_fdinfo(raw))
    assert fields == row.decoded
    assert BY_NAME[name].phrase(clean(link), fields) == row.phrase
    assert BY_NAME[name].sentence(clean(link), fields) == row.sentence


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_manual_says_what_a_kind_says_of_itself(kind: Kind) -> None:
    assert kind.tells
    assert DESCRIBED[kind.name] == " | ".join(getattr(kind, fact) for fact in DOCUMENTED)


def test_colours_and_short_names_are_those_of_the_kinds() -> None:
    for kind in KINDS:
        assert COLOURS[kind.name] == kind.colour
        assert {label: COLOURS[label] for label in kind.labels} == kind.labels
        assert SHORT.get(kind.name, "") == kind.short
        assert SHORTEST.get(kind.name, "") == (kind.shortest or kind.short)
