"""How a terminal is set, and whether an open file is on the terminal that is meant."""

import os
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator

import pytest

from sockscope.kernel.terminal_settings import N_TTY, key_name, read_settings, settings_of, terminal_end
from sockscope.kernel.ttys import tty_name

IFLAG, LFLAG, CC = 0, 3, 6
EXTPROC = 0o200000
PPP = 3
"""Line discipline of linux/tty.h."""


@pytest.fixture
def pair() -> Iterator[tuple[int, int]]:
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


def number(slave: int) -> int:
    """As `/proc/PID/stat` writes it, of a minor below 256."""
    device = os.fstat(slave).st_rdev
    return os.major(device) << 8 | os.minor(device)


def test_a_new_terminal_sends_signals_and_a_raw_one_does_not(pair: tuple[int, int]) -> None:
    found = read_settings(pair[1])
    assert (found.silenced, found.canonical, found.echo) == ("", True, True)
    assert (found.interrupt, found.quit, found.suspend) == ("^C", "^\\", "^Z")
    tty.setraw(pair[1])
    found = read_settings(pair[1])
    assert (found.silenced, found.canonical, found.echo) == ("raw", False, False)


def test_a_terminal_whose_master_acts_on_keys_sends_no_signal(pair: tuple[int, int]) -> None:
    attributes = termios.tcgetattr(pair[1])
    attributes[LFLAG] |= EXTPROC
    termios.tcsetattr(pair[1], termios.TCSANOW, attributes)
    assert [read_settings(end).silenced for end in pair] == ["external", "external"]


def test_another_line_discipline_than_that_of_terminals_sends_no_signal(pair: tuple[int, int]) -> None:
    assert settings_of(termios.tcgetattr(pair[1]), PPP).silenced == "discipline"
    assert settings_of(termios.tcgetattr(pair[1]), N_TTY).silenced == ""


def test_the_master_tells_the_settings_of_its_slave(pair: tuple[int, int]) -> None:
    attributes = termios.tcgetattr(pair[1])
    attributes[CC][termios.VINTR] = b"\x18"
    attributes[CC][termios.VQUIT] = b"\x00"
    termios.tcsetattr(pair[1], termios.TCSANOW, attributes)
    found = read_settings(pair[0])
    assert (found.interrupt, found.quit) == ("^X", "")
    assert found == read_settings(pair[1])


@pytest.mark.parametrize(
    ("key", "name"), [(b"\x03", "^C"), (b"\x7f", "^?"), (b"\x00", ""), (b"\x1b", "^["), (b"q", "q"), (b"\xff", "\\xff")]
)
def test_a_key_is_named_as_stty_names_it(key: bytes, name: str) -> None:
    assert key_name(key) == name
    assert key_name(key[0]) == name


def test_a_slave_is_known_by_its_number_and_by_no_other(pair: tuple[int, int]) -> None:
    other = os.openpty()
    try:
        assert terminal_end(pair[1], number(pair[1]), 1) == "slave"
        assert terminal_end(other[1], number(pair[1]), 1) == ""
        assert tty_name(number(pair[1])) == os.ttyname(pair[1]).removeprefix("/dev/")
    finally:
        for end in other:
            os.close(end)


def test_a_master_is_known_by_the_session_of_its_slave(pair: tuple[int, int]) -> None:
    leader = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        " print(os.getsid(0), flush=True); sys.stdin.buffer.read(1)"
    )
    actor = subprocess.Popen(
        [sys.executable, "-c", leader], stdin=pair[1], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert actor.stdout is not None
        sid = int(actor.stdout.readline())
        assert sid == actor.pid
        assert terminal_end(pair[0], number(pair[1]), sid) == "master"
        assert terminal_end(pair[0], number(pair[1]), sid + 1) == ""
    finally:
        actor.kill()
        actor.wait()
        if actor.stdout is not None:
            actor.stdout.close()


def test_what_is_no_terminal_is_asked_nothing() -> None:
    reader, writer = os.pipe()
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        assert [terminal_end(file, 0x8803, 1) for file in (reader, null)] == ["", ""]
    finally:
        for file in (reader, writer, null):
            os.close(file)


def test_one_that_is_hung_up_says_so(pair: tuple[int, int]) -> None:
    master, slave = os.openpty()
    os.close(master)
    try:
        with pytest.raises(OSError, match="Input/output error"):
            read_settings(slave)
    finally:
        os.close(slave)
