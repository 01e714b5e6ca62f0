"""Text from outside comes in by one door, `sockscope.abi.text`: what mypy cannot hold (`tests/abi/test_strings.py`)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sockscope

ROOT = Path(sockscope.__file__).parent
DECODERS = {
    "collect/tables/parallel_tables.py": "messages of a fork of ours (msgpack)",
    "collect/inspect.py": "fdinfo, decoded by `kernel/fdinfo.py`",
    "compare/from_json.py": "a snapshot that somebody has kept (JSON), each text of which is cleaned",
    "config/file.py": "the user's own file; what is quoted of it is cleaned",
    "demo/company.py": "what the example processes of ours say",
    "forks.py": "messages of a fork of ours (msgpack)",
    "frames/codec.py": "messages of the collector and of its reader (msgpack)",
    "kernel/fdinfo.py": "a kind's own function, by that name",
    "kernel/sockopts.py": "an option's own function, by that name",
    "privileges/names.py": "the name of a user, which is cleaned where it is kept",
    "privileges/scribe.py": "the name of a file to write, and why it was not written",
    "recording/blocks.py": "heads and index entries of a recording: numbers (msgpack)",
    "recording/reader.py": "heads of a recording, numbers (msgpack); its messages are cleaned as they are read",
    "report/encoding.py": "a document of clean text",
    "report/export.py": "lines of clean text",
    "world/filter/pattern.py": "what RE2 says of a pattern that the user typed, which is cleaned where it is said",
}
"""Files that turn bytes into something else themselves, and what of."""
SAYS_SO = {"abi/text.py", "model/address.py"}
"""Who says without proof that a text is clean: the door; and addresses, of numbers and an interface's clean name."""
OPAQUE = {"object", "epolls_gone"}
"""Identities: made of numbers and names of kinds, to be compared. No name of anybody's is in them."""
MAKERS = ("kernel", "collect")
"""Rooms that make what is told of a descriptor and say `CleanFields`: mypy asks of their values that they are clean."""


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(path for room in rooms or (".",) for path in (ROOT / room).rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last word of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def makes_text(tree: ast.AST) -> bool:
    return any(name in {"decode", "fsdecode"} or (name == "str" and len(call.args) > 1) for name, call in calls(tree))


def not_literal(tree: ast.AST) -> Iterator[str]:
    """What `ours` is called with that is not written down where it is called."""
    for name, call in calls(tree):
        if name == "ours" and not is_literal(call.args[0]):
            yield ast.unparse(call)


def is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return is_literal(node.body) and is_literal(node.orelse)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def plain_fields(tree: ast.AST) -> Iterator[str]:
    """Fields of structs that any text fits into."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and names(field.annotation) & {"str", "Any", "Fields", "object"}:
                    yield f"{node.name}.{ast.unparse(field.target)}"


def names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def test_bytes_become_text_at_the_door_or_where_it_is_argued() -> None:
    assert {name for name, tree in trees() if makes_text(tree)} == DECODERS.keys()


def test_words_of_ours_are_literals() -> None:
    assert [call for name, tree in trees() if name != "abi/text.py" for call in not_literal(tree)] == []


def test_nobody_else_says_that_a_text_is_clean() -> None:
    said = {
        name
        for name, tree in trees()
        if any(called in {"Clean", "cast"} and "Clean" in ast.unparse(call) for called, call in calls(tree))
    }
    assert said == SAYS_SO


def test_what_is_sent_has_no_field_for_text_that_was_not_cleaned() -> None:
    sent = [*trees("model"), *((name, tree) for name, tree in trees("frames") if name == "frames/messages.py")]
    found = {field for _, tree in sent for field in plain_fields(tree)}
    assert {field for field in found if field.partition(".")[2] not in OPAQUE} == set()


def test_who_makes_fields_says_that_they_are_clean() -> None:
    assert {name for name, tree in trees(*MAKERS) if "Fields" in names(tree)} == set()
    decoders = [node for _, tree in trees("kinds") for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert {
        node.name for node in decoders if node.returns is not None and ast.unparse(node.returns) == "Fields"
    } == set()


@pytest.mark.parametrize("line", ["x.decode()", "os.fsdecode(x)", 'str(x, "ascii")', "a(x.partition(b)[0].decode())"])
def test_the_rule_about_text_finds_what_it_forbids(line: str) -> None:
    assert makes_text(ast.parse(line))


@pytest.mark.parametrize("line", ["ours(name)", 'ours(f"{name}")', 'ours("a" if b else name)', "text.ours(a + b)"])
def test_the_rule_about_words_finds_what_it_forbids(line: str) -> None:
    assert list(not_literal(ast.parse(line)))


def test_the_rule_about_fields_finds_what_it_forbids() -> None:
    source = "class A:\n  a: str\n  b: tuple[str, ...] = ()\n  c: dict[str, Any]\n  d: Clean"
    assert list(plain_fields(ast.parse(source))) == ["A.a", "A.b", "A.c"]
