"""It only looks: every system call of every command is held against the rules."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.conftest import Play, blocked_in_a_call, wait_until
from tests.security.recorded_pty import EXPLORER, RecordedPty
from tests.security.syscalls import Call, broken_rules, own_processes, recorded, under_strace

pytestmark = pytest.mark.needs("strace", "root")

ACTORS = ("socketpair_fork", "twin_epolls", "pipe_between", "terminal_jobs", "hostile_names", "netns_child")


@pytest.fixture
def stage(play: Play, tmp_path: Path) -> dict[str, dict[str, object]]:
    (tmp_path / "names").mkdir()
    return {name: play(name, *([tmp_path / "names"] if name == "hostile_names" else [])) for name in ACTORS}


@pytest.fixture
def lost_names(play: Play, tmp_path: Path) -> dict[str, object]:
    (tmp_path / "lost").mkdir()
    return play("lost_names", tmp_path / "lost")


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    directory = tmp_path / "traces"
    directory.mkdir()
    return directory


def assert_only_looked(directory: Path, at_least: int) -> None:
    calls = list(recorded(directory))
    assert len(calls) > at_least, "the trace is empty"
    assert any(call.path.startswith("/proc/") for call in calls)
    assert broken_rules(calls, own_processes(directory)) == []


@pytest.mark.parametrize(
    "command",
    [
        ["snapshot", "--format", "json"],
        ["snapshot", "--maps"],
        ["show", "{fd}"],
        ["show", "/"],
        ["show", "/dev/null"],
        ["collect"],
    ],
)
def test_a_command_only_looks(command: list[str], stage: dict, traces: Path) -> None:
    ours = stage["socketpair_fork"]["ours"]
    words = [word.format(fd=f"{ours['pid']}:{ours['fd']}") for word in command]
    done = subprocess.run(
        under_strace(traces, [sys.executable, "-m", "sockscope", *words]),
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert_only_looked(traces, 500)


def test_what_a_link_leads_to_is_pinned_and_never_opened(lost_names: dict, traces: Path) -> None:
    words = ["snapshot", "--pid", str(lost_names["pid"]), "--format", "json"]
    subprocess.run(
        under_strace(traces, [sys.executable, "-m", "sockscope", *words]), stdout=subprocess.DEVNULL, check=True
    )
    calls = list(recorded(traces))
    pins = [call for call in calls if call.path.startswith(f"/proc/{lost_names['pid']}/fd/") and call.name == "openat"]
    assert len(pins) > 20
    assert all("O_PATH" in call.arguments for call in pins)
    assert broken_rules(calls, own_processes(traces)) == []


def test_the_explorer_only_looks_while_it_is_used(stage: dict, traces: Path) -> None:
    pids = [str(truth["pid"]) for truth in stage.values()]
    with RecordedPty("--interval", "0.2", "--pid", *pids, program=under_strace(traces, EXPLORER)) as terminal:
        terminal.wait_for_picture()
        for keys in (b"jjj", b"\r", b"n", b"N", b"p", b"r", b"jjjjjj", b"\t", b"j\r", b"?", b"\x1b", b"K"):
            terminal.press(keys)
            terminal.read(0.3)
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
    assert_only_looked(traces, 2000)


def duplicates(directory: Path) -> list[Call]:
    return [call for call in recorded(directory) if call.name == "pidfd_getfd"]


def test_a_descriptor_is_duplicated_once_for_each_time_that_its_options_are_asked_for(play: Play, traces: Path) -> None:
    actor = str(play("socketpair_fork")["pid"])
    choice = ("--interval", "0.2", "--pid", actor, "--filter", "kind:socket")
    with RecordedPty(*choice, program=under_strace(traces, EXPLORER)) as terminal:
        # The whole picture: in the preview there are no rows yet for the cursor to go to.
        terminal.wait_for("⇄")
        terminal.press(b"jj")
        terminal.wait_for("Held by")
        for _ in range(2):
            terminal.stream = b""
            terminal.press(b"o")
            terminal.wait_for("SO_")
        terminal.press(b"q")
        assert terminal.wait_for_end() == 0
    assert [call.result.startswith("-") for call in duplicates(traces)] == [False, False]
    others = [call for call in recorded(traces) if call.name != "pidfd_getfd"]
    assert broken_rules(others, own_processes(traces)) == []


def test_nothing_is_written_but_the_file_that_was_asked_for(play: Play, traces: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "kept" / "found.json"
    wanted.parent.mkdir()
    # The explorer of root itself writes as nobody.
    wanted.parent.chmod(0o777)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    choice = ("--pid", str(play("socketpair_fork")["pid"]))
    with RecordedPty(*choice, program=under_strace(traces, EXPLORER)) as terminal:
        terminal.wait_for("⇄")
        terminal.press(b"e")
        terminal.wait_for("give up")
        # Ctrl+U: another name than the one that is proposed.
        terminal.press(b"\x15" + os.fsencode(wanted) + b"\r")
        terminal.wait_until(wanted.exists, "the file to be written")
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 0
    calls = list(recorded(traces))
    place = os.fsencode(wanted.parent).decode()
    there = [call for call in calls if place in call.arguments]
    assert sorted({call.name for call in there if broken_rules([call])}) == ["linkat", "openat", "unlinkat"]
    # The way to its directory is named step by step, and nothing else is broken.
    steps = {str(parent) for parent in wanted.parents}
    ways = [call for call in calls if "O_PATH" in call.arguments and f"/{call.path.lstrip('/')}" in steps]
    others = [call for call in calls if call not in there and call not in ways]
    assert broken_rules(others, own_processes(traces)) == []


def test_what_is_not_looked_at_has_neither_descriptor_nor_memory_touched(play: Play, traces: Path) -> None:
    play("terminal_jobs")
    play("poll_waiters")
    for command in (["snapshot", "--format", "json"], ["collect"]):
        program = under_strace(traces, [sys.executable, "-m", "sockscope", *command])
        subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert [call for call in recorded(traces) if call.name in {"pidfd_getfd", "process_vm_readv"}] == []


def sets_read(directory: Path) -> list[Call]:
    return [call for call in recorded(directory) if call.name == "process_vm_readv"]


@pytest.mark.parametrize("what", ["{pid}:{fd}", "{pid}"])
def test_show_reads_the_set_of_a_thread_in_poll_only_when_it_is_asked_to_and_no_more(
    what: str, play: Play, traces: Path
) -> None:
    actor = play("poll_waiters")["polls"]
    wait_until(lambda: blocked_in_a_call(actor["pid"]))
    words = ["show", what.format(**actor), "--format", "json"]
    said = {}
    for asked in ([], ["--look-inside"]):
        assert sets_read(traces) == []
        program = under_strace(traces, [sys.executable, "-m", "sockscope", *words, *asked])
        done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        said[bool(asked)] = b"on what is not visible" in done.stdout
    # Two entries of eight bytes, once for all that is told of the process and at the descriptor.
    assert [call.result for call in sets_read(traces) if call.arguments.startswith(f"{actor['pid']}, ")] == ["16"]
    others = [call for call in recorded(traces) if call.name != "process_vm_readv"]
    assert broken_rules(others, own_processes(traces)) == []
    assert said == {False: True, True: False}


def test_the_explorer_reads_the_set_of_a_thread_in_poll_once_for_each_time_that_it_is_asked_for(
    play: Play, traces: Path
) -> None:
    actor = play("poll_waiters")["polls"]
    wait_until(lambda: blocked_in_a_call(actor["pid"]))
    choice = ("--interval", "0.2", "--pid", str(actor["pid"]), "--filter", "state:listen")
    with RecordedPty(*choice, program=under_strace(traces, EXPLORER)) as terminal:
        terminal.wait_for("LISTEN")
        terminal.press(b"jj")
        terminal.wait_for("May be waiting")
        for _ in range(2):
            terminal.stream = b""
            terminal.press(b"i")
            terminal.wait_for("Looked inside")
            terminal.wait_for("inferred")
        terminal.press(b"q")
        assert terminal.wait_for_end() == 0
    read = [call.result for call in sets_read(traces) if call.arguments.startswith(f"{actor['pid']}, ")]
    assert read == ["16", "16"]
    others = [call for call in recorded(traces) if call.name != "process_vm_readv"]
    assert broken_rules(others, own_processes(traces)) == []


def test_show_duplicates_a_descriptor_for_its_options(play: Play, traces: Path) -> None:
    ours = play("socketpair_fork")["ours"]
    words = ["show", f"{ours['pid']}:{ours['fd']}", "--options"]
    subprocess.run(
        under_strace(traces, [sys.executable, "-m", "sockscope", *words]), stdin=subprocess.DEVNULL, check=True
    )
    assert len(duplicates(traces)) == 1


@pytest.mark.parametrize(
    "call",
    [
        Call("kill", "12, SIGTERM", "0", ""),
        Call("openat", 'AT_FDCWD, "/proc/12/fd/3", O_RDONLY', "4", "/proc/12/fd/3"),
        Call("openat", '5</proc/12/fd>, "3", O_RDONLY', "4", "/proc/12/fd/3"),
        Call("openat", 'AT_FDCWD, "/proc/self/fd/3", O_RDONLY', "4</home/u/pipe>", "/proc/self/fd/3"),
        Call("openat", 'AT_FDCWD, "/proc/12/fd/3", O_RDONLY', "4<net:[5]>", "/proc/12/fd/3"),
        Call("openat", 'AT_FDCWD, "/home/u/secret", O_RDONLY', "4", "/home/u/secret"),
        Call("openat", 'AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT', "4", "/tmp/x"),
        Call("openat", 'AT_FDCWD, "/mnt/nfs/x", O_RDONLY|O_PATH', "4", "/mnt/nfs/x"),
        Call("openat2", 'AT_FDCWD, "/mnt/nfs/x", {flags=O_PATH, resolve=0}, 24', "4", "/mnt/nfs/x"),
        Call("newfstatat", '5</proc/12/fd>, "3", {…}, 0', "0", "/proc/12/fd/3"),
        Call("statx", '4</mnt/nfs/x>, "", AT_EMPTY_PATH, STATX_BASIC_STATS, {…}', "0", "/mnt/nfs/x"),
        Call("getxattr", '"/proc/12/fd/3", "system.sockprotoname", 0x7f, 256', "4", "/proc/12/fd/3"),
        Call("socket", "AF_INET, SOCK_STREAM, 0", "3", ""),
        Call("pidfd_getfd", "5<anon_inode:[pidfd]>, 3, 0", "6<socket:[12]>", ""),
        Call("pidfd_getfd", "5<anon_inode:[pidfd]>, 3, 0", "6</dev/mem>", ""),
        Call("process_vm_readv", "12, [{iov_base=0, iov_len=16}], 1, [{iov_base=0, iov_len=16}], 1, 0", "16", ""),
    ],
)
def test_the_rules_find_what_they_forbid(call: Call) -> None:
    assert len(broken_rules([call], frozenset({"13"}))) == 1


def test_a_collector_may_be_ended_by_its_spawner() -> None:
    assert broken_rules([Call("kill", "13, SIGKILL", "0", "")], frozenset({"13"})) == []


def test_a_trace_is_read_as_it_was_written(tmp_path: Path) -> None:
    target = tmp_path / "written"
    done = subprocess.run(
        under_strace(
            tmp_path, [sys.executable, "-c", f"open({str(target)!r}, 'w'); import os; os.kill(os.getpid(), 0)"]
        ),
        check=False,
    )
    assert done.returncode == 0
    found = broken_rules(recorded(tmp_path))
    assert [line.partition(":")[0] for line in found] == ["opens for writing", "changes, steers or reads another"]
    assert str(os.fspath(target)) in found[0]
