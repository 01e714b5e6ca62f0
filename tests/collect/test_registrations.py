"""What an epoll watches, look after look: asked about as seldom as may be, and again whenever it may be different."""

import fcntl
import os
import resource
import select
import signal
import socket
from collections.abc import Collection, Iterator
from contextlib import closing
from functools import partial

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.counters import Counters
from sockscope.collect.tables import registrations
from sockscope.collect.tables.candidates import SCANS, Candidates
from sockscope.collect.tables.descriptors import Descriptors
from sockscope.collect.tables.identity import IdentityRegistry
from sockscope.collect.tables.registrations import Instance, Prover
from sockscope.kernel import kcmp
from sockscope.kernel.procfs import Procfs
from sockscope.kinds.epoll import TargetLine
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance, Target

ME = os.getpid()
PROCFS = Procfs()
PAUSE = {b"34", b"73"}
"""pause(2) of x86-64; ppoll(2) of aarch64, which has none."""


@pytest.fixture
def many() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


class _Look:
    """The epolls of one collector, kept up to date."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.epolls: dict[str, EpollInstance] = {}
        self.objects: dict[tuple[int, int], str] = {}

    def again(self) -> None:
        frame = self.collector.refresh()
        self.epolls.update({one.object: one for one in frame.epolls})
        self.objects.update({(one.pid, one.fd): one.object for table in frame.tables for one in table.opened})

    def targets(self, pid: int, fd: int) -> tuple[Target, ...]:
        self.again()
        return self.epolls[self.objects[pid, fd]].targets

    def only(self, pid: int, fd: int) -> tuple[str, str, tuple[tuple[int, int], ...]]:
        (target,) = self.targets(pid, fd)
        return target.status, target.confidence, target.held_by


@pytest.fixture
def look(collector: Collector) -> _Look:
    return _Look(collector)


def _questions(collector: Collector, ghosts: int) -> int:
    """Count what is asked about an epoll whose registrations were all made under numbers that are closed."""
    kept = [os.eventfd(0) for _ in range(ghosts)]
    with select.epoll() as epoll:
        for fd in kept:
            number = os.dup(fd)
            epoll.register(number, select.EPOLLIN)
            os.close(number)
        look = _Look(collector)
        found = look.targets(ME, epoll.fileno())
        asked = collector._counters.asked
        assert {(one.status, one.confidence) for one in found} == {("moved", "proven")}
        assert {one.held_by for one in found} == {((ME, fd),) for fd in kept}
    for fd in kept:
        os.close(fd)
    return asked


def test_stale_registrations_are_found_without_trying_every_object_for_each(many) -> None:
    few, twice = [], []
    # Where others move among what is searched, it is searched again: the least of some looks is the work itself.
    for _ in range(8):
        for ghosts, asked in ((400, few), (800, twice)):
            with closing(Collector()) as collector:
                asked.append(_questions(collector, ghosts))
        if min(twice) <= 2.3 * min(few):
            break
    assert min(twice) <= 2.3 * min(few)
    assert min(twice) < 800 * 60


def test_of_two_pidfds_of_one_process_only_the_registered_one_is_watched(look) -> None:
    one, other = os.pidfd_open(ME), os.pidfd_open(ME)
    with select.epoll() as epoll:
        epoll.register(one, select.EPOLLIN)
        assert look.only(ME, epoll.fileno()) == ("live", "proven", ((ME, one),))
        kept = os.dup(one)
        os.dup2(other, one)
        assert look.only(ME, epoll.fileno()) == ("moved", "proven", ((ME, kept),))
        os.close(kept)
    os.close(one)
    os.close(other)


def test_a_holder_is_named_once_however_many_numbers_the_epoll_has(look) -> None:
    reading, writing = os.pipe()
    with select.epoll() as epoll:
        again = os.dup(epoll.fileno())
        epoll.register(reading, select.EPOLLIN)
        assert look.only(ME, epoll.fileno()) == ("live", "proven", ((ME, reading),))
        for fd in (again, reading, writing):
            os.close(fd)


def test_another_opening_of_a_pipe_at_the_registered_number_is_not_what_is_watched(look) -> None:
    reading, writing = os.pipe()
    with select.epoll() as epoll:
        epoll.register(reading, select.EPOLLIN)
        kept = os.dup(reading)
        assert look.only(ME, epoll.fileno())[::2] == ("live", ((ME, reading), (ME, kept)))
        other = os.open(f"/proc/self/fd/{reading}", os.O_RDONLY | os.O_NONBLOCK)
        os.dup2(other, reading)
        # Number, inode and name are what they were; the open file is not.
        assert look.only(ME, epoll.fileno()) == ("moved", "proven", ((ME, kept),))
        for fd in (kept, other, reading, writing):
            os.close(fd)


@pytest.fixture
def child() -> Iterator[list[int]]:
    """Pids of children that sleep, to be filled by the test, and gone when it ends."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _sleeper(*closed: int) -> int:
    pid = os.fork()
    if pid == 0:
        for fd in closed:
            os.close(fd)
        while True:
            signal.pause()
    while PROCFS.record(pid, "syscall").split()[0] not in PAUSE:
        os.sched_yield()
    return pid


@pytest.mark.parametrize("make", [lambda: os.eventfd(0), lambda: socket.socket().detach()], ids=["eventfd", "socket"])
def test_the_status_of_a_registration_follows_who_holds_the_epoll(look, child, make) -> None:
    watched, epoll = make(), select.epoll()
    epoll.register(watched, select.EPOLLIN)
    number = epoll.fileno()
    child.append(_sleeper(watched))
    assert look.only(child[0], number)[0] == "live"
    # Nothing changes but that the one who has the watched file under its number closes the epoll.
    epoll.close()
    assert look.only(child[0], number) == ("moved", "proven", ((ME, watched),))
    os.close(watched)


def test_a_line_that_reads_the_same_may_be_another_registration(look, child) -> None:
    one, other = socket.socketpair()
    first, second, epoll = os.eventfd(0), os.eventfd(0), select.epoll()
    number = fcntl.fcntl(first, fcntl.F_DUPFD, 700)
    epoll.register(number, select.EPOLLIN)
    os.close(number)
    child.append(_sleeper(epoll.fileno(), one.fileno(), other.fileno()))
    socket.send_fds(one, [b"x"], [first, second])
    os.close(first)
    os.close(second)
    assert look.only(ME, epoll.fileno()) == ("moved", "proven", ((child[0], first),))
    _, received, _, _ = socket.recv_fds(other, 1, 2)
    os.dup2(received[0], number)
    epoll.unregister(number)
    os.dup2(received[1], number)
    epoll.register(number, select.EPOLLIN)
    for fd in {number, *received}:
        os.close(fd)
    # Neither file came or went in any table that was walked, and number, inode and data are what they were.
    assert look.only(ME, epoll.fileno()) == ("moved", "proven", ((child[0], second),))
    for end in (epoll, one, other):
        end.close()


def test_a_registration_that_ended_with_its_file_is_gone_although_no_holder_of_the_epoll_has_run(look, child) -> None:
    ours, theirs = socket.socketpair()
    inner, outer = select.epoll(), select.epoll()
    outer.register(inner.fileno(), select.EPOLLIN)
    outer.register(ours.fileno(), select.EPOLLIN)
    number = outer.fileno()
    child.append(_sleeper(inner.fileno(), ours.fileno(), theirs.fileno()))
    assert len(look.targets(child[0], number)) == 2
    outer.close()
    inner.close()
    ours.close()
    assert look.targets(child[0], number) == ()
    theirs.close()


def test_a_registration_of_what_nobody_holds_any_more_is_closed(look) -> None:
    one, other = socket.socketpair()
    with select.epoll() as epoll, select.epoll() as sent:
        epoll.register(sent.fileno(), select.EPOLLIN)
        socket.send_fds(one, [b"x"], [sent.fileno()])
        assert look.only(ME, epoll.fileno())[0] == "live"
        sent.close()
        assert look.only(ME, epoll.fileno()) == ("closed", "proven", ())
        _, (received,), _, _ = socket.recv_fds(other, 1, 1)
        assert look.only(ME, epoll.fileno())[::2] in [("live", ((ME, received),)), ("moved", ((ME, received),))]
        os.close(received)
    one.close()
    other.close()


def test_what_is_as_it_was_is_not_asked_about_again(look, child, monkeypatch) -> None:
    one, other = socket.socketpair()
    epoll, timer = select.epoll(), os.eventfd(0)
    epoll.register(one, select.EPOLLIN)
    epoll.register(timer, select.EPOLLIN)
    number = epoll.fileno()
    child.append(_sleeper())
    epoll.close()
    for fd in (one.detach(), other.detach(), timer):
        os.close(fd)
    assert {one.status for one in look.targets(child[0], number)} == {"live"}
    instance = look.epolls[look.objects[child[0], number]]
    asked: list[tuple[int, ...]] = []
    compare = kcmp.compare_registered
    monkeypatch.setattr(kcmp, "compare_registered", lambda *words: asked.append(words) or compare(*words))
    for _ in range(3):
        look.again()
    assert look.epolls[look.objects[child[0], number]] is instance
    assert child[0] not in {words[2] for words in asked}


def _never_moved(_: Collection[int]) -> Collection[int]:
    return ()


def test_what_came_to_a_number_while_it_was_read_hides_no_holder_of_a_watched_file(child) -> None:
    reading, writing = os.pipe()
    again, ino = os.dup(reading), os.fstat(reading).st_ino
    child.append(_sleeper())
    known = Descriptors(shared_inode=1)
    # Link and fdinfo of two moments: of the former its kind, of the latter the inode, and no device.
    torn = Descriptor(1, 1, 5, "inotify", "anon_inode:inotify", "r", f"inotify:[{ino}]", ino)
    known.replace(1, {}, {5: torn})
    for pid in (ME, child[0]):
        known.replace(pid, {}, {fd: Descriptor(pid, 1, fd, "pipe", "", "r", "p", ino) for fd in (reading, again)})
    with select.epoll() as epoll:
        epoll.register(reading, select.EPOLLIN)
        instance = Instance([(ME, epoll.fileno())], frozenset({ME}))
        candidates = Candidates(known, IdentityRegistry(), Counters(), _never_moved)
        (target,) = Prover(instance, candidates, {}, frozenset()).targets(
            [TargetLine(reading, select.EPOLLIN, 0, 0, ino, 0)]
        )
    holders = sorted((pid, fd) for pid in (ME, child[0]) for fd in (reading, again))
    assert sorted(target.held_by) == holders
    for fd in (reading, again, writing):
        os.close(fd)


def test_files_of_one_inode_number_on_two_file_systems_are_looked_for_apart() -> None:
    pipes = [os.pipe() for _ in range(2)]
    candidates = Candidates(Descriptors(shared_inode=1), IdentityRegistry(), Counters(), _never_moved)
    for _ in range(SCANS + 1):
        for device, ends in enumerate(pipes):
            slots = [(ME, end) for end in ends]
            for slot in slots:
                found = candidates.on_inode((7, device), slots, partial(_order, slot), several=True)
                assert found == [slot]
    for end in [end for ends in pipes for end in ends]:
        os.close(end)


def _order(watched: tuple[int, int], slot: tuple[int, int]) -> int:
    return kcmp.compare_files(*slot, *watched)


def test_registrations_that_are_too_much_work_for_one_look_are_left_for_the_next_and_come_in_turn(
    look, many, monkeypatch
) -> None:
    monkeypatch.setattr(registrations, "MOST_QUESTIONS", 900)
    made: list[int] = []
    with select.epoll() as epoll:
        for _ in range(200):
            fd = os.eventfd(0)
            epoll.register(fd)
            made.append(os.dup(fd))
            os.close(fd)
        proven: set[int] = set()
        notes: list[str] = []
        for _ in range(20):
            targets = look.targets(ME, epoll.fileno())
            left = [one for one in targets if one.confidence == "unknown"]
            assert all(one.status == "unknown" and not one.held_by for one in left)
            note = look.epolls[look.objects[ME, epoll.fileno()]].note
            assert note == (f"{len(left)} of its registrations were left for a later look" if left else "")
            notes.append(note)
            assert len(targets) == 200
            proven |= {place for place, one in enumerate(targets) if one.confidence == "proven"}
            if len(proven) == 200:
                break
        for fd in made:
            os.close(fd)
    assert len(proven) == 200
    assert notes[0]
