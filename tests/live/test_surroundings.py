"""Where the command line may be started: closed streams, other encodings, other mounts of procfs."""

import json
import os
import shlex
import subprocess
from typing import Any

import pytest

from tests.live.commandline import LONGEST, PROGRAM, sockscope

USAGE, DENIED = 2, 3
CLOSED = "sockscope: standard {} is closed, "
NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all")


def run_in_shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run `command`, in which `sockscope` stands for the program, in a shell."""
    whole = command.replace("sockscope", shlex.join(PROGRAM), 1)
    return subprocess.run(
        ["/bin/sh", "-c", whole], stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST,
        env={**os.environ, **environment}, cwd="/", check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "stream"),
    [
        ("sockscope snapshot >&-", "output"),
        ("sockscope show 1 >&-", "output"),
        ("sockscope collect >&-", "output"),
        ("sockscope collect <&-", "input"),
        ("sockscope collect <&- >&-", "input"),
    ],
)
def test_a_stream_that_is_closed_is_named(command: str, stream: str) -> None:
    done = run_in_shell(command)
    assert done.returncode == USAGE
    assert done.stderr.decode().startswith(CLOSED.format(stream))
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "command", ["sockscope snapshot >&- 2>&-", "sockscope show ino: 2>&-", "sockscope <&- >&- 2>&-"]
)
def test_without_anywhere_to_complain_the_exit_code_is_left(command: str) -> None:
    done = run_in_shell(command)
    assert (done.returncode, done.stdout, done.stderr) == (USAGE, b"", b"")


@pytest.mark.parametrize("command", ["sockscope snapshot <&-", "sockscope show 1 2>&-", "sockscope snapshot 2>&-"])
def test_a_stream_that_is_not_needed_may_be_closed(command: str) -> None:
    done = run_in_shell(command)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") > 3


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "koi8-r"])
def test_text_is_as_good_as_the_encoding_and_json_is_utf_8(encoding: str, tmp_path: Any) -> None:
    name = tmp_path / "\u65e5\u672c \u00e9"
    with name.open("w"):
        for command in ("snapshot", "--help", f"show {os.getpid()}"):
            done = run_in_shell(f"sockscope {command}", PYTHONIOENCODING=encoding)
            assert (done.returncode, done.stderr) == (0, b"")
            done.stdout.decode(encoding)
        text = run_in_shell(f"sockscope show {os.getpid()}", PYTHONIOENCODING=encoding).stdout.decode(encoding)
        assert "\\u65e5\\u672c" in text
        assert ("\\u00e9" in text) == (encoding != "latin-1")
        document = run_in_shell(f"sockscope show {os.getpid()} --format json", PYTHONIOENCODING=encoding).stdout
        assert str(name) in {one["target"] for one in json.loads(document.decode())["descriptors"]}


def test_our_signs_have_likenesses() -> None:
    done = run_in_shell("sockscope --help", PYTHONIOENCODING="ascii")
    assert b"  * on the same kernel object   # at the other end   @ an epoll" in done.stdout


def mounted(options: str, command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command where procfs is mounted with some options."""
    before = f"mount --make-rprivate / && mount -t proc -o {options} proc /proc && exec {command}"
    whole = before.replace("sockscope", shlex.join(PROGRAM), 1)
    return subprocess.run(
        ["unshare", "--mount", "/bin/sh", "-c", whole], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=LONGEST, cwd="/", check=False,
    )  # fmt: skip


@pytest.mark.needs("root")
@pytest.mark.parametrize("command", ["snapshot", "show 1", "snapshot --pid 1"])
def test_a_procfs_with_processes_only_is_named(command: str) -> None:
    done = mounted("subset=pid", f"sockscope {command}")
    assert done.returncode == DENIED
    assert done.stderr.startswith(b"sockscope: /proc is mounted with subset=pid")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.needs("root")
@pytest.mark.parametrize("command", ["--help", "--version", "show --help"])
def test_help_needs_no_procfs(command: str) -> None:
    done = mounted("subset=pid", f"sockscope {command}")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.needs("root")
@pytest.mark.parametrize("option", ["hidepid=1", "hidepid=2"])
@pytest.mark.parametrize("command", ["show {pid}", "show {pid}:0", "snapshot --pid {pid}", "why {pid}"])
def test_a_process_that_procfs_hides_is_not_said_to_be_missing(command: str, option: str) -> None:
    pid = os.getpid()
    done = mounted(option, f"{shlex.join(NOBODY)} sockscope {command.format(pid=pid)}")
    assert done.returncode == DENIED, done
    assert done.stderr.startswith(f"sockscope: process {pid} exists, and this mount of /proc hides it".encode())


def test_hostile_names_on_the_command_line_give_one_clean_line(tmp_path: Any) -> None:
    names = [b"\x1b]0;owned\x07", "\u202eevil".encode(), b"new\nline", b"bad\xff", b"-x\x1b[31m", b"x" * 200]
    for name in names:
        (tmp_path / os.fsdecode(name)).touch()
    everything = [os.fsdecode(name) for name in names]
    for words in (everything, ["show", *everything], ["snapshot", *everything], ["demo", *everything]):
        outcome = sockscope(*words)
        assert outcome.status == USAGE
        assert outcome.err.count("\n") == 1
        assert outcome.err.rstrip("\n").isprintable()
        assert len(outcome.err) < 1100
