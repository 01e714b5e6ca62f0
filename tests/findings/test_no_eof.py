"""A write end that leaked into another program, and pipelines at work."""

from typing import Any

import pytest

from sockscope.model.wait import ProcessWaits
from tests.findings.looking import found, waits
from tests.world.build import NOW, key, pipe_fd, process, waiting

PARENT = process(10, comm="server")
LEAKED = process(11, ppid=10, comm="sleep")
READER = (process(12, ppid=10, comm="cat"), pipe_fd(12, 0, 1, "r"))
LEAK = (PARENT, LEAKED, *READER, pipe_fd(10, 7, 1, "r"), pipe_fd(11, 7, 1, "w"))
READS = waits(12, "read", 0)
SLEEPS = waits(11, "pause")


def test_a_leaked_write_end_keeps_a_reader_waiting() -> None:
    (finding,) = found("no-eof", *LEAK, waits=(READS, SLEEPS))
    assert (finding.severity, finding.confidence) == ("suspect", "inferred")
    assert finding.subjects == (key(12, 0), key(11, 7))
    assert finding.sentence == "cat 12 waits for the end of a pipe that sleep 11 keeps open by accident"


@pytest.mark.parametrize(
    ("things", "waiting_now"),
    [
        pytest.param((*READER, LEAKED, pipe_fd(11, 1, 1, "w")), (READS, SLEEPS), id="a pipeline's standard output"),
        pytest.param(LEAK, (READS, waits(11, "write", 7)), id="it writes"),
        pytest.param(LEAK, (READS, waiting(11, running=1)), id="it runs"),
        pytest.param(LEAK, (READS,), id="nothing is known of it"),
        pytest.param(LEAK, (READS, waits(11, "poll")), id="it may poll it"),
        pytest.param(LEAK, (waits(12, "read", 0, since=NOW - 1), SLEEPS), id="the reader has just begun"),
        pytest.param(
            (*LEAK, pipe_fd(13, 5, 1, "w")), (READS, SLEEPS, waits(13, "pause")), id="a writer that opened it itself"
        ),
        pytest.param(
            tuple(process(11, ppid=10, comm="server") if one is LEAKED else one for one in LEAK),
            (READS, SLEEPS),
            id="a worker of the same program",
        ),
        pytest.param((*READER, pipe_fd(12, 7, 1, "w")), (READS,), id="nobody but itself: another rule's"),
    ],
)
def test_who_may_write_is_left_alone(things: tuple[Any, ...], waiting_now: tuple[ProcessWaits, ...]) -> None:
    assert found("no-eof", *things, waits=waiting_now) == []
