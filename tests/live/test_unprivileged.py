"""What somebody without privilege sees, and that what is hidden is counted."""

import os
import sys
from pathlib import Path

import pytest

import sockscope as package
from tests.live.commandline import answer, only, sockscope
from tests.live.conftest import Play

pytestmark = [pytest.mark.needs("root", "setpriv", "unshare")]

DENIED = 3
AS_NOBODY = [
    str(Path(__file__).with_name("as_nobody.sh")),
    sys.base_prefix,
    str(Path(package.__file__).parents[1]),
    sys.prefix,
    "--",
]


def test_a_snapshot_counts_what_it_could_not_read() -> None:
    picture = answer("snapshot", before=AS_NOBODY)
    coverage = picture["coverage"]
    assert coverage["unreadable_processes"] > 0
    assert coverage["unreadable_descriptors"] > 0
    assert coverage["notes"]
    mine = next(process for process in picture["processes"] if process["pid"] == os.getpid())
    assert mine["descriptors"] > 0
    assert not [row for row in picture["descriptors"] if row["pid"] == os.getpid()]


def test_a_process_of_somebody_else_is_listed_with_its_number_of_descriptors(play: Play) -> None:
    truth = play("socketpair_fork")
    picture = answer("snapshot", "--pid", truth["pid"], before=AS_NOBODY)
    process = only(picture["processes"])
    assert process["descriptors"] == len(os.listdir(f"/proc/{truth['pid']}/fd"))
    assert picture["descriptors"] == []


def test_a_descriptor_of_somebody_else_is_denied_with_the_reason(play: Play) -> None:
    truth = play("socketpair_fork")
    outcome = sockscope("show", f"{truth['pid']}:{truth['ours']['fd']}", before=AS_NOBODY)
    assert outcome.status == DENIED
    assert outcome.out == ""
    assert outcome.err.startswith("sockscope: ")
    assert outcome.err.count("\n") == 1
    assert str(truth["pid"]) in outcome.err
