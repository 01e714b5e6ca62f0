"""Files that no name leads to any more: what they take is asked again as they grow."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.collect.collector import Collector
from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.finding import Finding
from sockscope.findings.registry import BY_NAME
from sockscope.world.world import World

BIG = 101 << 20
BLOCKS = 1 << 20


@pytest.fixture
def log(tmp_path: Path) -> Iterator[int]:
    fd = os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    (tmp_path / "log").unlink()
    yield fd
    os.close(fd)


def found(collector: Collector, world: World) -> list[Finding]:
    world.apply(collector.refresh())
    findings = Diagnosis([BY_NAME["deleted"]]).look(world)
    return [one for one in findings if one.processes[0].pid == os.getpid()]


def test_a_removed_file_is_found_once_it_has_grown(collector: Collector, log: int) -> None:
    world = World()
    assert found(collector, world) == []
    os.posix_fallocate(log, 0, BIG)
    (finding,) = found(collector, world)
    assert (finding.severity, finding.subjects[0].fd) == ("suspect", log)  # type: ignore[union-attr]


def test_a_hole_takes_no_room(collector: Collector, log: int) -> None:
    os.truncate(log, BIG)
    world = World()
    assert found(collector, world) == []
    descriptor = world.find(os.getpid(), log)
    assert descriptor is not None
    assert descriptor.fields is not None
    assert descriptor.fields["bytes"] == BIG
    assert int(descriptor.fields["allocated_bytes"]) < BLOCKS
