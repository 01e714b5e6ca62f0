"""docs/relations.md tells of every kind, every family and every relation that there is."""

import re
from pathlib import Path

import pytest

from sockscope.collect.sockets.families import FAMILIES
from sockscope.kinds.registry import NAMES as KINDS
from sockscope.report.show_records import DescriptorReport

DOCUMENT = (Path(__file__).parents[2] / "docs" / "relations.md").read_text(encoding="utf-8")
RELATIONS = ("holders", "peers", "siblings", "listeners", "connections", "watchers", "targets", "waiting", "queue",
             "in_flight", "terminal")  # fmt: skip


def rows() -> list[list[str]]:
    """The cells of every row of every table, heads and rules left out."""
    lines = [line for line in DOCUMENT.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_row(kind: str) -> None:
    assert [row for row in rows() if f"`{kind}`" in row[0]]


@pytest.mark.parametrize(
    "label", sorted({family.label.partition(" over ")[0].partition(",")[0] for family in FAMILIES})
)
def test_every_family_has_a_row(label: str) -> None:
    assert [row for row in rows() if re.search(rf"\b{label}\b", row[0])]


@pytest.mark.parametrize("field", RELATIONS)
def test_every_field_of_show_that_tells_a_relation_has_a_row(field: str) -> None:
    assert field in DescriptorReport.__struct_fields__
    assert [row for row in rows() if f"`{field}" in row[-1] or f"`{field}`" in row[-1]]
