"""Continuous integration runs everybody's tests, on what the documents promise, with no right that it does not need."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEST = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def lines(text: str) -> list[str]:
    """Lines of a file that do something, without what stands beside them for a reader."""
    return [line.split(" #")[0].rstrip() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]


def test_the_forge_runs_what_everybody_runs() -> None:
    assert lines((ROOT / ".ci" / "run").read_text(encoding="utf-8"))[-1] == "exec make test"
    commands = re.findall(r"^ +(?:- )?run: (.*)$", TEST, re.MULTILINE)
    assert commands == ["|", ".ci/run"]
    assert "- name: make test\n        run: .ci/run\n" in TEST
    # What comes before is what the README asks of a newcomer's machine; git and certificates are for the checkout.
    before = re.search(r"run: \|\n((?: {10}.*\n)+)", TEST)
    assert before is not None
    assert set(before[1].split("recommends ")[1].split()) == {
        "ca-certificates",
        "git",
        "make",
        "python3",
        "python3-venv",
    }
    assert "apt-get" in before[1].split()[0]


def test_nothing_that_is_installed_asks_anybody() -> None:
    step = TEST.split("- name: What a newcomer has")[1].split("- uses:")[0]
    assert re.search(r"^ {8}env:\n {10}DEBIAN_FRONTEND: noninteractive\b", step, re.MULTILINE)


def test_it_does_so_on_both_systems_and_every_python() -> None:
    runs = re.findall(r'where: "(.*?)", image: "(.*?)", python: "(.*?)"', TEST)
    assert runs == [
        ("Debian 12", "debian:12", "python3"),
        ("Ubuntu 24.04", "ubuntu:24.04", "python3"),
        *((f"Python {one}", f"python:{one}-bookworm", f"/usr/local/bin/python{one}") for one in PYTHONS),
    ]
    told = "Debian 12, Ubuntu 24.04 and Python 3.11 to 3.14"
    assert told in " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert oldest is not None
    assert oldest[1] == PYTHONS[0]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_it_may_read_and_nothing_else(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    assert re.findall(r"^permissions:\n((?:  .*\n)+)", text, re.MULTILINE) == ["  contents: read\n"]
    assert len(re.findall(r"permissions:", text)) == 1
    assert "pull_request_target" not in text
    assert "secrets." not in text


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_others_wrote_is_pinned_to_one_content(workflow: Path) -> None:
    uses = re.findall(r"uses: (\S+)(.*)", workflow.read_text(encoding="utf-8"))
    assert uses
    for action, beside in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", beside), "a reader sees which version that is"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_of_a_pull_request_is_pasted_into_a_script(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    scripts = re.findall(r"run: (?:\|\n((?: {10}.*\n)+)|(.*)\n)", text)
    assert scripts
    assert not any("${{" in part for script in scripts for part in script)
