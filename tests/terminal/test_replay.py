"""A recording in a real terminal: opened by its name, gone through by keys, and left as everything is."""

import os
from pathlib import Path

import pytest

from tests.live.commandline import sockscope
from tests.recording.writing import record
from tests.security.rights import rights
from tests.terminal.conftest import EXPLORER, PROMPT, Terminal
from tests.tui.test_replay import LEAK_BEGAN, LOOKS, leak

pytestmark = pytest.mark.needs("tmux")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    record(tmp_path / "web1.scope", leak())
    return tmp_path / "web1.scope"


def test_where_a_leak_began_is_found_in_five_keys(terminal: Terminal, path: Path) -> None:
    terminal.type(f"clear; {EXPLORER} replay {path} --at +19m --filter comm:p10; echo status=$?")
    terminal.wait_for("replay of web1", f"{2 + LOOKS - LEAK_BEGAN} descriptors", "p10")
    for _ in range(3):
        terminal.press("S-Left")
    terminal.wait_for("2 descriptors")
    terminal.press(")")
    terminal.wait_for("3 descriptors")
    terminal.press("T")
    terminal.wait_for(f"look {LEAK_BEGAN + 1} of {LOOKS}")
    terminal.press("q")
    terminal.wait_for("status=0", PROMPT)


@pytest.mark.needs("root")
def test_a_name_that_ends_so_opens_the_explorer_which_keeps_no_right(terminal: Terminal, path: Path) -> None:
    terminal.type(f"clear; {EXPLORER} {path}; echo status=$?")
    terminal.wait_for("replay of web1")
    (view, *others) = sorted(terminal.programs(), key=lambda one: one.create_time())
    assert len(others) == 1, "a scribe, and nobody who could look at the machine"
    for process in (view, *others):
        its = rights(process.pid)
        assert (its.permitted, its.effective, its.bounding) == (0, 0, 0)
    terminal.press("q")
    terminal.wait_for("status=0", PROMPT)


@pytest.mark.parametrize("words", [("/nowhere.scope",), ("replay", "/nowhere.scope")])
def test_without_a_terminal_it_says_what_would_do(words: tuple[str, ...]) -> None:
    done = sockscope(*words)
    assert (done.status, done.out) == (2, "")
    assert done.err == "sockscope: the explorer needs a terminal; for pipes and scripts use: sockscope snapshot\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"nonsense", "this is no recording of sockscope"), (None, "cannot be opened: No such file or directory")],
)
def test_what_is_no_recording_is_said_in_one_line(
    terminal: Terminal, tmp_path: Path, content: bytes | None, said: str
) -> None:
    place = tmp_path / "x.scope"
    if content is not None:
        place.write_bytes(content)
    terminal.type(f"clear; {EXPLORER} {place}; echo status=$?")
    terminal.wait_for("sockscope: ", said, "status=")
    assert os.path.exists(place) == (content is not None)
