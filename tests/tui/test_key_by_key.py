"""Keys that come all at once are taken one after the other."""

import pytest
from textual import events

from sockscope.tui import key_by_key
from sockscope.tui.menu import Menu
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
        await it.until(lambda: it.app.prompt.text == "kind:epoll")
        assert len(it.app.screen_stack) == 1


async def test_what_follows_the_end_of_a_filter_is_for_the_tree_again() -> None:
    async with driving() as it:
        burst(it, "/nginx\rK")
        await it.until(lambda: it.rows.selection.kernel_threads)
        assert not it.app.prompt.active
        assert it.rows.scope.sieve is not None


async def test_a_key_for_a_menu_may_come_before_the_menu_stands() -> None:
    async with driving() as it:
        burst(it, "go")
        await it.until(lambda: not isinstance(it.app.screen, Menu) and it.rows.by_object)


async def test_a_key_whose_widget_goes_before_it_is_done_does_not_hold_up_the_next(monkeypatch) -> None:
    async with driving() as it:
        await it.go(pkey(MASTER))
        monkeypatch.setattr(key_by_key.KeyByKey, "_follow_key", lambda *_: None)
        before = it.rows.cursor
        burst(it, "jj")
        await it.until(lambda: it.app._key_number == 2)
        assert it.rows.cursor != before
