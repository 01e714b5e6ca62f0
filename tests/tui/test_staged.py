"""The first picture of a crowded machine, that comes in pieces; and what stays partly read."""

import msgspec

from sockscope.frames.messages import Frame, Prefer
from sockscope.model.coverage import Coverage
from sockscope.model.process import NOT_YET
from sockscope.tui.options import Options
from sockscope.tui.pages.blind_spots import MOST_LISTED, partly_read
from tests.tui import stage
from tests.tui.driving import driving, page_of, page_text
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import MASTER, dkey, pkey
from tests.world.build import process, world


def staged() -> tuple[Frame, Frame, Frame]:
    """A preview, a frame that knows the descriptors of one process, and one that knows everything."""
    whole = stage.first_frame()
    preview = Frame(1, full=True, time=whole.time, processes=whole.processes, preview=True)
    waits = [
        one if one.pid == MASTER else msgspec.structs.replace(one, denied=NOT_YET)
        for one in whole.processes
        if not one.kernel_thread
    ]
    early = Frame(
        2, full=True, time=whole.time, processes=tuple(waits),
        tables=tuple(table for table in whole.tables if table.pid == MASTER),
        coverage=Coverage(len(waits), len(waits) - 1, waiting_processes=len(waits) - 1),
    )  # fmt: skip
    return preview, early, msgspec.structs.replace(whole, seq=3)


async def test_who_is_looked_at_is_asked_for_first_and_shown_while_others_wait() -> None:
    preview, early, whole = staged()
    feed = ScriptedFeed(stage.HELLO, preview)
    async with driving(feed=feed, options=Options(target=f"{MASTER}:5")) as it:
        assert "reading" in it.bar("header")
        feed.say(early)
        await it.until(lambda: it.cursor == dkey(MASTER, 5))
        asked = [one.pids for one in feed.sent if isinstance(one, Prefer)]
        assert asked[0] == (MASTER,)
        assert asked[-1][0] == MASTER
        assert len(asked[-1]) > 1
        assert "processes read" in it.bar("header")
        assert "not everything was read yet" in " ".join(it.pane.split())
        feed.say(whole)
        await it.until(lambda: "processes read" not in it.bar("header"))
        assert it.cursor == dkey(MASTER, 5)
        assert "not everything was read yet" not in " ".join(it.pane.split())
        assert sum(isinstance(one, Prefer) for one in feed.sent) == len(asked)
        assert not it.app._notifications


async def test_the_page_of_blind_spots_lists_who_was_read_in_part_and_leads_there() -> None:
    whole = stage.first_frame()
    left = {MASTER: 70, stage.TEE: 7000}
    partly = tuple(msgspec.structs.replace(one, unread=left.get(one.pid, 0)) for one in whole.processes)
    coverage = msgspec.structs.replace(whole.coverage, partly_read=2, unread_descriptors=7070)
    frame = msgspec.structs.replace(whole, processes=partly, coverage=coverage)
    async with driving(feed=ScriptedFeed(stage.HELLO, frame)) as it:
        (section,) = partly_read(it.app.main.session.world)
        assert [(line.follow, line.spans[0][0].split()[0]) for line in section.lines] == [
            (pkey(stage.TEE), "7,000"), (pkey(MASTER), "70"),
        ]  # fmt: skip
        await it.press("exclamation_mark")
        await it.until(lambda: page_of(it) == "coverage")
        assert "7,000 left" in await page_text(it)


def test_of_many_who_were_read_in_part_those_with_most_left_are_listed() -> None:
    many = [process(1 + number, unread=number) for number in range(MOST_LISTED + 10)]
    made = world(*many, coverage=Coverage(partly_read=len(many) - 1))
    (section,) = partly_read(made)
    assert len(section.lines) == MOST_LISTED + 1
    assert section.lines[0].follow == many[-1].key
    assert section.lines[-1].spans[0][0].startswith("9 more")
    assert partly_read(world(process(1))) == []


async def test_a_process_that_was_read_in_part_says_how_much_was_left() -> None:
    whole = stage.first_frame()
    partly = tuple(msgspec.structs.replace(one, unread=70) if one.pid == MASTER else one for one in whole.processes)
    async with driving(feed=ScriptedFeed(stage.HELLO, msgspec.structs.replace(whole, processes=partly))) as it:
        await it.go(pkey(MASTER))
        assert "partly read, 70 left" in it.app.main.listing.row_text()
        assert "partly read: 70 more are open" in " ".join(it.pane.split())
