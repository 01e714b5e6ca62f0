"""What the rules do grows with what there is, however one process has arranged it: see `tests/world`."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest

from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.look import Look, Memory
from sockscope.findings.why import why
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import ProcessKey
from sockscope.model.wait import ProcessWaits
from sockscope.world.world import World
from tests.findings.looking import thread
from tests.world.build import NOW, START, descriptor, frame, inet, key, pipe_fd, socket_fd, target, waiting, world
from tests.world.test_work_is_bounded import ARRANGEMENTS, GROWTH, SMALL, work

Arranged = tuple[list[Any], list[ProcessWaits]]


def readers_of_one_pipe(n: int) -> Arranged:
    """Many threads read one pipe, and many descriptors could write into it."""
    ends = [pipe_fd(1, fd, 11, "rw"[fd % 2]) for fd in range(n)]
    return ends, [waiting(1, *(thread(1 + fd, "read", fd) for fd in range(0, n, 2)))]


def processes_at_one_pipe(n: int) -> Arranged:
    """Many processes each read a pipe that all of them could write into."""
    ends = [pipe_fd(1 + number, fd, 11, "rw"[fd]) for number in range(n // 2) for fd in range(2)]
    return ends, [waiting(1 + number, thread(1 + number, "read", 0)) for number in range(n // 2)]


def a_ring(n: int) -> Arranged:
    """Each waits for the next."""
    many = n // 2
    ends = [pipe_fd(1 + number, 0, 100 + number, "r") for number in range(many)]
    ends += [pipe_fd(1 + number, 1, 100 + (number + 1) % many, "w") for number in range(many)]
    return ends, [waiting(1 + number, thread(1 + number, "read", 0)) for number in range(many)]


def a_chain(n: int) -> Arranged:
    ends, waits = a_ring(n)
    return ends, waits[1:]


def epolls_with_all_that_there_is(n: int) -> Arranged:
    """Threads wait in one epoll, which many descriptors hold and which watches many ends of one pipe."""
    ends = [pipe_fd(1, fd, 11, "rw"[fd % 2]) for fd in range(n // 2)]
    epoll = EpollInstance("epoll:1", tuple(target(fd, "pipe:11", held_by=((1, fd),)) for fd in range(n // 2)))
    holders = [descriptor(1, 10_000 + fd, "epoll", "epoll:1") for fd in range(n // 2)]
    waits = waiting(1, *(thread(1 + fd, "epoll_wait", 10_000 + fd) for fd in range(n // 2)))
    return [*ends, epoll, *holders], [waits]


def closed_by_the_other_end(n: int) -> Arranged:
    sockets = [
        inet(1000 + number, "127.0.0.1:80", f"127.0.0.1:{20000 + number}", state="CLOSE_WAIT") for number in range(n)
    ]
    return [*sockets, *(socket_fd(1, fd, 1000 + fd) for fd in range(n))], []


def full_listeners(n: int) -> Arranged:
    sockets = [inet(1000 + number, f"127.0.0.1:{1 + number}", queue=129) for number in range(n)]
    return [*sockets, *(socket_fd(1, fd, 1000 + fd) for fd in range(n))], [waiting(1, thread(1, "futex"))]


WAITING: tuple[Callable[[int], Arranged], ...] = (
    readers_of_one_pipe, processes_at_one_pipe, a_ring, a_chain, epolls_with_all_that_there_is,
    closed_by_the_other_end, full_listeners,
)  # fmt: skip


def twice(things: Iterable[Any], waits: list[ProcessWaits]) -> int:
    """Count what two looks take between which everybody waits on."""
    made = world(*things, waits=tuple(waits))
    later = frame(full=False, seq=2, time=NOW + 5, coverage=made.coverage)

    def look(one: World) -> None:
        diagnosis = Diagnosis()
        diagnosis.look(one)
        one.apply(later)
        diagnosis.look(one)

    return work(look, made)


@pytest.mark.parametrize("arrange", WAITING, ids=lambda arrange: arrange.__name__)
def test_twice_as_many_who_wait_take_twice_the_work(arrange: Callable[[int], Arranged]) -> None:
    once, again = (twice(*arrange(size)) for size in (SMALL, 2 * SMALL))
    assert again <= GROWTH * once, f"{once} lines of code for {SMALL}, {again} for twice that"


@pytest.mark.parametrize("arrange", WAITING, ids=lambda arrange: arrange.__name__)
def test_why_one_of_twice_as_many_waits_takes_twice_the_work(arrange: Callable[[int], Arranged]) -> None:
    counted: list[int] = []
    for size in (SMALL, 2 * SMALL):
        things, waits = arrange(size)
        look = Look(world(*things, waits=tuple(waits)), Memory())
        counted.append(max(work(partial(why, look), start) for start in (ProcessKey(1, START), key(1, 0))))
    assert counted[1] <= GROWTH * counted[0]


@pytest.mark.parametrize("arrange", ARRANGEMENTS, ids=lambda arrange: arrange.__name__)
def test_twice_as_much_takes_twice_the_work(arrange: Callable[[int], Iterable[Any]]) -> None:
    once, again = (twice(arrange(size), []) for size in (SMALL, 2 * SMALL))
    assert again <= GROWTH * once, f"{once} lines of code for {SMALL}, {again} for twice that"
