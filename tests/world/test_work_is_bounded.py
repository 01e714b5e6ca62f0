"""Work grows with what there is, however one process has arranged it: twice as much takes about twice as long.

Counted are lines of Python that are run, not time: the same on every machine.
"""

import contextlib
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

import msgspec
import pytest

from sockscope.frames.messages import Table
from sockscope.model.epoll import EpollInstance
from sockscope.report.selection import Selection
from sockscope.report.show import show_document
from sockscope.report.snapshot import snapshot_lines
from sockscope.report.summary_text import summary_text
from sockscope.report.tree import snapshot_tree
from sockscope.world.filter.compiling import compile_filter
from sockscope.world.filter.completing import complete
from sockscope.world.filter.errors import FilterError
from sockscope.world.filter.keys import KEYS
from sockscope.world.filter.parsing import parse
from sockscope.world.world import World
from tests.world.build import descriptor, frame, inet, key, pipe_fd, socket_fd, target, udp, unix, world

GROWTH = 2.3
"""Twice the work and what sorting adds."""
SMALL = 150


def pair(n: int) -> Iterable[Any]:
    """Many descriptors on the two ends of one socketpair."""
    yield from (unix(11, peer_ino=12), unix(12, peer_ino=11))
    yield from (socket_fd(1, fd, 11 + fd % 2) for fd in range(n))


def pipe(n: int) -> Iterable[Any]:
    yield from (pipe_fd(1, fd, 11, "rw"[fd % 2]) for fd in range(n))


def fifo(n: int) -> Iterable[Any]:
    """A FIFO opened for both by all."""
    yield from (pipe_fd(1, fd, 11, "rw", "fifo") for fd in range(n))


def mixed_fifo(n: int) -> Iterable[Any]:
    """A FIFO opened for reading by some, and for both by others."""
    yield from (pipe_fd(1, fd, 11, ("r", "rw")[fd % 2], "fifo") for fd in range(n))


def shared(n: int) -> Iterable[Any]:
    yield from (descriptor(1 + fd % 2, fd, "eventfd", "eventfd:1") for fd in range(n))


def datagram_server(n: int) -> Iterable[Any]:
    """Many clients of one socket, which many descriptors hold."""
    yield unix(11, type="dgram", local="/run/log")
    yield from (socket_fd(1, fd, 11) for fd in range(n // 2))
    yield from (unix(1000 + fd, type="dgram", peer_ino=11) for fd in range(n // 2))
    yield from (socket_fd(2, fd, 1000 + fd) for fd in range(n // 2))


def listener(n: int) -> Iterable[Any]:
    """Many descriptors of a listener, and many connections that came in there, both ends here."""
    yield inet(11, "127.0.0.1:80")
    yield from (socket_fd(1, fd, 11) for fd in range(n // 3))
    for number in range(n // 3):
        yield inet(1000 + number, "127.0.0.1:80", f"127.0.0.1:{20000 + number}")
        yield inet(100_000 + number, f"127.0.0.1:{20000 + number}", "127.0.0.1:80")
        yield socket_fd(1, 10_000 + number, 1000 + number)
        yield socket_fd(2, 10_000 + number, 100_000 + number)


def siblings(n: int) -> Iterable[Any]:
    """Many sockets on one address."""
    yield from (udp(11 + number, "127.0.0.1:53") for number in range(n))
    yield from (socket_fd(1, number, 11 + number) for number in range(n))


def epoll(n: int) -> Iterable[Any]:
    """Many registrations in an epoll, which many descriptors hold."""
    yield EpollInstance("epoll:1", tuple(target(fd, f"eventfd:{fd}", held_by=((1, fd),)) for fd in range(n // 2)))
    yield from (descriptor(1, fd, "eventfd", f"eventfd:{fd}") for fd in range(n // 2))
    yield from (descriptor(1, 10_000 + fd, "epoll", "epoll:1") for fd in range(n // 2))


def inotify(n: int) -> Iterable[Any]:
    """An instance that watches many files, each of which is open."""
    watches = [{"wd": fd, "ino": 100 + fd, "dev": "8:1", "mask": ["IN_MODIFY"]} for fd in range(n)]
    yield descriptor(1, 10_000, "inotify", "inotify:1", fields={"watches": watches})
    yield from (descriptor(1, fd, ino=100 + fd, dev=8 << 20 | 1) for fd in range(n))


ARRANGEMENTS = (pair, pipe, fifo, mixed_fifo, shared, datagram_server, listener, siblings, epoll, inotify)


def tree(made: World) -> None:
    snapshot_tree(made, Selection(frozenset()), 120)


def lines(made: World) -> None:
    for piece in snapshot_lines(made, Selection(frozenset())):
        piece()


def show(made: World) -> None:
    show_document(made, key(1, 0), None)


def summary(made: World) -> None:
    summary_text(made, Selection())


def whole_again(made: World) -> None:
    """Take a full frame that says the same, as of another collector."""
    tables = [Table(key.pid, key.start, tuple(table.values())) for key, table in made.tables.items()]
    things = [*made.processes.values(), *made.sockets.values(), *made.epolls.values()]
    made.apply(msgspec.structs.replace(frame(*things, seq=2), tables=tuple(tables)))


def all_gone(made: World) -> None:
    made.apply(frame(seq=2))


def filtered(made: World) -> None:
    """Ask each descriptor for a word, and for what it has of each key."""
    for text in ("none", *(f"{name}:{value}" for name in KEYS for value in ("none", ">3"))):
        with contextlib.suppress(FilterError):
            accepts = compile_filter(made, parse(text)).accepts
            for owner, table in made.tables.items():
                for descriptor in table.values():
                    accepts(made.processes[owner], descriptor)


def completed(made: World) -> None:
    for name in KEYS:
        complete(made, f"{name}:", len(name) + 1)


DOINGS = (tree, lines, show, summary, whole_again, all_gone, filtered, completed)


def work(do: Callable[[Any], Any], made: Any) -> int:
    """Count the lines of our own that it takes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        do(made)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "do", [tree, lines, show, summary, whole_again, all_gone, filtered, completed], ids=lambda do: do.__name__
)
@pytest.mark.parametrize("arrange", ARRANGEMENTS, ids=lambda arrange: arrange.__name__)
def test_twice_as_much_takes_twice_the_work(
    arrange: Callable[[int], Iterable[Any]], do: Callable[[World], None]
) -> None:
    once, twice = (work(do, world(*arrange(size))) for size in (SMALL, 2 * SMALL))
    assert twice <= GROWTH * once, f"{once} lines of code for {SMALL}, {twice} for twice that"


def test_what_is_put_together_for_all_rows_is_put_together_once() -> None:
    made = world(*mixed_fifo(SMALL))
    index = made.descriptor_index
    assert index.at_ends("pipe:11", ("w", "rw")) is index.at_ends("pipe:11", ("w", "rw"))
    assert index.at_ends("pipe:11", ("r", "rw")) is index.at_ends("pipe:11", ("r", "rw"))
    assert list(index.at_ends("pipe:11", ("r", "rw"))) == [key(1, fd) for fd in range(SMALL)]
