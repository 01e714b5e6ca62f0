"""What holds of which kinds is said by the kinds: no other room keeps a list of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.kinds.registry import NAMES

ROOT = Path(__file__).parents[1] / "sockscope"
CONTRACT = ROOT / "model" / "descriptor.py"
"""Names those kinds that code may name, for mypy; `tests/kinds/test_registry.py` holds it against the kinds."""
ELSEWHERE = sorted(
    path for path in ROOT.rglob("*.py") if "kinds" not in path.relative_to(ROOT).parts and path != CONTRACT
)
COMMON = {"file", "directory", "socket", "anon", "unknown"}
"""Kinds whose names mean other things as well, such as what a path leads to: two of them and another make a list."""
USES = {"cwd", "exe", "mem", "root"}
"""Kinds that are called as what a process uses the file for."""


def _words(nodes: list[ast.expr]) -> set[str]:
    return {one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _is_plain(node: ast.expr) -> bool:
    """A value that states a fact, and not a function or an object that does something for the kind."""
    return isinstance(node, ast.Constant) or (isinstance(node, (ast.Tuple, ast.Set, ast.List)) and bool(node.elts))


def lists(source: str) -> Iterator[set[str]]:
    """Yield the kinds of every literal that lists some of them, or says a plain fact of each."""
    for node in ast.walk(ast.parse(source)):
        found: set[str] = set()
        if isinstance(node, (ast.Set, ast.List, ast.Tuple)):
            found = _words(node.elts)
        elif isinstance(node, ast.Dict):
            facts = [key for key, value in zip(node.keys, node.values, strict=True) if key and _is_plain(value)]
            found = _words(facts)
        kinds = found & set(NAMES) - USES
        if len(kinds - COMMON) > 1 or (len(kinds) > 2 and kinds - COMMON):
            yield kinds


def test_no_other_room_lists_kinds() -> None:
    found = {str(path.relative_to(ROOT)): list(lists(path.read_text(encoding="utf-8"))) for path in ELSEWHERE}
    assert {path: kinds for path, kinds in found.items() if kinds} == {}, "make it a fact of sockscope/kinds/kind.py"


def test_there_is_a_source_to_look_at() -> None:
    assert len(ELSEWHERE) > 100
    assert list(lists(CONTRACT.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "source",
    [
        'REOPENABLE = frozenset({"pipe", "fifo", "file"})',
        'SHORT = {"char-device": "char-dev", "userfaultfd": "uffd"}',
        'if descriptor.kind in ("epoll", "eventfd"): pass',
    ],
)
def test_the_rule_finds_a_list_of_kinds(source: str) -> None:
    assert list(lists(source))


@pytest.mark.parametrize("source", ['ROWS = {"pipe": _pipe_row, "fifo": _pipe_row}', 'WORDS = ("file", "directory")'])
def test_the_rule_leaves_what_a_room_does_for_a_kind_alone(source: str) -> None:
    assert list(lists(source)) == []
