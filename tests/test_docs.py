"""What the documents point at exists, and what they tell a user to type works."""

import re
from pathlib import Path

import pytest

from sockscope.arguments import explorer_parser, show_parser, snapshot_parser
from sockscope.tui.app import Explorer
from sockscope.tui.keys import KeyNames, bindings_of
from sockscope.tui.tree import DescriptorTree

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
MENTION = re.compile(r"`((?:tests|sockscope|scripts|screenshots|docs|benchmarks)/[\w./-]*)`")
TARGET = re.compile(r"^ {4}(?:.*&& )?make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"^ {4}(?:sudo )?\.venv/bin/sockscope ?([^#\n]*)", re.MULTILINE)


def text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINK.findall(text(document))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(document: Path) -> None:
    # The name of the JSON schema looks like a path and is none.
    paths = set(MENTION.findall(text(document))) - {"sockscope/1"}
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_make_target_that_is_named_exists() -> None:
    makefile = text(ROOT / "Makefile")
    named = {target for document in DOCUMENTS for target in TARGET.findall(text(document))}
    assert {"run", "test", "check"} <= named
    assert [target for target in named if f"\n{target}:" not in makefile] == []


def test_every_command_of_the_readme_is_understood() -> None:
    parsers = {"snapshot": snapshot_parser(), "show": show_parser()}
    commands = [line.replace("$(pidof nginx)", "12 13").split() for line in COMMAND.findall(text(ROOT / "README.md"))]
    assert len(commands) > 4
    for words in commands:
        if words and words[0] in parsers:
            parsers[words[0]].parse_args(words[1:])
        else:
            explorer_parser().parse_args(words)


def test_every_key_of_the_explorer_is_in_the_readme() -> None:
    section = text(ROOT / "README.md").split("## Keys")[1].split("\n## ")[0]
    told = set(re.findall(r"`([^`]+)`", section))
    names = KeyNames({})
    bindings = [*bindings_of(Explorer), *bindings_of(DescriptorTree)]
    assert len(bindings) > 40
    assert [key for binding in bindings for key in names.of(binding) if key not in told] == []


def test_every_picture_is_shown_in_the_readme() -> None:
    shown = set(re.findall(r"\]\(screenshots/([\w.]+)\)", text(ROOT / "README.md")))
    assert shown == {picture.name for picture in (ROOT / "screenshots").glob("*.svg")}
