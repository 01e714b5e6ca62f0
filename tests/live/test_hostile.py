"""Names that attack whoever prints them. (F11)"""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockscope.collect.processes.cgroups import unified_mount
from sockscope.kernel.netns import PinnedNamespaces
from tests.live.commandline import answer, descriptor, place, show, snapshot, sockscope
from tests.live.conftest import Play, Truth, wait_until
from tests.requirements import KernelLacks


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


ATTACK = "\x1b]0;owned\x07\x9b31m\u202e[@click=app.bell]"
SHOWN = r"\x1b]0;owned\x07\x9b31m\u202e[@click=app.bell]"


def test_arguments_are_harmless() -> None:
    words = ["a\n" + ATTACK, "-c", "import signal; signal.pause()", ATTACK, "[/]\udcff"]
    with subprocess.Popen(words, executable=sys.executable) as process:
        try:
            for form in ("tree", "json"):
                outcome = sockscope("snapshot", "--pid", process.pid, "--format", form)
                assert outcome.status == 0
                assert_harmless(outcome.out)
            (found,) = (one for one in snapshot(process.pid)["processes"] if one["pid"] == process.pid)
        finally:
            process.kill()
    assert found["cmdline"] == [r"a\x0a" + SHOWN, *words[1:3], SHOWN, r"[/]\xff"]


@pytest.fixture
def cgroup() -> Iterator[Path]:
    """A control group with a name that attacks."""
    pins = PinnedNamespaces()
    root = unified_mount(pins.mounts)
    pins.close()
    if not root:
        reason = "the kernel has no unified cgroup hierarchy"
        raise KernelLacks(reason)
    made = Path(root, f"sockscope-{os.getpid()}-{ATTACK}")
    made.mkdir()
    try:
        yield made
    finally:
        wait_until(lambda: not (made / "cgroup.procs").read_text())
        made.rmdir()


@pytest.mark.needs("root")
def test_the_name_of_a_cgroup_is_harmless(cgroup: Path) -> None:
    with subprocess.Popen(["sleep", "infinity"]) as process:
        try:
            (cgroup / "cgroup.procs").write_text(str(process.pid))
            for words in (["--format", "json"], ["--format", "tree"]):
                outcome = sockscope("snapshot", "--pid", process.pid, *words)
                assert outcome.status == 0
                assert_harmless(outcome.out)
            (found,) = (one for one in snapshot(process.pid)["processes"] if one["pid"] == process.pid)
        finally:
            process.kill()
    assert found["cgroup"].endswith(SHOWN)


PIN = """
import os, subprocess, sys
path = sys.argv[1]
open(path, "w").close()
subprocess.run(["mount", "--bind", "/proc/self/ns/net", path], check=True)
os.execv(sys.executable, [sys.executable, "-m", "sockscope", *sys.argv[2:]])
"""


@pytest.mark.needs("root", "unshare")
@pytest.mark.parametrize("form", ["tree", "json", "ndjson"])
def test_the_name_of_a_network_namespace_is_harmless(form: str, tmp_path: Path) -> None:
    own = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, "-c", PIN]
    command = [*own, str(tmp_path / ("net " + ATTACK)), "snapshot", "--format", form]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert_harmless(done.stdout)
    if form == "json":
        assert f"net {SHOWN}" in [one["name"] for one in json.loads(done.stdout)["namespaces"]]


@pytest.mark.needs("root")
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_name_of_an_interface_is_cleaned_among_socket_options(play: Play, form: str) -> None:
    bound = play("hostile_interface")["bound"]
    outcome = sockscope("show", f"{bound['pid']}:{bound['fd']}", "--options", "--format", form)
    assert outcome.status == 0
    assert "SO_BINDTODEVICE" in outcome.out
    assert_harmless(outcome.out)
    assert "x1b]0;owned" in outcome.out
