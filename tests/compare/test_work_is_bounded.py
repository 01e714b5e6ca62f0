"""Twice as much to compare takes about twice the work, however it is arranged; ten thousand of anything are a page."""

from collections.abc import Callable
from typing import Any

import pytest

from sockscope.compare.compare import compare
from sockscope.compare.side import Side
from sockscope.report.diff_text import diff_text
from tests.compare.build import LATER, side
from tests.compare.test_matching import APP, connections
from tests.world.build import NOW, descriptor, inet, process, unix
from tests.world.test_work_is_bounded import work

GROWTH = 2.3
SMALL = 100
MANY = 10_000


def leak(n: int, turn: int) -> tuple[Any, ...]:
    return (APP, *connections(n * (1 + turn)))


def exchanged(n: int, turn: int) -> tuple[Any, ...]:
    return (APP, *connections(n, first=turn * 20_000))


def one_class(n: int, turn: int) -> tuple[Any, ...]:
    """Many processes of one command, all others than before."""
    start = 100_000 * turn
    return tuple(process(1 + start + pid, start=start + pid, comm="sh", cmdline=("sh",)) for pid in range(n))


def alone(n: int, turn: int) -> tuple[Any, ...]:
    """Many processes of a command each."""
    return tuple(
        process(1 + pid, start=9 + turn, comm=f"c{pid}.{turn}", cmdline=(f"c{pid}.{turn}",)) for pid in range(n)
    )


def files(n: int, turn: int) -> tuple[Any, ...]:
    return (APP, *(descriptor(700, fd, target=f"/f{turn}/{fd}", ino=fd + turn * n, dev=5) for fd in range(n)))


def nobody(n: int, turn: int) -> tuple[Any, ...]:
    known: Any = {"cookie": 0, "state": "TIME_WAIT"}
    return tuple(
        inet(0, f"10.0.0.1:{turn + 1}", f"10.0.{one >> 8}.{one & 255}:80", key=one + 1, **known) for one in range(n)
    )


def pairs(n: int, turn: int) -> tuple[Any, ...]:
    return tuple(unix(2 * one + turn, peer_ino=2 * one + 1 - turn, key=1 + one) for one in range(1, n))


ARRANGEMENTS = (leak, exchanged, one_class, alone, files, nobody, pairs)


def sides(arrange: Callable[[int, int], tuple[Any, ...]], size: int) -> tuple[Side, Side]:
    return side(*arrange(size, 0)), side(*arrange(size, 1), time=NOW + LATER)


@pytest.mark.parametrize("arrange", ARRANGEMENTS, ids=lambda arrange: arrange.__name__)
def test_twice_as_much_takes_twice_the_work(arrange: Callable[[int, int], tuple[Any, ...]]) -> None:
    once, twice = (work(lambda two: compare(*two), sides(arrange, size)) for size in (SMALL, 2 * SMALL))
    assert twice <= GROWTH * once, f"{once} lines of code for {SMALL}, {twice} for twice that"


@pytest.mark.parametrize("arrange", ARRANGEMENTS, ids=lambda arrange: arrange.__name__)
def test_ten_thousand_of_anything_are_a_page(arrange: Callable[[int, int], tuple[Any, ...]]) -> None:
    two = sides(arrange, MANY)
    text = diff_text(("a", "b"), *two, compare(*two))
    assert len(text.splitlines()) < 250
