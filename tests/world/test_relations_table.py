"""Every relation has its row here, its line in docs/relations.md, and a test against real processes."""

import ast
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from sockscope.report.sections.writers import WRITERS
from sockscope.report.show_records import DescriptorReport
from sockscope.world.relations.registry import JOINING, LEADING_OUTSIDE, RELATIONS, SIGNS
from sockscope.world.relations.relation import Relation

TESTS = Path(__file__).parents[1]
DOCUMENT = (TESTS.parent / "docs" / "relations.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """What is expected of one relation: a field for each of `Relation`, but for `find`, which others ask."""

    name: str
    title: str
    sign: str = ""
    index: tuple[frozenset[str], ...] = ()
    """The kinds of each index."""
    link: bool = False
    """Whether it makes neighbours."""
    outside: bool = False
    """Whether it leads out of a selection."""
    record: str = ""
    last: bool = False
    asked: bool = False


PTYS, RINGS, INOTIFY = frozenset({"pty-master", "tty"}), frozenset({"io_uring"}), frozenset({"inotify"})
DEVICES, FANOTIFY = frozenset({"char-device"}), frozenset({"fanotify"})
ROWS = (
    Row("holders", "Held by", "●", link=True, outside=True, record="holders"),
    Row("unheld", "Why nobody holds it"),
    Row("may_be_kept_by", "May be kept by", index=(RINGS, frozenset({"socket"}))),
    Row("waits_at", "Waits to be accepted by"),
    Row("kept_by_io_uring", "Kept by io_uring", index=(RINGS,)),
    Row("peers", "Other end", "◆", index=(PTYS,), link=True, outside=True, record="peers"),
    Row("may_open", "May be waiting to open it", asked=True),
    Row("handle_on", "Handle on"),
    Row("keeps_open", "Keeps open"),
    Row("in_flight", "In flight", record="in_flight", asked=True),
    Row("watchers", "Watched by", "◉", record="watchers"),
    Row("locked_by", "Locked by", asked=True),
    Row("noticed_by", "Watched by inotify", index=(INOTIFY,)),
    Row("same_device", "Same device, opened apart", index=(DEVICES,)),
    Row("siblings", "Same address", record="siblings"),
    Row("queue", "Not accepted yet", record="queue"),
    Row("may_wait", "Not accepted yet, among these"),
    Row("listeners", "Came in through", record="listeners"),
    Row("connections", "Came in here", record="connections", asked=True),
    Row("targets", "Targets", record="targets"),
    Row("waiting", "Waiting now", record="waiting", asked=True),
    Row("may_ask", "Waits for its answer", index=(FANOTIFY,), asked=True),
    Row("futex_waiters", "Waits in it for a futex", asked=True),
    Row("terminal", "Terminal", record="terminal", last=True, asked=True),
)
BY_NAME = {relation.name: relation for relation in RELATIONS}


def described(relation: Relation[Any]) -> Row:
    """A relation as its row would have it."""
    return Row(
        name=relation.name,
        title=relation.title,
        sign=relation.sign,
        index=tuple(index.kinds for index in relation.index),
        link=relation.link is not None,
        outside=relation.outside is not None,
        record=relation.record,
        last=relation.last,
        asked=relation.asked,
    )


def test_the_rows_are_those_of_the_registry_in_their_order() -> None:
    assert [described(relation) for relation in RELATIONS] == list(ROWS)


def test_a_row_has_every_fact_of_a_relation() -> None:
    assert {one.name for one in fields(Row)} == {*Relation.__struct_fields__} - {"find"}


def test_relations_are_told_apart_by_name_and_by_title() -> None:
    assert len({row.name for row in ROWS}) == len({row.title for row in ROWS}) == len(ROWS)


def test_a_relation_with_a_record_of_its_own_has_that_field() -> None:
    assert {row.record for row in ROWS} - {""} <= set(DescriptorReport.__struct_fields__)


def test_only_relations_have_writers() -> None:
    assert WRITERS.keys() <= BY_NAME.keys()


def test_what_tells_most_comes_first() -> None:
    """Two that talk to each other are not also told to share something; a row has one sign."""
    assert [relation.name for relation in JOINING] == ["peers", "holders"]
    assert [relation.name for relation in LEADING_OUTSIDE] == ["peers", "holders"]
    assert SIGNS == (("holders", "●"), ("peers", "◆"), ("watchers", "◉"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_relation_is_documented_in_its_last_column(row: Row) -> None:
    cells = [re.split(r" \| ", line.strip("| ")) for line in DOCUMENT.splitlines() if line.startswith("| ")]
    names = (row.record or row.name, *(["socket.unheld"] if row.name == "unheld" else []))
    assert [line for line in cells if any(re.search(rf"`(?:relations\.)?{name}\b", line[-1]) for name in names)]


def named_live() -> set[str]:
    """Names in `@pytest.mark.relation(…)` of the tests against real processes."""
    found: set[str] = set()
    for path in (TESTS / "live").glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.relation":
                found.update(str(ast.literal_eval(name)) for name in node.args)
    return found


def test_every_relation_is_tested_against_real_processes_and_no_other() -> None:
    assert named_live() == BY_NAME.keys()
