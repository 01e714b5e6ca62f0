"""Rules about the source that no linter knows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "sockscope").rglob("*.py"))
MARKUP = re.compile(r"from_markup|markup\s*=\s*True|rich\.markup|textual\.markup")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_there_is_a_source_to_look_at() -> None:
    assert len(SOURCES) > 20


def test_no_name_from_outside_can_be_parsed_as_markup() -> None:
    assert names([path for path in SOURCES if MARKUP.search(path.read_text(encoding="utf-8"))]) == []


@pytest.mark.parametrize(
    "line", ["Text.from_markup(name)", "Static(x, markup = True)", "from rich.markup import escape"]
)
def test_the_rule_about_markup_finds_what_it_forbids(line: str) -> None:
    assert MARKUP.search(line)


def test_a_file_holds_one_idea() -> None:
    long = [path for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 500]
    assert names(long) == []


def test_no_file_is_named_after_nothing() -> None:
    rooms = [path for path in SOURCES if path.stem in {"utils", "util", "helpers", "common", "misc"}]
    assert names(rooms) == []
