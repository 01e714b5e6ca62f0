"""What a process has used, read by psutil: of the living what may be known, of the ended nothing."""

import os
import subprocess
import sys

import pytest

from sockscope.collect.metadata import created, metadata
from sockscope.world.metadata import used

CONFINED = """
import os, sys
os.nice(7)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
print(flush=True)
sys.stdin.read()
"""


def test_a_process_tells_what_it_was_given_and_has_used() -> None:
    program = (
        "import os, sys; os.nice(7); os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); print(); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = metadata(process.pid)
        assert (found["nice"], created(process.pid) > created(os.getpid())) == (
            os.getpriority(os.PRIO_PROCESS, 0) + 7,
            True,
        )
        assert found["memory_bytes"] > 1 << 20
        assert found["read_bytes"] >= 0
        if (os.cpu_count() or 1) > 1:
            assert found["cpus"] == [min(os.sched_getaffinity(0))]


def test_of_a_process_that_has_ended_nothing_is_known() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert (metadata(process.pid), created(process.pid)) == ({}, 0.0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, ""),
        ({"memory_bytes": 12 << 20, "cpu_s": 3.5, "nice": 0}, "12 MiB of memory, 3.5 s of CPU"),
        ({"nice": 10, "read_bytes": 1 << 20, "written_bytes": 0}, "nice 10, read 1 MiB"),
        ({"written_bytes": 2048, "cpus": [0, 3]}, "wrote 2 KiB, only on CPU 0, 3"),
    ],
)
def test_what_is_known_is_told_and_nothing_else(found: dict[str, object], words: str) -> None:
    assert used(found) == words
