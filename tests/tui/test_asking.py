"""What is told only when somebody asks: options of a socket, and the page of blind spots."""

import msgspec
import pytest
from textual.widgets._toast import Toast

from sockscope.frames.messages import Options as Question
from sockscope.frames.messages import OptionsAnswer
from sockscope.model.coverage import Capability, Coverage
from sockscope.tui.coverage import CoverageScreen
from sockscope.tui.pane import SidePane
from tests.tui import stage
from tests.tui.driving import Driven, driving
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import CLIENT, MASTER, SERVER, dkey

OPTIONS = {"SO_REUSEPORT": False, "SO_RCVBUF_bytes": 131072, "TCP_NODELAY": True, "SO_PEERCRED": {"pid": 1, "uid": 0}}


def questions(it: Driven) -> list[Question]:
    return [request for request in it.feed.sent if isinstance(request, Question)]


async def reply(it: Driven, options: dict[str, object], error: str = "", number: int = 0) -> None:
    asked = questions(it)[-1]
    it.feed.say(OptionsAnswer(number or asked.id, asked.pid, asked.start, asked.fd, options, error))
    await it.rest()


async def test_options_are_asked_for_with_o_and_only_then() -> None:
    async with driving() as it:
        await it.go(dkey(SERVER, 3))
        assert questions(it) == []
        await it.press("o")
        assert [(one.pid, one.fd, one.ino) for one in questions(it)] == [(SERVER, 3, 500100)]
        assert "asking …" in it.pane
        await reply(it, OPTIONS)
        assert "Options 4" in it.pane
        assert "getsockopt(2) on a duplicate, closed at once" in it.pane
        assert "SO_RCVBUF_bytes 131072 TCP_NODELAY yes SO_PEERCRED pid 1 uid 0" in " ".join(it.pane.split())


async def test_options_stay_through_a_refresh_and_are_forgotten_when_the_selection_moves() -> None:
    async with driving() as it:
        await it.go(dkey(SERVER, 3))
        await it.press("o")
        await reply(it, OPTIONS)
        await it.refresh(stage.delta(2))
        assert "TCP_NODELAY" in it.pane
        await it.press("up", "down")
        assert it.cursor == dkey(SERVER, 3)
        assert "TCP_NODELAY" not in it.pane


async def test_a_refusal_is_shown_with_what_would_help() -> None:
    async with driving() as it:
        await it.go(dkey(SERVER, 3))
        await it.press("o")
        await reply(it, {}, "kernel.yama.ptrace_scope is 1; as root it works")
        assert "kernel.yama.ptrace_scope is 1; as root it works" in " ".join(it.pane.split())


async def test_an_answer_to_an_older_question_is_not_shown() -> None:
    async with driving() as it:
        await it.go(dkey(SERVER, 3))
        await it.press("o")
        await it.go(dkey(CLIENT, 5))
        await it.press("o")
        await reply(it, OPTIONS, number=1)
        assert "TCP_NODELAY" not in it.pane
        assert "asking …" in it.pane


@pytest.mark.parametrize("key", [dkey(MASTER, 4), stage.pkey(MASTER)])
async def test_what_is_no_socket_is_not_asked_for_options(key: stage.DescriptorKey) -> None:
    async with driving() as it:
        await it.go(key)
        await it.press("o")
        await it.until(lambda: it.app.query(Toast))
        assert questions(it) == []


MISSING = Capability(
    "kcmp", available=False, gives="which epolls are one object", costs="epolls stay apart", gain="sudo sockscope [/]"
)
FOUND = Capability("unix_diag", available=True, gives="the other ends of unix sockets")
LOST = Capability("ptrace access", available=False, gives="all tables", costs="1 process is hidden")
HOW = ("epolls stay apart; it would take: sudo sockscope",)


def half_blind() -> ScriptedFeed:
    full = stage.first_frame()
    coverage = Coverage(12, 1, 61, 15, 11, 2, notes=HOW, capabilities=(MISSING, FOUND, LOST))
    return ScriptedFeed(stage.HELLO, msgspec.structs.replace(full, coverage=coverage))


def page(it: Driven) -> str:
    return it.app.screen.query_one("#coverage", SidePane).text()


async def test_the_page_of_blind_spots_says_what_is_missing_what_it_costs_and_what_would_gain_it() -> None:
    async with driving(feed=half_blind()) as it:
        await it.press("exclamation_mark")
        await it.until(lambda: isinstance(it.app.screen, CoverageScreen) and page(it))
        assert "processes            11 of 12 read" in page(it)
        assert "61 read, 15 known by number only" in page(it)
        assert "⊘ epolls stay apart; it would take: sudo sockscope" in page(it)
        missing = page(it).partition("Missing")[2]
        assert missing.index("⊘ kcmp") < missing.index("costs") < missing.index("sudo sockscope [/]")
        assert "nothing known would gain it" in missing
        assert "✓ unix_diag          the other ends of unix sockets" in missing.partition("Available")[2]
        await it.press("escape")
        assert not isinstance(it.app.screen, CoverageScreen)


async def test_the_page_of_blind_spots_follows_the_picture() -> None:
    async with driving(feed=half_blind()) as it:
        await it.press("exclamation_mark")
        await it.until(lambda: isinstance(it.app.screen, CoverageScreen) and "11 of 12" in page(it))
        coverage = Coverage(12, 0, 76, 0, 11)
        it.feed.say(msgspec.structs.replace(stage.delta(2), coverage=coverage))
        await it.until(lambda: "12 of 12 read" in page(it))
        assert "Missing" not in page(it)


async def test_the_header_leads_to_the_blind_spots() -> None:
    async with driving(feed=half_blind()) as it:
        assert it.bar("header").endswith("1 unreadable · !")
        await it.refresh(msgspec.structs.replace(stage.delta(2), coverage=Coverage(12, 0, 76, 0, 11, notes=HOW)))
        assert it.bar("header").endswith("blind spots · !")
        await it.refresh(msgspec.structs.replace(stage.delta(3), coverage=Coverage(12, 0, 76, 0, 11)))
        assert it.bar("header").endswith("all visible")


async def test_the_layout_of_the_page_of_blind_spots() -> None:
    async with driving(feed=half_blind(), size=(110, 40)) as it:
        await it.press("exclamation_mark")
        await it.until(lambda: isinstance(it.app.screen, CoverageScreen) and "Missing" in page(it))
        assert page(it).splitlines() == PAGE


PAGE = """
Blind spots
processes            11 of 12 read
descriptors          61 read, 15 known by number only
sockets              11 described, 2 held but described by no interface

In this picture
⊘ epolls stay apart; it would take: sudo sockscope

Missing
⊘ kcmp
  gives              which epolls are one object
  costs              epolls stay apart
  to gain it         sudo sockscope [/]
⊘ ptrace access
  gives              all tables
  costs              1 process is hidden
  to gain it         nothing known would gain it

Available
✓ unix_diag          the other ends of unix sockets
""".splitlines()[1:]
