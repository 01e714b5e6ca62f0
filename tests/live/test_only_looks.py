"""It only looks: every system call of a run that could change something, or wake something, is watched by strace."""

import re
from pathlib import Path

import pytest

from tests.features import SEARCH_PATH
from tests.live.commandline import place, sockscope
from tests.live.conftest import Play

pytestmark = pytest.mark.needs("strace")

OPENS = "open,openat,openat2"
CHANGES = (
    "kill,tkill,tgkill,pidfd_send_signal,pidfd_getfd,ptrace,process_vm_writev,mount,umount2,"
    "unlink,unlinkat,rename,renameat2,mkdir,mkdirat,chmod,fchmodat,chown,fchownat,symlinkat,linkat,truncate"
)
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
THROUGH_A_DESCRIPTOR = re.compile(r'"/proc/(\d+|self)/(task/\d+/)?fd/\d')


def calls(log: Path, *arguments: str) -> list[str]:
    """Run a command under strace and return the calls of all its processes."""
    before = ["env", f"PATH={SEARCH_PATH}", "strace", "-ff", "-qq", "-o", str(log), "-e", f"trace={OPENS},{CHANGES}"]
    outcome = sockscope(*arguments, before=before, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert (outcome.status, outcome.err) == (0, "")
    # A file for each process: where several run, their calls would interrupt each other's lines in one.
    logs = sorted(log.parent.glob(f"{log.name}.*"))
    return [call for one in logs for call in one.read_text(errors="replace").splitlines()]


def assert_only_looked(seen: list[str]) -> None:
    opened = [call for call in seen if call.startswith("open")]
    assert [call for call in seen if call not in opened and not call.startswith(("+++", "---"))] == []
    assert [call for call in opened if WRITING.search(call)] == []
    assert [call for call in opened if THROUGH_A_DESCRIPTOR.search(call)] == []
    assert any("/stat" in call for call in opened)


def test_a_snapshot_of_the_machine_changes_nothing(tmp_path: Path) -> None:
    assert_only_looked(calls(tmp_path / "log", "snapshot", "--format", "json"))


def test_showing_a_descriptor_in_depth_changes_nothing(play: Play, tmp_path: Path) -> None:
    pid, fd = place(play("shared_listener")["listener"])
    assert_only_looked(calls(tmp_path / "log", "show", f"{pid}:{fd}"))
