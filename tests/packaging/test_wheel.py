"""What somebody gets who installs the wheel: everything it needs, and nothing of the checkout."""

import hashlib
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from sockscope import __version__
from tests.packaging.conftest import ROOT, run
from tests.terminal.conftest import Terminal


def test_the_wheel_holds_every_style_sheet_once(wheel: Path, direct_wheel: Path) -> None:
    sheets = sorted(f"sockscope/css/{sheet.name}" for sheet in (ROOT / "css").glob("*.tcss"))
    assert sheets
    for built in (wheel, direct_wheel):
        assert sorted(name for name in zipfile.ZipFile(built).namelist() if name.endswith(".tcss")) == sheets


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"sockscope", f"sockscope-{__version__}.dist-info", f"sockscope-{__version__}.data"}
    assert "sockscope/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_two_builds_of_one_source_are_the_same_to_the_byte(wheel: Path, direct_wheel: Path) -> None:
    # Two directories, two moments: from the source archive, whose files are new, and from the checkout.
    assert wheel.name == direct_wheel.name
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == hashlib.sha256(direct_wheel.read_bytes()).hexdigest()


def test_the_manual_and_the_completions_are_installed_where_they_are_looked_for(installed: Path) -> None:
    share = installed.parent / "share"
    for path in (
        "man/man1/sockscope.1",
        "bash-completion/completions/sockscope",
        "zsh/site-functions/_sockscope",
        "fish/vendor_completions.d/sockscope.fish",
    ):
        assert "sockscope" in (share / path).read_text()


def test_the_installed_program_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "sockscope", "--version", cwd=tmp_path).split() == ["sockscope", __version__]


def test_the_installed_program_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import sockscope; print(sockscope.__file__)", cwd=tmp_path)
    assert where.startswith(str(installed.parent))


def test_the_installed_program_takes_a_snapshot(installed: Path, tmp_path: Path) -> None:
    text = run(installed / "sockscope", "snapshot", "--pid", os.getpid(), "--format", "json", cwd=tmp_path)
    assert [process["pid"] for process in json.loads(text)["processes"]] == [os.getpid()]


def test_a_plain_install_filters_without_patterns_and_says_what_they_need(installed: Path, tmp_path: Path) -> None:
    ask = (installed / "sockscope", "snapshot", "--pid", os.getpid(), "--filter")
    assert str(os.getpid()) in run(*ask, "cmd:*", cwd=tmp_path)
    refused = subprocess.run([*map(str, ask), "cmd:~python"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "pip install 'sockscope[patterns]'" in refused.stderr


@pytest.mark.needs("tmux")
def test_the_installed_explorer_finds_its_style_sheets(installed: Path, tmp_path: Path) -> None:
    """A style sheet that is not found ends the program before its first screen."""
    terminal = Terminal(tmp_path)
    try:
        terminal.type(f"clear; {installed / 'sockscope'} --pid {os.getpid()}; echo status=$?")
        terminal.wait_for(f"{os.getpid()}", "help")
        assert terminal.modes()["alternate_on"]
        terminal.press("q")
        terminal.wait_for("status=0")
    finally:
        terminal.close()
