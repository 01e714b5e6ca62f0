"""Grouping, sorting and how long gone rows stay, as a user asks for them."""

import msgspec
import pytest

from sockscope.model.wait import ProcessWaits
from sockscope.tui.options import Options
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.widgets.menu import Menu
from sockscope.world.grouping.names import NAMES
from tests.tui import stage
from tests.tui.driving import Driven, driving, screen_text
from tests.tui.stage import BASH, CLIENT, MASTER, POLKIT, SERVER, SLEEP, SSHD, TEE, WORKER1, WORKER2, dkey, pkey

NGINX = GroupKey("pgrp", MASTER)
GROUPS = {
    "p": ("pgrp", [POLKIT, SSHD, BASH, SERVER, SLEEP, MASTER, CLIENT]),
    "s": ("session", [POLKIT, SSHD, BASH, MASTER, CLIENT]),
    "t": ("tree", [POLKIT, SSHD, MASTER, CLIENT]),
    "u": ("user", [33, 998, 1000, 0]),
    "n": ("netns", [stage.NETNS]),
}


@pytest.mark.parametrize("key", GROUPS)
async def test_g_gathers_by_what_is_chosen(key: str) -> None:
    name, ids = GROUPS[key]
    async with driving() as it:
        await it.press("g", key)
        assert [row.id for row in it.keys if isinstance(row, GroupKey)] == ids
        assert {row.by for row in it.keys if isinstance(row, GroupKey)} == {name}


@pytest.mark.parametrize("name", NAMES)
async def test_the_command_line_chooses_a_grouping_and_every_row_of_it_is_drawn(name: str) -> None:
    async with driving(options=Options(group_by=name), size=(120, 90)) as it:
        await it.press("asterisk")
        assert isinstance(it.keys[0], GroupKey)
        assert it.keys[0].by == name
        assert all(line.strip() for line in it.lines)
        await it.press("end")
        assert it.pane.strip()


@pytest.mark.parametrize("width", [170, 120, 60])
async def test_every_column_has_its_name_over_it(width: int) -> None:
    async with driving(options=Options(columns=("queue", "user")), size=(width, 50)) as it:
        await it.press("asterisk")
        said, process, listener = it.bar("headings"), it.drawn(pkey(WORKER1)), it.drawn(dkey(SERVER, 3))
        assert said.index("pid, fd") + len("pid, fd") == process.index(str(WORKER1)) + len(str(WORKER1))
        assert said.index("st") == process.index(" S ") + 1
        assert said.index("kind") == listener.index("tcp")
        assert said.index("queue") == listener.index("2/128")
        assert said.index("user") == process.index("www-data")
        assert said.index("command") == process.index("www-data") + 10
        await it.press("C", "q")
        assert "queue" not in it.bar("headings")


async def test_the_names_of_the_columns_follow_the_width_of_the_list_whatever_else_is_drawn() -> None:
    async with driving(size=(170, 40)) as it:
        await it.press("asterisk")
        it.app.main.panes.side.styles.width = 110  # as the last layout of several in which a window gets its size
        await it.until(lambda: it.app.main.listing.columns.compact)
        await it.rest()
        said = screen_text(it).split("\n")[1]
        assert said.index("st") == it.drawn(pkey(WORKER1)).index(" S ") + 1


async def test_the_names_of_the_columns_follow_the_grouping() -> None:
    async with driving(size=(170, 40)) as it:
        wide = it.drawn(NGINX)
        assert it.bar("headings").index("what is open") == wide.index("unix 11 tcp 10")
        await it.press("g", "o")
        await it.go(dkey(WORKER1, 5))
        said, holder = it.bar("headings"), it.drawn(dkey(WORKER1, 5))
        assert said.index("holder") + len("holder") == holder.index(str(WORKER1)) + len(str(WORKER1))
        assert said.index("object") == holder.index("nginx: worker")


async def test_g_g_goes_to_the_top_and_escape_leaves_things_as_they_are() -> None:
    async with driving() as it:
        await it.press("end", "g")
        assert isinstance(it.app.screen, Menu)
        await it.press("escape")
        assert it.cursor == it.keys[-1]
        await it.press("g", "g")
        assert it.cursor == it.keys[0]


async def test_a_menu_is_walked_with_arrows_and_with_the_mouse() -> None:
    async with driving() as it:
        await it.press("g", "down", "j", "up", "enter")
        assert it.rows.contents.arrangement.name == "session"
        await it.press("g")
        await it.pilot.click("#menu-list", offset=(10, 3))
        assert it.rows.contents.arrangement.name == "user"


async def test_the_cursor_stays_on_its_row_in_another_grouping() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 5))
        await it.press("g", "u")
        assert it.cursor == dkey(WORKER1, 5)
        await it.press("g", "o")
        assert it.cursor == dkey(WORKER1, 5)
        await it.press("g", "p")
        assert it.cursor == dkey(WORKER1, 5)


async def test_kernel_objects_stand_by_the_number_of_their_holders_those_that_connect_nobody_last() -> None:
    async with driving(options=Options(group_by="object")) as it:
        assert it.lines[0].split()[:3] == ["▸", "×10", "tty"]
        assert it.lines[1].split()[:4] == ["▸", "×3", "tcp", "LISTEN"]
        counts = [int(line.split("×")[1].split()[0]) for line in it.lines]
        first_file = next(y for y, line in enumerate(it.lines) if "/dev/null" in line)
        assert counts[:first_file] == sorted(counts[:first_file], reverse=True)
        assert first_file > len(counts) - 5


async def test_one_socket_or_two_needs_no_selection_among_kernel_objects() -> None:
    async with driving(options=Options(group_by="object")) as it:
        listeners = [line for line in it.lines if "127.0.0.1:8889" in line and "LISTEN" in line]
        assert len(listeners) == 2
        assert all("×3" in line for line in listeners)


async def test_an_object_row_tells_of_the_object_and_unfolds_to_its_holders() -> None:
    async with driving(options=Options(group_by="object")) as it:
        await it.press("down", "right")
        assert it.keys[2:5] == [dkey(MASTER, 5), dkey(WORKER1, 5), dkey(WORKER2, 5)]
        assert "fd 5" in it.drawn(dkey(WORKER1, 5))
        assert "nginx: worker" in it.drawn(dkey(WORKER1, 5))
        assert "Held by 3" in it.pane
        assert "Watched by 2" in it.pane


async def test_a_holder_that_comes_and_one_that_goes_are_marked_below_their_object() -> None:
    async with driving(options=Options(group_by="object")) as it:
        await it.go(dkey(MASTER, 5))
        await it.refresh(
            stage.delta(2, opened=[stage.sock(TEE, 9, stage.PLAIN)], closed=[stage.sock(WORKER2, 5, stage.PLAIN)])
        )
        assert it.drawn(dkey(TEE, 9)).startswith("+")
        assert it.drawn(dkey(WORKER2, 5)).startswith("−")
        await it.refresh(stage.delta(3))
        assert dkey(WORKER2, 5) not in it.keys


async def test_a_process_named_in_the_pane_is_found_from_among_kernel_objects() -> None:
    async with driving(options=Options(group_by="object")) as it:
        it.app.main.following.follow(pkey(WORKER1))
        await it.rest()
        assert it.cursor == pkey(WORKER1)
        assert it.rows.contents.arrangement.name == "pgrp"


async def test_a_group_named_in_the_pane_is_its_leader_under_another_grouping() -> None:
    async with driving(options=Options(group_by="user")) as it:
        it.app.main.following.follow(GroupKey("pgrp", SERVER))
        await it.rest()
        assert it.cursor == pkey(SERVER)


async def test_children_stand_below_their_parents_in_the_tree_of_parents() -> None:
    async with driving(options=Options(group_by="tree")) as it:
        await it.go(pkey(TEE))
        assert "└ tee" in it.drawn(pkey(TEE))
        assert it.drawn(pkey(TEE)).index("tee") > it.drawn(pkey(BASH)).index("-bash")


async def test_a_filter_restricts_kernel_objects_to_those_that_match() -> None:
    async with driving(options=Options(group_by="object", filter="port:8889")) as it:
        groups = [key for key in it.keys if isinstance(key, GroupKey)]
        assert len(groups) == 2
        assert all("8889" in line for line in it.lines if "×" in line)


async def test_an_object_that_begins_to_match_the_filter_appears() -> None:
    async with driving(options=Options(group_by="object", filter="queue:>100")) as it:
        before = len(it.keys)
        full = stage.tcp(stage.REUSE2, "LISTEN", "127.0.0.1:8889", queue=207, backlog=511)
        await it.refresh(stage.delta(2, sockets=[full]))
        assert len(it.keys) > before
        assert any("207/511" in line for line in it.lines)


async def test_chosen_pids_restrict_kernel_objects_and_other_holders_are_shown_as_such() -> None:
    async with driving(options=Options(group_by="object", pids=(WORKER1,))) as it:
        assert not any("7000" in line for line in it.lines)
        await it.go(dkey(MASTER, 5))
        row = it.rows.row(it.rows.contents.line_of(dkey(MASTER, 5)) or 0)
        assert row.guest


async def descriptors_of(it: Driven, pid: int) -> list[int]:
    return [key.fd for key in it.keys if key[0] == pid and hasattr(key, "fd")]


async def test_s_sorts_descriptors() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 5))
        await it.press("s", "k")
        kinds = [it.drawn(dkey(WORKER1, fd)).split()[2:] for fd in await descriptors_of(it, WORKER1)]
        assert next(words[0] for words in kinds) == "char-dev"
        assert it.cursor == dkey(WORKER1, 5)
        await it.press("s", "q")
        assert (await descriptors_of(it, WORKER1))[0] == 16
        await it.press("s", "f")
        fds = await descriptors_of(it, WORKER1)
        assert fds == sorted(fds)


async def test_s_sorts_by_age_what_was_opened_last_first() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 5))
        await it.press("s", "a")
        await it.refresh(stage.delta(2, opened=[stage.pipe(WORKER1, 40, 777, "r")]))
        await it.refresh(stage.delta(3, opened=[stage.pipe(WORKER1, 30, 778, "r")]))
        assert (await descriptors_of(it, WORKER1))[:2] == [30, 40]


def objects(it: Driven) -> list[object]:
    return [key.id for key in it.keys if isinstance(key, GroupKey)]


async def test_kernel_objects_are_sorted_by_age_what_was_opened_last_first() -> None:
    async with driving(options=Options(group_by="object")) as it:
        before = objects(it)
        await it.press("s", "a")
        assert objects(it) == before
        await it.refresh(stage.delta(2, opened=[stage.pipe(WORKER1, 40, 777, "r")]))
        await it.refresh(stage.delta(3, opened=[stage.pipe(WORKER1, 30, 778, "r")]))
        assert objects(it) == ["pipe:778", "pipe:777", *before]
        await it.refresh(stage.delta(4, opened=[stage.pipe(WORKER2, 31, 777, "r")]))
        assert objects(it)[:2] == ["pipe:777", "pipe:778"]
        await it.press("s", "f")
        assert objects(it)[0] == before[0]


async def test_kernel_objects_are_sorted_by_kind_and_by_queue() -> None:
    async with driving(options=Options(group_by="object")) as it:
        await it.press("s", "k")
        kinds = [line.split()[2] for line in it.lines]
        assert kinds == sorted(kinds)
        await it.press("s", "q")
        assert objects(it)[0] == f"socket:{stage.SERVER_END}"
        full = stage.tcp(stage.REUSE2, "LISTEN", "127.0.0.1:8889", queue=9000, backlog=511)
        changed = stage.delta(2, sockets=[full], processes=[stage.nginx_processes()[0]])
        await it.refresh(changed)
        assert objects(it)[0] == f"socket:{stage.REUSE2}"


async def test_a_queue_that_grows_moves_its_row_up() -> None:
    async with driving() as it:
        await it.go(dkey(MASTER, 5))
        await it.press("s", "q")
        full = stage.tcp(stage.REUSE2, "LISTEN", "127.0.0.1:8889", queue=7, backlog=511)
        await it.refresh(stage.delta(2, sockets=[full]))
        assert (await descriptors_of(it, MASTER))[0] == 7


async def test_s_sorts_processes_and_the_groups_they_stand_in() -> None:
    async with driving() as it:
        await it.press("s", "D")
        assert [key.id for key in it.keys if isinstance(key, GroupKey)][:2] == [POLKIT, MASTER]
        await it.press("s", "N")
        assert next(key.id for key in it.keys if isinstance(key, GroupKey)) == BASH


async def test_n_walks_related_rows_in_the_order_of_the_screen() -> None:
    async with driving() as it:
        await it.press("s", "D")
        await it.go(dkey(WORKER2, 5))
        lines = []
        for _ in range(4):
            await it.press("n")
            lines.append(it.rows.cursor_line)
        assert len(set(lines)) == 4


async def test_c_keeps_gone_rows_for_a_minute() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 5))
        await it.press("c")
        await it.refresh(stage.delta(2, closed=[stage.sock(WORKER1, 16, stage.SERVER_END)], ended=[pkey(CLIENT)]))
        await it.refresh(stage.delta(30))
        assert it.drawn(dkey(WORKER1, 16)).startswith("−")
        assert GroupKey("pgrp", CLIENT) in it.keys
        await it.refresh(stage.delta(70))
        assert dkey(WORKER1, 16) not in it.keys
        assert GroupKey("pgrp", CLIENT) not in it.keys


async def test_a_number_that_leads_elsewhere_now_is_marked_as_changed() -> None:
    async with driving() as it:
        await it.go(dkey(WORKER1, 5))
        await it.refresh(stage.delta(2, opened=[stage.pipe(WORKER1, 8, 999, "r")]))
        assert it.drawn(dkey(WORKER1, 8)).startswith("~")


async def test_a_process_that_changes_its_user_moves_to_that_group() -> None:
    async with driving(options=Options(group_by="user")) as it:
        worker = it.world.processes[pkey(WORKER1)]
        await it.refresh(stage.delta(2, processes=[msgspec.structs.replace(worker, uid=1234, user="dave")]))
        assert it.rows.contents.group_of(pkey(WORKER1)) == GroupKey("user", 1234)
        assert any("dave" in line for line in it.lines)


# What changes as time goes by


def busy(pid: int, run_ns: int) -> ProcessWaits:
    return ProcessWaits(pid, stage.start(pid), stage.threads(pid), run_ns=run_ns)


async def after_a_minute(it: Driven) -> None:
    """Let worker 1 have had half a processor and worker 2 a fifth since the last look; tee has opened 30 files."""
    tee = next(one for one in stage.shell_processes() if one.pid == TEE)
    before = [busy(pid, 1) for pid in (WORKER1, WORKER2)]
    worked = [busy(WORKER1, 30_000_000_001), busy(WORKER2, 12_000_000_001)]
    grown = msgspec.structs.replace(tee, fd_count=tee.fd_count + 30)
    await it.refresh(
        stage.delta(2, waits=before),
        msgspec.structs.replace(stage.delta(3, waits=worked, processes=[grown]), time=stage.NOW + 61),
    )


async def test_processor_time_and_growth_are_columns_and_a_branch_has_the_sum_of_what_is_below_it() -> None:
    async with driving(options=Options(columns=("cpu", "growth")), size=(160, 40)) as it:
        assert "%" not in it.drawn(NGINX)
        await after_a_minute(it)
        assert "70%" in it.drawn(NGINX)
        assert "+30" in it.drawn(GroupKey("pgrp", SERVER))
        await it.press("asterisk")
        assert [word for word in it.drawn(pkey(WORKER1)).split() if "%" in word] == ["50%"]
        assert [word for word in it.drawn(pkey(WORKER2)).split() if "%" in word] == ["20%"]
        assert "+30" in it.drawn(pkey(TEE))
        assert "+30" not in it.drawn(pkey(SERVER))
        said = it.bar("headings")
        assert said.index("cpu") == it.drawn(pkey(WORKER1)).index("50%")
        assert said.index("growth") == it.drawn(pkey(TEE)).index("+30")


@pytest.mark.parametrize(("keys", "first"), [(("s", "C"), MASTER), (("s", "G"), SERVER)])
async def test_groups_are_sorted_by_processor_time_and_by_growth_as_they_come(
    keys: tuple[str, str], first: int
) -> None:
    async with driving() as it:
        await it.press(*keys)
        await after_a_minute(it)
        assert it.keys[0] == GroupKey("pgrp", first)
        await it.press("asterisk")
        assert [one for one in it.keys if one in {pkey(WORKER1), pkey(WORKER2)}] == [pkey(WORKER1), pkey(WORKER2)]
        more = [busy(WORKER1, 30_000_000_002), busy(WORKER2, 40_000_000_000)]
        await it.refresh(msgspec.structs.replace(stage.delta(4, waits=more), time=stage.NOW + 122))
        if keys[1] == "C":
            assert [one for one in it.keys if one in {pkey(WORKER1), pkey(WORKER2)}] == [pkey(WORKER2), pkey(WORKER1)]


async def test_in_an_order_that_changes_as_time_goes_by_the_top_stays_in_sight() -> None:
    async with driving(size=(120, 12)) as it:
        await it.press("end", "s", "C")
        assert it.cursor == it.keys[0]
        assert it.app.main.listing.scroll_offset.y == 0
        here = it.cursor
        await it.press("plus", "plus")
        await after_a_minute(it)
        assert it.app.main.listing.scroll_offset.y == 0
        assert it.keys[0] == NGINX
        assert it.cursor == here, "the cursor stays on its row, in sight or not"
        await it.press("end")
        below = it.app.main.listing.scroll_offset.y
        more = [busy(WORKER1, 30_000_000_002), busy(WORKER2, 40_000_000_000)]
        await it.refresh(msgspec.structs.replace(stage.delta(4, waits=more), time=stage.NOW + 122))
        assert it.app.main.listing.scroll_offset.y == below > 0


async def test_a_filter_by_processor_time_lists_what_is_busy_now() -> None:
    async with driving(options=Options(filter="cpu:>40")) as it:
        assert it.keys == []
        await after_a_minute(it)
        assert it.keys == [NGINX]
        assert "1/3 proc" in it.drawn(NGINX)
        await it.refresh(msgspec.structs.replace(stage.delta(4), time=stage.NOW + 62))
        assert it.keys == []
