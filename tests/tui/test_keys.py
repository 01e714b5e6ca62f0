"""Every key, held against the list of bindings: it reaches what it is bound to, and some test presses it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from textual.dom import DOMNode

from sockscope.demo.guide import tour
from sockscope.tui.app import Explorer
from sockscope.tui.commands.command import Command
from sockscope.tui.commands.explorer import EXPLORER
from sockscope.tui.commands.keys import KeyNames
from sockscope.tui.commands.menu import MENU
from sockscope.tui.commands.pane import PANE
from sockscope.tui.commands.prompt import PROMPT
from sockscope.tui.commands.tables import ALL, TABLES
from sockscope.tui.commands.tree import TREE
from sockscope.tui.options import Options
from sockscope.tui.pages.page import closing
from sockscope.tui.pages.page_screen import PageScreen
from sockscope.tui.pages.registry import PAGES
from sockscope.tui.widgets.menu import Menu
from sockscope.tui.widgets.prompt import PromptInput
from sockscope.tui.widgets.side_pane import SidePane
from sockscope.tui.widgets.tree import DescriptorTree
from tests.tui.driving import Driven, driving, screen_text
from tests.tui.stage import BASH, MASTER, TEE, WORKER1, stuck

Room = tuple[type[DOMNode], tuple[Command[Any], ...], tuple[str, ...]]
ROOMS: dict[str, Room] = {
    "explorer": (Explorer, EXPLORER, ()),
    "tree": (DescriptorTree, TREE, ()),
    "pane": (SidePane, PANE, ("tab",)),
    "prompt": (PromptInput, PROMPT, ("slash",)),
    "menu": (Menu, MENU, ("g",)),
    **{page.id: (PageScreen, (closing(page),), (page.key.partition(",")[0],)) for page in PAGES},
}
"""Everything that takes keys, with the commands they are bound to, and the keys that lead there from the tree."""

PRESSING = {"press", "parametrize"}
"""Calls whose words are keys that a test presses."""


def keys_of(command: Command[Any]) -> list[str]:
    return [key.strip() for key in command.key.split(",")]


def rooms(base: type[DOMNode] = DOMNode) -> Iterator[type[DOMNode]]:
    for room in base.__subclasses__():
        if room.__module__.startswith("sockscope.") and "BINDINGS" in room.__dict__:
            yield room
        yield from rooms(room)


@pytest.mark.parametrize("name", ROOMS)
async def test_every_key_reaches_what_it_is_bound_to(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[tuple[object, type]] = []
    room, commands, way = ROOMS[name]

    async def reach(action: object, default_namespace: DOMNode | None = None) -> bool:
        reached.append((action, type(default_namespace)))
        return True

    async with driving() as it:
        await it.press(*way)
        await it.rest()
        monkeypatch.setattr(it.app, "run_action", reach)
        for command in commands:
            for key in keys_of(command):
                reached.clear()
                await it.press(key)
                assert reached == [(command.action, room)], key
        monkeypatch.undo()


def test_no_part_of_the_screen_binds_keys_unheard_of() -> None:
    known = {base for room, _, _ in ROOMS.values() for base in room.__mro__}
    assert not [room.__name__ for room in rooms() if room not in known]
    assert {command.id for _, commands, _ in ROOMS.values() for command in commands} == {one.id for one in ALL}


async def test_every_key_can_be_another() -> None:
    async with driving(options=Options(keys={command.id: "f12" for command in ALL})) as it:
        assert not it.app._notifications
        await it.press("g")
        assert not isinstance(it.app.screen, Menu)


async def test_a_name_that_a_command_had_once_is_still_understood() -> None:
    async with driving(options=Options(keys={"lens.close": "f12"})) as it:
        assert not it.app._notifications
        await it.press("t", "f12")
        assert not isinstance(it.app.screen, PageScreen)


def test_the_document_of_the_configuration_names_every_id_and_its_keys() -> None:
    document = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    names = KeyNames(TABLES, {})
    lines = [f"| `{one.id}` | {' '.join(f'`{key}`' for key in names.all_of(one.id))} | {one.about} |" for one in ALL]
    assert "\n".join(lines) in document


def test_every_command_has_an_id_of_its_own_and_says_what_it_does() -> None:
    ids = [command.id for command in ALL]
    assert all(ids)
    assert len(ids) == len(set(ids))
    assert all(command.about for command in ALL)


# Keys that the user has chosen


OTHER_KEYS = {command.id: f"ctrl+shift+f{number}" for number, command in enumerate(ALL, 1)}
"""Another key for everything, none of which is ours."""
OWN_NAMES = sorted(
    {name for command in ALL for name in KeyNames(TABLES, {}).all_of(command.id) if len(name) > 1} - {"space", "Ctrl+C"}
)
"""What our keys are called, but for words, letters and signs that say something else, too: Ctrl+C is also what a
terminal makes a signal of."""
SINGLE = re.compile(
    r"(?<![\w.:/~'+-])[a-zA-Z!?.] (?:switches|walks|goes|lets|marks|lists|replaces|starts|ends)\b"
    r"|(?:·|explained by) [a-zA-Z!?](?= |$)",
    re.MULTILINE,
)
"""A key of one letter in a sentence that says what it does."""


class Anything:
    """A truth of example processes that are not there: the tour tells of it all the same."""

    def __getitem__(self, name: object) -> "Anything":
        return self

    def __str__(self) -> str:
        return "1"


async def walk_everywhere(it: Driven) -> list[str]:
    """Show everything that names keys, by doing it without keys; return what is on the screen each time."""
    seen: list[str] = []
    main = it.app.main

    async def look() -> None:
        await it.rest()
        said = "\n".join(note.message for note in it.app._notifications)
        seen.append(f"{screen_text(it)}\n{main.pane.text()}\n{main.pinned_pane.text()}\n{said}")

    await look()
    for key in it.keys:
        await it.go(key)
        await look()
    main.pane.focus()
    await look()
    for command in EXPLORER:
        if command.id in {"app.quit", "app.interrupt", "app.suspend", "app.commands"}:
            continue
        command.do(main)
        await look()
        if it.app.screen is not main:
            texts = [pane.text() for pane in it.app.screen.query(SidePane)]
            seen.append("\n".join(texts))
            it.app.pop_screen()
        elif main.prompt.display:
            main.prompt.cancel()
        await it.rest()
    return seen


async def test_no_text_on_any_screen_names_a_key_that_is_another_by_now() -> None:
    steps = tour(cast("Any", Anything()))
    options = Options(pids=(MASTER, WORKER1, TEE, BASH), keys=OTHER_KEYS, tour=steps)
    async with driving(options=options, size=(160, 50)) as it:
        await it.refresh(stuck())
        seen = await walk_everywhere(it)
        for _ in steps:
            it.app.main.touring.go(1)
            await it.rest()
            seen.append(screen_text(it))
    named = {name for text in seen for name in OWN_NAMES if re.search(rf"(?<![\w+-]){re.escape(name)}(?![\w+-])", text)}
    assert named == set()
    assert [found for text in seen for found in SINGLE.findall(text)] == []
    shown = "\n".join(seen)
    for id_ in (
        "app.raw",
        "app.coverage",
        "app.pin",
        "app.mark",
        "app.next_related",
        "menu.close",
        "prompt.submit",
        "app.findings",
    ):
        assert KeyNames(TABLES, OTHER_KEYS).of(id_) in shown, id_


def test_every_key_is_pressed_by_a_test_of_what_it_does() -> None:
    pressed = {key for module in Path(__file__).parent.glob("test_*.py") for key in keys_in(module)}
    keys = {key for command in ALL for key in keys_of(command)}
    assert sorted(keys - pressed) == []


def keys_in(module: Path) -> Iterator[str]:
    """Name what a module presses itself, and what it hands on to be pressed."""
    if module == Path(__file__):
        return
    for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in PRESSING:
            yield from (
                one.value for one in ast.walk(call) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
