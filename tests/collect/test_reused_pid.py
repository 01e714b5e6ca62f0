"""A pid that is given away while its table is walked: the descriptors of the one are not the other's."""

import itertools
import os

import pytest

from sockscope.collect.collector import Collector
from sockscope.kernel.procfs import Procfs

START = 20
"""Place of the start time behind the name in `stat`, which begins with a blank there."""


def pids_with_tables() -> set[int]:
    collector = Collector(no_diag=True)
    try:
        return {table.pid for table in collector.refresh().tables}
    finally:
        collector.close()


def test_a_process_whose_start_time_changed_during_its_walk_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert os.getpid() in pids_with_tables()
    read, times = Procfs.record, itertools.count()

    def reused(self: Procfs, pid: int, name: str) -> bytes:
        data = read(self, pid, name)
        if (pid, name) != (os.getpid(), "stat") or next(times) == 0:
            return data
        head, closing, tail = data.rpartition(b")")
        fields = tail.split(b" ")
        fields[START] = b"1"
        return head + closing + b" ".join(fields)

    monkeypatch.setattr(Procfs, "record", reused)
    assert os.getpid() not in pids_with_tables()
    assert next(times) > 1
