"""What is told only when somebody asks: options of a socket, what poll waits on, and the page of blind spots."""

import msgspec
import pytest
from textual.widgets._toast import Toast

from sockscope.frames.messages import Answer, DescriptorReport, Inspect, OptionsAnswer, ProcessReport, Waiting
from sockscope.frames.messages import Options as Question
from sockscope.model.coverage import Capability, Coverage
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.widgets.side_pane import SidePane
from tests.tui import stage
from tests.tui.driving import Driven, driving, page_of
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


# What threads in poll wait on


def asking(request: Inspect, waits: tuple[Waiting, ...]) -> Answer:
    """What a collector says whose processes wait so."""
    own = ProcessReport("/", "", 1, waits, {}, stage.NOW)
    report = DescriptorReport("", {}) if request.fd >= 0 else None
    return Answer(
        request.id, request.pid, request.start, request.fd, own, report, waits if report else (), inside=request.inside
    )


def polling(request: Inspect) -> Answer:
    """A collector that has a thread in poll on two descriptors."""
    fds = (3, 9) if request.inside else ()
    return asking(request, (Waiting(CLIENT, CLIENT, "poll", -1, "", fds, unread=not fds),))


def looks_inside(it: Driven) -> list[Inspect]:
    return [request for request in it.feed.sent if isinstance(request, Inspect) and request.inside]


def words(it: Driven) -> str:
    return " ".join(it.pane.split())


@pytest.mark.parametrize("key", [dkey(CLIENT, 5), stage.pkey(CLIENT)])
async def test_what_poll_waits_on_is_looked_at_with_i_and_only_then(key: stage.DescriptorKey) -> None:
    async with driving(feed=ScriptedFeed(answer=polling)) as it:
        await it.go(key)
        await it.until(lambda: "not visible" in it.pane)
        assert "in poll(); on what is not visible" in words(it)
        assert "unknown, /proc/PID/task/TID/syscall" in words(it)
        assert "i reads it, once" in words(it)
        await it.refresh(stage.delta(2))
        assert looks_inside(it) == []
        await it.press("i")
        await it.until(lambda: "poll(3, 9)" in it.pane)
        assert "Looked inside 1 process_vm_readv(2), once" in words(it)
        assert f"{CLIENT} poll(3, 9) inferred, the set of the call, read once" in words(it)
        await it.refresh(stage.delta(3))
        assert len(looks_inside(it)) == 1
        assert "poll(3, 9)" in it.pane
        await it.press("up", "down")
        await it.rest()
        assert "poll(3, 9)" not in it.pane
        assert len(looks_inside(it)) == 1


async def test_the_key_to_look_inside_is_named_as_the_user_has_set_it() -> None:
    options = Options(keys={"app.look_inside": "f7"})
    async with driving(feed=ScriptedFeed(answer=polling), options=options) as it:
        await it.go(dkey(CLIENT, 5))
        await it.until(lambda: "not visible" in it.pane)
        assert "F7 reads it, once" in words(it)
        await it.press("f7")
        await it.until(lambda: "poll(3, 9)" in it.pane)


async def test_a_look_inside_that_finds_nobody_says_so_and_the_pinned_pane_learns_nothing_of_it() -> None:
    def nobody(request: Inspect) -> Answer:
        return asking(request, () if request.inside else (Waiting(CLIENT, CLIENT, "poll", -1, unread=True),))

    async with driving(feed=ScriptedFeed(answer=nobody)) as it:
        await it.go(dkey(CLIENT, 5))
        await it.press("f")
        await it.until(lambda: "not visible" in it.app.main.pinned_pane.text())
        await it.press("i")
        await it.until(lambda: "that could be looked at waits on it" in words(it))
        assert "Looked inside 0" in words(it)
        assert "not visible" in it.app.main.pinned_pane.text()


async def test_what_could_not_be_read_is_told_where_it_was_asked_for() -> None:
    def refused(request: Inspect) -> Answer:
        found = asking(request, (Waiting(CLIENT, CLIENT, "poll", -1, unread=True),))
        notes = (f"{CLIENT} waits in poll(2), and on what could not be read",) if request.inside else ()
        return msgspec.structs.replace(found, notes=notes)

    async with driving(feed=ScriptedFeed(answer=refused)) as it:
        await it.go(dkey(CLIENT, 5))
        await it.press("i")
        await it.until(lambda: "could not be read" in words(it))
        told = it.pane.partition("Looked inside")[2].partition("Other end")[0]
        assert "unknown" in told
        assert "inferred" not in told


@pytest.mark.parametrize("key", [GroupKey("pgrp", MASTER)])
async def test_what_has_no_threads_is_not_looked_inside(key: GroupKey) -> None:
    async with driving() as it:
        await it.go(key)
        await it.press("i")
        await it.until(lambda: it.app.query(Toast))
        assert looks_inside(it) == []


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
        await it.until(lambda: page_of(it) == "coverage" and page(it))
        assert "processes            11 of 12 read" in page(it)
        assert "61 read, 15 known by number only" in page(it)
        assert "⊘ epolls stay apart; it would take: sudo sockscope" in page(it)
        missing = page(it).partition("Missing")[2]
        assert missing.index("⊘ kcmp") < missing.index("costs") < missing.index("sudo sockscope [/]")
        assert "nothing known would gain it" in missing
        assert "✓ unix_diag          the other ends of unix sockets" in missing.partition("Available")[2]
        await it.press("escape")
        assert page_of(it) == ""


async def test_the_page_of_blind_spots_counts_the_sockets_of_namespaces_that_could_not_be_seen() -> None:
    coverage = Coverage(12, 0, 61, 0, 11, sockets_elsewhere=4)
    full = msgspec.structs.replace(stage.first_frame(), coverage=coverage)
    async with driving(feed=ScriptedFeed(stage.HELLO, full)) as it:
        await it.press("exclamation_mark")
        await it.until(lambda: page_of(it) == "coverage" and page(it))
        assert ", 4 in network namespaces that could not be seen" in " ".join(page(it).split())


async def test_the_page_of_blind_spots_follows_the_picture() -> None:
    async with driving(feed=half_blind()) as it:
        await it.press("exclamation_mark")
        await it.until(lambda: page_of(it) == "coverage" and "11 of 12" in page(it))
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
        await it.until(lambda: page_of(it) == "coverage" and "Missing" in page(it))
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
