"""docs/filter.md names every key, and every filter in it is one."""

import re
from pathlib import Path

import pytest

from sockscope.world.filter.keys import KEYS
from sockscope.world.filter.parsing import parse

TEXT = (Path(__file__).parents[2] / "docs" / "filter.md").read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("| `")]
FIRST = re.compile(r"\| `([^`]+)` \|")
FILTERS = sorted(
    {found[1].replace("\\|", "|") for row in ROWS if (found := FIRST.match(row)) is not None and found[1] not in KEYS}
    | {span for span in re.findall(r"`([^`]+)`", TEXT) if re.match(r"-?[a-z]+:.", span)}
)


def test_every_key_has_a_row() -> None:
    table = [found[1] for row in ROWS if (found := FIRST.match(row)) is not None]
    assert [name for name in table if name in KEYS] == list(KEYS)


@pytest.mark.parametrize("text", FILTERS)
def test_every_filter_in_the_document_is_one(text: str) -> None:
    assert parse(text) is not None


def test_there_are_filters_to_check() -> None:
    assert len(FILTERS) > 20
