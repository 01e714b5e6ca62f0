"""A network namespace whose last process exits while it is looked at: skipped with a count, and not kept alive."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.sockets.dumps import Dumps
from sockscope.collect.sockets.netspaces import DiagSockets, NetNamespace
from sockscope.frames.messages import Frame
from sockscope.kernel import netns
from sockscope.model.coverage import Capability
from tests.live.conftest import wait_until

pytestmark = pytest.mark.needs("root", "unshare")


class Inhabitant:
    """The only process of a network namespace."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        home = netns.read_netns(os.getpid())
        wait_until(lambda: netns.read_netns(process.pid) != home)
        self.namespace = netns.read_netns(process.pid)

    def leave(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def inhabitant() -> Iterator[Inhabitant]:
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as process:
        try:
            yield Inhabitant(process)
        finally:
            process.kill()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def setns(frame: Frame) -> Capability:
    (found,) = (one for one in frame.coverage.capabilities if one.name == "setns")
    return found


def inodes(frame: Frame) -> set[int]:
    return {one.inode for one in frame.namespaces}


def test_one_that_ends_before_it_is_entered_is_counted_and_then_forgotten(
    collector: Collector, inhabitant: Inhabitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = DiagSockets._enter

    def too_late(self: DiagSockets, namespace: NetNamespace) -> object:
        if namespace.inode == inhabitant.namespace:
            inhabitant.leave()
        return enter(self, namespace)

    monkeypatch.setattr(DiagSockets, "_enter", too_late)
    frame = collector.refresh()
    assert not setns(frame).available
    (gone,) = (one for one in frame.namespaces if one.inode == inhabitant.namespace)
    assert gone.reason
    assert any(f"network namespace {inhabitant.namespace} was not entered" in note for note in frame.coverage.notes)
    after = collector.refresh()
    assert inodes(after)
    assert inhabitant.namespace not in inodes(after)
    assert not any(str(inhabitant.namespace) in note for note in after.coverage.notes)


def test_one_that_ends_during_the_dump_is_dumped_and_not_kept_alive(
    collector: Collector, inhabitant: Inhabitant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Dumps.rows
    asked: list[str] = []

    def meanwhile(self: Dumps, namespace: NetNamespace, family: object) -> object:
        if namespace.inode == inhabitant.namespace:
            assert self._diag.get(namespace) is not None, "it was left before it was entered"
            asked.append(family.label)  # type: ignore[attr-defined]
            inhabitant.leave()
        return rows(self, namespace, family)  # type: ignore[arg-type]

    monkeypatch.setattr(Dumps, "rows", meanwhile)
    assert inhabitant.namespace in inodes(collector.refresh())
    assert asked
    after = inodes(collector.refresh())
    assert after
    assert inhabitant.namespace not in after
    assert inhabitant.namespace not in collector._diag._open
