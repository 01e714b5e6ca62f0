"""What is shown, kept as a document."""

import csv
import io
import json

import pytest

from sockscope.report.export import COLUMNS, export_text, form_of
from sockscope.report.selection import Selection
from tests.report.rich import rich_world
from tests.world.build import descriptor, process, socket_fd, unix, world


def test_json_is_that_of_the_snapshot() -> None:
    document = json.loads(export_text(rich_world(), Selection(), "json"))
    lines = export_text(rich_world(), Selection(), "ndjson").splitlines()
    assert document["schema"] == json.loads(lines[0])["schema"]
    assert sum(json.loads(line)["record"] == "descriptor" for line in lines) == len(document["descriptors"]) > 0


def test_a_table_has_a_row_for_each_selected_descriptor() -> None:
    one = world(process(1, comm="nginx"), socket_fd(1, 3, 5), descriptor(1, 4), unix(5, local="/run/x", state="LISTEN"))
    text = export_text(one, Selection(accept=lambda _, entry: entry.fd == 3), "csv")
    head, row = csv.reader(io.StringIO(text))
    assert tuple(head) == COLUMNS
    cells = dict(zip(head, row, strict=True))
    assert (cells["pid"], cells["comm"], cells["fd"], cells["kind"]) == ("1", "nginx", "3", "unix")
    assert (cells["local"], cells["state"], cells["holders"]) == ("/run/x", "LISTEN", "1")


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+1", "-1"])
def test_no_cell_is_a_formula(name: str) -> None:
    text = export_text(world(process(1, comm=name), descriptor(1, 4)), Selection(), "csv")
    assert f"'{name}" in text
    assert f",{name}" not in text


@pytest.mark.parametrize(
    ("path", "form"),
    [("a.json", "json"), ("a.CSV", "csv"), ("a.ndjson", "ndjson"), ("a.jsonl", "ndjson"), ("a", "json")],
)
def test_the_end_of_a_name_tells_the_form(path: str, form: str) -> None:
    assert form_of(path) == form
