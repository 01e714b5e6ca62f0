"""Keys that come all at once are taken one after the other."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from sockscope.frames.messages import Next
from sockscope.tui import key_by_key
from sockscope.tui.widgets.menu import Menu
from tests.tui import stage
from tests.tui.driving import Driven, driving
from tests.tui.stage import MASTER, pkey

NAMES = {":": "colon", "/": "slash", "\\": "backslash", ">": "greater_than_sign"}


def burst(it: Driven, text: str) -> None:
    """Let keys arrive without waiting for what any of them does."""
    for char in text:
        key = NAMES.get(char, "enter" if char == "\r" else char)
        it.app.post_message(events.Key(key, None if char == "\r" else char))


@pytest.mark.parametrize("sign", ["/", "\\"])
async def test_a_filter_that_comes_in_one_burst_is_typed_into_the_prompt(sign: str) -> None:
    async with driving() as it:
        burst(it, f"{sign}kind:epoll")
        await it.until(lambda: it.app.main.prompt.text == "kind:epoll")
        assert len(it.app.screen_stack) == 1


async def test_what_follows_the_end_of_a_filter_is_for_the_tree_again() -> None:
    async with driving() as it:
        burst(it, "/nginx\rK")
        await it.until(lambda: it.rows.contents.selection.kernel_threads)
        assert not it.app.main.prompt.active
        assert it.rows.contents.scope.filter_hits is not None


async def test_a_key_for_a_menu_may_come_before_the_menu_stands() -> None:
    async with driving() as it:
        burst(it, "go")
        await it.until(lambda: not isinstance(it.app.screen, Menu) and it.rows.contents.by_object)


async def test_a_key_whose_widget_goes_before_it_is_done_does_not_hold_up_the_next(monkeypatch) -> None:
    async with driving() as it:
        await it.go(pkey(MASTER))
        monkeypatch.setattr(key_by_key.KeyByKey, "_follow_key", lambda *_: None)
        before = it.rows.cursor
        burst(it, "jj")
        await it.until(lambda: it.app._key_number == 2)
        assert it.rows.cursor != before


async def at_once(holds: Callable[[], Any]) -> None:
    """Come back as soon as something holds; a pause of the pilot lets the app come to its rest first."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


def asked(it: Driven) -> int:
    """How often a frame was asked for."""
    return sum(isinstance(request, Next) for request in it.feed.sent)


async def test_a_refresh_is_asked_for_when_no_key_waits() -> None:
    async with driving() as it:
        before = asked(it)
        burst(it, "jkjk")
        await at_once(lambda: it.app._keys_waiting)
        it.app.main.feeding.receive(stage.delta(2))
        assert asked(it) == before
        await it.until(lambda: asked(it) > before)
        assert not it.app._keys_waiting
        assert asked(it) == before + 1


async def test_a_key_that_is_held_down_does_not_put_off_a_refresh_for_ever(monkeypatch) -> None:
    monkeypatch.setattr(key_by_key, "MAX_BEFORE", 2)
    async with driving() as it:
        before = asked(it)
        burst(it, "jk" * 10)
        await at_once(lambda: it.app._keys_waiting)
        it.app.main.feeding.receive(stage.delta(2))
        await at_once(lambda: asked(it) > before)
        assert it.app._keys_waiting


async def test_a_collector_that_replaces_another_is_asked_once(monkeypatch) -> None:
    async with driving() as it:
        before = asked(it)
        burst(it, "jkjk")
        await at_once(lambda: it.app._keys_waiting)
        it.app.main.feeding.receive(stage.delta(2))
        it.app.main.feeding.receive(stage.HELLO)
        await it.until(lambda: not it.app._keys_waiting and not it.app._key_under_way)
        assert asked(it) == before + 1


async def test_keys_beyond_what_a_terminal_keeps_are_lost_with_a_bell(monkeypatch) -> None:
    monkeypatch.setattr(key_by_key, "MAX_WAITING", 3)
    async with driving() as it:
        rung: list[bool] = []
        monkeypatch.setattr(it.app, "bell", lambda: rung.append(True))
        first = it.app._key_number
        burst(it, "jkjkjkjkjk")
        await it.until(lambda: rung and not it.app._keys_waiting and not it.app._key_under_way)
        assert it.app._key_number - first + len(rung) == 10
        assert it.app._key_number - first < 10


async def test_an_interrupt_goes_before_all_that_waits() -> None:
    async with driving() as it:
        first = it.app._key_number
        burst(it, "j" * 50)
        it.app.post_message(events.Key("ctrl+c", None))
        await it.until(lambda: it.app._exit)
        assert it.app._key_number - first < 50
