"""What processes wait in: words for a row, and how frames tell of it."""

import pytest

from sockscope.model.keys import ProcessKey
from sockscope.model.wait import Wait
from sockscope.world.waits import wait_words
from tests.world.build import NOW, START, frame, process, waiting, world

KEY = ProcessKey(10, START)


def wait(call: str, fd: int = -1, tid: int = 10, **known: object) -> Wait:
    return Wait(tid, call, fd, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("waits", "running", "unread", "words"),
    [
        ((wait("epoll_wait", 14),), 0, 0, "epoll_wait(14)"),
        ((wait("poll"),), 0, 0, "poll()"),
        ((wait("wait4", child=17),), 0, 0, "wait4(17)"),
        ((wait("wait4", child=-1),), 0, 0, "wait4"),
        ((wait(""),), 0, 0, "blocked"),
        ((wait("epoll_wait", 12, halted="stopped"),), 0, 0, "stopped; was in epoll_wait(12)"),
        ((wait("", halted="stopped"),), 0, 0, "stopped"),
        ((), 1, 0, ""),
        ((), 0, 3, ""),
        ((wait("read", 3), *(wait("futex", tid=11 + n) for n in range(11))), 0, 0, "12 threads: futex 11, read(3)"),
        ((wait("read", 3),), 2, 1, "4 threads: read(3), 2 running, 1 unknown"),
        (tuple(wait("read", 3, 10 + n, halted="stopped") for n in range(2)), 0, 0, "2 threads stopped; was in read(3)"),
        (
            (*(wait("futex", tid=20 + n) for n in range(9)), wait("ioctl", 1), wait("poll"), wait("write", 1)),
            0,
            0,
            "12 threads: futex 9, write(1), poll(), 1 more",
        ),
    ],
)
def test_the_most_telling_wait_is_said(waits: tuple[Wait, ...], running: int, unread: int, words: str) -> None:
    assert wait_words(waiting(10, *waits, running=running, unread=unread)) == words


def test_of_whom_nothing_was_told_nothing_is_said() -> None:
    assert wait_words(None) == ""


def test_waits_come_change_and_end_with_their_process() -> None:
    made = world(process(10), waits=(waiting(10, wait("read", 3)),))
    assert made.waits[KEY].waits[0].fd == 3
    changes = made.apply(frame(full=False, seq=2, waits=(waiting(10, wait("read", 4)),)))
    assert changes.waits == {KEY}
    assert made.waits[KEY].waits[0].fd == 4
    made.apply(frame(full=False, seq=3, ended=((10, START),)))
    assert made.waits == {}


def test_a_wait_that_was_only_begun_again_changes_no_row() -> None:
    made = world(process(10), waits=(waiting(10, wait("read", 3, slices=4)),))
    changes = made.apply(frame(full=False, seq=2, waits=(waiting(10, wait("read", 3, slices=5)),)))
    assert changes.waits == set()
    assert made.waits[KEY].waits[0].slices == 5


def test_the_share_of_a_processor_is_that_of_the_last_interval() -> None:
    made = world(process(10), process(11), waits=(waiting(10, run_ns=5), waiting(11, run_ns=5)))
    made.apply(frame(full=False, seq=2, time=NOW + 2, waits=(waiting(10, run_ns=1_000_000_005),)))
    assert made.cpu == {KEY: 0.5}
    made.apply(frame(full=False, seq=3, time=NOW + 4))
    assert made.cpu == {}


def test_waits_of_a_process_that_is_not_known_are_passed_over() -> None:
    assert world(waits=(waiting(10, wait("read", 3)),)).waits == {}
