"""The manual and the completions say what the program does."""

import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sockscope.arguments import COMMAND_PARSERS
from sockscope.cli import _COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    names: dict[str, Any] = runpy.run_path(str(ROOT / "scripts/documents.py"))
    documents: dict[str, str] = names["documents"]()
    return documents


@pytest.mark.parametrize(
    "path", ["man/sockscope.1", "completions/sockscope.bash", "completions/_sockscope", "completions/sockscope.fish"]
)
def test_what_is_in_the_repository_is_what_the_parsers_say(made: dict[str, str], path: str) -> None:
    assert (ROOT / path).read_text() == made[path], "run .venv/bin/python scripts/documents.py"


def test_every_command_has_a_parser_that_the_documents_are_made_of() -> None:
    assert COMMAND_PARSERS.keys() == _COMMANDS.keys()


@pytest.mark.parametrize(
    ("words", "completion"),
    [("sockscope sn", "snapshot"), ("sockscope --gr", "--group-by"), ("sockscope snapshot --fil", "--filter")],
)
def test_bash_completes_commands_and_options(words: str, completion: str) -> None:
    parts = words.split()
    script = (
        f"source {ROOT}/completions/sockscope.bash; COMP_WORDS=({words}); COMP_CWORD={len(parts) - 1}; "
        '_shtab_sockscope; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert completion in done.stdout.split()


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
