"""Healthy software under load, and a machine full of forks: nothing is said to be wrong with them."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.live.commandline import sockscope
from tests.live.conftest import performance
from tests.live.storms import storms

SOAK = float(os.environ.get("SOCKSCOPE_SOAK", "0"))
LOOKS, AMONG_FORKS = (int(SOAK), int(SOAK)) if SOAK else (14, 4)
"""One a second: what grows is judged from the twelfth on."""
SERVERS = ("nginx", "haproxy", "redis", "node", "postgres")

pytestmark = pytest.mark.needs("root", "nginx", "haproxy", "redis-server", "node", "postgres")


def family(pids: list[int]) -> set[int]:
    """Who belongs to some processes, with all that they have started."""
    return {one.pid for pid in pids for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))}


def found(looks: int) -> list[dict[str, Any]]:
    outcome = sockscope(
        "findings", "--looks", looks, "--interval", 1, "--min", "note", "--format", "json", patience=60 + 10 * looks
    )
    assert outcome.status in {0, 4}, outcome
    findings: list[dict[str, Any]] = json.loads(outcome.out)["findings"]
    return findings


@pytest.fixture(scope="module")
def at_work() -> Iterator[tuple[dict[str, set[int]], list[dict[str, Any]]]]:
    """Who belongs to each server, before and after, and what was found while all of them worked."""
    with tempfile.TemporaryDirectory(prefix="busy") as home:
        Path(home).chmod(0o755)
        with performance("busy_servers", home) as (_, truth):
            before = {name: family(truth[name]) for name in SERVERS}
            findings = found(LOOKS)
            yield {name: before[name] | family(truth[name]) for name in SERVERS}, findings


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_at_work_is_worth_a_note_at_most(at_work, name: str) -> None:
    families, findings = at_work
    about = [one for one in findings if families[name] & {subject["pid"] for subject in one["subjects"]}]
    assert {one["severity"] for one in about} <= {"note"}, about


def test_a_storm_of_forks_is_worth_a_note_at_most() -> None:
    before = set(psutil.pids())
    with storms("forks", "execs"):
        findings = [one for one in found(AMONG_FORKS) if not before & {subject["pid"] for subject in one["subjects"]}]
    assert {one["severity"] for one in findings} <= {"note"}, findings
