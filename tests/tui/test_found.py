"""What the explorer says of findings: the header counts them, rows carry signs, pages explain."""

from sockscope.frames.messages import Frame
from sockscope.model.wait import ProcessWaits
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.widgets.side_pane import SidePane
from tests.tui import stage
from tests.tui.driving import Driven, driving, screen_text
from tests.tui.scripted import previewed
from tests.tui.stage import BASH, MASTER, READ, WRITE, dkey, pkey, stuck


def freed(seq: int) -> Frame:
    """It runs again."""
    return stage.delta(seq, waits=[ProcessWaits(BASH, stage.start(BASH), running=1)])


def page(it: Driven, name: str) -> str:
    return it.app.screen.query_one(f"#{name}", SidePane).text()


async def test_nothing_is_said_where_nothing_is_wrong() -> None:
    async with driving() as it:
        assert "sick" not in it.bar("header")
        await it.press("F")
        await it.until(lambda: "Nothing is known to be wrong." in page(it, "findings"))


async def test_before_everything_was_read_nothing_is_said_to_be_right() -> None:
    feed = previewed(waiting=True)
    async with driving(feed=feed) as it:
        await it.press("F")
        await it.until(lambda: "Not everything was read yet" in page(it, "findings"))
        feed.finish()
        await it.until(lambda: "Nothing is known to be wrong." in page(it, "findings"))


async def test_the_header_counts_what_is_wrong_until_it_is_right() -> None:
    async with driving() as it:
        await it.refresh(stuck())
        assert "1 suspect · F" in it.bar("header")
        await it.refresh(freed(3))
        assert "suspect" not in it.bar("header")


async def test_rows_carry_a_sign_and_a_folded_branch_sums_it_up() -> None:
    async with driving() as it:
        await it.refresh(stuck())
        await it.press("asterisk")
        assert "▲ stuck" in it.drawn(pkey(BASH))
        assert "▲ stuck" in it.drawn(dkey(BASH, READ))
        assert "▲" not in it.drawn(dkey(BASH, WRITE))
        assert "▲ stuck" in it.drawn(GroupKey("pgrp", BASH))
        assert "▲" not in it.drawn(pkey(MASTER))


async def test_the_page_of_findings_names_the_proof_and_leads_to_the_row() -> None:
    async with driving() as it:
        await it.refresh(stuck())
        await it.press("0")
        await it.until(lambda: "end of file never comes: bash" in page(it, "findings"))
        assert f"read({READ})" in page(it, "findings")
        await it.press("down", "enter")
        await it.until(lambda: it.cursor == dkey(BASH, READ))


async def test_w_explains_the_selected_row() -> None:
    async with driving() as it:
        await it.refresh(stuck())
        await it.press("asterisk")
        await it.go(pkey(BASH))
        await it.press("w")
        await it.until(lambda: f"read({READ})" in page(it, "why"))
        assert "the circle closes" in page(it, "why")
        assert "▲ suspect stuck" in page(it, "why"), "what is wrong with whoever is on the way stands below"
        await it.press("w")
        await it.go(GroupKey("pgrp", BASH))
        await it.press("w")
        await it.until(lambda: "Only a process or a descriptor" in page(it, "why"))


async def test_the_sign_of_the_end_is_not_cut_where_there_is_little_room() -> None:
    async with driving(size=(44, 20)) as it:
        await it.refresh(stuck())
        await it.press("asterisk")
        await it.go(pkey(BASH))
        await it.press("w")
        await it.until(lambda: "◀ here" in screen_text(it))


async def test_a_filter_finds_them_and_follows() -> None:
    async with driving() as it:
        await it.refresh(stuck())
        await it.press("slash")
        await it.type("finding:stuck")
        await it.press("enter")
        await it.until(
            lambda: it.rows.contents.scope.filter_hits and it.rows.contents.scope.filter_hits.processes == {pkey(BASH)}
        )
        await it.refresh(freed(3))
        await it.until(lambda: it.rows.contents.scope.filter_hits and not it.rows.contents.scope.filter_hits.processes)


async def test_grouped_by_finding_who_is_part_of_one_stands_below_its_sentence_until_it_is_right() -> None:
    async with driving() as it:
        await it.press("g", "f")
        (everybody,) = (key for key in it.keys if isinstance(key, GroupKey))
        assert "nothing is known to be wrong" in it.drawn(everybody)
        await it.go(pkey(BASH))
        await it.refresh(stuck())
        knot, healthy = (key for key in it.keys if isinstance(key, GroupKey))
        assert "▲ stuck" in it.drawn(knot)
        assert "end of file never comes" in it.drawn(knot)
        assert "nothing is known to be wrong" in it.drawn(healthy)
        await it.go(knot)
        assert "suspect: stuck" in it.pane
        assert "Processes 1" in it.pane
        await it.press("right")
        assert pkey(BASH) in it.keys[: it.keys.index(healthy)]
        await it.refresh(freed(3))
        assert [key for key in it.keys if isinstance(key, GroupKey)] == [healthy]
        assert pkey(BASH) in it.keys
