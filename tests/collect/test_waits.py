"""What threads wait in: who is kept from going on waits for nothing now, and sets of poll are read for who asks."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sockscope.collect import waits as module
from sockscope.collect.patience import Patience
from sockscope.collect.waits import Waits
from sockscope.frames.messages import Waiting
from sockscope.kernel.memory import read_memory
from sockscope.kernel.procfs import Procfs
from tests.live.conftest import PATIENCE, Play, Truth, blocked_in_a_call, performance, play, wait_until

__all__ = ["play"]

pytestmark = pytest.mark.needs("root")


@pytest.fixture
def waits() -> Iterator[Waits]:
    patience = Patience()
    yield Waits(Procfs(), patience)
    patience.close()


@pytest.fixture
def inside() -> Iterator[Waits]:
    """Looks at what somebody has asked for."""
    patience = Patience()
    yield Waits(Procfs(), patience, inside=True)
    patience.close()


def only(waits: Waits, actor: dict[str, Any]) -> tuple[Waiting, list[str]]:
    notes: list[str] = []
    (wait,) = waits.on([(actor["pid"], actor["fd"])], notes)
    return wait, notes


@pytest.fixture(scope="module")
def servers() -> Iterator[Truth]:
    with performance("halted_servers") as (actor, truth):
        yield truth
        # It thaws what it has frozen, and takes the cgroup away, before it is ended.
        assert actor.stdin is not None
        actor.stdin.close()
        actor.wait(PATIENCE)


@pytest.mark.parametrize(
    ("name", "why", "note"),
    [
        ("stopped", "stopped", "is stopped by a signal"),
        ("traced", "traced", "is held by the process that traces it"),
        ("frozen", "frozen", "is frozen with its cgroup"),
    ],
)
def test_who_is_kept_from_going_on_was_in_a_call_and_is_not(
    waits: Waits, servers: Truth, name: str, why: str, note: str
) -> None:
    if servers[name] is None:
        pytest.skip("no cgroup can be made to freeze here")
    wait, notes = only(waits, servers[name])
    assert (wait.syscall, wait.fd, wait.halted) == ("accept4", servers[name]["fd"], why)
    (told,) = notes
    assert told.startswith(f"{servers[name]['pid']} ")
    assert note in told


def test_who_waits_as_he_should_is_kept_by_nothing(waits: Waits, servers: Truth) -> None:
    wait, notes = only(waits, servers["waiting"])
    assert (wait.syscall, wait.halted, notes) == ("accept4", "", [])


def test_who_was_stopped_at_work_waits_in_nothing_and_is_told_all_the_same(waits: Waits, servers: Truth) -> None:
    notes: list[str] = []
    working = servers["working"]
    assert waits.on([(working["pid"], working["fd"])], notes) == []
    (told,) = notes
    assert "is stopped by a signal" in told


POLLING = (["select", "poll"], ["pselect6", "poll"], ["pselect6", "ppoll"])


def test_what_threads_in_poll_and_select_wait_on_is_unknown_where_nobody_asked(
    waits: Waits, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    # Asked by a thread, where a complaint would be heard by nobody.
    monkeypatch.setattr(module, "read_memory", lambda *place: read.append(place) or b"")
    truth = play("poll_waiters")
    actors = [truth[name] for name in ("selects", "polls", "sleeps")]
    wait_until(lambda: all(blocked_in_a_call(actor["pid"]) for actor in actors))
    notes: list[str] = []
    # Of standard input, which is in no set, as much is known as of the listener.
    for fd in (actors[0]["fd"], 0):
        found = waits.on([(actor["pid"], fd) for actor in actors], notes)
        assert [(wait.pid, wait.fd, wait.fds, wait.unread) for wait in found] == [
            (actor["pid"], -1, (), True) for actor in actors[:2]
        ]
        assert [wait.syscall for wait in found] in POLLING
    own = [waits.of(actor["pid"], notes) for actor in actors]
    assert [[wait.unread for wait in one] for one in own] == [[True], [True], [False]]
    assert (read, notes) == ([], [])


def test_who_polls_nothing_waits_on_nothing_that_was_not_read(waits: Waits) -> None:
    notes: list[str] = []
    with subprocess.Popen([sys.executable, "-c", "import select; select.poll().poll()"]) as actor:
        try:
            wait_until(lambda: [wait.syscall for wait in waits.of(actor.pid, [])] in (["poll"], ["ppoll"]))
            (wait,) = waits.of(actor.pid, notes)
            assert (wait.fds, wait.unread, notes) == ((), False, [])
            assert waits.on([(actor.pid, 0)], notes) == []
        finally:
            actor.kill()


def test_threads_in_poll_and_select_wait_on_what_their_sets_name(inside: Waits, play: Play) -> None:
    truth = play("poll_waiters")
    actors = [truth[name] for name in ("selects", "polls", "sleeps")]
    wait_until(lambda: all(blocked_in_a_call(actor["pid"]) for actor in actors))
    notes: list[str] = []
    found = inside.on([(actor["pid"], actor["fd"]) for actor in actors], notes)
    assert [wait.pid for wait in found] == [actor["pid"] for actor in actors[:2]]
    assert [wait.syscall for wait in found] in POLLING
    assert {wait.fds for wait in found} == {tuple(sorted((actors[0]["fd"], actors[0]["other"])))}
    assert {(wait.fd, wait.unread) for wait in found} == {(-1, False)}
    assert notes == []
    # Nobody waits for what is in no set, though all of them hold it.
    assert inside.on([(actor["pid"], 0) for actor in actors], notes) == []


def test_a_set_is_read_once_for_one_question(inside: Waits, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, int]] = []

    def count(pid: int, address: int, length: int) -> bytes:
        read.append((pid, length))
        return read_memory(pid, address, length)

    monkeypatch.setattr(module, "read_memory", count)
    actor = play("poll_waiters")["polls"]
    wait_until(lambda: blocked_in_a_call(actor["pid"]))
    (own,) = inside.of(actor["pid"], [])
    (on,) = inside.on([(actor["pid"], actor["fd"])], [])
    assert own == on
    # Two entries of eight bytes.
    assert read == [(actor["pid"], 16)]


def test_a_set_that_makes_its_readers_wait_is_given_up_and_told(
    inside: Waits, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fake: memory whose faults nobody serves needs a kernel that lets us make it.
    release = threading.Event()
    monkeypatch.setattr(module, "read_memory", lambda *_: release.wait(60) and b"")
    actor = play("poll_waiters")["polls"]
    wait_until(lambda: blocked_in_a_call(actor["pid"]))
    notes: list[str] = []
    try:
        (on,) = inside.on([(actor["pid"], actor["fd"])], notes)
        (own,) = inside.of(actor["pid"], notes)
        assert [(wait.fd, wait.fds, wait.unread) for wait in (on, own)] == [(-1, (), True)] * 2
    finally:
        release.set()
    assert [("could not be read" in note, str(actor["pid"]) in note) for note in notes] == [(True, True)] * 2


def test_a_set_belongs_to_the_call_in_which_it_was_read(
    inside: Waits, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = play("poll_waiters")["polls"]
    wait_until(lambda: blocked_in_a_call(actor["pid"]))
    states = iter([inside._call(actor["pid"], actor["pid"]), None])
    monkeypatch.setattr(inside, "_call", lambda *_: next(states))
    assert inside.on([(actor["pid"], actor["fd"])], []) == []


def test_of_very_many_threads_the_first_are_looked_at_and_the_others_counted(waits: Waits) -> None:
    leave = threading.Event()
    threads = [threading.Thread(target=leave.wait) for _ in range(module.MAX_THREADS + 3)]
    for thread in threads:
        thread.start()
    notes: list[str] = []
    try:
        found = waits.of(os.getpid(), notes)
    finally:
        leave.set()
        for thread in threads:
            thread.join()
    assert len(found) <= module.MAX_THREADS
    assert [f"first {module.MAX_THREADS} of" in note for note in notes] == [True]
