"""Names that attack whoever prints them. (F11)"""

import unicodedata
from pathlib import Path

import pytest

from tests.live.commandline import answer, descriptor, place, show, snapshot, sockscope
from tests.live.conftest import Play, Truth


@pytest.fixture
def hostile(play: Play, tmp_path: Path) -> Truth:
    return play("hostile_names", tmp_path)


def assert_harmless(text: str) -> None:
    """Nothing in it but what a terminal shows as it stands, and ends of lines of our own."""
    dangerous = [sign for sign in text if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert dangerous == []


def test_no_name_reaches_the_terminal_as_it_is(hostile: Truth) -> None:
    for form in ("tree", "json", "ndjson"):
        outcome = sockscope("snapshot", "--pid", hostile["pid"], hostile["process"]["pid"], "--format", form)
        assert outcome.status == 0
        assert_harmless(outcome.out)


def test_no_name_reaches_the_terminal_through_show(hostile: Truth) -> None:
    for end in (*hostile["files"].values(), *hostile["sockets"].values(), hostile["memfd"]):
        outcome = sockscope("show", f"{end['pid']}:{end['fd']}")
        assert outcome.status == 0
        assert_harmless(outcome.out)


def test_names_stay_readable(hostile: Truth) -> None:
    picture = snapshot(hostile["pid"], hostile["process"]["pid"])
    targets = {name: descriptor(picture, *place(end))["target"] for name, end in hostile["files"].items()}
    assert targets["escape"].endswith("file-\\x1b]0;owned\\x07")
    assert targets["markup"].endswith("[@click=app.bell]x[b]")
    assert targets["bytes"].endswith("latin-\\xff\\xfe")
    assert "\\u202e" in targets["bidi"]
    named = next(process for process in picture["processes"] if process["pid"] == hostile["process"]["pid"])
    assert named["comm"] == "a) R [/]\\x1b[2J"
    assert named["ppid"] == hostile["pid"]


def test_a_socket_with_a_hostile_name_is_found_like_any_other(hostile: Truth) -> None:
    for end in hostile["sockets"].values():
        report = show(*place(end))
        assert report["socket"]["state"] == "LISTEN"
        assert answer("show", f"ino:{end['ino']}")["socket"]["ino"] == end["ino"]
