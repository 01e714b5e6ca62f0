"""A terminal that sends what no terminal should, and an environment that names code to run: the explorer goes on."""

import random
from pathlib import Path

import pytest

from tests.security.recorded_pty import RecordedPty, explorer

JUNK = (
    b"\xff",
    b"\xe9\xe5",
    b"\x1b[200~never ends",
    b"\x1b[1114112u\x1b[55296u",
    b"\x1b[48;9999;9999;0;0t",
    b"\x1b[I\x1b[O" * 100,
)


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_what_makes_no_sense_neither_ends_it_nor_keeps_ctrl_c_from_it(junk: bytes) -> None:
    with explorer() as terminal:
        terminal.press(junk)
        terminal.press(b"?")
        terminal.read(0.2)
        assert terminal.process.poll() is None
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
        assert b"Traceback" not in terminal.stream
        terminal.assert_restored()


ALPHABET = bytes(range(0x80, 0x100)) + b"\0\x07\x1b\x1b\x1b[[[];;<>?$~0123456789MuIOt"
"""What sequences of a terminal are made of, whole and broken. No letter of it quits, or begins to write a file."""


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_of_a_terminal_leave_ctrl_c_its_meaning(seed: int) -> None:
    chosen = random.Random(seed)
    with explorer() as terminal:
        for _ in range(60):
            junk = (
                chosen.choice(JUNK)
                if chosen.random() < 0.3
                else bytes(chosen.choices(ALPHABET, k=chosen.randrange(1, 60)))
            )
            terminal.press(junk)
            terminal.read(0.01)
        assert terminal.process.poll() is None, terminal.stream[-2000:]
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
        assert b"Traceback" not in terminal.stream
        terminal.assert_restored()


def test_no_variable_of_the_toolkit_changes_what_is_run(tmp_path: Path) -> None:
    written = tmp_path / "written"
    variables = {
        "TEXTUAL_DRIVER": "x:y",
        "TEXTUAL_DEBUG": "1",
        "TEXTUAL_LOG": str(written),
        "TEXTUAL_PRESS": "q",
        "TEXTUAL_SCREENSHOT": "0",
        "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
    }
    with RecordedPty(env=variables) as terminal:
        terminal.wait_for_picture()
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
    assert list(tmp_path.iterdir()) == []
