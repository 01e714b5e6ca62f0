"""What anybody may hand in as a snapshot: read, or refused in one line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.compare import from_json
from sockscope.compare.compare import compare
from sockscope.compare.from_json import NoSnapshotError, read_side
from sockscope.compare.side import Side
from sockscope.report.diff_words import apart_text, entry_text
from sockscope.report.encoding import to_json
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document
from tests.report.rich import rich_world

RICH = to_json(snapshot_document(rich_world(), Selection())).encode()


def document(**known: Any) -> bytes:
    return json.dumps(json.loads(RICH) | known).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(NoSnapshotError) as refused:
        read_side(data)
    said = str(refused.value)
    assert said.isprintable()
    assert len(said) < 400
    return said


def read_or_refused(data: bytes) -> Side | str:
    try:
        return read_side(data)
    except NoSnapshotError as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON"),
        (b"hello", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no "),
        (b"[]", "no snapshot"),
        (b'{"schema": "sockscope/1", "x": ' + b"[" * 100_000, "no JSON"),
        (b"{}", "JSON, but no snapshot of sockscope"),
        (b'{"schema": "sockscope/2"}', "of the schema 'sockscope/2'; this sockscope reads sockscope/1"),
        (b'{"schema": "\\u001b]0;x\\u0007"}', "of the schema '\\x1b]0;x\\x07'"),
        (b'{"schema": "sockscope/1"}', "no snapshot: Object missing required field"),
        (b'{"record":"header","schema":"sockscope/1"}\n{"record":"group"}\n', "records of ndjson"),
        (RICH[: len(RICH) // 2], "no JSON"),
        (document(time=-1), "no snapshot"),
        (document(time=1e300), "no snapshot"),
        (document(processes={"a": 1}), "no snapshot"),
        (document(looked_by=10**30), "no snapshot"),
        (document(sockets=[{"ino": "x"}]), "no snapshot"),
    ],
)
def test_what_is_no_snapshot_is_refused_in_one_line(data: bytes, said: str) -> None:
    assert refusal(data).startswith(said)


def test_what_is_larger_than_any_snapshot_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_json, "MAX_BYTES", 1000)
    assert "which no snapshot has" in refusal(RICH)


def test_fields_that_came_later_may_be_missing_and_others_may_be_there() -> None:
    old = json.loads(RICH)
    for name in ("boot_id", "boot_time", "selected", "looked_by"):
        del old[name]
    side = read_side(json.dumps(old | {"of_tomorrow": [1]}).encode())
    assert (side.boot_id, side.boot_time, side.selected, side.looked_by) == ("", None, False, None)


def test_every_text_is_cleaned_whoever_wrote_it() -> None:
    hostile = "\x1b]0;owned\x07\u202e\n"
    made = json.loads(RICH)
    made["host"] = hostile
    for row in made["processes"]:
        row |= {name: hostile for name, value in row.items() if isinstance(value, str)}
        row["cmdline"] = [hostile]
    for row in made["descriptors"]:
        row["target"] = row["label"] = hostile
    for row in made["sockets"]:
        row["local"] = row["remote"] = hostile
    side = read_side(json.dumps(made).encode())
    found = compare(read_side(RICH), side)
    assert found.entries
    for said in (*map(entry_text, found.entries), apart_text(side, side)):
        assert said.isprintable(), said


@given(st.data())
def test_a_snapshot_with_anything_in_a_field_is_compared_or_refused(data: st.DataObject) -> None:
    made = json.loads(RICH)
    anything = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
    rows = data.draw(st.sampled_from(("processes", "descriptors", "sockets")))
    row = data.draw(st.sampled_from(made[rows]))
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(anything | st.lists(anything, max_size=2))
    if data.draw(st.booleans()):
        made[rows].append(row)
    side = read_or_refused(json.dumps(made).encode())
    if isinstance(side, str):
        assert side.isprintable()
        return
    for one in (compare(read_side(RICH), side), compare(side, read_side(RICH))):
        assert all(entry_text(entry).isprintable() for entry in one.entries)
