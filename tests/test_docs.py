"""What the documents point at exists, and what they tell a user to type works."""

import ast
import re
from pathlib import Path

import pytest

from sockscope.cli.arguments import explorer_parser
from sockscope.cli.parsers import COMMAND_PARSERS
from sockscope.tui.commands.explorer import EXPLORER
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.tables import TABLES
from sockscope.tui.commands.tree import TREE

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
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
    parsers = {name: parser() for name, parser in COMMAND_PARSERS.items() if name not in {"demo", "collect"}}
    commands = [line.replace("$(pidof nginx)", "12 13").split() for line in COMMAND.findall(text(ROOT / "README.md"))]
    assert len(commands) > 4
    for words in commands:
        if words and words[0] in parsers:
            parsers[words[0]].read(words[1:])
        else:
            explorer_parser().parse_args(words)


def test_every_key_of_the_explorer_is_in_the_readme() -> None:
    section = text(ROOT / "README.md").split("## Keys")[1].split("\n## ")[0]
    told = set(re.findall(r"`([^`]+)`", section))
    names = KeyNames(TABLES, {})
    commands = [*EXPLORER, *TREE]
    assert len(commands) > 40
    assert [key for one in commands for key in names.all_of(one.id) if key not in told] == []


def test_every_picture_is_shown_in_the_readme() -> None:
    shown = set(re.findall(r"\]\(screenshots/([\w.]+)\)", text(ROOT / "README.md")))
    assert shown == {picture.name for picture in (ROOT / "screenshots").glob("*.svg")}


# docs/design.md, as far as it can be held

DESIGN = ROOT / "docs" / "design.md"
ROOM = re.compile(r"^\| ((?:`sockscope/[\w/.]+`(?:, )?)+) \|.*\| ([\w, :]+) \|$", re.MULTILINE)
PACKAGE = ROOT / "sockscope"
PUBLISHED = {"textual", "psutil", "pyroute2", "msgspec", "platformdirs", "zstandard"}
"""Third-party modules, by the name that is imported."""


def rooms() -> list[Path]:
    """Rooms that the plan has a row for."""
    table = text(DESIGN).split("| room |")[1].split("\n\n")[0]
    return [ROOT / name for row, _ in ROOM.findall(table) for name in re.findall(r"`([^`]+)`", row)]


def test_every_row_of_the_plan_was_read() -> None:
    rows = text(DESIGN).split("| room |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(ROOM.findall("\n".join(rows))) == len(rows) > 12


def test_every_room_of_the_plan_exists() -> None:
    assert [room for room in rooms() if not room.exists()] == []


def test_every_package_has_its_row_in_the_plan() -> None:
    packages = {path.parent for path in PACKAGE.glob("*/__init__.py")}
    planned = {room if room.is_dir() else room.parent for room in rooms()}
    assert sorted(path.name for path in packages - planned) == []


def test_every_module_beside_the_packages_has_its_row_or_is_a_door() -> None:
    doors = {"__init__.py", "__main__.py"}
    modules = {path for path in PACKAGE.glob("*.py") if path.name not in doors}
    assert modules <= set(rooms())


def imported(file: Path) -> set[str]:
    """Modules of ours that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(text(file))):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("sockscope"):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("sockscope.")}
    return found


def part_of(module: str) -> str:
    """The package of ours that a module belongs to, or the module itself where it stands beside the packages."""
    return module.partition(".")[2].partition(".")[0]


@pytest.mark.parametrize("room", [room for room in rooms() if room.name != "main.py"], ids=lambda room: room.name)
def test_a_room_knows_whom_the_plan_says_and_nobody_else(room: Path) -> None:
    known = {}
    for row, knows in ROOM.findall(text(DESIGN)):
        for name in re.findall(r"`([^`]+)`", row):
            known[ROOT / name] = set(re.split(r", | and ", knows)) - {"nobody"}
    own = part_of(".".join(room.relative_to(ROOT).with_suffix("").parts))
    inner = {other for other in known if other != room and room in other.parents}
    files = [file for file in ([room] if room.is_file() else room.rglob("*.py")) if not inner & set(file.parents)]
    met = {part_of(module) for file in files for module in imported(file)} - {own, "", "__version__", "abi"}
    assert sorted(met - known[room]) == []


def test_every_dependency_is_argued_in_the_plan() -> None:
    section = text(DESIGN).split("## Dependencies")[1]
    assert [name for name in (*PUBLISHED - {"platformdirs"}, "RE2") if name not in section] == []


def test_every_module_that_the_plan_names_by_file_exists() -> None:
    named = set(re.findall(r"`(\w+\.py)`", text(DESIGN)))
    there = {path.name for path in PACKAGE.rglob("*.py")} | {path.name for path in (ROOT / "tests").rglob("*.py")}
    assert len(named) > 3
    assert sorted(named - there) == []
