"""By which of several listeners on one address a connection came: told where something tells it, open elsewhere."""

from typing import Any

import pytest

from sockscope.model.epoll import EpollInstance
from sockscope.world.relations import connections, may_wait
from sockscope.world.relations.answers import Related
from sockscope.world.relations.connections import arrivals
from sockscope.world.relations.relation import Subject
from sockscope.world.world import World
from tests.world.build import descriptor, inet, key, socket_fd, target, world

HERE = "127.0.0.1:80"
ONE, TWO = 11, 12
"""Inodes of two listeners on one address, held by the processes 1 and 2 as their descriptor 3."""


def listeners(one: dict[str, Any] | None = None, two: dict[str, Any] | None = None) -> tuple[Any, ...]:
    return (
        socket_fd(1, 3, ONE),
        socket_fd(2, 3, TWO),
        inet(ONE, HERE, **(one or {})),
        inet(TWO, HERE, **(two or {})),
    )


def halves(number: int, **known: Any) -> list[Any]:
    """Connections that nobody accepted."""
    return [inet(0, HERE, f"10.0.0.9:{port}", key=port, cookie=port, **known) for port in range(5000, 5000 + number)]


def related(made: World, pid: int, fd: int = 3) -> Related:
    found = made.related(key(pid, fd))
    assert found is not None
    return found


def came_in(made: World, ino: int) -> list[tuple[int, str]]:
    (listener,) = [one for one in made.sockets.values() if one.ino == ino]
    return [(one.ino, one.confidence) for one in arrivals(made, listener)]


def came_by(made: World, pid: int, fd: int) -> tuple[list[int], set[tuple[str, str]]]:
    found = related(made, pid, fd).listeners
    return [one.ino for one in found], {(one.confidence, one.evidence) for one in found}


def test_with_queues_at_both_nothing_is_listed_as_waiting_at_either() -> None:
    made = world(*listeners({"queue": 4}, {"queue": 6}), *halves(10))
    for pid in (1, 2):
        found = related(made, pid)
        assert found.pending == ()
        among = found.of(may_wait.RELATION)
        assert (len(among), {one.confidence for one in among}) == (10, {"unknown"})
        assert {one.evidence for one in among} == {"local address in LISTEN of 2 sockets (SO_REUSEPORT)"}


def test_where_only_one_has_a_queue_all_of_them_wait_there() -> None:
    made = world(*listeners({"queue": 0}, {"queue": 2}), *halves(2))
    assert (related(made, 1).pending, related(made, 1).of(may_wait.RELATION)) == ((), ())
    found = related(made, 2)
    assert ([one.half for one in found.pending], found.of(may_wait.RELATION)) == ([5000, 5001], ())


def test_never_more_than_was_counted_is_listed_not_even_at_a_listener_that_is_alone() -> None:
    made = world(socket_fd(1, 3, ONE), inet(ONE, HERE, queue=1), *halves(2))
    found = related(made, 1)
    assert found.pending == ()
    assert {(one.confidence, "fewer are counted" in one.evidence) for one in found.of(may_wait.RELATION)} == {
        ("unknown", True)
    }


def test_a_queue_that_nobody_counts_lists_what_can_wait_nowhere_else() -> None:
    made = world(socket_fd(1, 3, ONE), inet(ONE, HERE, queue=-1), *halves(2))
    assert len(related(made, 1).pending) == 2


def test_a_queued_connection_has_the_cgroup_of_its_listener() -> None:
    made = world(
        *listeners({"queue": 1, "cgroup": 7}, {"queue": 1, "cgroup": 8}),
        *halves(1, cgroup=7),
        inet(0, HERE, "10.0.0.9:1", key=1, cookie=1, cgroup=8),
    )
    assert [one.half for one in related(made, 1).pending] == [5000]
    assert [one.half for one in related(made, 2).pending] == [1]


def test_a_listener_that_is_bound_to_another_interface_takes_nothing() -> None:
    made = world(*listeners({"queue": 1, "interface": 3}, {"queue": 1}), *halves(1))
    assert related(made, 1).pending == related(made, 1).of(may_wait.RELATION) == ()
    assert len(related(made, 2).pending) == 1


def accepted(*holders: tuple[int, int], ino: int = 50) -> tuple[Any, ...]:
    return (*(socket_fd(pid, fd, ino) for pid, fd in holders), inet(ino, HERE, "10.0.0.9:6000"))


def test_a_connection_came_by_the_listener_that_its_holder_has_open() -> None:
    made = world(*listeners(), *accepted((2, 9)))
    assert (came_in(made, ONE), came_in(made, TWO)) == ([], [(50, "inferred")])
    inodes, said = came_by(made, 2, 9)
    assert inodes == [TWO]
    assert said == {("inferred", "local address in LISTEN, and its holder has that listener open")}


def test_of_several_that_its_holder_has_open_it_came_by_the_one_that_its_epoll_watches() -> None:
    watching = EpollInstance("e", (target(4, f"socket:{ONE}", held_by=((2, 4),)),))
    made = world(*listeners(), socket_fd(2, 4, ONE), *accepted((2, 9)), descriptor(2, 8, "epoll", "e"), watching)
    inodes, said = came_by(made, 2, 9)
    assert inodes == [ONE, TWO]
    assert said == {
        ("inferred", "local address in LISTEN, and an epoll of its holder watches that listener"),
        ("unknown", "local address in LISTEN, and its holder has that listener open too: less likely"),
    }
    assert (came_in(made, ONE), came_in(made, TWO)) == ([(50, "inferred")], [])


def test_the_epoll_of_another_process_tells_nothing() -> None:
    watching = EpollInstance("e", (target(3, f"socket:{ONE}", held_by=((1, 3),)),))
    made = world(*listeners(), socket_fd(2, 4, ONE), *accepted((2, 9)), descriptor(1, 8, "epoll", "e"), watching)
    assert came_by(made, 2, 9)[0] == [ONE, TWO]


def test_where_nothing_tells_both_are_candidates_and_no_fact() -> None:
    made = world(*listeners(), *accepted((5, 9)))
    inodes, said = came_by(made, 5, 9)
    assert inodes == [ONE, TWO]
    assert said == {("unknown", "local address in LISTEN of 2 sockets (SO_REUSEPORT)")}
    assert came_in(made, ONE) == came_in(made, TWO) == [(50, "unknown")]


@pytest.mark.parametrize("doubled", [2, 4])
def test_the_work_grows_with_the_connections_and_no_faster(doubled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    made = world(*listeners(), *(one for ino in range(50, 50 + 20 * doubled) for one in accepted((2, ino), ino=ino)))
    holders = made.socket_holders
    monkeypatch.setattr(made, "socket_holders", lambda ino: asked.append(ino) or holders(ino))
    came_in(made, TWO)
    assert len(asked) <= 20 * doubled * 3


def test_too_many_are_counted_at_every_refresh_and_told_apart_when_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MANY", 2)
    made = world(socket_fd(1, 3, ONE), inet(ONE, HERE), *(inet(ino, HERE, f"10.0.0.9:{ino}") for ino in (50, 51, 52)))
    listener = related(made, 1)
    subject = Subject(listener.descriptor, listener.socket, in_passing=True)
    (counted,) = connections.RELATION.find(made, subject)
    assert counted.note.startswith("3 connections have its port")
    assert len(connections.RELATION.find(made, subject._replace(in_passing=False))) == 3


def test_what_came_in_is_listed_by_its_other_end() -> None:
    clients = [inet(50 + number, HERE, f"10.0.0.{9 - number}:6000") for number in range(3)]
    made = world(socket_fd(1, 3, ONE), inet(ONE, HERE), *clients)
    assert [ino for ino, _ in came_in(made, ONE)] == [52, 51, 50]
