"""Palette, help, terminals, keys of one's own, colours, characters, files, folds and the tour."""

import json
import re
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.events import MouseScrollDown
from textual.widgets import OptionList

from sockscope.demo.tour import Step
from sockscope.frames.messages import Answer, Inspect, TerminalReport, Terminals, TerminalsAnswer
from sockscope.tui.commands.explorer import EXPLORER
from sockscope.tui.options import Options
from sockscope.tui.plain_ascii import needs_ascii, to_ascii
from sockscope.tui.rows.rowkeys import GroupKey
from tests.tui import stage
from tests.tui.driving import Driven, driving, page_of, page_text, screen_text
from tests.tui.scripted import ScriptedFeed, previewed
from tests.tui.stage import BASH, MASTER, SERVER, SLEEP, SSHD, TEE, WORKER1, dkey, pkey


def said(it: Driven) -> str:
    return "\n".join(f"{note.title}: {note.message}" for note in it.app._notifications)


# Palette


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_does_what_is_typed(key: str) -> None:
    async with driving() as it:
        await it.press(key)
        assert isinstance(it.app.screen, CommandPalette)
        await it.type("kernel object")
        await it.until(lambda: it.app.screen.query_one(OptionList).option_count)
        await it.until(lambda: it.app.screen.query_one(OptionList).highlighted is not None)
        await it.press("enter")
        await it.until(lambda: it.rows.contents.arrangement.name == "object")


async def test_the_palette_names_every_action_with_its_key() -> None:
    async with driving(options=Options(keys={"app.terminals": "T"})) as it:
        await it.press("colon")
        options = it.app.screen.query_one(OptionList)
        await it.until(lambda: options.option_count > len(EXPLORER))
        names = "\n".join(str(options.get_option_at_index(place).prompt) for place in range(options.option_count))
        assert re.search(r"Terminals: jobs.* T\b", names)
        for command in EXPLORER:
            assert command.about in names


async def test_the_palette_does_not_open_on_what_ends_it_all() -> None:
    async with driving() as it:
        await it.press("colon")
        options = it.app.screen.query_one(OptionList)
        await it.until(lambda: options.option_count > len(EXPLORER))
        await it.until(lambda: options.highlighted is not None)
        await it.press("enter")
        await it.until(lambda: it.app.screen is it.app.main)
        assert it.app.is_running
        assert it.app.return_code is None


# Help and keys


@pytest.mark.parametrize(("keys", "first"), [((), "Signs"), (("tab",), "Side pane"), (("slash",), "Filter and search")])
async def test_help_begins_with_the_part_that_has_the_focus(keys: tuple[str, ...], first: str) -> None:
    async with driving() as it:
        await it.press(*keys, "f1")
        assert page_of(it) == "help"
        text = await page_text(it)
        assert text.split("\n")[1] == first
        assert "kind:" in text


async def test_keys_of_the_configuration_replace_ours_and_are_named_instead() -> None:
    async with driving(options=Options(keys={"tree.down": "J", "app.filter": "ctrl+f"})) as it:
        await it.press("J")
        assert it.rows.cursor_line == 1
        await it.press("j")
        assert it.rows.cursor_line == 1
        assert "Ctrl+F filter" in it.bar("footer")
        await it.press("question_mark")
        text = await page_text(it)
        assert re.search(r"J +Down", text)


async def test_messages_name_keys_as_they_are_now() -> None:
    keys = {"app.pause": "f5", "app.pin": "f6", "app.mark": "f7"}
    async with driving(options=Options(keys=keys)) as it:
        await it.press("f5")
        assert it.bar("banner").endswith("F5 goes on")
        await it.press("f6")
        assert "pinned · F6 lets go" in it.app.main.pinned_pane.text()
        await it.press("apostrophe")
        assert "F7 marks one" in said(it)


async def test_what_is_wrong_with_the_configuration_is_said_once() -> None:
    options = Options(keys={"tree.dwon": "j"}, theme="puce", notes=("config.toml: colour: no such setting",))
    async with driving(options=options) as it:
        await it.until(lambda: len(it.app._notifications) >= 3)
        assert "no such setting" in said(it)
        assert "tree.dwon" in said(it)
        assert "no theme puce" in said(it)


# Terminals


async def test_t_tells_of_every_terminal_who_leads_who_is_in_front_and_who_may_not_read() -> None:
    async with driving() as it:
        await it.go(pkey(SLEEP))
        await it.press("t")
        assert page_of(it) == "terminals"
        lines = [line.rstrip() for line in (await page_text(it)).split("\n")]
        assert re.fullmatch(rf"pts/1 +session {BASH}, 3 jobs", lines[1])
        text = "\n".join(lines)
        assert re.search(rf"leader +{BASH}  -bash", text)
        assert re.search(rf"master +{SSHD}:10  proven  sshd: ann@pts/1", text)
        jobs = [line for line in lines if re.search(r"▶ in front|behind", line)]
        assert [int(re.findall(r"\d{3,}", line)[0]) for line in jobs] == [BASH, SERVER, SLEEP]
        assert "▶ in front" in jobs[1]
        assert re.search(rf"Ctrl\+C +{SERVER}  catches SIGINT  server", text)
        assert re.search(rf"{TEE}  SIGINT ends it  tee", text)
        assert re.search(rf"{SLEEP}  a read would stop it  sleep", text)


async def test_a_line_of_the_terminals_leads_to_its_row_and_backspace_back() -> None:
    async with driving() as it:
        await it.go(pkey(SLEEP))
        await it.press("t", "down", "enter")
        await it.rest()
        assert it.cursor == dkey(SSHD, 10)
        await it.press("backspace")
        assert it.cursor == pkey(SLEEP)


async def test_the_terminals_follow_what_happens_while_they_are_shown() -> None:
    async with driving() as it:
        await it.press("t")
        await it.refresh(stage.delta(2, ended=[pkey(SLEEP)]))
        assert page_of(it) == "terminals"
        assert f"{SLEEP}" not in (await page_text(it))
        await it.press("t")
        assert page_of(it) == ""


# Copies and files


async def test_capital_y_copies_the_pane() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.press("Y")
        assert "Held by 3" in it.app.clipboard
        await it.until(lambda: it.app._notifications)
        assert "Copied the pane" in said(it)


async def export(it: Driven, path: Path) -> None:
    await it.press("e")
    it.app.main.prompt.query_one("#prompt-input").value = str(path)  # type: ignore[attr-defined]
    await it.press("enter")
    await it.rest()


async def test_e_writes_what_the_filter_shows_in_the_form_that_the_name_ends_in(tmp_path: Path) -> None:
    async with driving(options=Options(filter="port:7000")) as it:
        await export(it, tmp_path / "found.json")
        found = json.loads((tmp_path / "found.json").read_text())
        assert [(entry["pid"], entry["fd"]) for entry in found["descriptors"]] == [(SERVER, 3)]
        await export(it, tmp_path / "found.ndjson")
        assert all(json.loads(line) for line in (tmp_path / "found.ndjson").read_text().splitlines())
        await export(it, tmp_path / "found.csv")
        assert (tmp_path / "found.csv").read_text().splitlines()[1].split(",")[:2] == [str(SERVER), "server"]
        await export(it, tmp_path / "found.svg")
        assert "*:7000" in (tmp_path / "found.svg").read_text().replace("&#160;", " ")
        assert str(tmp_path / "found.svg") in said(it)


async def test_a_file_that_exists_is_not_replaced_and_the_path_is_asked_for_again(tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("mine")
    async with driving() as it:
        await export(it, there)
        assert there.read_text() == "mine"
        assert "exists already" in it.bar("prompt-below")
        assert it.app.main.prompt.active
        await it.press("escape")
        assert it.app.main.listing.has_focus


# Folds


async def test_sections_of_the_pane_fold_and_stay_folded_on_other_rows() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.press("tab", "space")
        assert "▸ Held by 3" in it.pane
        assert f"{WORKER1}:5  nginx" not in it.pane
        await it.go(dkey(MASTER, 6))
        assert "▸ Held by 3" in it.pane
        await it.press("home", "right")
        assert "▸" not in it.pane
        await it.press("minus")
        assert it.pane.count("▸") == len([section for section in it.app.main.pane.sections if section.name])
        await it.press("plus")
        assert "▸" not in it.pane


async def test_a_click_on_a_title_folds() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        line = next(y for y in range(30) if "Held by" in it.app.main.pane.render_line(y).text)
        await it.pilot.click("#pane", offset=(5, line))
        assert "▸ Held by" in it.pane
        await it.pilot.click("#pane", offset=(5, line))
        assert "▸ Held by" not in it.pane


async def test_the_wheel_scrolls_the_list() -> None:
    async with driving(size=(100, 14)) as it:
        await it.press("asterisk")
        await it.pilot._post_mouse_events([MouseScrollDown], "#tree", button=0)
        await it.pilot.pause()
        await it.until(lambda: it.app.main.listing.scroll_offset.y > 0)


# Characters and colours


@pytest.mark.parametrize("keys", ["", "question_mark", "t", "g", "colon", "slash x", "e", "f", "y"])
async def test_ascii_draws_nothing_else_on_any_screen(keys: str) -> None:
    feed = ScriptedFeed(answer=stage.answer)
    async with driving(options=Options(ascii=True), size=(120, 32), feed=feed) as it:
        await it.press("asterisk")
        await it.go(dkey(WORKER1, 9))
        await it.press(*keys.split())
        await it.rest()
        drawn = screen_text(it)
        assert drawn.isascii(), {char for char in drawn if not char.isascii()}
        assert "9" in drawn


async def test_ascii_signs_tell_relations_apart() -> None:
    async with driving(options=Options(ascii=True)) as it:
        await it.press("asterisk")
        await it.go(dkey(MASTER, 9))
        drawn = screen_text(it).split("\n")[1:]
        same, other = dkey(WORKER1, 9), dkey(stage.WORKER2, 3)
        assert drawn[1 + it.screen_line(same)].split()[:2] == ["*", "9"]
        assert drawn[1 + it.screen_line(other)].split()[:2] == ["#", "3"]


@pytest.mark.parametrize(
    ("environment", "needed"), [({"TERM": "linux"}, True), ({"TERM": "xterm-256color"}, False), ({}, False)]
)
def test_the_linux_console_gets_ascii_by_itself(environment: dict[str, str], needed: bool) -> None:
    assert needs_ascii(environment) is needed


def test_ascii_takes_as_many_cells_as_before() -> None:
    assert to_ascii("日本 ● x") == "???? * x"


@pytest.mark.parametrize("theme", ["dark", "light", "16", "nord"])
async def test_every_theme_draws_every_row(theme: str) -> None:
    async with driving(options=Options(theme=theme)) as it:
        await it.press("asterisk", "G")
        assert it.lines
        assert it.app.theme in {f"sockscope-{theme}", theme}


# The tour


STEPS = (
    Step("A listener in three processes.", "app.next_related", f"{MASTER}:5"),
    Step("A terminal with jobs.", "app.terminals", str(SLEEP)),
    Step("That was the tour.", "app.quit"),
)


async def test_the_tour_says_what_to_look_at_and_which_key_and_goes_on_with_a_full_stop() -> None:
    async with driving(options=Options(tour=STEPS)) as it:
        assert it.cursor == dkey(MASTER, 5)
        assert it.bar("tour") == " 1/3  n  A listener in three processes."
        await it.press("n")
        assert it.bar("tour") == " 1/3  .  goes on  A listener in three processes."
        await it.press("full_stop")
        assert it.cursor == pkey(SLEEP)
        assert it.bar("tour").startswith(" 2/3  t  A terminal")
        await it.press("comma")
        assert it.cursor == dkey(MASTER, 5)


async def test_the_tour_begins_once_descriptors_are_known_not_in_the_preview_of_processes() -> None:
    async with driving(feed=previewed(), options=Options(tour=STEPS)) as it:
        await it.until(lambda: it.cursor == dkey(MASTER, 5))
        assert not it.app._notifications


async def test_a_stop_that_is_longer_than_the_screen_is_wide_goes_on_in_another_line() -> None:
    text = "One socket in three processes: look at the sign before the rows of the others, and press this key."
    async with driving(options=Options(tour=(Step(text, "app.next_related"), *STEPS)), size=(60, 20)) as it:
        bar = it.app.main.tour_bar
        await it.until(lambda: bar.size.height == 2)
        lines = [bar.render_line(y).text.rstrip() for y in range(2)]
        assert " ".join(" ".join(lines).split()) == f"1/4 n {text}"
        assert lines[1].startswith("         ")


async def test_a_stop_that_is_gone_is_named_and_the_tour_goes_on() -> None:
    async with driving(options=Options(tour=(Step("Gone.", "", "99:1"), *STEPS))) as it:
        await it.until(lambda: it.app._notifications)
        await it.press("full_stop")
        assert it.cursor == dkey(MASTER, 5)


async def test_without_a_tour_a_full_stop_does_nothing() -> None:
    async with driving() as it:
        await it.press("full_stop")
        assert it.cursor == it.keys[0]
        assert it.bar("tour") == ""
        assert isinstance(it.keys[0], GroupKey)


# How terminals are set


async def test_the_page_of_terminals_asks_how_they_are_set_and_says_so() -> None:
    async with driving() as it:
        await it.press("t")
        await it.until(lambda: isinstance(it.feed.sent[-1], Terminals))
        assert "unless raw, which was not read" in screen_text(it)
        request = it.feed.sent[-1]
        assert isinstance(request, Terminals)
        raw = TerminalReport("", pid=1, fd=2, end="master", signals=False)
        it.feed.say(TerminalsAnswer(request.id, tuple(raw for _ in request.asked)))
        await it.until(lambda: "sends no signal: the terminal is raw" in screen_text(it))


async def test_the_terminal_of_the_selected_process_is_asked_and_what_it_answers_is_told() -> None:
    asked: list[Inspect] = []

    def answer(request: Inspect) -> Answer:
        asked.append(request)
        report = TerminalReport("", pid=1, fd=2, end="master", interrupt="^X") if request.terminal else None
        return Answer(request.id, request.pid, request.start, request.fd, None, None, terminal=report)

    async with driving(feed=ScriptedFeed(answer=answer)) as it:
        await it.go(pkey(BASH))
        await it.until(lambda: asked and asked[-1].pid == BASH and asked[-1].terminal)
        await it.until(lambda: "^X         reaches" in it.pane)
        assert "proven, TCGETS through 1:2" in it.pane


async def test_the_tour_waits_for_a_picture_with_descriptors() -> None:
    feed = previewed(waiting=True)
    async with driving(options=Options(tour=STEPS), feed=feed) as it:
        await it.press("full_stop", "comma")
        assert "has no descriptor" not in said(it)
        assert not it.app._notifications
        feed.finish()
        await it.until(lambda: it.rows.cursor == dkey(MASTER, 5))
        assert screen_text(it).count("1/3") == 1


async def test_nothing_is_counted_before_anything_was_read() -> None:
    feed = ScriptedFeed(stage.HELLO)
    async with driving(feed=feed, pictured=False) as it:
        assert "reading" in it.bar("header")
        assert "0 processes" not in screen_text(it)
        assert "visible" not in screen_text(it)
        feed.say(stage.first_frame())
        await it.until(lambda: "all visible" in it.bar("header") or "unreadable" in it.bar("header"))


async def test_the_pane_counts_no_descriptors_before_they_were_read() -> None:
    feed = previewed(waiting=True)
    async with driving(feed=feed) as it:
        await it.go(pkey(MASTER))
        assert "Descriptors 0" not in it.pane
        assert "reading" in it.pane
        feed.finish()
        await it.until(lambda: "Descriptors" in it.pane and "reading" not in it.pane)
