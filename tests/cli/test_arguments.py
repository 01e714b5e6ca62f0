"""What the words of the command line mean, and what is said of those that mean nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sockscope.cli.arguments import explorer_parser
from sockscope.cli.pidof import pids_named
from sockscope.cli.values import UsageError, read_pids
from sockscope.kernel.procfs import Procfs
from sockscope.world.grouping.names import NAMES
from tests.live.commandline import sockscope


def named(name: str) -> Sequence[int]:
    return {"nginx": [7, 8]}.get(name, [])


@pytest.mark.parametrize(
    ("words", "pids"),
    [(None, []), (["1"], [1]), (["1,2", "3 1"], [1, 2, 3]), (["nginx"], [7, 8]), (["8", "nginx"], [8, 7])],
)
def test_pids_are_numbers_and_names(words: list[str] | None, pids: list[int]) -> None:
    assert read_pids(words, named) == pids


@pytest.mark.parametrize("word", ["", ",", "0", "-1", "1.5", "12x", "4294967296", "/usr/sbin/nginx", "\x1b[31m"])
def test_what_is_neither_is_bad_usage(word: str) -> None:
    with pytest.raises(UsageError, match="--pid") as raised:
        read_pids([word], named)
    assert str(raised.value).isprintable()


def test_a_name_that_no_process_has_does_not_exist() -> None:
    with pytest.raises(LookupError, match="no process is called apache"):
        read_pids(["apache"], named)


def recorded(root: Path, pid: int, comm: str, *arguments: str, state: str = "S") -> None:
    place = root / str(pid)
    place.mkdir()
    (place / "comm").write_text(f"{comm}\n")
    (place / "status").write_text(f"Name:\t{comm}\nUmask:\t0022\nState:\t{state} (as proc(5) says)\n")
    (place / "cmdline").write_text("".join(f"{argument}\0" for argument in arguments))


def test_a_process_is_named_by_its_short_name_and_by_its_program(tmp_path: Path) -> None:
    recorded(tmp_path, 11, "nginx", "nginx: master process")
    recorded(tmp_path, 12, "python3", "/opt/nginx", "-x")
    recorded(tmp_path, 13, "other (nginx)", "nginx-helper")
    recorded(tmp_path, 14, "kthread")
    (tmp_path / "15").mkdir()
    recorded(tmp_path, 16, "nginx", state="Z")
    assert sorted(pids_named(Procfs(str(tmp_path)), "nginx")) == [11, 12]
    assert pids_named(Procfs(str(tmp_path)), "kthread") == [14]


def test_the_explorer_takes_a_target_a_filter_and_a_grouping() -> None:
    options = explorer_parser().parse_args([":443", "--filter", "kind:epoll", "--group-by", "object", "--pid", "1"])
    assert (options.target, options.filter, options.group_by, options.pid) == (":443", "kind:epoll", "object", ["1"])
    assert explorer_parser().parse_args([]).interval is None


@pytest.mark.parametrize("by", NAMES)
def test_every_grouping_can_be_asked_for(by: str) -> None:
    assert explorer_parser().parse_args(["--group-by", by]).group_by == by


def test_a_filter_that_makes_no_sense_says_where_before_anything_is_read() -> None:
    for command in ((), ("snapshot",)):
        outcome = sockscope(*command, "--filter", "kind:pipe prot:tcp")
        assert outcome.status == 2
        message = "sockscope: --filter: no key is called prot; did you mean proto or port? (column 11)\n"
        assert (outcome.out, outcome.err) == ("", message)


@pytest.mark.parametrize("target", ["tcp:http", "1:x", "[::1]", "ino:x"])
def test_a_target_that_makes_no_sense_is_bad_usage_before_there_is_a_screen(target: str) -> None:
    outcome = sockscope(target)
    assert (outcome.status, outcome.out) == (2, "")
    assert "PID:FD" in outcome.err


@pytest.mark.needs("root")
@pytest.mark.parametrize("command", ["demo", "show", "snapshot", "collect"])
def test_a_command_behind_an_option_is_not_taken_for_a_target(command: str) -> None:
    outcome = sockscope("--ascii", command)
    assert outcome.status == 2
    assert outcome.err.startswith(f"sockscope: {command} is a command and comes first: sockscope {command}")
    assert outcome.err.count("\n") == 1


def test_the_configuration_is_read_as_the_user_behind_sudo(tmp_path: Path) -> None:
    """The file is there and only root can read it: what is read as the user cannot be it."""
    (tmp_path / "sockscope").mkdir()
    (tmp_path / "sockscope" / "config.toml").write_text("interval = 7")
    tmp_path.chmod(0o700)
    assert opened(tmp_path, SUDO_UID="65534", SUDO_GID="65534") == {"interval": 1.0, "uid": 65534, "notes": 1}
    assert opened(tmp_path) == {"interval": 7.0, "uid": 0, "notes": 0}


OPENED = """
import asyncio, json, os, sys, types
# The interpreter of a test run may be where that user cannot read it: what comes after the change is loaded before.
import sockscope.feed.spawned, sockscope.config.file, sockscope.tui.options, sockscope.tui.plain_ascii
from sockscope.cli import explore, main as cli
from sockscope.privileges import division
division.require_readable = lambda invoker: None
view = types.ModuleType("sockscope.tui.app")
view.run = lambda feed, options: print(json.dumps(
    {"interval": options.interval, "uid": os.getuid(), "notes": len(options.notes)})) or 0
sys.modules["sockscope.tui.app"] = view
explore.require_terminal = lambda: None
sys.exit(cli.main([]))
"""
"""The command line with a screen that only says how it was opened."""


def opened(config: Path, **sudo: str) -> dict[str, Any]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SUDO_")}
    env |= {"XDG_CONFIG_HOME": str(config), "PYTHONPATH": str(Path(__file__).parents[2]), **sudo}
    done = subprocess.run([sys.executable, "-c", OPENED], env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
