"""`e` of root's explorer in a directory that nobody may write to: it proposes another place, and says why not there."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import Play
from tests.live.test_unprivileged import AS_NOBODY
from tests.security.recorded_pty import EXPLORER, RecordedPty
from tests.security.rights import NOBODY, rights

pytestmark = pytest.mark.needs("root")
UNIQUE = f".{os.getpid()}.json"
"""Written behind the name that is proposed, so that no file of anybody's is in the way."""


@pytest.fixture
def explorer(play: Play, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedPty]:
    """The explorer of root itself, in `/`, on one process, where the prompt for a path stands."""
    choice = ("--pid", str(play("socketpair_fork")["pid"]))
    monkeypatch.delenv("SUDO_UID", raising=False)
    with RecordedPty(*choice, program=[*AS_NOBODY, *EXPLORER], env={"STAY_ROOT": "1"}) as terminal:
        terminal.wait_for("⇄")
        assert set(rights(terminal.process.pid).uids) == {NOBODY}
        terminal.press(b"e")
        terminal.wait_for("give up")
        yield terminal
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
        terminal.assert_restored()


def test_the_place_that_is_proposed_is_one_that_nobody_may_write_to(explorer: RecordedPty) -> None:
    explorer.wait_for("/tmp/sockscope-")
    try:
        explorer.press(UNIQUE.encode() + b"\r")
        explorer.wait_until(lambda: written() != [], "the file to be written")
        (made,) = written()
        status = made.stat()
        assert (status.st_uid, status.st_gid) == (NOBODY, NOBODY)
        assert stat.S_IMODE(status.st_mode) & 0o022 == 0
        assert json.loads(made.read_text())["schema"]
    finally:
        for made in written():
            made.unlink()


def written() -> list[Path]:
    return list(Path("/tmp").glob(f"sockscope-*{UNIQUE}"))


def test_a_name_in_the_directory_itself_is_refused_with_the_reason_and_asked_for_again(explorer: RecordedPty) -> None:
    explorer.press(b"\x15here.json\r")
    explorer.wait_for_new("ermission denied")
    assert not Path("/here.json").exists()
    explorer.press(b"\x15/proc/here.json\r")
    explorer.wait_for_new("/proc/here.json")
    explorer.press(b"\x1b")
    explorer.wait_for_new("⇄")
