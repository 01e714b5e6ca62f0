"""The manual and the completions say what the program does."""

import runpy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from sockscope.cli.main import _COMMANDS
from sockscope.cli.parsers import COMMAND_PARSERS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    names: dict[str, Any] = runpy.run_path(str(ROOT / "scripts/documents.py"))
    documents: dict[str, str] = names["documents"]()
    return documents


@pytest.mark.parametrize(
    "path",
    [
        "man/sockscope.1",
        "completions/sockscope.bash",
        "completions/_sockscope",
        "completions/sockscope.fish",
        "docs/filter.md",
        "docs/json.md",
        "docs/relations.md",
    ],
)
def test_what_is_in_the_repository_is_what_the_program_says(made: dict[str, str], path: str) -> None:
    assert (ROOT / path).read_text() == made[path], "run .venv/bin/python scripts/documents.py"


def test_every_command_has_a_parser_that_the_documents_are_made_of() -> None:
    assert COMMAND_PARSERS.keys() == _COMMANDS.keys()


COMPLETED = [
    ("sockscope sn", "snapshot"),
    ("sockscope --gr", "--group-by"),
    ("sockscope snapshot --fil", "--filter"),
    ("sockscope --filter hol", "holders:"),
    ("sockscope snapshot --filter hol", "holders:"),
    ("sockscope show ud", "udplite:"),
    ("sockscope why /etc/host", "/etc/hostname"),
    ("sockscope diff li", "live"),
    ("sockscope diff live /etc/host", "/etc/hostname"),
]
"""What was typed, and what a shell makes of it or offers."""


@pytest.mark.parametrize(("words", "completion"), COMPLETED)
def test_bash_completes_commands_and_options_keys_of_the_filter_and_targets(words: str, completion: str) -> None:
    assert completion in completed(words)


@pytest.mark.needs("fish")
@pytest.mark.parametrize(("words", "completion"), COMPLETED)
def test_fish_completes_the_same(words: str, completion: str) -> None:
    script = f"source {ROOT}/completions/sockscope.fish; complete -C '{words}'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert completion in [line.split("\t")[0] for line in done.stdout.splitlines()]


def test_bash_completes_the_names_of_processes_but_none_that_a_shell_would_read_something_else_in() -> None:
    hostile = "$(id>&2);`id`"
    with ExitStack() as stack:
        for name in ("plain-name_1.2", hostile, "plain name"):
            stack.enter_context(called(name))
        found = completed("sockscope show pl")
        assert "plain-name_1.2" in found
        assert "plain" not in found
        assert not [word for word in completed("sockscope show ''") if "id" in word and "$" in word]


def completed(words: str) -> list[str]:
    script = (
        f"source {ROOT}/completions/sockscope.bash; COMP_WORDS=({words}); COMP_CWORD={len(words.split()) - 1}; "
        '_shtab_sockscope; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@contextmanager
def called(name: str) -> Iterator[None]:
    """Have a process with this name."""
    # /proc/self/comm renames whoever writes to it; what reads from a pipe ends with us.
    script = "import sys; open('/proc/self/comm', 'w').write(sys.argv[1]); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.communicate()


@pytest.mark.needs("groff")
def test_the_manual_is_sound_roff() -> None:
    command = ["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-z", str(ROOT / "man/sockscope.1")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.needs("man")
def test_the_manual_reads_as_the_help_does() -> None:
    done = subprocess.run(["man", "-l", str(ROOT / "man/sockscope.1")], capture_output=True, text=True, check=True)
    for phrase in ("sockscope --pid $(pidof nginx)", "--group-by", "kind:pipe|epoll", "Exit codes", "FILES"):
        assert phrase in done.stdout
