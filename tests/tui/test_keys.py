"""Every key, held against the list of bindings: it reaches what it is bound to, and some test presses it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from sockscope.tui.app import Explorer
from sockscope.tui.coverage import CoverageScreen
from sockscope.tui.help import HelpScreen
from sockscope.tui.keys import KeyNames, bindings_of
from sockscope.tui.lens import LensScreen
from sockscope.tui.menu import Menu
from sockscope.tui.options import Options
from sockscope.tui.pane import SidePane
from sockscope.tui.prompt import PromptInput
from sockscope.tui.tree import DescriptorTree
from tests.tui.driving import driving

ROOMS: dict[type[DOMNode], tuple[str, ...]] = {
    Explorer: (),
    DescriptorTree: (),
    SidePane: ("tab",),
    PromptInput: ("slash",),
    Menu: ("g",),
    HelpScreen: ("question_mark",),
    LensScreen: ("t",),
    CoverageScreen: ("exclamation_mark",),
}
"""Everything that binds keys, and the keys that lead there from the tree."""

PRESSING = {"press", "parametrize"}
"""Calls whose words are keys that a test presses."""


def keys_of(binding: Binding) -> list[str]:
    return [key.strip() for key in binding.key.split(",")]


def rooms(base: type[DOMNode] = DOMNode) -> Iterator[type[DOMNode]]:
    for room in base.__subclasses__():
        if room.__module__.startswith("sockscope.") and "BINDINGS" in room.__dict__:
            yield room
        yield from rooms(room)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
async def test_every_key_reaches_what_it_is_bound_to(room: type[DOMNode], monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[tuple[object, type]] = []

    async def reach(action: object, default_namespace: DOMNode | None = None) -> bool:
        reached.append((action, type(default_namespace)))
        return True

    async with driving() as it:
        await it.press(*ROOMS[room])
        await it.rest()
        monkeypatch.setattr(it.app, "run_action", reach)
        for binding in bindings_of(room):
            for key in keys_of(binding):
                reached.clear()
                await it.press(key)
                assert reached == [(binding.action, room)], key
        monkeypatch.undo()


def test_no_part_of_the_screen_binds_keys_unheard_of() -> None:
    known = {base for room in ROOMS for base in room.__mro__}
    assert not [room.__name__ for room in rooms() if room not in known]


async def test_every_key_can_be_another() -> None:
    ids = [binding.id or "" for room in ROOMS for binding in bindings_of(room)]
    async with driving(options=Options(keys=dict.fromkeys(ids, "f12"))) as it:
        assert not it.app._notifications
        await it.press("g")
        assert not isinstance(it.app.screen, Menu)


def test_the_document_of_the_configuration_names_every_id_and_its_keys() -> None:
    document = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    names = KeyNames({})
    for room in ROOMS:
        for binding in bindings_of(room):
            keys = " ".join(f"`{key}`" for key in names.of(binding))
            assert f"| `{binding.id}` | {keys} | {binding.description} |" in document


def test_every_binding_has_an_id_of_its_own_and_says_what_it_does() -> None:
    bindings = [binding for room in ROOMS for binding in bindings_of(room)]
    ids = [binding.id for binding in bindings]
    assert all(ids)
    assert len(ids) == len(set(ids))
    assert all(binding.description for binding in bindings)


def test_every_key_is_pressed_by_a_test_of_what_it_does() -> None:
    pressed = {key for module in Path(__file__).parent.glob("test_*.py") for key in keys_in(module)}
    keys = {key for room in ROOMS for binding in bindings_of(room) for key in keys_of(binding)}
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
