"""How an object was told from others travels with each descriptor, whoever has read its table."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.tables import parallel_tables
from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from tests.live.conftest import Truth, performance
from tests.requirements import KernelLacks


@dataclass(frozen=True)
class Looked:
    """What the actor made, and what a look found in its table."""

    truth: Truth
    table: dict[int, Descriptor]

    def twins(self, name: str) -> list[Descriptor]:
        """The first object, its duplicate, and the other; skips where the kernel makes none."""
        error = self.truth["missing"].get(name)
        if error in {errno.EPERM, errno.EACCES}:
            pytest.skip(f"{name} may not be made here: {errno.errorcode[error]}")
        if error is not None:
            msg = f"the kernel makes no {name}: {errno.errorcode[error]}"
            raise KernelLacks(msg)
        return [self.table[fd] for fd in self.truth["twins"][name]]


def _look(*, once: bool) -> Frame:
    collector = Collector(once=once)
    try:
        return collector.refresh()
    finally:
        collector.close()


@pytest.fixture(scope="module", params=["alone", "in parallel"])
def looked(request) -> Iterator[Looked]:
    with pytest.MonkeyPatch.context() as patch, performance("anonymous_twins") as (_, truth):
        # Members for a host of few processes and one core as well.
        patch.setattr(parallel_tables, "FEW", 1)
        patch.setattr(parallel_tables, "cores", lambda: 3)
        frame = _look(once=request.param == "in parallel")
        table = {one.fd: one for t in frame.tables if t.pid == truth["pid"] for one in t.opened}
        yield Looked(truth, table)


@pytest.mark.parametrize("name", ["perf_event", "landlock", "fscontext", "epoll"])
def test_what_shares_an_inode_with_others_is_told_apart_by_kcmp(looked: Looked, name: str) -> None:
    first, again, other = looked.twins(name)
    assert {one.identified for one in (first, again, other)} == {"kcmp"}
    assert first.ino == again.ino == other.ino
    assert first.object == again.object != other.object


def test_a_pipe_is_told_by_its_inode_and_an_eventfd_by_its_number(looked: Looked) -> None:
    assert {name: looked.table[fd].identified for name, fd in looked.truth["own"].items()} == {
        "pipe": "inode",
        "eventfd": "number",
    }


def test_nothing_of_what_can_be_compared_is_left_uncompared(looked: Looked) -> None:
    assert looked.table
    assert {one.unproven for one in looked.table.values()} == {False}
    assert "" not in {one.identified for one in looked.table.values()}
