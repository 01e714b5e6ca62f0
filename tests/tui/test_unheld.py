"""Sockets nobody holds: the last branch of the tree, its rows and its pane."""

import msgspec

from sockscope.frames.messages import Frame
from sockscope.model.socket import Socket
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import UNHELD, GroupKey, UnheldKey
from tests.tui import stage
from tests.tui.driving import Driven, driving
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import CLIENT, MASTER, SERVER, dkey, tcp, unix

LISTENER, CALLER = 500100, 600001


def without_inode(key: int, state: str, local: str, remote: str) -> Socket:
    """A socket that no descriptor can lead to; its cookie is not its key, as where namespaces count for themselves."""
    return msgspec.structs.replace(tcp(0, state, local, remote), key=key, cookie=0x4700 + key)


WAITING = without_inode(71, "ESTABLISHED", "127.0.0.1:7000", "127.0.0.1:40000")
OVER = without_inode(72, "TIME_WAIT", "10.0.0.1:80", "10.0.0.2:50000")
OVER_TOO = without_inode(73, "TIME_WAIT", "10.0.0.1:80", "10.0.0.2:50001")
ADRIFT = unix(800002)


def machine(*more: Socket) -> Frame:
    """The fixed machine with more sockets, and a client of the listener on port 7000."""
    full = stage.first_frame()
    client = tcp(CALLER, "ESTABLISHED", "127.0.0.1:40000", "127.0.0.1:7000", uid=1000)
    tables = stage.tables([*stage.nginx_tables(), *stage.other_tables(), stage.sock(CLIENT, 6, CALLER)])
    return msgspec.structs.replace(full, sockets=(*full.sockets, client, *more), tables=tables)


def feed(*more: Socket) -> ScriptedFeed:
    return ScriptedFeed(stage.HELLO, machine(*more))


async def unfold(it: Driven) -> None:
    await it.go(UNHELD)
    await it.press("space")


async def click(it: Driven, text: str) -> None:
    """Follow the line of the pane with this text, by a double click."""
    line = next(number for number, line in enumerate(it.pane.splitlines()) if text in line)
    await it.pilot.click("#pane", offset=(4, line), times=2)


def row(it: Driven, socket: Socket) -> str:
    return " ".join(it.drawn(UnheldKey(socket.key)).split())


async def test_the_branch_stands_last_and_folded_with_a_count() -> None:
    async with driving(feed=feed(WAITING, OVER)) as it:
        await it.press("end")
        assert it.cursor == UNHELD
        assert it.drawn(UNHELD).split() == ["▸", "2", "sock", "sockets", "nobody", "holds"]


async def test_there_is_no_branch_while_every_socket_is_held() -> None:
    async with driving(feed=feed()) as it:
        await it.press("end")
        assert it.cursor == GroupKey("pgrp", CLIENT)


async def test_a_row_says_state_addresses_other_end_and_reason() -> None:
    async with driving(feed=feed(OVER, WAITING, ADRIFT), size=(260, 40)) as it:
        await it.press("z")
        await unfold(it)
        queue = f"waiting in the accept queue of ino {LISTENER} (*:7000)"
        assert row(it, WAITING) == f"tcp ESTABLISHED 127.0.0.1:7000 → 127.0.0.1:40000 ⇄ {CLIENT}:6 {queue}"
        assert row(it, OVER).endswith("10.0.0.2:50000 closed; the kernel keeps the address for late segments")
        assert row(it, ADRIFT).startswith("unix ESTABLISHED stream ino 800002 held by a process that could not be read")


async def test_connections_that_only_wind_down_come_after_everything_else() -> None:
    async with driving(feed=feed(OVER, ADRIFT, WAITING)) as it:
        await unfold(it)
        assert it.keys[-3:] == [UnheldKey(71), UnheldKey(ADRIFT.key), UnheldKey(72)]


async def test_folding_from_within_goes_to_the_branch() -> None:
    async with driving(feed=feed(OVER, WAITING)) as it:
        await unfold(it)
        await it.press("end", "space")
        assert it.cursor == UNHELD
        assert it.keys[-1] == UNHELD


async def test_the_cursor_stays_on_its_socket_while_others_come() -> None:
    async with driving(feed=feed(OVER_TOO)) as it:
        await unfold(it)
        await it.press("end")
        before = it.screen_line(UnheldKey(73))
        await it.refresh(stage.delta(2, sockets=[OVER, WAITING]))
        assert it.cursor == UnheldKey(73)
        assert it.screen_line(UnheldKey(73)) == before + 2
        assert row(it, WAITING).startswith("+")
        await it.refresh(stage.delta(3))
        assert row(it, WAITING).startswith("tcp")


async def test_a_socket_that_is_gone_leaves_the_cursor_to_the_next_one_and_the_last_to_the_row_above() -> None:
    async with driving(feed=feed(OVER, OVER_TOO)) as it:
        await it.go(UnheldKey(72))
        await it.refresh(stage.delta(2, sockets_gone=[72]))
        assert it.cursor == UnheldKey(73)
        await it.refresh(stage.delta(3, sockets_gone=[73]))
        assert it.cursor == GroupKey("pgrp", CLIENT)


async def test_a_connection_leaves_the_branch_when_it_is_accepted() -> None:
    async with driving(feed=feed(WAITING)) as it:
        accepted = msgspec.structs.replace(WAITING, ino=900100)
        await it.refresh(stage.delta(2, sockets=[accepted], opened=[stage.sock(SERVER, 4, 900100)]))
        assert UNHELD not in it.keys
        await it.go(dkey(SERVER, 4))
        assert f"◆ {CLIENT}:6" in it.pane


async def test_a_closed_descriptor_leaves_its_socket_to_the_branch() -> None:
    async with driving(feed=feed()) as it:
        await it.refresh(stage.delta(2, closed=[stage.sock(CLIENT, 6, CALLER)]))
        assert it.drawn(UNHELD).split()[:3] == ["▸", "1", "sock"]


async def test_the_pane_of_the_branch_counts_by_state() -> None:
    async with driving(feed=feed(OVER, OVER_TOO, WAITING)) as it:
        await it.go(UNHELD)
        assert "By state 3" in it.pane
        assert "     2  tcp      TIME_WAIT" in it.pane


async def test_the_pane_says_why_nobody_holds_it_and_leads_to_listener_and_client() -> None:
    async with driving(feed=feed(WAITING)) as it:
        await it.go(UnheldKey(71))
        assert "no inode · cookie 4747 · netns 4026531840" in it.pane
        assert f"waiting in the accept queue of ino {LISTENER}" in it.pane
        assert "Waits to be accepted by 1" in it.pane
        assert "inferred, no inode yet" in it.pane
        assert "tcp-loopback, inferred, the same addresses reversed" in " ".join(it.pane.split())
        await it.press("tab", "enter")
        assert it.cursor == dkey(SERVER, 3)
        await it.press("backspace")
        assert it.cursor == UnheldKey(71)
        await it.press("enter")
        assert it.cursor == dkey(CLIENT, 6)


async def test_the_listener_leads_to_the_connection_that_waits() -> None:
    async with driving(feed=feed(WAITING)) as it:
        await it.go(dkey(SERVER, 3))
        assert "Not accepted yet 1" in it.pane
        await click(it, "127.0.0.1:40000  inferred")
        assert it.cursor == UnheldKey(71)


async def test_an_other_end_that_nobody_holds_is_highlighted_and_walked_to() -> None:
    async with driving(feed=feed(WAITING)) as it:
        await it.go(dkey(CLIENT, 6))
        assert "◆1" in it.drawn(UNHELD)
        assert "◆ no inode  held by nobody" in it.pane
        await it.press("n")
        assert it.cursor == UnheldKey(71)
        await it.press("backspace", "p")
        assert it.cursor == UnheldKey(71)


async def test_with_chosen_pids_only_what_was_followed_to_is_listed() -> None:
    async with driving(feed=feed(WAITING, OVER), options=Options(pids=(CLIENT,))) as it:
        assert UNHELD not in it.keys
        await it.go(dkey(CLIENT, 6))
        await it.press("p")
        assert it.cursor == UnheldKey(71)
        assert it.keys[-2:] == [UNHELD, UnheldKey(71)]


async def test_a_filter_hides_what_nobody_holds_until_it_is_followed_to() -> None:
    async with driving(feed=feed(WAITING, OVER)) as it:
        await it.press("slash")
        await it.type(f"pid:{CLIENT}")
        await it.press("enter")
        await it.rest()
        assert UNHELD not in it.keys
        await it.go(dkey(CLIENT, 6))
        await it.press("p")
        assert it.keys[-2:] == [UNHELD, UnheldKey(71)]


async def test_options_are_not_asked_for_where_no_descriptor_leads_to_the_socket() -> None:
    async with driving(feed=feed(WAITING)) as it:
        await it.go(UnheldKey(71))
        asked = len(it.feed.sent)
        await it.press("o")
        assert len(it.feed.sent) == asked


async def test_a_socket_that_a_ring_keeps_open_names_the_ring() -> None:
    ring = msgspec.structs.replace(
        stage.anon(MASTER, 20, "io_uring", 9), ino=5000, fields={"files": [{"slot": 0, "path": "socket:[800002]"}]}
    )
    async with driving(feed=feed(ADRIFT)) as it:
        await it.refresh(stage.delta(2, opened=[ring]))
        await it.go(UnheldKey(ADRIFT.key))
        assert "Kept by io_uring 1" in it.pane
        assert f"{MASTER}:20" in it.pane
        await it.go(dkey(MASTER, 20))
        assert "Keeps open 1" in it.pane
        await click(it, "ino 800002  held by nobody")
        assert it.cursor == UnheldKey(ADRIFT.key)


async def test_its_rows_stand_in_the_columns_of_the_others() -> None:
    async with driving(feed=feed(WAITING, OVER, ADRIFT), size=(150, 40)) as it:
        await it.go(UnheldKey(71))
        assert it.lines[-5:] == BRANCH


async def test_the_pane_of_a_waiting_connection() -> None:
    async with driving(feed=feed(WAITING), size=(150, 40)) as it:
        await it.go(UnheldKey(71))
        assert it.pane.splitlines() == PANE


BRANCH = """
    ▸ 2391700    pgrp    1 proc ◆1 curl -N http://127.0.0.1:8888/events
    ▾                    3 sock sockets nobody holds
                     tcp           ESTABLISHED 127.0.0.1:7000 → 127.0.0.1:40000 ⇄ 239170…
                     unix          ESTABLISHED stream ino 800002  held by a process that…
                     tcp           TIME_WAIT 10.0.0.1:80 → 10.0.0.2:50000  closed; the k…
""".splitlines()[1:]
PANE = """
tcp  ESTABLISHED  held by nobody
A tcp socket from 127.0.0.1:7000 to 127.0.0.1:40000,
ESTABLISHED; its other end is held by 2391700:6 curl -N
http://127.0.0.1:8888/events.
no inode · cookie 4747 · netns 4026531840 · uid 0

Why nobody holds it
inferred, no inode yet, local address of the listener
waiting in the accept queue of ino 500100 (*:7000)

Waits to be accepted by 1
inferred, no inode yet, local address of the listener
  960041:3  ./server --port 7000

Other end 1
tcp-loopback, inferred, the same addresses reversed
◆ 2391700:6  curl -N http://127.0.0.1:8888/events
    poll() for 1 min
    nothing unread in either direction

Socket                                         sock_diag
type   inet stream tcp
state  ESTABLISHED
local  127.0.0.1:7000
remote 127.0.0.1:40000
netns  4026531840
""".splitlines()[1:]


async def test_a_filter_that_asks_for_what_sockets_have_lists_those_of_nobody() -> None:
    async with driving(feed=feed(WAITING, OVER, OVER_TOO)) as it:
        await it.press("slash")
        await it.type("state:time-wait remote:10.0.0.2")
        await it.press("enter")
        await it.rest()
        assert it.keys == [UNHELD]
        assert it.drawn(UNHELD).split() == ["▸", "2", "sock", "sockets", "nobody", "holds"]
        await it.press("slash", "ctrl+u")
        await it.type("state:time-wait -user:root")
        await it.press("enter")
        await it.rest()
        assert UNHELD not in it.keys
