"""Who may name a file under /proc: the readers of `kernel/`, and few others for a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sockscope

ROOT = Path(sockscope.__file__).parent
RAW = frozenset({"read", "record", "link", "inode", "read_system"})
"""Methods of `Procfs` that take the name of a file; the others are called what they read."""
OPENING = frozenset({"open", "readlink", "stat", "lstat", "listdir", "scandir", "isdir", "exists", "isfile", "Path"})
MAY_NAME: dict[str, str] = {
    "cli/requirements.py": "looks whether there is a /proc that is worth starting with, before anything else is read",
    "collect/tables/files.py": "the root of a process, to look a name up from there",
    "demo/backstage.py": "an example process that asks about itself",
    "demo/stage.py": "an example process that asks for its own children",
}
"""Rooms that name one without its reader, and why."""


def named(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that open, follow or look at a file under /proc by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_raw(node) or _opens(node)):
            yield node.lineno


def _name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _raw(node: ast.Call) -> bool:
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in RAW:
        return False
    return "procfs" in ast.unparse(function.value)


def _opens(node: ast.Call) -> bool:
    if _name(node) not in OPENING or not node.args:
        return False
    first = node.args[0]
    parts = first.values if isinstance(first, ast.JoinedStr) else [first]
    start = parts[0]
    return isinstance(start, ast.Constant) and str(start.value).startswith(("/proc/", "/proc"))


def offenders(name: str, source: str) -> list[str]:
    return [f"{name}:{line}" for line in named(ast.parse(source))]


def test_only_the_readers_name_files_under_proc() -> None:
    found = [
        one
        for path in sorted(ROOT.rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) not in MAY_NAME and not name.startswith("kernel/")
        for one in offenders(name, path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("name", sorted(MAY_NAME))
def test_who_is_excused_still_needs_it(name: str) -> None:
    assert offenders(name, (ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        'self._procfs.read(pid, "stat", 4096)',
        'procfs.record(pid, "status")',
        'procfs.read_system("stat")',
        'open("/proc/self/stat", "rb")',
        'os.open(f"/proc/{pid}/root", os.O_PATH)',
        'os.path.isdir(f"/proc/{pid}")',
    ],
)
def test_the_rule_sees_each_way_of_naming_one(source: str) -> None:
    assert offenders("x.py", source) == ["x.py:1"]
