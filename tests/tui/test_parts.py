"""The parts of the explorer that need no screen: bars, wrapping, history, and keeping a collector alive."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.scroll_view import ScrollView
from textual.widget import Widget

from sockscope.feed.lifeline import keep_reading
from sockscope.frames.messages import Ended, Message
from sockscope.model.coverage import Coverage
from sockscope.tui.commands.hints import Hint
from sockscope.tui.panes.fields import field_lines, field_text
from sockscope.tui.panes.section import PaneLine, wrapped, wrapped_field
from sockscope.tui.rows.history import History
from sockscope.tui.rows.rowkeys import GroupKey, RowKey
from sockscope.tui.widgets.bars import Bar, Standing, header_spans, hint_spans
from sockscope.tui.widgets.ink import Inked, InkedView, Span
from sockscope.tui.widgets.side_pane import SidePane
from sockscope.tui.widgets.tree import DescriptorTree
from tests.tui import stage
from tests.tui.scripted import ScriptedFeed


def plain(spans: list[Span]) -> str:
    return "".join(text for text, _ in spans)


def line_text(line: PaneLine) -> str:
    return "".join(text for text, _ in line.spans)


SEEN = Standing("web1", Coverage(312, 0, 5214, 0, 1204), 1.0, 4.2)


def test_the_header_of_a_wide_screen_says_everything() -> None:
    assert plain(header_spans(SEEN, 120)) == (
        " sockscope · web1 ── 312 processes · 5,214 descriptors · 1,204 sockets ── 1 s · scan 4 ms ── all visible"
    )


@pytest.mark.parametrize("width", [10, 30, 40, 60, 80, 100])
def test_the_header_of_a_narrow_screen_leaves_out_what_is_least_needed(width: int) -> None:
    written = plain(header_spans(SEEN, width))
    assert written.startswith(" sockscope · web1")
    assert cell_len(written) <= max(width, len(" sockscope · web1"))
    if width >= 40:
        assert written.endswith("all visible")


def test_the_header_counts_what_could_not_be_read() -> None:
    blind = Standing("web1", Coverage(312, 40, 5214, 700, 1204), 1.0, 4.2, tells_more="!")
    assert plain(header_spans(blind, 120)).endswith("40 unreadable · !")


def test_the_header_counts_who_was_read_in_part() -> None:
    partly = Standing("web1", Coverage(312, descriptors=5214, partly_read=2, notes=("x",)), 1.0, 4.2, tells_more="!")
    assert plain(header_spans(partly, 120)).endswith("2 partly read · !")


def test_the_header_says_how_far_the_first_picture_has_come() -> None:
    waits = Standing("web1", Coverage(312, 300, 40, waiting_processes=300), 1.0, 4.2, tells_more="!")
    assert plain(header_spans(waits, 120)) == " sockscope · web1 ── 312 processes ── reading … 12 of 312 processes read"
    assert plain(header_spans(waits, 60)) == " sockscope · web1 ── reading … 12 of 312 processes read"


@pytest.mark.parametrize("width", [40, 120])
def test_the_header_claims_nothing_about_descriptors_before_they_are_read(width: int) -> None:
    early = plain(header_spans(replace(SEEN, previewed=True), width))
    assert early.endswith("reading …")
    assert "visible" not in early
    assert "sockets" not in early


@given(st.integers(0, 200))
def test_hints_are_left_out_whole_and_help_never(width: int) -> None:
    hints = [Hint("n", "n", "next related"), Hint("p", "p", "other end"), Hint("question_mark", "?", "help")]
    written = plain(hint_spans(hints, width))
    assert written.endswith("? help")
    assert ("other end" in written) <= ("next related" in written)
    assert cell_len(written) <= max(width, len(" ? help"))


@given(st.text(), st.integers(8, 60))
def test_wrapping_keeps_every_character_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = [line_text(line) for line in wrapped(text, width)]
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_value_stays_in_its_column() -> None:
    lines = [line_text(line) for line in wrapped_field("path", "/a/very/long path", 20, name_width=6)]
    assert lines == ["path   /a/very/long", "       path"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        ([], "none"),
        (["O_RDWR", "O_CLOEXEC"], "O_RDWR O_CLOEXEC"),
        ({"wd": 1, "mask": ["IN_CREATE", "IN_DELETE"]}, "wd 1  mask IN_CREATE IN_DELETE"),
    ],
)
def test_decoded_values_are_written_for_people(value: object, text: str) -> None:
    assert field_text(value) == text


def test_of_a_hundred_thousand_watches_a_hundred_are_listed_and_the_rest_counted() -> None:
    lines = field_lines({"watches": [{"wd": number} for number in range(100_000)]}, 60)
    assert len(lines) == 101
    assert line_text(lines[-1]) == "… and 99,900 more"


class Places:
    """Where a history leads, among rows of which some are gone."""

    def __init__(self, *existing: int) -> None:
        self.existing = existing
        self.here: RowKey | None = None

    def go(self, key: RowKey) -> bool:
        assert isinstance(key, GroupKey)
        if key.id in self.existing:
            self.here = key
        return key.id in self.existing


def row(number: int) -> GroupKey:
    return GroupKey("pgrp", number)


def test_back_and_forward_go_through_the_rows_that_were_left() -> None:
    history, places = History(), Places(1, 2, 3)
    history.leave(row(1))
    history.leave(row(2))
    assert history.back(row(3), places.go)
    assert places.here == row(2)
    assert history.back(row(2), places.go)
    assert places.here == row(1)
    assert not history.back(row(1), places.go)
    assert history.forward(row(1), places.go)
    assert history.forward(row(2), places.go)
    assert places.here == row(3)
    assert not history.forward(row(3), places.go)


def test_back_skips_what_is_gone() -> None:
    history, places = History(), Places(1)
    history.leave(row(1))
    history.leave(row(2))
    assert history.back(row(3), places.go)
    assert places.here == row(1)


def test_a_new_jump_ends_the_way_forward() -> None:
    history, places = History(), Places(1, 2)
    history.leave(row(1))
    history.back(row(2), places.go)
    history.leave(row(1))
    assert not history.forward(row(5), places.go)


class Mourned(Exception):  # noqa: N818 - it ends a loop, it is no error
    """Thrown to leave the endless loop."""


async def lives(feed: Any, count: int, delays: tuple[float, ...] = (0.0,)) -> tuple[list[Message], list[Any]]:
    """Let `count` collectors die behind a lifeline."""
    heard: list[Message] = []
    deaths: list[Any] = []

    def mourn(reason: str, delay: float) -> None:
        deaths.append((reason, delay))
        if len(deaths) == count:
            raise Mourned

    with pytest.raises(Mourned):
        await asyncio.wait_for(keep_reading(feed, heard.append, mourn, delays), 10)
    return heard, deaths


class ShortLived(ScriptedFeed):
    """Says what it has to say, and dies."""

    async def start(self) -> None:
        await super().start()
        self.die(f"death {self.starts}")


async def test_a_collector_that_dies_is_followed_by_another() -> None:
    feed = ShortLived()
    heard, deaths = await lives(feed, 3)
    assert [reason for reason, _ in deaths] == ["death 1", "death 2", "death 3"]
    assert len(heard) == 6


async def test_the_pause_grows_while_no_frame_comes_and_starts_over_after_one() -> None:
    feed = ShortLived(stage.HELLO)
    _, deaths = await lives(feed, 4, (0.0, 0.001, 0.002))
    assert [delay for _, delay in deaths] == [0.0, 0.001, 0.002, 0.002]
    _, deaths = await lives(ShortLived(), 3, (0.0, 0.001))
    assert [delay for _, delay in deaths] == [0.0, 0.0, 0.0]


async def test_a_collector_that_cannot_be_started_says_why() -> None:
    class Unstartable(ScriptedFeed):
        async def start(self) -> None:
            raise FileNotFoundError(2, "No such file", "python")

    _, deaths = await lives(Unstartable(), 1)
    assert deaths[0][0].startswith("the collector could not be started: ")


async def test_the_last_words_of_a_stream_are_passed_on() -> None:
    class Finished(ScriptedFeed):
        async def start(self) -> None:
            await super().start()
            self.die("")

    _, deaths = await lives(Finished(stage.HELLO, Ended("the recording is over")), 1)
    assert deaths[0][0] == "the collector has ended: the recording is over"


@pytest.mark.parametrize("widget", [DescriptorTree, SidePane, Bar, Inked, InkedView])
def test_no_widget_of_ours_overwrites_what_textual_keeps_under_the_same_name(widget: type[Widget]) -> None:
    base = ScrollView if issubclass(widget, ScrollView) else Widget
    wanted = {
        "render_line",
        "notify_style_update",
        "BINDINGS",
        "BINDING_GROUP_TITLE",
        "COMPONENT_CLASSES",
        "ALLOW_SELECT",
        "can_focus",
        "can_focus_children",
    }
    assigned = set(widget.__init__.__code__.co_names) if "__init__" in vars(widget) else set()
    ours = {name for name in {*vars(widget), *assigned} if not name.startswith("__")} - wanted
    inherited = {*dir(base), *vars(base())}
    inherited = {name for name in inherited if not name.startswith(("_css", "_inherit", "_decorated", "_reactives"))}
    internal = {"_merged_bindings", "_computes", "_selector_names", "_css_type_names", "_css_type_name"}
    assert not (ours & inherited) - internal
