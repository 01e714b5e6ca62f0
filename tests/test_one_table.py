"""The kernel's flags, signals, events, states and types are named in one table each, in `sockscope/abi/`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.abi import epoll_events, open_flags, socket_states
from sockscope.abi.signals import signal_name

ROOT = Path(__file__).parents[1] / "sockscope"
ELSEWHERE = sorted(path for path in ROOT.rglob("*.py") if "abi" not in path.relative_to(ROOT).parts)
TABLES: dict[str, frozenset[str]] = {
    "open flags": frozenset(name.removeprefix("O_") for name in open_flags.NAMES),
    "signals": frozenset(signal_name(number).removeprefix("SIG") for number in range(1, 32)),
    "epoll events": frozenset(epoll_events.NAMES),
    "socket states": frozenset(socket_states.STATES),
    "socket types": frozenset({"STREAM", "DGRAM", "RAW", "RDM", "SEQPACKET", "DCCP"}),
}
PREFIX = re.compile(r"^(?:O_|SIG|EPOLL|TCP_|SOCK_)")
PAIRS, WORDS = 2, 5
"""From how many names with their numbers, or bare names in a row, a literal is a table."""


def names_in(text: str) -> set[str]:
    """Which tables a word stands in, however it is written."""
    word = PREFIX.sub("", text.upper().replace("-", "_"))
    return {table for table, names in TABLES.items() if word in names}


def is_number(node: ast.expr) -> bool:
    """A literal number, one shifted or joined from several, or a name of the standard library's (`os.O_PATH`)."""
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id in {"os", "select", "signal", "socket", "fcntl"}
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool)


def numbered(node: ast.AST) -> Iterator[str]:
    """Yield the words that stand beside a number in a dictionary or in pairs."""
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(node, ast.Dict):
        pairs = list(zip(node.keys, node.values, strict=True))
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        pairs = [
            (entry.elts[0], entry.elts[1])
            for entry in node.elts
            if isinstance(entry, ast.Tuple) and len(entry.elts) == 2
        ]
    for one, other in pairs:
        for word, number in ((one, other), (other, one)):
            if (
                isinstance(word, ast.Constant)
                and isinstance(word.value, str)
                and number is not None
                and is_number(number)
            ):
                yield word.value


def bare(node: ast.AST) -> Iterator[str]:
    """Yield the words of a row of words, or of a text of words."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        yield from (one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w\s]+", node.value):
        yield from (word for word in node.value.split() if word.isupper())


def second_tables(source: str) -> set[str]:
    """Which tables a source has another version of."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for table in TABLES:
            if len({word for word in numbered(node) if table in names_in(word)}) >= PAIRS:
                found.add(table)
            if len({word for word in bare(node) if table in names_in(word)}) >= WORDS:
                found.add(table)
    return found


def test_no_room_but_abi_has_a_table_of_flags() -> None:
    found = {str(path.relative_to(ROOT)): second_tables(path.read_text(encoding="utf-8")) for path in ELSEWHERE}
    assert {path: tables for path, tables in found.items() if tables} == {}


@pytest.mark.parametrize(
    ("source", "table"),
    [
        ('FLAGS = (("append", os.O_APPEND), ("sync", os.O_SYNC))', "open flags"),
        ('NAMES = {0o2000: "O_APPEND", 0o4000: "O_NONBLOCK"}', "open flags"),
        ('STATES = {1: "ESTABLISHED", 10: "LISTEN"}', "socket states"),
        ('STATES = ("listen", "established", "close", "close-wait", "last_ack")', "socket states"),
        ('TYPES = {1: "stream", 2: "dgram", 5: "seqpacket"}', "socket types"),
        ('EVENTS = ((1, "IN"), (1 << 31, "ET"))', "epoll events"),
        ('_S = """HUP INT QUIT ILL TRAP"""', "signals"),
        ('_S = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM}', "signals"),
    ],
)
def test_the_rule_finds_a_second_table(source: str, table: str) -> None:
    assert table in second_tables(source)


@pytest.mark.parametrize(
    "source",
    [
        'WINDING_DOWN = {"TIME_WAIT": "closed", "LAST_ACK": "closed at both ends", "CLOSING": "the same"}',
        'QUEUED = frozenset({"ESTABLISHED", "CLOSE_WAIT"})',
        "HANDLED = (signal.SIGTERM, signal.SIGHUP)",
        'KINDS = {"raw": "net", "packet": "net", "path": "file"}',
    ],
)
def test_the_rule_leaves_what_is_said_of_names_alone(source: str) -> None:
    assert second_tables(source) == set()


def test_there_is_a_source_to_look_at() -> None:
    assert len(ELSEWHERE) > 100
