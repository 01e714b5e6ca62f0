"""The explorer on a recording: at any look what the live one showed, and ways to the look that somebody wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sockscope.feed.recorded import RecordedFeed
from sockscope.frames.messages import Frame, Inspect, Locate, Options, Terminals
from sockscope.model.coverage import Coverage
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.recording import writer as writer_room
from sockscope.recording.moments import shown
from sockscope.recording.reader import open_recording
from sockscope.tui.app import Explorer
from sockscope.tui.options import Options as Choices
from sockscope.tui.widgets.side_pane import SidePane
from sockscope.tui.widgets.time_bar import BLOCKS, columns, drawn
from tests.recording.writing import record
from tests.tui.driving import Driven
from tests.world.build import NOW, START, frame, inet, process, socket_fd

LEAK_BEGAN = 12
LOOKS = 40
LEAKING, STEADY = ProcessKey(10, START), ProcessKey(20, START)


def leak() -> list[Frame]:
    """A server that begins to open descriptors at one look, and a process that does nothing at all."""
    looks = []
    for number in range(LOOKS):
        opened = max(0, number - LEAK_BEGAN + 1)
        things: list[Any] = []
        if number == 0:
            things = [process(20), socket_fd(20, 3, 101), inet(101, "127.0.0.1:81")]
        if number == 0 or opened:
            things += [process(10, fd_count=1 + opened), socket_fd(10, 3 + opened, 100)]
        if number == 0:
            things.append(inet(100, "127.0.0.1:80"))
        coverage = Coverage(processes=2, descriptors=2 + opened, sockets=2)
        looks.append(frame(*things, full=number == 0, seq=number + 1, time=NOW + 5 * number, coverage=coverage))
    return looks


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(writer_room, "LOOKS", 9)
    record(tmp_path / "x.scope", leak())
    return str(tmp_path / "x.scope")


@asynccontextmanager
async def replaying(path: str, number: int = LOOKS - 1, **choices: Any) -> AsyncIterator[Driven]:
    feed = RecordedFeed(open_recording(path), number)
    app = Explorer(feed, Choices(**choices))
    app.main.rest = 0.0
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        it = Driven(app, pilot, feed)  # type: ignore[arg-type]  # asks nothing that a scripted feed has alone
        await at(it, number)
        yield it


async def at(it: Driven, number: int) -> None:
    """Wait until a look is shown."""
    await it.until(lambda: it.world.time == NOW + 5 * number)
    await it.rest()


async def test_a_recording_is_opened_at_its_look_and_the_header_says_so(path: str) -> None:
    async with replaying(path) as it:
        assert len(it.world.tables[LEAKING]) == LOOKS - LEAK_BEGAN + 1
        clock = shown(NOW + 5 * (LOOKS - 1)).partition(" ")[2]
        assert f"replay of web1 · {clock}" in it.bar("header")
        assert "scan" not in it.bar("header")
        assert it.bar("banner") == ""


async def test_one_look_back_and_on_by_key_shows_the_world_of_that_look(path: str) -> None:
    live = {}
    with open_recording(path) as recording:
        live = {number: recording.world_at(number).tables for number in range(LOOKS)}
    async with replaying(path, 20) as it:
        for key, number in (
            ("left_curly_bracket", 19), ("left_curly_bracket", 18), ("left_curly_bracket", 17),
            ("right_curly_bracket", 18), ("shift+left", 6), ("shift+right", 18), ("shift+right", 30),
            ("shift+right", 39), ("right_curly_bracket", 39),
        ):  # fmt: skip
            await it.press(key)
            await at(it, number)
            assert it.world.tables == live[number]
        assert it.feed.position == 39  # type: ignore[attr-defined]


async def test_a_leak_is_traced_to_its_first_descriptor_in_five_keys(path: str) -> None:
    """Where it began is before the look at which the process first became something else."""
    async with replaying(path) as it:
        await it.go(LEAKING)
        # To the beginning; from there to the first change of the row.
        for _ in range(4):
            await it.press("shift+left")
            await it.rest()
        await at(it, 0)
        await it.press("right_parenthesis")
        await at(it, LEAK_BEGAN)
        assert it.cursor == LEAKING
        assert len(it.world.tables[LEAKING]) == 2


async def test_a_marked_look_is_compared_with_another_one_later_or_earlier(path: str) -> None:
    async with replaying(path, LEAK_BEGAN - 2) as it:
        await it.press("d", "shift+right", "right_curly_bracket")
        await it.rest()
        await it.press("shift+right")
        await it.until(lambda: it.world.time > NOW + 5 * LEAK_BEGAN)
        await it.rest()
        since = it.app.main.session.moment.since
        assert since is not None
        later = {key for key, word in since.words.items() if word == "new"}
        assert later == {DescriptorKey(*LEAKING, fd) for fd in it.world.tables[LEAKING] if fd > 3}
        await it.press("D")
        page = it.app.screen.query_one("#diff", SidePane)
        await it.until(lambda: f"+ {len(later)} tcp listener 127.0.0.1:80 by p10 10, none closed" in page.text())
        await it.press("D", "d", "d", "shift+left", "shift+left", "shift+left")
        await at(it, 0)
        await it.press("D")
        page = it.app.screen.query_one("#diff", SidePane)
        await it.until(lambda: " apart and in reverse" in page.text())


async def test_changes_of_the_selected_row_are_gone_through_both_ways_and_end(path: str) -> None:
    async with replaying(path, 14) as it:
        await it.go(LEAKING)
        for key, number in (
            ("left_parenthesis", 13), ("left_parenthesis", 12), ("right_parenthesis", 13), ("left_parenthesis", 12),
        ):  # fmt: skip
            await it.press(key)
            await at(it, number)
        await it.press("left_parenthesis")
        await it.until(lambda: [n.message for n in it.app._notifications])
        assert "Of this row no earlier change was recorded." in [n.message for n in it.app._notifications]
        assert it.world.time == NOW + 5 * 12


async def test_a_row_that_does_not_change_has_no_changes(path: str) -> None:
    async with replaying(path, 14) as it:
        await it.go(STEADY)
        await it.press("right_parenthesis")
        await it.until(lambda: [n.message for n in it.app._notifications])
        assert "Of this row no later change was recorded." in [n.message for n in it.app._notifications]


async def test_a_descriptor_is_followed_to_the_look_that_opened_it(path: str) -> None:
    async with replaying(path) as it:
        await it.press("asterisk")
        await it.go(DescriptorKey(10, START, 8))
        await it.press("left_parenthesis")
        await at(it, LEAK_BEGAN + 4)
        assert 8 in it.world.tables[LEAKING]
        await it.press("left_curly_bracket")
        await at(it, LEAK_BEGAN + 3)
        assert 8 not in it.world.tables[LEAKING]


async def test_the_time_bar_plots_each_counter_in_turn_and_goes(path: str) -> None:
    async with replaying(path, 20) as it:
        bar = it.app.main.time_bar
        assert not bar.display
        for counter in ("descriptors", "sockets", "changes"):
            await it.press("T")
            await it.rest()
            assert bar.display
            assert counter in bar.render_line(0).text
            assert f"look 21 of {LOOKS}" in bar.render_line(0).text
        await it.press("T")
        assert not bar.display


async def test_where_descriptors_begin_to_grow_the_bar_rises(path: str) -> None:
    async with replaying(path) as it:
        await it.press("T")
        await it.rest()
        plot = it.app.main.time_bar.render_line(1).text
        assert len(plot) == 120
        levels = [BLOCKS.index(sign) for sign in plot if sign != " "]
        assert levels == sorted(levels)
        assert (levels[0], levels[-1]) == (0, len(BLOCKS) - 1)


async def test_a_click_on_the_bar_goes_to_that_time(path: str) -> None:
    async with replaying(path) as it:
        await it.press("T")
        await it.rest()
        await it.pilot.click("#time", offset=(60, 1))
        await at(it, 19)


async def test_in_ascii_the_bar_is_of_ascii(path: str) -> None:
    async with replaying(path, ascii=True) as it:
        await it.press("T")
        await it.rest()
        assert it.app.main.time_bar.render_line(1).text.isascii()
        assert "@" in it.app.main.time_bar.render_line(1).text


async def test_a_recording_plays_until_it_is_stopped_or_ends(path: str) -> None:
    async with replaying(path, 36) as it:
        await it.press("P")
        await it.until(lambda: it.world.time == NOW + 5 * 37)
        await it.press("P")
        await it.rest()
        there = it.world.time
        await it.press("P")
        await it.until(lambda: it.world.time == NOW + 5 * 39)
        assert there < NOW + 5 * 39


async def test_what_a_collector_would_be_asked_is_said_not_to_have_been_recorded(path: str) -> None:
    async with replaying(path, 20) as it:
        await it.press("asterisk")
        await it.go(DescriptorKey(10, START, 3))
        await it.until(lambda: "this is a recording" in it.pane)


async def test_findings_of_a_moment_are_there_when_it_is_gone_to(path: str) -> None:
    """`leak` takes as many looks as it needs: gone to in one jump it says nothing that three looks do not bear."""
    async with replaying(path, 5) as it:
        assert it.app.main.session.diagnosis.findings == ()
        await it.press("shift+right", "shift+right")
        await at(it, 29)
        assert {one.rule for one in it.app.main.session.diagnosis.findings} <= {"leak"}


def test_a_bar_shows_the_largest_of_each_stretch_and_gaps_as_gaps() -> None:
    assert columns([0, 1, 2, 10], [1, 5, 2, 9], 5) == [5, 2, None, None, 9]
    assert drawn([0, None, 7], BLOCKS) == "▁ █"
    assert drawn([3, 3], BLOCKS) == "▁▁"
    assert columns([0], [4], 3) == [4, None, None]
    assert drawn([None], BLOCKS) == " "


def damage(path: str, offset: int) -> None:
    data = bytearray(Path(path).read_bytes())
    data[offset] ^= 0xFF
    Path(path).write_bytes(data)


async def test_a_damaged_look_is_passed_over_to_the_nearest_that_can_be_read(path: str) -> None:
    with open_recording(path) as recording:
        block = recording.blocks[2]
        offset = block.start + block.rows[3].offset
    damage(path, offset + 30)
    async with replaying(path, 20) as it:
        await it.press("right_curly_bracket")
        await at(it, 27)
        assert "this is the nearest one that can be read" in it.bar("banner")
        await it.press("right_curly_bracket")
        await at(it, 28)
        assert it.bar("banner") == ""


async def test_every_question_gets_its_answer(path: str) -> None:
    feed = RecordedFeed(open_recording(path), 3)
    messages = feed.messages()
    for request in (Inspect(1, 10, START), Options(2, 10, START, 3, 100), Locate(3, b"/x"), Terminals(4, ())):
        feed.send(request)
        answer = await anext(messages)
        assert answer.id == request.id  # type: ignore[union-attr]
    await feed.stop()


async def test_wishes_that_come_fast_are_served_by_the_last(path: str) -> None:
    feed = RecordedFeed(open_recording(path), 3)
    await feed.start()
    for number in (5, 9, 30):
        feed.go(number)
    messages = feed.messages()
    times = [message.time async for message in _until(messages, NOW + 150)]
    assert times[-1] == NOW + 150
    assert NOW + 45 not in times
    await feed.stop()


async def _until(messages: Any, time: float) -> AsyncIterator[Frame]:
    async for message in messages:
        if isinstance(message, Frame):
            yield message
            if message.time == time:
                return


def test_looks_of_this_test_are_those_of_a_machine() -> None:
    assert replace(leak()[0], seq=1).full
