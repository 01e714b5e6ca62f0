"""Work is bounded for each process, user and look; what is left over is counted, and comes with a later look."""

import ctypes
import fcntl
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sockscope.abi.strings import Raw
from sockscope.collect import allowance
from sockscope.collect.allowance import LOOK, Allowance, Bounds, Budget
from sockscope.collect.collector import Collector
from sockscope.collect.tables import describing
from sockscope.frames.messages import Frame
from sockscope.model.descriptor import Descriptor
from sockscope.world.world import World
from tests.collect.conftest import dismiss
from tests.live.conftest import wait_until

TINY = Bounds(process=60, user=1 << 20, least=1)
HOLDER = """
import os, select, sys
if os.fork():  # so that the parent of who holds them sleeps: the children of one that runs are looked at more often
    os.wait()
    sys.exit()
made = [(os.eventfd(0), os.memfd_create("x"), select.epoll()) for _ in range(int(sys.argv[1]))]
print(os.getpid(), flush=True)
sys.stdin.read()
"""
RUNNER = """
import os, sys
made = [os.eventfd(0) for _ in range(int(sys.argv[1]))]
for _ in sys.stdin.buffer.raw:
    os.write(1, b"ran\\n")
"""
NOTICER = """
import ctypes, os, sys
if os.fork():
    os.wait()
    sys.exit()
libc = ctypes.CDLL(None)
inotify = libc.inotify_init1(0)
for name in ("/", "/proc", "/dev", "/sys", "/tmp"):
    assert libc.inotify_add_watch(inotify, name.encode(), 2) > 0
made = [os.dup(inotify) for _ in range(int(sys.argv[1]))]
print(os.getpid(), flush=True)
sys.stdin.read()
"""
LINES = 100


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    made: list[subprocess.Popen[bytes]] = []

    def begin(source: str, *words: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", source, *map(str, words)]
        made.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return made[-1]

    yield begin
    dismiss(made)


def limit(collector: Collector, bounds: Bounds) -> None:
    collector._budget._bounds = bounds


def look(collector: Collector, world: World) -> Frame:
    frame = collector.refresh()
    world.apply(frame)
    return frame


def table(world: World, pid: int) -> dict[int, Descriptor]:
    process = world.process(pid)
    return world.tables.get(process.key, {}) if process else {}


def test_an_allowance_counts_files_and_the_lines_in_them() -> None:
    allowed = Allowance(10)
    allowed.read(Raw(b"pos:\t0\nflags:\t02\n"))
    assert (allowed.spent, allowed.most) == (6, 10)
    allowed.spend(4)
    assert allowed.spent == allowed.most


def test_one_user_has_a_share_for_all_of_his_processes_and_others_have_theirs() -> None:
    budget = Budget(Bounds(process=100, user=150, least=10))
    for spent in (100, 40):
        allowed = budget.allow(7)
        allowed.spend(spent)
        budget.settle(7, allowed)
    assert [budget.allow(uid).most for uid in (7, 8)] == [10, 100]
    assert budget.work == 140
    budget.begin()
    assert budget.allow(7).most == 100


def test_who_reads_with_others_has_his_part_and_what_one_process_may_cause() -> None:
    budget = Budget(Bounds(process=100, user=600, least=10))
    budget.part(3)
    spend(budget, 150)
    assert budget.allow(7).most == 50
    budget.part(50)
    spend(budget, 40, uid=8)
    assert budget.allow(8).most == 60
    budget.part(1)
    assert budget.allow(7).most == 100


def test_what_others_have_spent_and_kept_counts_here() -> None:
    bounds = Bounds(process=100, user=150, least=10)
    budget, other = Budget(bounds), Budget(bounds)
    spend(budget, 60)
    spend(other, 50, pid=3)
    budget.adopt(other.accounts)
    assert budget.allow(7).most == 40
    assert budget.work == 110
    assert not budget.notes
    allowed = other.allow(7, 4)
    assert not allowed.keep(1 << 30)
    other.settle(7, allowed, 4)
    budget.adopt(other.accounts)
    assert budget.notes == other.notes != ()
    budget.forget([4])
    assert not budget.notes
    kept = budget.allow(7, 5)
    kept.keep(100)
    other.settle(7, kept, 5)
    budget.adopt(other.accounts)
    budget.adopt(other.accounts)
    assert budget._kept_of == {7: 100}


def spend(budget: Budget, work: int, uid: int = 7, pid: int = 0) -> None:
    allowed = budget.allow(uid, pid)
    allowed.spend(work)
    budget.settle(uid, allowed, pid)


def test_what_is_left_comes_with_later_looks_while_its_process_sleeps(start, collector) -> None:
    pid, world = int(start(HOLDER, 30).stdout.readline()), World()
    limit(collector, TINY)
    frame = look(collector, world)
    process = world.process(pid)
    assert process.unread > 30
    assert process.unread + len(table(world, pid)) == process.fd_count
    assert frame.coverage.partly_read
    assert frame.coverage.unread_descriptors >= process.unread
    assert any("left for a later look" in note for note in frame.coverage.notes)
    for _ in range(60):
        have = table(world, pid).copy()
        look(collector, world)
        assert have.items() <= table(world, pid).items()
        if not world.process(pid).unread:
            break
    assert len(table(world, pid)) == process.fd_count
    assert all(one.identified for one in table(world, pid).values())


def test_of_a_process_that_runs_all_is_read_in_turn_and_nothing_kept_that_may_be_another(start, collector) -> None:
    runner, world = start(RUNNER, 40), World()
    limit(collector, TINY)
    seen: set[int] = set()
    for _ in range(40):
        runner.stdin.write(b"run\n")
        runner.stdin.flush()
        runner.stdout.readline()
        look(collector, world)
        found = table(world, runner.pid)
        assert 0 < len(found) < 30
        assert world.process(runner.pid).unread + len(found) == world.process(runner.pid).fd_count
        seen.update(found)
        if len(seen) == world.process(runner.pid).fd_count:
            break
    assert len(seen) == world.process(runner.pid).fd_count


def test_a_table_that_stands_is_kept_when_it_is_walked_again_and_cannot_be_to_the_end(start, collector) -> None:
    pid, world = int(start(HOLDER, 30).stdout.readline()), World()
    look(collector, world)
    whole = table(world, pid).copy()
    collector.interval = 60.0  # everybody is due at each look
    for bounds in (TINY, LOOK):
        limit(collector, bounds)
        look(collector, world)
        assert table(world, pid) == whole
        assert not world.process(pid).unread


@pytest.fixture
def locked() -> Iterator[list[int]]:
    """Many descriptors of one file with many locks."""
    file = os.memfd_create("locked")
    for place in range(LINES):
        fcntl.lockf(file, fcntl.LOCK_EX, 1, 2 * place)
    made = [file, *(os.dup(file) for _ in range(LINES))]
    yield made
    for fd in made:
        os.close(fd)


@pytest.fixture
def watching() -> Iterator[list[int]]:
    """Many descriptors of one epoll with many registrations."""
    with select.epoll() as epoll:
        watched = [os.eventfd(0) for _ in range(LINES)]
        for fd in watched:
            epoll.register(fd)
        made = [os.dup(epoll.fileno()) for _ in range(LINES)]
        yield [*made, *watched]
        for fd in (*made, *watched):
            os.close(fd)


@pytest.fixture
def noticing(tmp_path) -> Iterator[list[int]]:
    """Many descriptors of one inotify instance with some watches."""
    libc = ctypes.CDLL(None, use_errno=True)
    inotify = libc.inotify_init1(os.O_CLOEXEC)
    for number in range(10):
        (tmp_path / str(number)).mkdir()
        assert libc.inotify_add_watch(inotify, os.fsencode(tmp_path / str(number)), 2) > 0
    made = [inotify, *(os.dup(inotify) for _ in range(LINES))]
    yield made
    for fd in made:
        os.close(fd)


def test_lists_that_come_with_each_descriptor_are_kept_up_to_a_bound(noticing, collector, monkeypatch) -> None:
    monkeypatch.setattr(allowance, "KEPT", Bounds(process=55, user=1 << 20, least=1))
    world = World()
    frame = look(collector, world)
    listed = [
        fields["watches"] for fd in noticing if "watches" in (fields := table(world, os.getpid())[fd].fields or {})
    ]
    assert [len(one) for one in listed] == 5 * [10]
    assert f"what {len(noticing) - 5} descriptors of inotify or fanotify watch is not listed" in "".join(
        frame.coverage.notes
    )
    for fd in noticing:
        os.close(fd)
    noticing.clear()
    assert not any("not listed" in note for note in look(collector, world).coverage.notes)


def test_a_list_whose_text_was_cut_is_not_listed_at_all(noticing, collector, monkeypatch) -> None:
    whole = len(Path(f"/proc/self/fdinfo/{noticing[0]}").read_bytes())
    monkeypatch.setattr(describing, "INFO_LIMIT", whole - 1)
    world = World()
    frame = look(collector, world)
    assert not [fd for fd in noticing if "watches" in (table(world, os.getpid())[fd].fields or {})]
    assert any("is not listed" in note for note in frame.coverage.notes)


def test_a_list_whose_text_just_fits_is_listed(noticing, collector, monkeypatch) -> None:
    whole = len(Path(f"/proc/self/fdinfo/{noticing[0]}").read_bytes())
    monkeypatch.setattr(describing, "INFO_LIMIT", whole + 1)
    world = World()
    look(collector, world)
    own = table(world, os.getpid())
    assert {len((own[fd].fields or {}).get("watches", ())) for fd in noticing} == {10}


def test_lists_of_a_table_that_is_read_in_parts_have_one_bound_and_go_with_its_process(
    start, collector, monkeypatch
) -> None:
    monkeypatch.setattr(allowance, "KEPT", Bounds(process=20, user=1 << 20, least=1))
    holder, world = start(NOTICER, 30), World()
    pid = int(holder.stdout.readline())
    limit(collector, TINY)
    for _ in range(40):
        frame = look(collector, world)
        assert sum("watches" in (one.fields or {}) for one in table(world, pid).values()) <= 4
        if not world.process(pid).unread:
            break
    assert not world.process(pid).unread
    assert any("27 descriptors of inotify" in note for note in frame.coverage.notes)
    dismiss([holder])
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"))
    assert not any("not listed" in note for note in look(collector, world).coverage.notes)


def test_one_user_has_room_for_lists_of_all_of_his_processes_until_they_end(monkeypatch) -> None:
    monkeypatch.setattr(allowance, "KEPT", Bounds(process=10, user=15, least=2))
    budget = Budget()

    def kept(uid: int, pid: int, entries: int, *, goes_on: bool = False) -> bool:
        allowed = budget.allow(uid, pid, goes_on=goes_on)
        found = allowed.keep(entries)
        budget.settle(uid, allowed, pid)
        return found

    assert kept(7, 1, 10)
    assert not kept(7, 2, 6)
    assert budget.notes
    assert kept(7, 2, 5), "and so the sentence is taken back"
    assert budget.notes == ()
    assert kept(8, 3, 10)
    budget.begin()
    assert kept(7, 1, 10), "what was kept of it before makes room"
    assert not kept(7, 1, 1, goes_on=True), "unless it is still there"
    assert not kept(7, 4, 3)
    budget.forget([1, 4])
    assert kept(7, 4, 10)


@pytest.mark.parametrize("many", ["locked", "watching"])
def test_descriptors_that_each_repeat_the_lines_of_all_end_at_the_bound(many, collector, request, monkeypatch) -> None:
    spent: list[int] = []
    settle = Budget.settle

    def note(budget: Budget, uid: int, allowed: Allowance, pid: int) -> None:
        spent.append(allowed.spent)
        settle(budget, uid, allowed, pid)

    monkeypatch.setattr(Budget, "settle", note)
    made = request.getfixturevalue(many)
    bound = 10 * LINES
    limit(collector, Bounds(process=bound, user=1 << 30, least=1))
    world = World()
    look(collector, world)
    assert bound < max(spent) < bound + LINES + 100
    assert world.process(os.getpid()).unread > len(made) // 2
