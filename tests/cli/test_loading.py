"""What a command loads: each pays for its own rooms, and for no library that it does not use."""

import json
import os
import subprocess
import sys

import pytest

RUN = """
import json, sys
from sockscope.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:  # argparse, after --help and --version
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
LIBRARIES = ("textual", "rich", "asyncio", "psutil", "pyroute2", "re2", "ssl", "subprocess", "logging")
"""What costs milliseconds to load, and is for the explorer or for who looks closely."""
SHOW = ("sockscope.cli.show", "sockscope.collect.inspect", "sockscope.collect.locate", "sockscope.report.show",
        "sockscope.report.show_text", "sockscope.report.show_records", "sockscope.report.tie_records",
        "sockscope.report.sections", "sockscope.world.targets")  # fmt: skip
EXPLORER = ("sockscope.cli.explore", "sockscope.tui", "sockscope.feed", "sockscope.config", "sockscope.demo",
            "sockscope.collect.serve", "sockscope.privileges.division", "sockscope.privileges.spawner")  # fmt: skip
FILTER = ("sockscope.world.filter",)
SUMMARY = ("sockscope.world.sums", "sockscope.report.summary_text", "sockscope.report.sums_to_records")


def loaded(*words: str) -> set[str]:
    """Run a command in a fresh interpreter and name what it has loaded, and each package that has a part loaded."""
    done = subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=True)
    modules = json.loads(done.stderr.splitlines()[-1])
    return {name[:end] for name in modules for end in [*(at for at, char in enumerate(name) if char == "."), None]}


def own(pid: int | None = None) -> tuple[str, ...]:
    return "snapshot", "--no-diag", "--pid", str(pid or os.getpid())


@pytest.mark.parametrize(
    ("words", "others"),
    [
        pytest.param(own(), (*SHOW, *EXPLORER, *FILTER, *SUMMARY, "sockscope.report.records"), id="tree"),
        pytest.param((*own(), "--format", "json"), (*SHOW, *EXPLORER, *FILTER, *SUMMARY), id="json"),
        pytest.param((*own(), "--format", "ndjson"), (*SHOW, *EXPLORER, *FILTER, *SUMMARY), id="ndjson"),
        pytest.param((*own(), "--filter", "fd:1"), (*SHOW, *EXPLORER, *SUMMARY), id="filter"),
        pytest.param(("show", "--no-diag", "1:0"), (*FILTER, *EXPLORER), id="show"),
    ],
)
def test_a_command_loads_nothing_that_only_others_need(words: tuple[str, ...], others: tuple[str, ...]) -> None:
    modules = loaded(*words)
    psutil = {"psutil", "subprocess", "logging"} if words[0] == "show" else set()
    assert modules & {*others, *LIBRARIES} - psutil == set()
    assert f"sockscope.cli.{words[0]}" in modules


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_load_no_more_than_the_words(word: str) -> None:
    modules = loaded(word)
    assert modules & {"msgspec", "sockscope.collect", "sockscope.model", "sockscope.world.world", *LIBRARIES} == set()
    assert "sockscope.cli.arguments" in modules
