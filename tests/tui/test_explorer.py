"""The explorer as a user drives it: every key, live updates, a collector that dies, hostile names."""

import msgspec
import pytest
from textual.widgets._toast import Toast

from sockscope.demo.tour import Step
from sockscope.frames.messages import Inspect, Next, Pace
from sockscope.tui.app import Explorer
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.world.relations.answers import SAME
from tests.tui import stage
from tests.tui.driving import Driven, driving, page_of, page_text
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import CLIENT, MASTER, NOW, POLKIT, SERVER, TEE, WORKER1, WORKER2, dkey, pkey

NGINX = GroupKey("pgrp", MASTER)


async def test_it_asks_for_the_next_frame_only_after_the_last_one() -> None:
    async with driving() as it:
        assert [type(request) for request in it.feed.sent if not isinstance(request, Inspect)] == [Pace, Next, Next]
        await it.refresh(stage.delta(2))
        assert sum(isinstance(request, Next) for request in it.feed.sent) == 3


async def test_the_header_says_what_is_seen_of_which_machine() -> None:
    async with driving() as it:
        header = it.bar("header")
        assert "web1" in header
        assert "12 processes" in header
        assert "11 sockets" in header
        assert "scan 4 ms" in header
        assert "1 unreadable" in header


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["down", "down"], GroupKey("pgrp", stage.BASH)),
        (["j", "j", "k"], GroupKey("pgrp", stage.SSHD)),
        (["down", "up", "up"], GroupKey("pgrp", POLKIT)),
        (["end"], GroupKey("pgrp", CLIENT)),
        (["G", "home"], GroupKey("pgrp", POLKIT)),
        (["G"], GroupKey("pgrp", CLIENT)),
        (["pagedown"], GroupKey("pgrp", CLIENT)),
        (["end", "pageup"], GroupKey("pgrp", POLKIT)),
        (["end", "up", "right"], NGINX),
        (["end", "up", "right", "right"], pkey(MASTER)),
        (["end", "up", "l", "l", "l", "l"], dkey(MASTER, 0)),
        (["end", "up", "l", "l", "l", "l", "h"], pkey(MASTER)),
        (["end", "up", "l", "l", "l", "l", "left", "left", "left"], NGINX),
        (["end", "up", "space", "down"], pkey(MASTER)),
        (["end", "up", "space", "space", "down"], GroupKey("pgrp", CLIENT)),
        (["end", "up", "enter", "down"], pkey(MASTER)),
        (["plus", "down"], pkey(POLKIT)),
        (["plus", "plus", "minus", "down", "down", "down"], pkey(stage.SSHD)),
        (["plus", "minus", "down"], GroupKey("pgrp", stage.SSHD)),
        (["asterisk", "end"], dkey(CLIENT, 5)),
        (["asterisk", "end", "asterisk"], GroupKey("pgrp", CLIENT)),
        (["asterisk", "end", "space"], pkey(CLIENT)),
    ],
)
async def test_keys_move_and_fold(keys: list[str], expected: RowKey) -> None:
    async with driving() as it:
        await it.press(*keys)
        assert it.cursor == expected


async def test_what_is_said_of_descriptors_begins_in_one_column_whether_shared_or_not() -> None:
    async with driving(MASTER) as it:
        shared, alone = it.drawn(dkey(MASTER, 5)), it.drawn(dkey(MASTER, 2))
        assert "×3 LISTEN" in shared
        assert shared.index("LISTEN") == alone.index("/var/log")


async def test_where_room_is_short_only_what_is_shared_takes_room_to_say_so() -> None:
    async with driving(MASTER, size=(44, 20)) as it:
        assert it.drawn(dkey(MASTER, 5)).index("×3") == it.drawn(dkey(MASTER, 2)).index("/var/log")


async def test_the_highlight_comes_with_the_keystroke_that_moves_the_cursor() -> None:
    async with driving(MASTER, WORKER1, WORKER2) as it:
        await it.go(dkey(MASTER, 4))
        assert it.drawn(dkey(WORKER1, 5)).split()[0] == "5"
        it.app.main.listing.move(1)
        assert it.drawn(dkey(WORKER1, 5)).split()[:2] == [SAME, "5"]
        assert it.drawn(dkey(WORKER1, 14)).split()[:2] == ["◉", "14"]


async def test_a_folded_process_says_how_many_related_rows_it_hides() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        assert "●1 ◉1" in it.drawn(pkey(WORKER2))


async def test_n_and_shift_n_walk_the_related_rows_and_unfold_what_hides_them() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.press("n", "n")
        assert it.cursor == dkey(WORKER1, 14)
        await it.press("N", "N", "N")
        assert it.cursor == dkey(WORKER2, 14)
        await it.press("backspace")
        assert it.cursor == dkey(MASTER, 5)


async def test_p_goes_to_the_other_end_and_back() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 16))
        await it.press("p")
        assert it.cursor == dkey(CLIENT, 5)
        await it.press("p")
        assert it.cursor == dkey(WORKER1, 16)
        await it.press("backspace", "backspace")
        assert it.cursor == dkey(WORKER1, 16)
        await it.press("right_square_bracket")
        assert it.cursor == dkey(CLIENT, 5)
        await it.press("left_square_bracket")
        assert it.cursor == dkey(WORKER1, 16)


async def test_enter_on_a_row_with_another_end_goes_there() -> None:
    async with driving() as it:
        await it.go(dkey(SERVER, 1))
        await it.press("enter")
        assert it.cursor == dkey(TEE, 0)


async def test_enter_on_a_row_without_another_end_offers_the_lines_of_the_pane() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.press("enter")
        assert it.app.main.pane.has_focus
        await it.press("down", "enter")
        assert it.cursor == dkey(WORKER1, 5)
        assert it.app.main.listing.has_focus
        await it.press("backspace")
        assert it.cursor == dkey(MASTER, 5)


async def test_tab_goes_to_the_pane_and_back_and_escape_to_the_tree() -> None:
    async with driving() as it:
        await it.press("tab")
        assert it.app.main.pane.has_focus
        await it.press("tab")
        assert it.app.main.listing.has_focus
        await it.press("tab", "escape")
        assert it.app.main.listing.has_focus


async def test_the_pane_tells_who_holds_it_and_who_watches_it() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        assert "Held by 3" in it.pane
        assert "2391594:5  nginx: worker process" in it.pane
        assert "Watched by 2" in it.pane
        assert "KCMP_EPOLL_TFD" in it.pane
        assert "EXCLUSIVE" in it.pane


async def test_the_pane_tells_the_other_end_and_how_that_is_known() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 9))
        assert "Other end 2" in it.pane
        assert "socketpair, proven, UNIX_DIAG_PEER" in it.pane
        assert "2391594:3" in it.pane


async def test_the_pane_tells_what_an_epoll_watches() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 14))
        assert "Targets 6" in it.pane
        assert "IN RDHUP ET" in it.pane
        assert "data 0x55d0c0de0960" in it.pane
        await it.press("tab", "home", "down", "enter")
        assert it.cursor == dkey(WORKER1, 5)


async def test_the_pane_tells_other_sockets_on_the_same_address() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 6))
        assert "Same address 1" in it.pane
        assert "SO_REUSEPORT" in it.pane


async def test_the_pane_tells_the_terminal_and_whom_ctrl_c_reaches() -> None:
    async with driving() as it:
        await it.go(dkey(stage.SLEEP, 1))
        assert "pts/1  background" in it.pane
        assert "Ctrl+C     reaches 960041 2 processes ./server --port 7000" in it.pane


async def test_the_pane_tells_a_process_and_a_group() -> None:
    async with driving(feed=ScriptedFeed(answer=stage.answer)) as it:
        await it.go(pkey(WORKER1))
        await it.until(lambda: "Threads wait in" in it.pane)
        assert "parent     2391592  nginx: master" in it.pane
        assert "www-data  uid 33" in it.pane
        assert "program    /usr/sbin/nginx" in it.pane
        assert "epoll_wait(14)" in it.pane
        await it.press("left")
        assert "Processes 3" in it.pane


async def test_the_pane_says_why_a_process_could_not_be_read() -> None:
    async with driving() as it:
        await it.go(pkey(POLKIT))
        assert "Descriptors 15" in it.pane
        assert "permission denied" in it.pane
        assert "⊘ permission denied" in it.drawn(pkey(POLKIT))


async def test_r_switches_between_decoded_and_raw_fdinfo() -> None:
    async with driving(feed=ScriptedFeed(answer=stage.answer)) as it:
        await it.go(dkey(MASTER, 5))
        await it.until(lambda: "O_NONBLOCK" in it.pane)
        assert "02004002" not in it.pane
        await it.press("r")
        assert "flags:\t02004002" in it.pane
        await it.press("r")
        assert "02004002" not in it.pane


async def test_the_selected_row_is_asked_about_again_with_every_frame() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.until(lambda: isinstance(it.feed.sent[-1], Inspect) and it.feed.sent[-1].fd == 5)
        asked = it.feed.sent[-1]
        assert isinstance(asked, Inspect)
        assert set(asked.holders) == {(WORKER1, 5), (WORKER2, 5), (WORKER1, 14), (WORKER2, 14)}
        await it.refresh(stage.delta(2))
        await it.until(lambda: sum(isinstance(r, Inspect) and r.fd == 5 for r in it.feed.sent) == 2)


async def test_an_answer_about_another_row_is_not_shown() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        it.feed.say(stage.answer(Inspect(1, MASTER, stage.start(MASTER), 6)), stage.delta(2))
        await it.until(lambda: it.world.seq == 2)
        assert "O_NONBLOCK" not in it.pane


async def test_a_thread_that_waits_now_is_named_on_its_process_row_and_in_the_pane() -> None:
    async with driving(MASTER, WORKER1, WORKER2, feed=ScriptedFeed(answer=stage.answer)) as it:
        await it.go(dkey(MASTER, 5))
        await it.until(lambda: "epoll_wait(14)" in it.drawn(pkey(WORKER1)))
        assert it.pane.count("epoll_wait now") == 2
        assert "epoll_wait(14)" in it.drawn(pkey(WORKER2))
        assert "rt_sigsuspend" in it.drawn(pkey(MASTER))


async def test_a_live_update_keeps_cursor_and_scroll() -> None:
    async with driving(size=(100, 14)) as it:
        await it.press("asterisk")
        await it.go(dkey(WORKER1, 14))
        row = it.screen_line(dkey(WORKER1, 14))
        new = [stage.process(100 + number, f"early{number}") for number in range(7)]
        await it.refresh(stage.delta(2, processes=new))
        assert it.cursor == dkey(WORKER1, 14)
        assert it.screen_line(dkey(WORKER1, 14)) == row
        await it.refresh(stage.delta(3, ended=[process.key for process in new]), stage.delta(4))
        assert it.screen_line(dkey(WORKER1, 14)) == row


async def test_new_and_gone_rows_are_marked_with_a_sign() -> None:
    async with driving(WORKER1) as it:
        await it.refresh(
            stage.delta(2, opened=[stage.sock(WORKER1, 20, 777)], closed=[stage.sock(WORKER1, 16, stage.SERVER_END)])
        )
        assert it.drawn(dkey(WORKER1, 20)).startswith("+")
        assert it.drawn(dkey(WORKER1, 16)).startswith("−")
        await it.refresh(stage.delta(3))
        assert it.drawn(dkey(WORKER1, 20)).startswith(" ")


async def test_only_lines_that_look_different_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(MASTER, WORKER1, WORKER2) as it:
        drawn: list[int] = []
        monkeypatch.setattr(it.app.main.listing, "refresh_line", drawn.append)
        worker = it.world.processes[pkey(WORKER1)]
        await it.refresh(stage.delta(2, processes=[msgspec.structs.replace(worker, state="R")]))
        assert drawn == [it.rows.contents.line_of(pkey(WORKER1))]


async def test_kernel_threads_come_and_go_with_shift_k() -> None:
    async with driving() as it:
        await it.press("K", "home")
        assert it.cursor == GroupKey("pgrp", 0)
        await it.press("K")
        assert it.cursor == GroupKey("pgrp", POLKIT)


async def test_z_hides_the_pane_and_shows_it_again() -> None:
    async with driving() as it:
        await it.press("tab", "z")
        assert not it.app.main.pane.display
        assert it.app.main.listing.has_focus
        assert it.app.main.listing.size.width == 120
        await it.press("z")
        assert it.app.main.pane.display


async def test_the_pane_grows_and_shrinks() -> None:
    async with driving() as it:
        width = it.app.main.pane.size.width
        await it.press("less_than_sign")
        await it.pilot.pause()
        assert it.app.main.pane.size.width > width
        await it.press("greater_than_sign", "greater_than_sign")
        await it.pilot.pause()
        assert it.app.main.pane.size.width < width


SERVED = f"{WORKER1}:16 rw tcp ESTABLISHED 127.0.0.1:8888 → 127.0.0.1:51034 nginx: worker process"


@pytest.mark.parametrize("group_by", ["pgrp", "object"])
async def test_y_copies_the_row_with_its_process_wherever_it_stands_and_says_so(group_by: str) -> None:
    async with driving(options=Options(group_by=group_by)) as it:
        await it.go(dkey(WORKER1, 16))
        await it.press("y")
        assert it.app.clipboard == SERVED
        await it.until(lambda: it.app.query(Toast))


async def test_y_copies_no_sign_of_how_a_row_stands() -> None:
    async with driving() as it:
        await it.go(pkey(MASTER))
        assert it.drawn(pkey(MASTER)).split()[0] == "▸"
        await it.press("y")
        assert it.app.clipboard.startswith(f"{MASTER} S 12 fd ")


@pytest.mark.parametrize("size", [(100, 24), (60, 15)])
async def test_what_is_said_covers_neither_the_tour_nor_the_keys(size: tuple[int, int]) -> None:
    stop = Step("A listener that three processes have, and a sentence that takes several lines of a tour. " * 3, "", "")
    async with driving(options=Options(tour=(stop,)), size=size) as it:
        await it.until(lambda: it.app.query_one("#tour").display)
        await it.press("y")
        await it.until(lambda: it.app.query(Toast))
        await it.until(lambda: it.app.query_one(Toast).region.height)
        toast = it.app.query_one(Toast).region
        assert toast.bottom <= it.app.query_one("#tour").region.y
        await it.press("slash")
        await it.pilot.pause()
        assert not toast.overlaps(it.app.query_one("#footer").region)


async def test_the_help_lists_signs_and_keys_and_closes_before_the_app() -> None:
    async with driving() as it:
        await it.press("question_mark")
        assert page_of(it) == "help"
        text = await page_text(it)
        assert "an epoll that watches it" in text
        assert "Unfold or fold everything" in text
        await it.press("q")
        assert page_of(it) == ""
        assert it.app.is_running


async def test_the_picture_behind_the_help_goes_on() -> None:
    async with driving(WORKER1) as it:
        await it.go(dkey(WORKER1, 5))
        await it.press("question_mark")
        await it.refresh(stage.delta(2, opened=[stage.sock(WORKER1, 20, 777)]))
        await it.pilot.resize_terminal(100, 30)
        it.feed.die("the collector was ended by signal 9")
        await it.until(lambda: it.feed.starts == 2)
        await it.press("escape")
        await it.until(lambda: it.world.seq == 1)
        assert it.cursor == dkey(WORKER1, 5)
        assert "Held by 3" in it.pane


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_it_quits_and_lets_the_collector_go(key: str) -> None:
    async with driving() as it:
        assert it.app.return_code is None
        await it.press(key)
        assert it.app.return_code == 0
        assert not it.feed.stopped
    assert it.feed.stopped


async def test_clicks_select_fold_and_follow() -> None:
    async with driving() as it:
        await it.press("asterisk")
        await it.go(dkey(SERVER, 0))
        await it.pilot.click("#tree", offset=(40, it.screen_line(dkey(SERVER, 1))))
        assert it.cursor == dkey(SERVER, 1)
        await it.pilot.click("#tree", offset=(6, it.screen_line(pkey(SERVER))))
        assert it.cursor == pkey(SERVER)
        assert pkey(SERVER) not in it.rows.contents.expanded
        await it.pilot.click("#tree", offset=(40, it.screen_line(dkey(TEE, 0))), times=2)
        assert it.cursor == dkey(SERVER, 1)


@pytest.mark.parametrize(("width", "edge"), [(120, 4), (44, 2)])
async def test_a_click_folds_on_the_sign_and_nowhere_else(width: int, edge: int) -> None:
    async with driving(size=(width, 30)) as it:
        await it.pilot.click("#tree", offset=(edge, it.screen_line(NGINX)))
        assert NGINX in it.rows.contents.expanded
        await it.pilot.click("#tree", offset=(edge + 2, it.screen_line(pkey(MASTER))))
        assert pkey(MASTER) in it.rows.contents.expanded
        assert it.drawn(pkey(MASTER))[edge + 2] == "▾"
        await it.pilot.click("#tree", offset=(edge + 4, it.screen_line(NGINX)))
        await it.pilot.click("#tree", offset=(edge, it.screen_line(pkey(MASTER))))
        assert {NGINX, pkey(MASTER)} <= it.rows.contents.expanded


async def test_a_click_in_the_pane_selects_and_a_double_click_follows() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 9))
        line = next(y for y in range(30) if "◆ 2391594:3" in it.app.main.pane.render_line(y).text)
        await it.pilot.click("#pane", offset=(6, line))
        await it.pilot.pause()
        assert it.cursor == dkey(MASTER, 9)
        await it.press("enter")
        assert it.cursor == dkey(WORKER2, 3), "what was clicked is what Enter follows"
        await it.press("backspace")
        await it.pilot.click("#pane", offset=(6, line), times=2)
        await it.pilot.pause()
        assert it.cursor == dkey(WORKER2, 3)


async def test_a_key_that_the_last_line_names_can_be_clicked() -> None:
    async with driving() as it:
        await it.go(dkey(SERVER, 1))
        await it.pilot.click("#footer", offset=(it.bar("footer").index("other end"), 0))
        await it.until(lambda: it.cursor == dkey(TEE, 0))
        await it.pilot.click("#footer", offset=(it.bar("footer").index("⌫"), 0))
        await it.until(lambda: it.cursor == dkey(SERVER, 1))
        blank = it.bar("footer").index("  p")
        for place in (blank, blank + 1):
            await it.pilot.click("#footer", offset=(place, 0))
            await it.rest()
            assert it.cursor == dkey(SERVER, 1), "between two keys there is none"
        await it.pilot.click("#footer", offset=(it.bar("footer").index("filter"), 0))
        await it.until(lambda: it.app.main.prompt.active)
        await it.pilot.click("#footer", offset=(it.bar("footer").index("clear"), 0))
        await it.until(lambda: not it.app.main.prompt.display)


async def test_following_out_of_the_selection_lists_the_row_and_says_so() -> None:
    async with driving(WORKER1) as it:
        await it.go(dkey(WORKER1, 16))
        await it.press("p")
        assert it.cursor == dkey(CLIENT, 5)
        assert "outside the selection" in it.drawn(pkey(CLIENT))
        await it.press("backspace")
        assert it.cursor == dkey(WORKER1, 16)


async def test_following_to_a_row_that_is_gone_says_so() -> None:
    async with driving() as it:
        it.app.main.following.follow(dkey(99, 1))
        await it.until(lambda: it.app.query(Toast))
        assert it.cursor == GroupKey("pgrp", POLKIT)


async def test_a_dead_collector_is_named_and_another_one_started() -> None:
    feed = ScriptedFeed()
    async with driving(feed=feed, clock=lambda: NOW + 12, restart_delay=30.0) as it:
        await it.go(dkey(WORKER1, 14))
        feed.die("the collector was ended by signal 9")
        await it.until(lambda: it.bar("banner"))
        assert "ended by signal 9" in it.bar("banner")
        assert "12 s old" in it.bar("banner")
        assert it.cursor == dkey(WORKER1, 14)


async def test_a_long_reason_for_a_death_leaves_room_for_what_follows() -> None:
    feed = ScriptedFeed()
    async with driving(feed=feed, clock=lambda: NOW + 12, restart_delay=30.0, size=(80, 24)) as it:
        feed.die(f"the collector was ended by signal 9: {'a long story ' * 9}")
        await it.until(lambda: it.bar("banner"))
        told = it.bar("banner")
        assert told.startswith(" the collector was")
        assert "… · this picture is 12 s old · another starts in " in told
        assert told.endswith(" s")


async def test_the_picture_of_the_next_collector_takes_over_where_the_last_one_stopped() -> None:
    feed = ScriptedFeed()
    app = Explorer(feed, Options(), clock=lambda: NOW)
    app.main.feeding.restart_delays = (0.0,)
    async with app.run_test(size=(120, 40)) as pilot:
        it = Driven(app, pilot, feed)
        await it.until(lambda: app.main.session.rows.cursor is not None)
        await it.go(dkey(WORKER1, 14))
        await it.refresh(stage.delta(7))
        feed.die("the collector ended with status 1")
        await it.until(lambda: feed.starts == 2 and app.main.session.world.seq == 1)
        await pilot.pause()
        assert it.cursor == dkey(WORKER1, 14)
        assert not it.bar("banner")


async def test_a_collector_that_falls_silent_is_named() -> None:
    now = [NOW]
    async with driving(clock=lambda: now[0]) as it:
        now[0] += 60
        it.app.main.tell_age()
        await it.rest()
        assert "said nothing for 60 s · R replaces it" in it.bar("banner")
        await it.refresh(stage.delta(2))
        await it.rest()
        assert not it.bar("banner")


async def test_a_collector_that_falls_silent_is_replaced_on_demand() -> None:
    now = [NOW]
    async with driving(clock=lambda: now[0]) as it:
        now[0] += 60
        await it.press("R")
        await it.until(lambda: it.feed.starts == 2)


@pytest.mark.parametrize("keys", ["R", "PR"])
async def test_one_that_works_or_is_not_asked_is_not_replaced(keys: str) -> None:
    now = [NOW]
    async with driving(clock=lambda: now[0]) as it:
        if "P" in keys:
            await it.press("P")
            now[0] += 60
        await it.press("R")
        await it.rest()
        assert it.feed.starts == 1


HOSTILE = ["[/]", "[@click=app.bell]x[/]", "[b]bold", "a" * 5000, "\\x1b[31m", "[/red]", "日本語" * 40, "$(x) {y} %s"]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:16]))
async def test_names_are_shown_as_they_are_and_never_parsed(name: str) -> None:
    process = stage.process(600, name, comm=name[:15], user=name)
    entries = [
        stage.descriptor(600, 0, "file", name, ino=5),
        stage.sock(600, 1, 888),
        stage.descriptor(600, 2, "unknown", name, ino=6, fields={name: name}),
    ]
    socket = stage.unix(888, local=name)
    async with driving() as it:
        await it.refresh(stage.delta(2, processes=[process], opened=entries, sockets=[socket]))
        for key in (GroupKey("pgrp", 600), pkey(600), dkey(600, 0), dkey(600, 1), dkey(600, 2)):
            await it.go(key)
            start = name[:4]
            assert start in it.drawn(key)
            await it.press("y")
        await it.refresh(stage.delta(3, ended=[pkey(600)]))
        await it.pilot.pause()
        assert it.app.is_running


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 40), (300, 100), (20, 5), (1, 1)])
async def test_every_size_is_drawn_and_the_cursor_stays_in_view(size: tuple[int, int]) -> None:
    async with driving() as it:
        await it.press("asterisk")
        await it.go(dkey(WORKER1, 14))
        await it.pilot.resize_terminal(*size)
        await it.pilot.pause()
        assert it.cursor == dkey(WORKER1, 14)
        if size[1] >= 5:
            assert 0 <= it.screen_line(dkey(WORKER1, 14)) < it.app.main.listing.line_count


async def test_a_narrow_screen_has_the_pane_below() -> None:
    async with driving(size=(80, 24)) as it:
        assert it.app.main.pane.region.y > it.app.main.listing.region.y
        assert it.app.main.pane.region.width == 80
        await it.pilot.resize_terminal(120, 40)
        await it.pilot.pause()
        assert it.app.main.pane.region.x > it.app.main.listing.region.x


async def test_a_listener_has_no_other_end_and_is_not_said_to_hide_one() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.press("p")
        assert it.cursor == dkey(MASTER, 5)
        (said,) = it.app._notifications
        assert said.message.startswith("A listener has no other end")
