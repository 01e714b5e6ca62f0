"""What processes use without a descriptor: shared memory, program, working directory, root, and who shares it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.commandline import answer, only, sockscope
from tests.live.conftest import Play, Truth, wait_until

FUTEXES = ("202", "98")
"""Numbers of futex(2) on x86-64 and aarch64."""


@pytest.fixture
def turns(play: Play) -> Iterator[Truth]:
    """Two processes, one at accept(2), one that waits for the semaphore."""
    name = f"sockscope-{os.getpid()}"
    try:
        truth = play("accept_by_semaphore", f"/{name}")
        call = Path(f"/proc/{truth['waiter']['pid']}/syscall")
        wait_until(lambda: call.read_text().split()[0] in FUTEXES)
        yield truth
    finally:
        Path(f"/dev/shm/sem.{name}").unlink(missing_ok=True)


def uses(picture: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for row in picture["descriptors"] if row["kind"] == kind]


def shared_with(picture: dict[str, Any], row: dict[str, Any]) -> set[int]:
    return {other["pid"] for other in picture["descriptors"] if other["object"] == row["object"]}


def test_two_processes_that_take_turns_by_a_named_semaphore_are_seen_to_share_it(turns: Truth) -> None:
    taker, waiter = turns["taker"]["pid"], turns["waiter"]["pid"]
    picture = answer("snapshot", "--maps", "--pid", taker, waiter)
    semaphore = only(row for row in uses(picture, "mem") if row["pid"] == waiter and "/sem.sockscope-" in row["target"])
    assert (semaphore["object_confidence"], semaphore["fields"]["shared"], semaphore["access"]) == (
        "proven",
        True,
        "rw",
    )
    assert shared_with(picture, semaphore) == {taker, waiter}


@pytest.mark.relation("futex_waiters")
def test_a_thread_that_waits_for_it_leads_to_who_maps_it(turns: Truth) -> None:
    taker, waiter = turns["taker"]["pid"], turns["waiter"]["pid"]
    report = answer("show", waiter, "--maps")
    wait = only(report["futexes"])
    assert (wait["tid"], wait["confidence"]) == (waiter, "proven")
    assert {row["pid"] for row in wait["mapped_by"]} == {taker, waiter}
    assert wait["mapped_by"][0]["pid"] == taker, "whom it waits for comes before itself"
    between = only(row for row in report["neighbours"] if row["pid"] == taker)
    assert "shared memory" in {link["relation"] for link in between["links"]}
    text = sockscope("show", waiter, "--maps").out
    assert "Waits in shared memory (1)" in text
    assert f"{taker}:mem" in text
    unasked = only(answer("show", waiter)["futexes"])
    assert (unasked["mapped_by"], "not listed" in unasked["note"]) == ([], True)
    assert answer("show", taker, "--maps")["futexes"] == []


@pytest.mark.needs("root")
def test_every_way_of_sharing_memory_is_listed_with_who_shares_it(play: Play, tmp_path: Path) -> None:
    truth = play("mapped", tmp_path)
    works, rooted, copies = (truth[name]["pid"] for name in ("works", "rooted", "copies"))
    picture = answer("snapshot", "--maps", "--pid", truth["pid"], works, rooted, copies)
    own = {row["target"]: row for row in uses(picture, "mem") if row["pid"] == works and row["fields"]["shared"]}
    file = own[truth["path"]]
    assert shared_with(picture, file) == {works, rooted, copies}
    mine = only(row for row in uses(picture, "mem") if row["pid"] == copies and row["object"] == file["object"])
    assert (mine["fields"]["shared"], mine["text"].split()[1]) == (False, "private")
    assert shared_with(picture, own["/memfd:pool (deleted)"]) == {works, rooted, copies}
    assert own["/memfd:pool (deleted)"]["ino"] == truth["memfd_ino"]
    assert shared_with(picture, own["/dev/zero (deleted)"]) == {truth["pid"], works, rooted, copies}
    segment = only(row for target, row in own.items() if target.startswith("/SYSV"))
    assert (segment["ino"], shared_with(picture, segment)) == (truth["segment"], {works, rooted, copies})


@pytest.mark.needs("root")
def test_places_and_programs_are_rows_with_identity(play: Play, tmp_path: Path) -> None:
    truth = play("mapped", tmp_path)
    works, rooted = truth["works"]["pid"], truth["rooted"]["pid"]
    picture = answer("snapshot", "--maps", "--pid", works, rooted)
    directory = os.stat(tmp_path)
    places = {(row["pid"], row["kind"]): row for row in picture["descriptors"] if row["kind"] in {"cwd", "root", "exe"}}
    assert places[works, "cwd"]["ino"] == places[rooted, "root"]["ino"] == directory.st_ino
    assert places[works, "cwd"]["object"] == places[rooted, "root"]["object"]
    assert places[works, "exe"]["ino"] == os.stat(f"/proc/{works}/exe").st_ino
    assert places[works, "cwd"]["slot"] == f"{works}:cwd"
    library = only(row for row in uses(picture, "mem") if row["pid"] == works and "/libc.so" in row["target"])
    assert (library["fields"]["shared"], library["object_confidence"]) == (False, "proven")
    neighbours = answer("show", works, "--maps")["neighbours"]
    words = {link["relation"] for row in neighbours if row["pid"] == os.getpid() for link in row["links"]}
    assert not words & {"shared memory", "shared exe", "shared cwd", "shared root"}, "a library connects nobody"
    assert "shared memory" in {link["relation"] for row in neighbours if row["pid"] == rooted for link in row["links"]}


def test_nothing_of_this_is_listed_or_counted_unasked(turns: Truth) -> None:
    waiter = turns["waiter"]["pid"]
    without, with_them = answer("snapshot", "--pid", waiter), answer("snapshot", "--maps", "--pid", waiter)
    assert [row for row in without["descriptors"] if row["fd"] < 0] == []
    counts = [picture["processes"][0]["descriptors"] for picture in (without, with_them)]
    assert counts[0] == counts[1] == len([row for row in with_them["descriptors"] if row["fd"] >= 0])
