"""Who writes files for the view: new ones, whole, with the reason where not; and nothing at all that is no request."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.privileges.scribe import LONGEST_PATH, Scribe
from sockscope.report.new_file import NewFileError, handed_to, written_new

GONE = "has ended"


@pytest.fixture
def scribe() -> Iterator[Scribe]:
    made = Scribe(written_new, lambda: None)
    yield made
    made.close()


def test_a_new_file_has_all_of_its_content(scribe: Scribe, tmp_path: Path) -> None:
    content = os.urandom(3 << 20)
    assert scribe.write(str(tmp_path / "new"), content) == ""
    assert (tmp_path / "new").read_bytes() == content
    assert scribe.write(str(tmp_path / "empty"), b"") == ""
    assert (tmp_path / "empty").read_bytes() == b""


def test_what_is_there_stays_and_the_reason_comes_back(scribe: Scribe, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    with pytest.raises(NewFileError, match="exists already"):
        handed_to(scribe.write)(str(tmp_path / "old"), b"new")
    assert (tmp_path / "old").read_text() == "old"
    handed_to(scribe.write)(str(tmp_path / "other"), b"new")


def test_a_path_that_no_file_can_have_is_said_to_be_none(scribe: Scribe) -> None:
    assert "too long" in scribe.write("/" + "x" * LONGEST_PATH, b"")
    assert "no name" in scribe.write("", b"")


@pytest.mark.parametrize("request_", [b"", b"no descriptor", b"x" * (LONGEST_PATH + 1)], ids=len)
def test_what_is_no_request_ends_it(scribe: Scribe, tmp_path: Path, request_: bytes) -> None:
    control: socket.socket = scribe._forked.socket
    control.send(request_)
    assert GONE in scribe.write(str(tmp_path / "new"), b"content")
    assert not (tmp_path / "new").exists()


def test_its_death_is_told(scribe: Scribe, tmp_path: Path) -> None:
    os.kill(scribe.pid, 9)
    assert GONE in scribe.write(str(tmp_path / "new"), b"content")
