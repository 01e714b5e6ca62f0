"""What the command line says when it is asked for the wrong thing: one clear line, the agreed exit status."""

import os
import subprocess

import pytest

from sockscope import __version__
from tests.live.commandline import PROGRAM, Outcome, answer, sockscope
from tests.live.conftest import Play

NOT_FOUND, BAD_USAGE = 1, 2


@pytest.fixture
def ended_pid() -> int:
    """Give the pid of a process that is over."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def assert_one_clear_line(outcome: Outcome, status: int) -> None:
    assert outcome.status == status, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("sockscope: ")
    assert outcome.err.count("\n") == 1
    assert outcome.err.endswith("\n")
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", [(), ("snapshot",)])
def test_a_pid_option_with_nothing_after_it_is_bad_usage(command: tuple[str, ...]) -> None:
    """`--pid $(pidof nothing)` leaves exactly this behind."""
    outcome = sockscope(*command, "--pid")
    assert_one_clear_line(outcome, BAD_USAGE)
    assert "--pid" in outcome.err


def test_an_empty_pid_is_bad_usage() -> None:
    assert_one_clear_line(sockscope("snapshot", "--pid", ""), BAD_USAGE)


@pytest.mark.parametrize("word", ["no-such-program", "12x", "-5", "0", "1.5", "99999999999999999999"])
def test_a_pid_that_is_no_number_of_a_process_is_named_in_the_error(word: str) -> None:
    outcome = sockscope("snapshot", f"--pid={word}")
    assert outcome.status in {NOT_FOUND, BAD_USAGE}
    assert_one_clear_line(outcome, outcome.status)
    assert word in outcome.err


def test_a_pid_that_has_ended_does_not_exist(ended_pid: int) -> None:
    outcome = sockscope("snapshot", "--pid", ended_pid)
    assert_one_clear_line(outcome, NOT_FOUND)
    assert str(ended_pid) in outcome.err


def test_pids_may_be_given_with_spaces_and_with_commas(play: Play) -> None:
    truth = play("shared_listener")
    pids = {truth["pid"], truth["waiting"]["pid"], truth["holding"]["pid"]}
    for arguments in (["--pid", *pids], ["--pid", ",".join(map(str, pids))]):
        assert {process["pid"] for process in answer("snapshot", *arguments)["processes"]} == pids


@pytest.mark.parametrize(
    "what", ["", "no such", "1:", ":x", "1:x", "ino:", "ino:abc", "tcp:", "tcp:http:x", "unix:", "1:2:3"]
)
def test_what_cannot_be_shown_is_bad_usage(what: str) -> None:
    assert_one_clear_line(sockscope("show", what), BAD_USAGE)


def test_show_without_an_argument_is_bad_usage() -> None:
    assert_one_clear_line(sockscope("show"), BAD_USAGE)


def test_a_descriptor_that_is_not_open_does_not_exist(ended_pid: int) -> None:
    for what in (
        f"{os.getpid()}:99999",
        f"{ended_pid}:0",
        f"{ended_pid}",
        "ino:4294967295",
        "unix:/no/such/socket",
        "/no/such/file",
        "@no",
        "nosuchname",
    ):
        outcome = sockscope("show", what)
        assert_one_clear_line(outcome, NOT_FOUND)


def test_an_unknown_command_or_option_is_bad_usage() -> None:
    for arguments in (["explode"], ["--no-such-option"], ["snapshot", "--format", "yaml"], ["--interval", "soon"]):
        assert_one_clear_line(sockscope(*arguments), BAD_USAGE)


def test_without_a_terminal_the_explorer_names_the_command_that_needs_none() -> None:
    outcome = sockscope()
    assert_one_clear_line(outcome, BAD_USAGE)
    assert "sockscope snapshot" in outcome.err


def test_help_begins_with_examples() -> None:
    outcome = sockscope("--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.index("sockscope --pid $(pidof nginx)") < outcome.out.index("\n  --interval")
    for command in ("snapshot", "show", "collect"):
        assert command in outcome.out


def test_the_version_is_the_package_s() -> None:
    outcome = sockscope("--version")
    assert (outcome.status, outcome.out.split()) == (0, ["sockscope", __version__])


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """`sockscope snapshot | head -1`: the pipe breaks, and nobody wants a traceback for it."""
    script = 'set -o pipefail; "$@" | head -c 1 >/dev/null'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *PROGRAM, "snapshot"], capture_output=True, timeout=120, check=False
    )
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
