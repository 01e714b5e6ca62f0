"""Names chosen to steer a terminal, through the whole pipe: what the explorer and the reports write is ours alone."""

import ctypes
import io
import json
import os
import re
import socket
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sockscope.cli.looker import Looker
from sockscope.cli.snapshot import snapshot
from sockscope.collect.processes.processes import by_name_services
from tests.live.conftest import Play
from tests.security.recorded_pty import RecordedPty
from tests.terminal.conftest import EXPLORER as TERMINAL_EXPLORER
from tests.terminal.conftest import Terminal

OURS = re.compile(
    rb"\x1b\[[\d;]*m"  # colours
    rb"|\x1b\[\d+;\d+H"  # cursor
    rb"|\x1b\[\?(25|7|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"  # modes, by number
    rb"|\x1b\[\?(2026|2048)\$p"  # questions about modes
    rb"|\x1b\]22;[a-z-]+\x07"  # shape of the mouse pointer
    rb"|\x1b\[(>\d+|<)u"  # kitty keyboard on and off
    rb"|\r\n"
)
"""All that Textual 8.2 writes between texts. OSC 52 is not among it: nothing was copied."""


def strangers(stream: bytes) -> list[str]:
    """Control characters, and characters that hide or turn text, in what is left once our own sequences are out."""
    text = OURS.sub(b"", stream).decode("utf-8")
    return sorted({repr(sign) for sign in text if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}})


@pytest.fixture
def short_path() -> Iterator[str]:
    """A directory whose name leaves room for others on a row."""
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        yield path


def test_no_name_reaches_the_terminal_through_the_explorer(play: Play, short_path: str) -> None:
    truth = play("hostile_names", short_path)
    pids = [str(truth["pid"]), str(truth["process"]["pid"])]
    with RecordedPty("--interval", "0.3", "--pid", *pids) as terminal:
        terminal.wait_for_picture()
        terminal.wait_for("memfd")
        # Over the rows, and through the pane.
        for keys in [b"G", *[b"k"] * 10]:
            terminal.press(keys)
            terminal.read(0.1)
        # The names were on the screen, in their visible form.
        await_names(terminal, rb"\x1b]0;owned\x07", b"[@click=app.bell]x[b]", rb"\u202e")
        for keys in [b"\r", b"n", b"\t", b"r", b"j", b"\r", b"?"]:
            terminal.press(keys)
            terminal.read(0.1)
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
        assert strangers(terminal.stream) == []


def test_the_name_of_a_process_does_not_reach_it_through_the_pane(play: Play, short_path: str) -> None:
    truth = play("hostile_names", short_path)
    with RecordedPty("--interval", "0.3", "--pid", str(truth["process"]["pid"])) as terminal:
        terminal.wait_for_picture()
        # From its group down to the process, whose pane tells its short name.
        terminal.press(b"j")
        await_names(terminal, rb"a) R [/]\x1b[2J")
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
        assert strangers(terminal.stream) == []


def await_names(terminal: RecordedPty, *names: bytes) -> None:
    """Read on until each name has been on the screen, whatever colours stand between its letters."""
    terminal.wait_until(lambda: all(name in OURS.sub(b"", terminal.stream) for name in names), f"{names!r}")


BORDER = "│"


def border_columns(screen: str) -> set[int]:
    """Cells in front of the line between tree and pane, on every line that has it."""
    return {cells(line.partition(BORDER)[0]) for line in screen.splitlines() if BORDER in line}


def cells(text: str) -> int:
    """Cells of a terminal that a text takes (Unicode Standard Annex 11)."""
    return sum(
        0 if unicodedata.category(sign) in {"Mn", "Me"} else 1 + (unicodedata.east_asian_width(sign) in {"W", "F"})
        for sign in text
    )


@pytest.mark.needs("tmux")
def test_wide_zero_width_and_endless_names_leave_the_columns_where_they_are(
    play: Play, short_path: str, tmp_path: Path
) -> None:
    truth = play("hostile_names", short_path)
    terminal = Terminal(tmp_path, columns=141, lines=50)
    try:
        terminal.type(f"clear; {TERMINAL_EXPLORER} --pid {truth['pid']}")
        screen = terminal.wait_for("\u5bbd", "e\u0301", r"\u200b", "nnnn")
        rows = [line for line in screen.splitlines() if BORDER in line]
        assert len(rows) > 10
        assert len(border_columns(screen)) == 1, screen
    finally:
        terminal.close()


def test_a_border_that_a_name_has_moved_is_seen() -> None:
    assert border_columns("ab │ x\n\u5bbd │\ne\u0301b │") == {3}
    assert len(border_columns("ab │\nabc │")) == 2


def test_the_check_finds_what_a_terminal_would_obey() -> None:
    for stream in (b"\x1b]0;owned\x07", b"\x1b[31x", b"\xc2\x9b31m", "\u202e".encode(), b"\x1b[?5h", b"\x08", b"\n"):
        assert strangers(b"\x1b[1mname\x1b[0m" + stream)
    assert strangers(b"\x1b[?1049h\x1b[1;1H\x1b[38;5;1mname\r\n") == []


LOOKER = Looker(0, by_name_services)
NAMES = st.one_of(
    st.binary(min_size=1, max_size=60),
    st.text(min_size=1, max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([
        b"\x1b]52;c;cHduZWQ=\x07", b"\x1b[2J\x1b[H", b"\xc2\x9b31m", b"[/]", b"[@click=app.exit]x[/]", b"a\nb\rc",
        "\u202eevil\u2066".encode(), "\u200b\ufeff\u2028".encode(), "\U0001f469\u200d\U0001f4bb\u5bbd".encode(),
        b"\xff\xfe\x80",
    ]),
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=NAMES)
def test_any_name_is_harmless_in_every_form(name: bytes) -> None:
    ctypes.CDLL(None).prctl(15, name.replace(b"\0", b"")[:15], 0, 0, 0)
    memfd = os.fdopen(os.memfd_create(os.fsdecode(name.replace(b"\0", b"") or b"x")), "rb")
    with memfd, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(b"\0sockscope-test-" + name)
        listener.listen(1)
        pid = [os.getpid()]
        for form in ("tree", "ndjson"):
            made = snapshot(form, pid, kernel_threads=False, width=None, looker=LOOKER)
            text = made if isinstance(made, str) else made.decode()
            assert not [
                sign for sign in text if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl"}
            ]
        rows = [json.loads(line) for line in io.StringIO(text)]
    assert any(row.get("fd") == memfd_number(rows) for row in rows)


def memfd_number(rows: list[dict]) -> int:
    return next(row["fd"] for row in rows if str(row.get("target", "")).startswith("/memfd:"))


@pytest.fixture(autouse=True)
def own_name() -> object:
    """Give this process its name back."""
    name = Path("/proc/self/comm").read_bytes().strip()
    yield
    ctypes.CDLL(None).prctl(15, name, 0, 0, 0)
