"""What processes use without a descriptor: asked for by a key, listed before what is open, and asked for again."""

from msgspec.structs import replace

from sockscope.frames.messages import Answer, Frame, FutexWait, Inspect, Table, Uses
from sockscope.model.keys import FIRST_MAPPED, PLACES
from tests.tui import stage
from tests.tui.driving import driving
from tests.tui.scripted import ScriptedFeed
from tests.tui.stage import BASH, MASTER, WORKER1, dkey, pkey
from tests.world.build import descriptor

SEMAPHORE = "/srv/semaphore"


def used(pid: int, fd: int, kind: str, target: str) -> Table:
    fields = {"shared": True, "permissions": "rw-", "bytes": 4096, "mappings": []} if kind == "mem" else None
    row = descriptor(
        pid, fd, kind, f"inode:1:{target}", start=stage.start(pid), target=target, access="rw" if fields else "",
        fields=fields, identified="inode",
    )  # fmt: skip
    return Table(pid, stage.start(pid), (row,))


def with_uses(seq: int) -> Frame:
    tables = [used(pid, FIRST_MAPPED, "mem", SEMAPHORE) for pid in (MASTER, WORKER1)]
    tables += [used(MASTER, PLACES["cwd"], "cwd", "/srv")]
    return Frame(seq, full=False, time=stage.NOW + seq, tables=tuple(tables))


def asked(feed: ScriptedFeed) -> list[bool]:
    return [request.wanted for request in feed.sent if isinstance(request, Uses)]


async def test_a_key_asks_for_them_and_once_more_lets_them_go() -> None:
    async with driving() as it:
        assert asked(it.feed) == []
        await it.press("M")
        assert asked(it.feed) == [True]
        assert "mapped files" in it.bar("header")
        await it.press("M")
        assert asked(it.feed) == [True, False]
        assert "mapped files" not in it.bar("header")


async def test_they_stand_before_what_is_open_and_lead_to_who_shares_them() -> None:
    async with driving() as it:
        await it.press("M")
        await it.refresh(with_uses(it.world.seq + 1))
        await it.go(pkey(MASTER))
        await it.press("l")
        memory, place = dkey(MASTER, FIRST_MAPPED), dkey(MASTER, PLACES["cwd"])
        first = it.keys.index(pkey(MASTER)) + 1
        assert it.keys[first : first + 2] == [place, memory]
        assert it.drawn(place).split()[:3] == ["cwd", "cwd", "/srv"]
        assert it.drawn(memory).split() == ["mem0", "rw", "mem", "×2", SEMAPHORE, "shared", "rw-"]
        await it.go(memory)
        await it.rest()
        assert f"{WORKER1}:mem0" in it.pane
        assert f"{MASTER}:mem0" in it.pane


async def test_they_are_not_counted_among_what_is_open() -> None:
    async with driving() as it:
        await it.go(pkey(MASTER))
        before = it.pane.splitlines()
        await it.press("M")
        await it.refresh(with_uses(it.world.seq + 1))
        head = next(line for line in it.pane.splitlines() if line.startswith("Descriptors"))
        assert head in before


async def test_another_collector_is_asked_again() -> None:
    feed = ScriptedFeed()
    async with driving(feed=feed) as it:
        await it.press("M")
        feed.die("gone")
        await it.until(lambda: len(asked(feed)) > 1)
        assert asked(feed) == [True, True]


def waiting(request: Inspect) -> Answer:
    """Say that the shell waits for the semaphore."""
    said = stage.answer(request)
    assert said.process is not None
    wait = FutexWait(BASH, BASH, SEMAPHORE, f"inode:1:{SEMAPHORE}", 16)
    return replace(said, process=replace(said.process, futexes=(wait,)))


async def test_a_thread_that_waits_in_shared_memory_names_who_maps_it() -> None:
    async with driving(feed=ScriptedFeed(answer=waiting)) as it:
        await it.go(pkey(BASH))
        await it.until(lambda: "Waits in shared memory" in it.pane)
        assert "not listed" in it.pane
        await it.press("M")
        await it.refresh(with_uses(it.world.seq + 1))
        assert f"{MASTER}:mem0" in it.pane


async def test_what_is_not_listed_any_more_is_not_gone() -> None:
    async with driving() as it:
        await it.press("M")
        await it.refresh(with_uses(it.world.seq + 1))
        await it.go(pkey(MASTER))
        await it.press("l")
        before = len(it.keys)
        closed = Table(MASTER, stage.start(MASTER), (), (FIRST_MAPPED, PLACES["cwd"]))
        await it.refresh(Frame(it.world.seq + 1, full=False, time=stage.NOW + 60, tables=(closed,)))
        assert len(it.keys) == before - 2
