"""An explorer that a test drives: keys in, rows, panes and bars out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from sockscope.tui.app import Explorer
from sockscope.tui.options import Options
from sockscope.tui.pages.page_screen import PageScreen
from sockscope.tui.rows.rowkeys import RowKey
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import NOW


class Driven:
    """An explorer with its pilot and its feed."""

    def __init__(self, app: Explorer, pilot: Pilot[None], feed: ScriptedFeed) -> None:
        self.app, self.pilot, self.feed = app, pilot, feed
        self.rows, self.world = app.main.session.rows, app.main.session.world

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Press the key of each character."""
        for char in text:
            await self.pilot.press(KEYS.get(char, char))
        await self.rest()

    async def rest(self) -> None:
        """Let the app do what it has begun."""
        await self.pilot.pause()
        await self.until(
            lambda: not any(worker.group in BUSY and not worker.is_finished for worker in self.app.workers)
        )
        await self.pilot.pause()

    async def go(self, key: RowKey) -> None:
        """Select a row as if it had been walked to."""
        assert self.app.main.listing.go_to(key)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], Any]) -> None:
        """Let the app work until something holds; the test's own timeout is the limit."""
        async with asyncio.timeout(10):
            while not holds():
                await self.pilot.pause()

    async def refresh(self, *frames: Any) -> None:
        """Have frames arrive and be shown."""
        self.feed.say(*frames)
        await self.until(lambda: self.world.seq == frames[-1].seq)
        await self.rest()

    def screen_line(self, key: RowKey) -> int:
        line = self.rows.contents.line_of(key)
        assert line is not None, key
        return line - self.app.main.listing.scroll_offset.y

    def drawn(self, key: RowKey) -> str:
        """The row as it is on the screen."""
        return self.app.main.listing.render_line(self.screen_line(key)).text

    @property
    def lines(self) -> list[str]:
        """All rows on the screen, without the blanks at their ends."""
        listing = self.app.main.listing
        return [listing.render_line(y).text.rstrip() for y in range(min(self.rows.contents.length, listing.line_count))]

    @property
    def cursor(self) -> RowKey | None:
        return self.rows.cursor

    @property
    def pane(self) -> str:
        return self.app.main.pane.text()

    @property
    def keys(self) -> list[RowKey]:
        return [self.rows.contents.key_at(line) for line in range(self.rows.contents.length)]

    def bar(self, name: str) -> str:
        bar = self.app.query_one(f"#{name}")
        return bar.render_line(0).text.rstrip() if bar.display else ""


def page_of(it: Driven) -> str:
    """The page that lies over the explorer, "" for none."""
    return it.app.screen.page.id if isinstance(it.app.screen, PageScreen) else ""


async def page_text(it: Driven) -> str:
    """What the page tells that lies over the explorer, once it is written."""
    page = it.app.screen
    assert isinstance(page, PageScreen)
    await it.until(page.pane.text)
    return page.pane.text()


def screen_text(it: Driven) -> str:
    """Everything that is on the screen, line by line, as it goes to the terminal."""
    lines = it.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines)


BUSY = {"filter", "search", "sweep"}
KEYS = {
    " ": "space", ":": "colon", "/": "slash", "|": "vertical_line", "-": "minus", ">": "greater_than_sign",
    "~": "tilde", '"': "quotation_mark", ".": "full_stop", "\\": "backslash", "_": "underscore",
}  # fmt: skip


@asynccontextmanager
async def driving(
    *pids: int,
    options: Options = Options(),  # noqa: B008 - frozen
    size: tuple[int, int] = (120, 40),
    feed: ScriptedFeed | None = None,
    clock: Callable[[], float] = lambda: NOW,
    restart_delay: float = 0.0,
    pictured: bool = True,
) -> AsyncIterator[Driven]:
    """Open the explorer on the machine of `feed`, on a selection of its processes or on all; wait for its picture."""
    feed = feed or ScriptedFeed()
    app = Explorer(feed, replace(options, pids=pids or options.pids), clock=clock)
    app.main.rest = 0.0
    app.main.feeding.restart_delays = (restart_delay,)
    async with app.run_test(size=size, notifications=True) as pilot:
        driven = Driven(app, pilot, feed)
        await driven.until(lambda: app.main.session.world.seq or (not pictured and app.main.session.world.hello))
        await driven.rest()
        yield driven
