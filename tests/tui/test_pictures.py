"""What the explorer looks like, on the fixed machine: pictures for the README, and layouts at other sizes.

`pytest tests/tui/test_pictures.py --snapshot-update` draws them anew; look at them before you commit them.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sockscope.tui.app import Explorer
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from tests.tui import stage
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import MASTER, NOW, SERVER, WORKER1, WORKER2, dkey, pkey

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
NGINX = (MASTER, WORKER1, WORKER2)
Steps = Callable[[Pilot[None]], Awaitable[None]]


def explorer(*pids: int, **chosen: Any) -> Explorer:
    feed = ScriptedFeed(answer=stage.answer)
    feed.terminal = stage.TERMINAL
    app = Explorer(feed, Options(pids=pids, **chosen), clock=lambda: NOW)
    app.main.rest = 0.0
    return app


def at(key: RowKey, *keys: str, answered: bool = True) -> Steps:
    """Go to a row, press keys, and wait for what the collector knows of it."""

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, Explorer)
        while not app.main.session.world.seq:
            await pilot.pause()
        await pilot.pause()
        app.main.listing.go_to(key)
        await settled(pilot, app, answered=answered)
        await pilot.press(*keys)
        await settled(pilot, app, answered=answered)

    return steps


async def settled(pilot: Pilot[Any], app: Explorer, *, answered: bool) -> None:
    await pilot.pause()
    while any(worker.group in {"filter", "search"} and not worker.is_finished for worker in app.workers):
        await pilot.pause()
    while answered and app.main.session.inspection.answer is None:
        await pilot.pause()
    await pilot.pause()


FILTER = ("slash", *"kind", "colon", *"epoll", "vertical_line", *"tcp")
SHOTS: dict[str, tuple[tuple[int, ...], Steps]] = {
    "tree": ((), at(pkey(SERVER), "plus", "down", "right")),
    "highlight": (NGINX, at(dkey(MASTER, 9))),
    "listener": (NGINX, at(dkey(MASTER, 5))),
    "epoll": (NGINX, at(dkey(WORKER1, 14))),
    "terminal": ((), at(pkey(stage.SLEEP), "t")),
    "object": ((), at(dkey(MASTER, 5), "g", "o", "left", "left", "right")),
    "filter": ((), at(GroupKey("pgrp", MASTER), *FILTER, answered=False)),
}


@pytest.mark.parametrize("name", SHOTS)
async def test_the_readme_shows_what_is_drawn_today(name: str, request: pytest.FixtureRequest) -> None:
    pids, steps = SHOTS[name]
    app = explorer(*pids)
    async with app.run_test(size=(120, 32)) as pilot:
        await steps(pilot)
        drawn = app.export_screenshot(title="sockscope")
    picture = SCREENSHOTS / f"{name}.svg"
    if request.config.getoption("update_snapshots"):
        picture.write_text(drawn, encoding="utf-8")
    assert picture.read_text(encoding="utf-8") == drawn, f"{picture.name} is stale: draw it with --snapshot-update"


LOOKS: dict[str, dict[str, Any]] = {"dark": {}, "light": {"theme": "light"}, "nocolour": {}, "ascii": {"ascii": True}}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [(40, 10), (80, 24), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_layout(size: tuple[int, int], look: str, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if look == "nocolour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = explorer(*NGINX, **LOOKS[look])
    assert snap_compare(app, terminal_size=size, run_before=at(dkey(MASTER, 9)))


def test_sixteen_colours(snap_compare: Any) -> None:
    assert snap_compare(explorer(*NGINX, theme="16"), terminal_size=(120, 32), run_before=at(dkey(MASTER, 9)))


@pytest.mark.parametrize("keys", [("g",), FILTER, ("t",)], ids=["menu", "prompt", "terminals"])
def test_what_lies_over_a_small_screen(keys: tuple[str, ...], snap_compare: Any) -> None:
    steps = at(GroupKey("pgrp", MASTER), *keys, answered=False)
    assert snap_compare(explorer(), terminal_size=(40, 10), run_before=steps)


def test_a_pinned_pane(snap_compare: Any) -> None:
    steps = at(dkey(WORKER1, 14), "f", "home", "down", "down", answered=False)
    assert snap_compare(explorer(*NGINX), terminal_size=(160, 50), run_before=steps)


def test_another_theme(snap_compare: Any) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.theme = "textual-light"
        await at(dkey(MASTER, 9))(pilot)

    assert snap_compare(explorer(*NGINX), terminal_size=(120, 32), run_before=steps)


def test_focused_pane(snap_compare: Any) -> None:
    assert snap_compare(explorer(*NGINX), terminal_size=(120, 32), run_before=at(dkey(WORKER1, 14), "tab", "down"))


def test_help(snap_compare: Any) -> None:
    steps = at(GroupKey("pgrp", MASTER), "question_mark", answered=False)
    assert snap_compare(explorer(), terminal_size=(100, 40), run_before=steps)


def test_a_dead_collector(snap_compare: Any) -> None:
    app = explorer()
    app.main.feeding.restart_delays = (30.0,)

    async def steps(pilot: Pilot[Any]) -> None:
        await at(GroupKey("pgrp", MASTER), answered=False)(pilot)
        app._feed.die("the collector was ended by signal 9")  # type: ignore[attr-defined]
        while not app.query_one("#banner").has_class("-shown"):
            await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=(120, 16), run_before=steps)


def test_new_and_gone_rows(snap_compare: Any) -> None:
    app = explorer(WORKER1)

    async def steps(pilot: Pilot[Any]) -> None:
        await at(dkey(WORKER1, 5))(pilot)
        app._feed.say(  # type: ignore[attr-defined]
            stage.delta(
                2, opened=[stage.pipe(WORKER1, 20, 777, "r")], closed=[stage.sock(WORKER1, 16, stage.SERVER_END)]
            )
        )
        while app.main.session.world.seq < 2:
            await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=(100, 24), run_before=steps)
