"""Whatever stands on the command line: one line, the contract's exit code, never a traceback."""

import contextlib
import os
import sys
import traceback

from hypothesis import given, settings
from hypothesis import strategies as st

from sockscope.cli.main import main

CONTRACT = frozenset({0, 1, 2, 3, 4})
WORDS = (
    *(
        "show",
        "snapshot",
        "diff",
        "live",
        "collect",
        "--format",
        "--format=json",
        "json",
        "ndjson",
        "tree",
        "--pid",
        "--pid=1",
        "--nice",
    ),
    *(
        "--filter",
        "--filter=state:listen",
        "--interval",
        "--interval=0",
        "nan",
        "--options",
        "--no-diag",
        "--ascii",
        "--",
    ),
    *(
        "--kernel-threads",
        "--group-by",
        "user",
        "-",
        "",
        "--help",
        "--version",
        "1",
        "1:0",
        "99999999999",
        "ino:1",
        ":0",
    ),
    *(
        "tcp:http",
        ":80",
        "*:1",
        "[::1]:80",
        "localhost:1",
        "unix:/x",
        "unix:",
        "@",
        "@x",
        "/",
        "/dev/null",
        "./x",
        "..",
    ),
    *("pts/0", "name:x", "kind:(", "~(", "9" * 5000, "x" * 100_000, "\x1b]0;owned\x07", "\u202e", "a\nb"),
    *("\udcff", "\u2764\ufe0f", "next (v1)", "socket:[1]", "/proc/1/fd/0"),
)
"""Words that mean something somewhere, and words that nobody should write."""
words = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=5)


def run(arguments: list[str]) -> tuple[int, bytes]:
    """Run the command line in a child of ours: it gives up rights. Returns the exit code and what it complained of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _play(arguments, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        complaint = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), complaint


def _play(arguments: list[str], writing: int) -> None:
    """Be the child, and never return into the code of the test."""
    code = 99
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        os.dup2(writing, 2)
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115 - for as long as this process lives
        sys.stderr = open(2, "w", errors="backslashreplace")  # noqa: SIM115 - likewise
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 99
        except BaseException:  # noqa: BLE001 - a traceback is what is looked for
            traceback.print_exc()
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        os._exit(code)


@settings(max_examples=40, deadline=None)
@given(words)
def test_any_words_end_in_one_line_and_the_contract_s_code(arguments: list[str]) -> None:
    code, complaint = run(arguments)
    assert code in CONTRACT, (arguments, complaint)
    if code:
        text = complaint.decode()
        assert text.startswith("sockscope: "), arguments
        assert text.endswith("\n"), arguments
        assert text[:-1].isprintable(), arguments
        assert len(text) < 1100, arguments
    else:
        assert complaint == b"", arguments


def test_the_child_of_this_test_sees_a_traceback() -> None:
    """Without this, a run that says nothing at all would pass for a clean one."""
    code, complaint = run(["show"])
    assert (code, complaint.count(b"\n")) == (2, 1)
