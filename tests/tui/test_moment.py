"""A marked moment: what rows say of it, what hides the rest, and the page that lists what is another since."""

from msgspec.structs import replace

from sockscope.frames.messages import Frame
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.widgets.side_pane import SidePane
from tests.tui import stage
from tests.tui.driving import Driven, driving
from tests.tui.scripted import previewed
from tests.tui.stage import BASH, MASTER, dkey, pkey
from tests.world.build import descriptor

OPENED, MOVED = 40, 41


def file(fd: int, ino: int = 9) -> object:
    return descriptor(BASH, fd, start=stage.start(BASH), target=f"/tmp/{ino}", ino=ino, dev=5)


def opened(seq: int, *fds: int) -> Frame:
    return stage.delta(seq, opened=[file(fd) for fd in fds])


def closed(seq: int, *fds: int) -> Frame:
    return stage.delta(seq, closed=[file(fd) for fd in fds])


def page(it: Driven) -> str:
    return it.app.screen.query_one("#diff", SidePane).text()


async def test_rows_say_what_is_another_since_the_moment_and_not_since_the_last_refresh() -> None:
    async with driving() as it:
        await it.press("asterisk")
        await it.press("d")
        assert "since " in it.bar("header")
        await it.refresh(opened(2, OPENED))
        await it.refresh(stage.delta(3))
        assert it.drawn(dkey(BASH, OPENED)).startswith("+")
        await it.press("d")
        assert not it.drawn(dkey(BASH, OPENED)).startswith("+")
        assert "since " not in it.bar("header")
        await it.refresh(opened(4, MOVED))
        assert it.drawn(dkey(BASH, MOVED)).startswith("+")


async def test_what_was_there_at_the_moment_stays_on_the_screen_when_it_is_gone() -> None:
    async with driving() as it:
        await it.refresh(opened(2, OPENED))
        await it.press("asterisk", "d")
        await it.refresh(closed(3, OPENED))
        await it.refresh(stage.delta(4))
        assert it.drawn(dkey(BASH, OPENED)).startswith("−")
        await it.press("d")
        await it.refresh(stage.delta(5))
        assert it.rows.contents.line_of(dkey(BASH, OPENED)) is None


async def test_a_number_that_was_closed_and_opened_again_leads_elsewhere() -> None:
    async with driving() as it:
        await it.refresh(opened(2, OPENED))
        await it.press("asterisk", "d")
        await it.refresh(closed(3, OPENED))
        await it.refresh(opened(4, OPENED))
        await it.refresh(stage.delta(5))
        assert it.drawn(dkey(BASH, OPENED)).startswith("~")


async def test_what_came_and_went_again_is_not_told() -> None:
    async with driving() as it:
        await it.press("d")
        await it.refresh(opened(2, OPENED))
        await it.refresh(closed(3, OPENED))
        assert dkey(BASH, OPENED) not in it.app.main.session.moment.since.words  # type: ignore[union-attr] - it is marked


async def test_a_folded_branch_sums_up_what_is_another_below_it() -> None:
    async with driving() as it:
        await it.refresh(opened(2, OPENED, MOVED))
        await it.press("d")
        await it.refresh(opened(3, 50, 51, 52))
        await it.refresh(closed(4, OPENED))
        await it.refresh(closed(5, MOVED), opened(6, MOVED))
        group = GroupKey("pgrp", BASH)
        assert "+3 " in it.drawn(group)
        assert "~1 " in it.drawn(group)
        await it.press("asterisk")
        await it.go(pkey(BASH))
        await it.press("left")
        assert "+3 −1 ~1" in it.drawn(pkey(BASH))


async def test_a_process_that_runs_another_program_is_another_and_one_that_only_runs_is_not() -> None:
    async with driving() as it:
        await it.press("asterisk", "d")
        bash, master = it.world.processes[pkey(BASH)], it.world.processes[pkey(MASTER)]
        await it.refresh(stage.delta(2, processes=[replace(bash, comm="vim"), replace(master, state="R")]))
        assert it.drawn(pkey(BASH)).startswith("~")
        assert it.drawn(pkey(MASTER)).startswith(" ")
        await it.refresh(stage.delta(3, processes=[bash]))
        assert it.drawn(pkey(BASH)).startswith(" ")


async def test_a_filter_hides_what_is_as_it_was() -> None:
    async with driving() as it:
        await it.press("d", "slash")
        await it.type("since:new")
        await it.press("enter")
        assert it.rows.contents.length == 0
        await it.refresh(opened(2, OPENED))
        assert "/since:new 1" in it.bar("header")
        assert it.rows.contents.line_of(GroupKey("pgrp", BASH)) is not None
        assert it.rows.contents.line_of(GroupKey("pgrp", MASTER)) is None
        await it.press("d")
        await it.refresh(stage.delta(3))
        assert it.rows.contents.length == 0


async def test_the_page_lists_what_diff_would_say_and_leads_to_the_row() -> None:
    async with driving() as it:
        await it.press("D")
        await it.until(lambda: "No moment is marked; d marks one." in page(it))
        await it.press("D", "d", "D")
        await it.until(lambda: "Nothing is another." in page(it))
        await it.press("D")
        await it.refresh(opened(2, OPENED))
        await it.press("D")
        await it.until(lambda: f"+ file /tmp/9 by bash {BASH}:{OPENED}" in page(it))
        assert "1 s apart" in page(it)
        await it.press("down", "enter")
        await it.until(lambda: it.cursor == dkey(BASH, OPENED))


async def test_before_everything_was_read_there_is_no_moment_to_mark() -> None:
    feed = previewed(waiting=True)
    async with driving(feed=feed) as it:
        await it.press("d")
        assert it.app.main.session.moment.since is None
        feed.finish()
        await it.until(lambda: it.app.main.session.moment.whole)
        await it.press("d")
        assert it.app.main.session.moment.since is not None


async def test_a_collector_that_was_started_again_makes_nothing_new() -> None:
    async with driving() as it:
        await it.press("asterisk", "d")
        await it.refresh(replace(stage.first_frame(), seq=1, time=stage.NOW + 5))
        assert it.app.main.session.moment.since.words == {}  # type: ignore[union-attr] - it is marked
