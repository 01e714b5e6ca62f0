"""What a refresh brings up to date by itself: the header and the pane."""

from msgspec.structs import replace

from tests.tui import stage
from tests.tui.driving import driving
from tests.tui.stage import BASH, dkey


async def test_a_refresh_counts_anew_in_the_header() -> None:
    async with driving() as it:
        frame = stage.delta(2)
        more = replace(frame.coverage, descriptors=frame.coverage.descriptors + 1)
        assert f" {more.descriptors} descriptors" not in it.bar("header")
        await it.refresh(replace(frame, coverage=more))
        assert f" {more.descriptors} descriptors" in it.bar("header")


async def test_a_refresh_writes_the_pane_of_a_selected_row_anew() -> None:
    async with driving() as it:
        await it.press("asterisk")
        await it.refresh(stage.delta(2, opened=[stage.pipe(BASH, 30, 777, "r")]))
        await it.go(dkey(BASH, 30))
        await it.rest()
        assert f"{BASH}:31" not in it.pane
        await it.refresh(stage.delta(3, opened=[stage.pipe(BASH, 31, 777, "w")]))
        assert f"{BASH}:31" in it.pane
