"""Sums in the explorer: in the pane of a process, a group and a user, on rows near their limit, on a page of all."""

from typing import Any

import msgspec

from sockscope.model.limits import Limits
from sockscope.tui.rows.rowkeys import GroupKey
from sockscope.tui.widgets.side_pane import SidePane
from tests.tui import stage
from tests.tui.driving import Driven, driving
from tests.tui.stage import MASTER, WORKER1, pkey


def limited(pid: int, limit: int, **changed: Any) -> Any:
    """The frame in which a process of nginx has a limit."""
    process = next(one for one in stage.nginx_processes() if one.pid == pid)
    return stage.delta(2, processes=[msgspec.structs.replace(process, fd_limit=limit, **changed)])


async def rest_of_the_pane(it: Driven, title: str) -> str:
    """What the pane tells from a title on."""
    await it.rest()
    return it.pane.partition(title)[2]


async def test_the_pane_of_a_process_counts_kinds_and_states_against_its_limit() -> None:
    async with driving() as it:
        await it.refresh(limited(WORKER1, 1024))
        await it.go(pkey(WORKER1))
        told = await rest_of_the_pane(it, "Descriptors")
        assert "of 1,024 descriptors" in told.splitlines()[0]
        assert "tcp  3 LISTEN, 1 ESTABLISHED" in told
        assert "Services 1" in told
        assert "tcp:8888" in told
        assert "Connected with" in told


async def test_the_pane_of_a_group_counts_all_of_its_members() -> None:
    async with driving() as it:
        await it.go(GroupKey("pgrp", MASTER))
        assert "tcp  9 LISTEN, 1 ESTABLISHED" in await rest_of_the_pane(it, "Descriptors")


async def test_the_pane_of_a_user_holds_him_against_what_each_may_have() -> None:
    async with driving() as it:
        await it.press("g", "u")
        frame = msgspec.structs.replace(stage.delta(2), limits=Limits(100, 1000, 128, 8192))
        await it.refresh(frame)
        await it.go(GroupKey("user", 33))
        told = await rest_of_the_pane(it, "User")
        assert "0 of 128 inotify instances" in told
        assert "0 of 8,192 watches" in told


async def test_rows_say_who_is_near_the_limit() -> None:
    async with driving() as it:
        assert "limit" not in it.drawn(GroupKey("pgrp", MASTER))
        await it.refresh(limited(WORKER1, 1024, fd_count=905))
        assert "1 near its limit" in it.drawn(GroupKey("pgrp", MASTER))
        await it.go(pkey(WORKER1))
        assert "905 of 1,024 descriptors" in it.drawn(pkey(WORKER1))


async def test_a_page_sums_up_the_machine_and_each_user_and_follows_the_picture() -> None:
    async with driving() as it:
        await it.press("S")

        def said() -> str:
            return it.app.screen.query_one("#sums", SidePane).text()

        await it.until(lambda: "Users" in said())
        assert "15  known by number only" in said()
        assert "www-data" in said()
        await it.refresh(msgspec.structs.replace(stage.delta(2), limits=Limits(100, 1000, 128, 8192)))
        await it.until(lambda: "100 of 1,000 open files on this machine" in said())
        assert "0 of 128 inotify instances" in said()
