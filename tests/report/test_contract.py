"""Every JSON document keeps the contract, and every field is documented."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sockscope.abi.text import clean_str
from sockscope.compare.compare import compare
from sockscope.compare.from_world import side_of
from sockscope.findings.diagnosis import Diagnosis
from sockscope.report.diff_records import diff_document
from sockscope.report.encoding import to_json
from sockscope.report.findings import findings_document
from sockscope.report.selection import Selection
from sockscope.report.show import show_document, show_process_document
from sockscope.report.snapshot import snapshot_document, snapshot_lines
from sockscope.report.sums_to_records import summary_document
from sockscope.world.world import World
from tests.findings.looking import waits
from tests.report.contract import (
    DESCRIPTOR_REPORT,
    DIFF,
    FINDINGS,
    PROCESS_REPORT,
    RECORDS,
    SNAPSHOT,
    SUMMARY,
    violations,
)
from tests.report.rich import descriptor_answer, process_answer, rich_world, world_of_every_relation
from tests.world.build import pipe_fd, process, world

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "json.md"


def parsed(document: Any) -> Any:
    assert document is not None
    return json.loads(to_json(document))


@pytest.mark.parametrize("selection", [Selection(), Selection(pids=frozenset({10}))], ids=["everything", "one pid"])
def test_a_snapshot_keeps_the_contract(selection: Selection) -> None:
    assert violations(parsed(snapshot_document(rich_world(), selection)), SNAPSHOT) == []


def test_a_snapshot_of_nothing_keeps_the_contract() -> None:
    assert violations(parsed(snapshot_document(World(), Selection())), SNAPSHOT) == []


@pytest.mark.parametrize("selection", [Selection(), Selection(pids=frozenset({10}))], ids=["everything", "one pid"])
def test_a_summary_keeps_the_contract(selection: Selection) -> None:
    assert violations(parsed(summary_document(rich_world(), selection)), SUMMARY) == []
    assert violations(parsed(summary_document(World(), Selection())), SUMMARY) == []


@pytest.mark.parametrize("asked", [True, False], ids=["with an answer", "without one"])
def test_every_descriptor_shown_in_depth_keeps_the_contract(asked: bool) -> None:
    made = rich_world()
    keys = [entry.key for table in made.tables.values() for entry in table.values()]
    assert keys
    for key in keys:
        answer = descriptor_answer(key.pid, key.fd) if asked else None
        assert violations(parsed(show_document(made, key, answer)), DESCRIPTOR_REPORT) == []


@pytest.mark.parametrize("asked", [True, False], ids=["with an answer", "without one"])
def test_every_process_shown_in_depth_keeps_the_contract(asked: bool) -> None:
    made = rich_world()
    for key in made.processes:
        answer = process_answer(key.pid) if asked else None
        assert violations(parsed(show_process_document(made, key, answer)), PROCESS_REPORT) == []


def test_what_was_found_keeps_the_contract() -> None:
    made = world(
        *(pipe_fd(10, 3, 1, "r"), pipe_fd(10, 4, 1, "w"), process(11, fd_count=99, fd_limit=100)),
        waits=(waits(10, "read", 3),),
    )
    found = Diagnosis().look(made)
    assert {one.rule for one in found} == {"stuck", "limit"}
    assert violations(parsed(findings_document(made, found, 1)), FINDINGS) == []
    assert violations(parsed(findings_document(World(), (), 1)), FINDINGS) == []


def test_what_is_another_keeps_the_contract() -> None:
    names = (clean_str("a.json"), clean_str("live"))
    moments = (side_of(rich_world()), side_of(world_of_every_relation()), side_of(World()), side_of(world(process(9))))
    for before in moments:
        for after in moments:
            document = parsed(diff_document(names, before, after, compare(before, after)))
            assert violations(document, DIFF) == []
            assert document["equal"] is (document["entries"] == [])


def test_each_line_of_ndjson_is_one_record_of_the_contract() -> None:
    text = b"".join(piece() for piece in snapshot_lines(rich_world(), Selection(pids=frozenset({10}))))
    assert text.endswith(b"\n")
    lines = text.decode().splitlines()
    values = [json.loads(line) for line in lines]
    assert values[0]["record"] == "header"
    seen = {value.pop("record") for value in values}
    assert seen == {"header", "group", "process", "descriptor", "socket", "epoll", "outside"}
    for line in lines[1:]:
        value = json.loads(line)
        assert violations(value, RECORDS[value.pop("record")]) == []


def test_the_contract_notices_a_missing_field_a_new_one_and_a_wrong_type() -> None:
    document = parsed(snapshot_document(rich_world(), Selection()))
    assert violations(document | {"surprise": 1}, SNAPSHOT)
    assert violations({name: value for name, value in document.items() if name != "epolls"}, SNAPSHOT)
    document["sockets"][0]["ino"] = "12"
    assert violations(document, SNAPSHOT) == ["$.sockets[0].ino is '12'"]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_is_documented_and_nothing_else(record: str) -> None:
    sections = re.split(r"^#{2,3} ", DOCUMENTATION.read_text(), flags=re.MULTILINE)
    (section,) = [text for text in sections if text.startswith(f"`{record}`")]
    fields = re.findall(r"^\| `([a-z0-9_]+)` \|", section, flags=re.MULTILINE)
    assert fields == list(RECORDS[record])
