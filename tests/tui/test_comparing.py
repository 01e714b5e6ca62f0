"""Marks, the pinned pane, the pause and the columns: what helps to compare rows with each other and with before."""

from unittest.mock import Mock

import pytest

from sockscope.frames.messages import Inspect, Next
from sockscope.tui import app
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.theme import theme_of
from tests.tui import stage
from tests.tui.driving import driving
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import BASH, CLIENT, MASTER, NOW, SERVER, SSHD, WORKER1, dkey, pkey


async def test_m_marks_a_row_and_the_apostrophe_returns_to_it() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 5))
        await it.press("m")
        assert it.drawn(dkey(WORKER1, 5)).startswith("'")
        await it.press("home", "apostrophe")
        assert it.cursor == dkey(WORKER1, 5)
        await it.press("backspace")
        assert it.cursor != dkey(WORKER1, 5)


async def test_several_marks_are_walked_from_the_last_and_taken_away_one_by_one() -> None:
    async with driving() as it:
        for pid in (SSHD, BASH, SERVER):
            await it.go(GroupKey("pgrp", pid))
            await it.press("m")
        await it.press("home")
        visited = []
        for _ in range(4):
            await it.press("apostrophe")
            visited.append(it.cursor)
        assert [key.id for key in visited if isinstance(key, GroupKey)] == [SERVER, BASH, SSHD, SERVER]
        await it.press("m", "home", "apostrophe")
        assert it.cursor == GroupKey("pgrp", BASH)


async def test_f_keeps_a_pane_on_a_row_while_the_cursor_moves_on() -> None:
    async with driving(feed=ScriptedFeed(answer=stage.answer)) as it:
        await it.go(dkey(WORKER1, 14))
        await it.press("f")
        await it.go(dkey(MASTER, 5))
        await it.until(lambda: "O_NONBLOCK" in it.pane and "O_NONBLOCK" in it.app.main.pinned_pane.text())
        assert f"{WORKER1}:14" in it.app.main.pinned_pane.text()
        assert f"{MASTER}:5" in it.pane
        assert it.app.main.pinned_pane.region.bottom == it.app.main.pane.region.y
        await it.refresh(stage.delta(2))
        asked = [request for request in it.feed.sent if isinstance(request, Inspect)]
        assert {(asked[-1].pid, asked[-1].fd), (asked[-2].pid, asked[-2].fd)} == {(WORKER1, 14), (MASTER, 5)}
        await it.press("f")
        assert not it.app.main.pinned_pane.display


async def test_the_pinned_pane_leads_on_and_says_when_its_row_is_gone() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 16))
        await it.press("f", "tab")
        assert it.app.main.pinned_pane.has_focus
        await it.press("down", "enter")
        await it.rest()
        assert it.cursor == dkey(CLIENT, 5)
        await it.refresh(stage.delta(2, closed=[stage.sock(WORKER1, 16, stage.SERVER_END)]), stage.delta(3))
        assert "It is gone" in it.app.main.pinned_pane.text()


@pytest.mark.parametrize("key", ["P", "ctrl+@"])
async def test_a_pause_freezes_the_picture_while_frames_go_on_and_says_how_old_it_is(key: str) -> None:
    now = [NOW]
    async with driving(clock=lambda: now[0]) as it:
        await it.press(key)
        asked = sum(isinstance(request, Next) for request in it.feed.sent)
        it.feed.say(stage.delta(2, ended=[pkey(CLIENT)]), stage.delta(3))
        await it.until(lambda: sum(isinstance(request, Next) for request in it.feed.sent) == asked + 2)
        now[0] += 12
        it.app.main.tell_age()
        assert it.bar("banner") == " paused · this picture is 12 s old · P goes on"
        assert it.world.seq == 1
        assert GroupKey("pgrp", CLIENT) in it.keys
        await it.press(key)
        assert it.world.seq == 3
        assert not it.bar("banner")
        assert pkey(CLIENT) not in it.world.processes


async def test_a_long_pause_does_not_fill_the_memory_the_collector_waits() -> None:
    async with driving() as it:
        await it.press("P")
        before = sum(isinstance(request, Next) for request in it.feed.sent)
        it.feed.say(*(stage.delta(seq) for seq in range(2, 62)))
        await it.until(lambda: len(it.app.main.feeding.held) == 60)
        asked = sum(isinstance(request, Next) for request in it.feed.sent)
        assert asked == before + 59
        await it.press("P")
        assert it.world.seq == 61
        assert sum(isinstance(request, Next) for request in it.feed.sent) == asked + 1


async def test_a_column_is_added_and_taken_away_and_everything_stays_aligned() -> None:
    async with driving() as it:
        await it.press("asterisk")
        await it.press("C", "i")
        row = it.drawn(dkey(MASTER, 5))
        assert f" {stage.PLAIN} " in row
        start = row.index("LISTEN") - len("×3 ")
        assert it.drawn(pkey(MASTER)).index("rt_sigsuspend nginx: master") == start
        await it.press("C", "i")
        assert str(stage.PLAIN) not in it.drawn(dkey(MASTER, 5))


async def test_every_column_is_drawn_for_every_row_of_every_grouping() -> None:
    columns = ("ino", "queue", "holders", "flags", "age", "netns", "user", "ppid", "tty", "waits", "kinds")
    for name in ("pgrp", "object"):
        async with driving(options=Options(columns=columns, group_by=name), size=(300, 100)) as it:
            await it.press("asterisk")
            text = "\n".join(it.lines)
            assert f" {stage.PLAIN} " in text
            assert text.count("2/128") == 2


async def test_an_unknown_column_is_named() -> None:
    async with driving(options=Options(columns=("inode",))) as it:
        await it.until(lambda: it.app._notifications)
        assert "no column inode" in str([note.message for note in it.app._notifications])


async def test_a_wide_list_counts_kinds_on_folded_rows() -> None:
    async with driving(size=(160, 50)) as it:
        await it.press("asterisk", "minus")
        assert "tcp 4 unix 3 epoll 1 " in it.drawn(pkey(WORKER1))
        await it.refresh(stage.delta(2, opened=[stage.sock(WORKER1, 40, stage.REUSE1)]))
        assert "tcp 5" in it.drawn(pkey(WORKER1))


async def test_capital_r_starts_another_collector_at_once() -> None:
    async with driving(restart_delay=3600.0) as it:
        await it.press("R")
        assert it.feed.starts == 1
        it.feed.die("the collector was ended by signal 9")
        await it.until(lambda: it.bar("banner"))
        await it.press("R")
        await it.until(lambda: it.feed.starts == 2)


async def test_ctrl_z_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[object] = []
    monkeypatch.setattr("sockscope.tui.main_screen.stop", stopped.append)
    async with driving() as it:
        await it.press("ctrl+z")
        assert stopped == [it.app]


@pytest.mark.parametrize(("down", "up"), [("ctrl+f", "ctrl+b"), ("pagedown", "pageup")])
async def test_pages_are_turned_in_the_tree_and_in_the_pane(down: str, up: str) -> None:
    async with driving(size=(120, 10)) as it:
        await it.press("asterisk", "home", down)
        assert it.rows.cursor_line == it.app.main.listing.line_count - 1
        await it.press(up)
        assert it.rows.cursor_line == 0
        await it.go(dkey(WORKER1, 14))
        await it.press("tab", down)
        assert it.app.main.pane.scroll_offset.y > 0
        await it.press(up)
        assert it.app.main.pane.scroll_offset.y == 0


async def test_half_pages_are_turned_in_the_tree_and_in_the_pane() -> None:
    async with driving(size=(120, 16)) as it:
        await it.press("asterisk", "home", "ctrl+d")
        half = it.app.main.listing.line_count // 2
        assert it.rows.cursor_line == half > 1
        await it.press("ctrl+d", "ctrl+u")
        assert it.rows.cursor_line == half
        await it.go(dkey(WORKER1, 14))
        await it.press("tab", "ctrl+d")
        assert it.app.main.pane.scroll_offset.y == it.app.main.pane.line_count // 2
        await it.press("ctrl+u")
        assert it.app.main.pane.scroll_offset.y == 0


async def test_g_g_in_the_pane_goes_to_its_top() -> None:
    async with driving(size=(120, 10)) as it:
        await it.go(dkey(WORKER1, 14))
        await it.press("tab", "G")
        assert it.app.main.pane.scroll_offset.y > 0
        await it.press("g", "g")
        assert it.app.main.pane.scroll_offset.y == 0
        assert it.cursor == dkey(WORKER1, 14)


async def test_the_header_says_what_is_not_as_usual() -> None:
    async with driving() as it:
        await it.press("s", "q", "c")
        assert "by queue · gone rows stay" in it.bar("header")
        await it.press("s", "f", "c")
        assert "by " not in it.bar("header")
        assert "gone" not in it.bar("header")


async def test_arrows_walk_a_menu_that_is_higher_than_the_screen() -> None:
    async with driving(size=(40, 7)) as it:
        await it.press("g", *["down"] * 3, "up", "enter")
        assert it.rows.contents.arrangement.name == "tree"


def test_a_terminal_of_sixteen_colours_keeps_its_own() -> None:
    assert theme_of("standard") == "sockscope-16"
    assert {theme_of(system) for system in ("256", "truecolor", None)} == {"sockscope-dark"}


@pytest.mark.parametrize("mouse", [True, False])
def test_the_mouse_stays_the_terminal_s_if_that_is_asked_for(mouse: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(app.Explorer, "run", lambda _, *, mouse: asked.append(mouse))
    monkeypatch.setattr(app, "Ending", Mock)
    assert app.run(ScriptedFeed(), Options(mouse=mouse)) == 0
    assert asked == [mouse]
