"""Filter and search as a user types them."""

from collections.abc import Iterator

import msgspec
import pytest
from textual.widgets._toast import Toast

from sockscope.demo.tour import Step
from sockscope.frames.messages import Locate
from sockscope.model.located import FileUse, Located
from sockscope.tui import finding
from sockscope.tui.options import Options
from sockscope.tui.rows.filter_hits import FilterHits
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey
from tests.tui import stage
from tests.tui.driving import driving
from tests.tui.scripted import ScriptedFeed, previewed
from tests.tui.stage import BASH, CLIENT, MASTER, SERVER, TEE, WORKER1, WORKER2, dkey, pkey

NGINX = GroupKey("pgrp", MASTER)


async def test_a_filter_lists_what_matches_with_the_branches_above_while_it_is_typed() -> None:
    async with driving() as it:
        await it.press("slash")
        await it.type("port:7000")
        assert it.keys == [GroupKey("pgrp", SERVER), pkey(SERVER), dkey(SERVER, 3)]
        assert "1/4 fd" in it.drawn(pkey(SERVER))
        assert "/port:7000 1" in it.bar("header")


async def test_a_word_that_matches_a_process_lists_it_folded() -> None:
    async with driving() as it:
        await it.press("slash")
        await it.type("curl")
        assert it.keys == [GroupKey("pgrp", CLIENT)]


async def test_enter_keeps_the_filter_and_escape_in_the_tree_ends_it() -> None:
    async with driving() as it:
        await it.press("slash")
        await it.type("kind:epoll")
        await it.press("enter")
        assert it.app.main.listing.has_focus
        assert not it.app.main.prompt.display
        assert it.keys == [NGINX, pkey(WORKER1), dkey(WORKER1, 14), pkey(WORKER2), dkey(WORKER2, 14)]
        assert it.cursor == dkey(WORKER1, 14), "Enter stands on what was found"
        await it.press("escape")
        await it.rest()
        assert GroupKey("pgrp", CLIENT) in it.keys
        assert it.cursor == dkey(WORKER1, 14)


async def test_enter_leaves_the_cursor_on_a_row_that_was_found_or_where_all_that_was_found_is_folded() -> None:
    async with driving() as it:
        it.app.main.listing.go_to(dkey(WORKER2, 14))
        await it.press("slash")
        await it.type("kind:epoll")
        await it.press("enter")
        await it.rest()
        assert it.cursor == dkey(WORKER2, 14)
        await it.press("slash", "ctrl+u")
        await it.type("curl")
        await it.press("enter")
        await it.rest()
        assert it.cursor == GroupKey("pgrp", CLIENT)


async def test_escape_while_typing_clears_the_filter() -> None:
    async with driving() as it:
        before = it.keys
        await it.press("slash")
        await it.type("curl")
        await it.press("escape")
        await it.rest()
        assert it.keys == before
        assert it.app.main.listing.has_focus


async def test_a_filter_that_takes_longer_than_a_blink_says_so_and_keeps_the_old_rows_dimmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "BLINK", 0.001)
    monkeypatch.setattr(finding, "PATIENCE", 0.0)
    asked = FilterHits.ask
    slow = {"c", "cu", "cur", "curl"}

    def ask(hits: FilterHits, among: FilterHits | None = None) -> Iterator[None]:
        while hits.text in slow:
            yield
        yield from asked(hits, among)

    monkeypatch.setattr(FilterHits, "ask", ask)
    async with driving() as it:
        before, drawn = it.keys, it.app.main.listing.render_line(2)
        await it.press("slash", *"curl")
        await it.until(lambda: "/curl filtering …" in it.bar("header"))
        dimmed = it.app.main.listing.render_line(2)
        assert it.keys == before
        assert (dimmed.text, dimmed == drawn) == (drawn.text, False)
        slow.clear()
        await it.until(lambda: "filtering" not in it.bar("header"))
        await it.rest()
        assert it.keys == [GroupKey("pgrp", CLIENT)]
        await it.press("escape")
        await it.rest()
        assert it.app.main.listing.render_line(2) == drawn


async def test_an_error_points_at_the_word_and_keeps_the_last_good_result() -> None:
    async with driving() as it:
        await it.press("slash")
        await it.type("kind:epoll")
        found = it.keys
        # As pasted: while one types it, `stat` alone is a word that nothing shows.
        it.app.main.prompt.query_one("#prompt-input").value += " stat:listen"  # type: ignore[attr-defined]
        await it.rest()
        below = it.bar("prompt-below")
        typed = it.app.main.prompt.text
        assert below[3 + typed.index("stat") :].startswith("^^^^ no key is called stat; did you mean state")
        assert it.keys == found
        await it.press("enter")
        assert it.app.main.prompt.display


async def test_an_error_on_a_narrow_screen_names_the_word_instead() -> None:
    async with driving(size=(40, 12)) as it:
        await it.press("slash")
        await it.type("nonesuch:1")
        assert it.bar("prompt-below").startswith(" nonesuch: no key")


async def test_tab_completes_keys_and_values_and_goes_round() -> None:
    async with driving() as it:
        await it.press("slash")
        await it.type("stat")
        await it.press("tab")
        assert it.app.main.prompt.text == "state:"
        await it.press("tab")
        first = it.app.main.prompt.text
        await it.press("tab")
        second = it.app.main.prompt.text
        assert first != second
        assert second.startswith("state:")
        await it.press("shift+tab")
        assert it.app.main.prompt.text == first
        await it.rest()
        assert it.rows.contents.scope.filter_hits is not None
        assert it.rows.contents.scope.filter_hits.text == first


async def test_up_and_down_walk_the_history() -> None:
    async with driving() as it:
        for text in ("curl", "tee"):
            await it.press("slash", "ctrl+u")
            await it.type(text)
            await it.press("enter")
        await it.press("slash", "ctrl+u")
        await it.type("x")
        await it.press("up")
        assert it.app.main.prompt.text == "tee"
        await it.press("up", "up")
        assert it.app.main.prompt.text == "curl"
        await it.press("down", "down")
        assert it.app.main.prompt.text == "x"
        await it.press("ctrl+p", "ctrl+p", "ctrl+n")
        assert it.app.main.prompt.text == "tee"


async def test_a_filter_follows_what_happens() -> None:
    async with driving(options=Options(filter="kind:epoll")) as it:
        assert len(it.keys) == 5
        await it.refresh(stage.delta(2, opened=[stage.anon(MASTER, 30, "epoll", 3)]))
        assert dkey(MASTER, 30) in it.keys or pkey(MASTER) in it.keys
        await it.refresh(stage.delta(3, ended=[pkey(WORKER1)]), stage.delta(4))
        assert dkey(WORKER1, 14) not in it.keys
        assert dkey(WORKER2, 14) in it.keys


async def test_a_filter_finds_a_row_that_says_something_else_because_of_another_process() -> None:
    """Nothing of the writer has changed: its row names the reader, and that has another number now."""
    async with driving(options=Options(filter=f'"⇄ {TEE}:9"')) as it:
        assert it.keys == []
        table = next(one for one in stage.first_frame().tables if one.pid == TEE)
        reader = next(one for one in table.opened if one.fd == 0)
        await it.refresh(stage.delta(2, closed=[reader], opened=[msgspec.structs.replace(reader, fd=9)]))
        await it.refresh(stage.delta(3))
        hits = it.rows.contents.scope.filter_hits
        assert hits is not None
        assert hits.has(dkey(SERVER, 1))


async def test_following_leads_out_of_the_filter_and_says_so() -> None:
    async with driving(options=Options(filter="pid:" + str(WORKER1))) as it:
        await it.go(dkey(WORKER1, 16))
        await it.press("p")
        assert it.cursor == dkey(CLIENT, 5)
        assert "outside the selection" in it.drawn(pkey(CLIENT))


async def test_a_filter_that_nothing_matches_says_so_and_hides_what_nobody_holds_too() -> None:
    async with driving() as it:
        await it.press("slash")
        await it.type("nothing-like-this")
        assert it.keys == []
        assert UNHELD not in it.keys
        assert "nothing matches the filter" in it.app.main.listing.render_line(0).text


async def test_a_search_hides_nothing_and_n_walks_its_hits() -> None:
    async with driving() as it:
        before = it.keys
        await it.press("backslash")
        await it.type("kind:epoll")
        assert it.cursor == dkey(WORKER1, 14)
        await it.press("enter")
        assert set(before) <= set(it.keys)
        assert it.drawn(dkey(WORKER1, 14)).startswith("»")
        await it.press("n")
        assert it.cursor == dkey(WORKER2, 14)
        await it.press("n")
        assert it.cursor == dkey(WORKER1, 14)
        await it.press("N")
        assert it.cursor == dkey(WORKER2, 14)
        await it.press("escape")
        await it.rest()
        await it.press("n")
        assert it.cursor != dkey(WORKER1, 14)


async def test_a_folded_branch_says_how_many_hits_it_hides() -> None:
    async with driving() as it:
        await it.press("backslash")
        await it.type("kind:epoll")
        await it.press("enter", "home")
        it.app.main.listing.fold_level()
        it.app.main.listing.fold_level()
        assert "»2" in it.drawn(NGINX)


async def test_hits_shown_while_one_types_leave_no_branches_open() -> None:
    async with driving() as it:
        before = it.keys
        await it.press("backslash")
        await it.type("polkit")
        assert it.cursor == pkey(stage.POLKIT)
        await it.press("ctrl+u")
        await it.type("tee")
        assert it.cursor == pkey(TEE)
        assert set(it.keys) - set(before) == {pkey(SERVER), pkey(TEE)}


async def test_giving_up_a_search_returns_to_where_it_began() -> None:
    async with driving() as it:
        await it.go(GroupKey("pgrp", BASH))
        await it.press("backslash")
        await it.type("tee")
        assert it.cursor == pkey(TEE)
        await it.press("escape")
        await it.rest()
        assert it.cursor == GroupKey("pgrp", BASH)


async def test_the_command_line_s_filter_and_target_hold_from_the_first_picture() -> None:
    async with driving(options=Options(target=":7000")) as it:
        assert it.cursor == dkey(SERVER, 3)
    async with driving(options=Options(filter="curl")) as it:
        assert it.keys == [GroupKey("pgrp", CLIENT)]


async def test_a_target_is_looked_for_once_descriptors_are_known_not_in_the_preview_of_processes() -> None:
    async with driving(feed=previewed(), options=Options(target=":7000")) as it:
        await it.until(lambda: it.cursor == dkey(SERVER, 3))
        assert not it.app._notifications


async def test_a_path_is_gone_to_once_the_collector_has_said_which_file_it_is() -> None:
    async with driving(options=Options(target="/srv/of/any/name")) as it:
        assert [one.path for one in it.feed.sent if isinstance(one, Locate)] == [b"/srv/of/any/name"]
        user = FileUse("cwd", TEE, stage.start(TEE), name="/srv", evidence="device and inode")
        it.feed.say(Located(1, "/srv/of/any/name", "directory", 5, 7, 5, 7, uses=(user,)))
        await it.rest()
        assert it.cursor == pkey(TEE)


async def test_a_path_that_is_not_there_is_named() -> None:
    async with driving(options=Options(target="/nowhere")) as it:
        it.feed.say(Located(1, "/nowhere", missing=True, error="there is nothing of this name"))
        await it.rest()
        assert "there is no /nowhere" in "".join(str(toast.render()) for toast in it.app.screen.query(Toast))


async def test_a_target_that_is_not_there_is_named() -> None:
    async with driving(options=Options(target=":1")) as it:
        await it.until(lambda: it.app.query(Toast))
        assert "no socket is bound to :1" in str(it.app.query_one(Toast)._notification.message)


@pytest.mark.parametrize("text", ["[/]", "[@click=app.quit]x[/]", "\\", "((", '"', "~(", "-", "port:", "日本"])
async def test_whatever_is_typed_is_shown_as_it_is(text: str) -> None:
    async with driving() as it:
        await it.press("slash")
        it.app.main.prompt.query_one("#prompt-input").value = text  # type: ignore[attr-defined]
        await it.rest()
        assert text in it.app.main.prompt.query_one("#prompt-input").render_line(0).text
        await it.press("enter", "escape")
        assert it.app.is_running


async def test_what_was_asked_for_is_gone_to_once_more_than_the_processes_is_known() -> None:
    whole = stage.first_frame()
    preview = msgspec.structs.replace(whole, seq=0, tables=(), sockets=(), epolls=(), preview=True)
    tour = (Step("A listener.", "app.next_related", f"{MASTER}:5"),)
    for options, place in ((Options(target=":7000"), dkey(SERVER, 3)), (Options(tour=tour), dkey(MASTER, 5))):
        async with driving(options=options, feed=ScriptedFeed(stage.HELLO, preview, whole)) as it:
            assert it.cursor == place
            assert not it.app._notifications
