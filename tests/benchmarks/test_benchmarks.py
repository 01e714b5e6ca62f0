"""The benchmarks run, on loads too small to say anything, and what they keep can be read and drawn."""

import itertools
import json
import subprocess
import sys
from xml.etree import ElementTree as ET

import psutil
import pytest

from benchmarks import crowd, plot, recording, refreshing, run, tables, timing
from benchmarks.load import Load, Shape

TINY = Shape(3, 20, active=1)


def test_a_load_is_what_it_says_and_gone_afterwards() -> None:
    with Load(TINY) as load:
        members = [psutil.Process(pid) for pid in load.members()]
        assert [member.num_fds() >= TINY.descriptors for member in members] == [True] * TINY.processes
    assert not [member for member in members if member.is_running()]


def test_a_load_shares_one_listener_where_it_is_asked_to() -> None:
    with Load(Shape(0, 0, shared=4)) as load:
        held = {psutil.Process(pid).net_connections("tcp")[0].laddr for pid in load.members()}
        assert len(load.members()) == 4
        assert len(held) == 1


def test_commands_are_measured_in_turn() -> None:
    costs = timing.interleaved({"ours": ("true",), "theirs": ("sleep", "0.01")}, 2)
    assert [len(costs[name]) for name in costs] == [2, 2]
    assert all(cost["wall"] > 0 and cost["memory"] > 0 for name in costs for cost in costs[name])
    assert timing.ratio(costs["ours"], costs["ours"], "wall") == 1


@pytest.mark.needs("lsof")
@pytest.mark.parametrize("part", ["cold", "refresh", "first", "growth", "recording"])
def test_a_part_leaves_a_result_that_makes_a_table(part: str, monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(run, "LOADS", (TINY,))
    monkeypatch.setattr(run, "REFRESHED", (TINY,))
    monkeypatch.setattr(run, "CROWDS", (TINY,))
    monkeypatch.setattr(run, "GROWTH", (1, 2))
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    monkeypatch.setattr(timing, "peers", lambda: dict.fromkeys(("sockscope", "lsof +E"), ("true",)))
    measure = refreshing.measure
    monkeypatch.setattr(
        refreshing, "measure", lambda count, interval=0.5, warm=3, *, viewed=False: measure(1, 0.0, 0, viewed=viewed)
    )
    monkeypatch.setattr(run, "RECORDED", TINY)
    record = recording.measure
    monkeypatch.setattr(recording, "measure", lambda count: record(2, 0.0))
    monkeypatch.setattr("sys.argv", ["run", part, "--rounds", "1"])
    assert run.main() == 0
    kept = json.loads((tmp_path / f"{part}.json").read_text(encoding="utf-8"))
    assert kept["machine"]["cores"] > 0
    printed = capsys.readouterr().out
    assert printed == "\n".join(tables.table(part, kept["result"])) + "\n"
    assert len(printed.splitlines()) > 2


def test_the_stages_of_a_first_picture_come_in_their_order() -> None:
    with Load(TINY):
        (found,) = crowd.measure(1)
    assert list(found) == list(crowd.STAGES)
    walls = [one["wall"] for one in found.values()]
    assert walls == sorted(walls)
    assert all(one["cpu"] > 0 for one in found.values())


def test_growth_is_drawn_with_a_line_for_each_tool(tmp_path) -> None:
    cold = {"sockscope": 0.5, "lsof +E": 0.7, "lsfd": 0.8}
    result = {str(total): {"cold": cold, "refresh": 0.02, "lsof_cpu": 0.7} for total in (1_000, 100_000)}
    plot.draw(result, tmp_path / "growth.svg")
    drawn = ET.parse(tmp_path / "growth.svg").getroot()
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == len(plot.COLOURS)
    names = [one for one in drawn.findall("{http://www.w3.org/2000/svg}text") if one.text in plot.COLOURS]
    heights = sorted(float(one.attrib["y"]) for one in names)
    assert all(below - above > plot.LINE - 1 for above, below in itertools.pairwise(heights))


def test_a_part_that_is_not_there_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.endswith("no such part: nonsense\n")
