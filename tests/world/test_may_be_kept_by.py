"""Candidates for a socket that nobody holds: rings with requests that wait, and messages that nobody received."""

from typing import Any

import pytest

from sockscope.world.relations import may_be_kept_by
from sockscope.world.relations.relation import Subject
from sockscope.world.relations.unheld import unheld_reason
from sockscope.world.world import World
from tests.world.build import NETNS, descriptor, inet, process, socket_fd, unix, world

LISTENER = 100


def ring(pid: int, *opcodes: int, **known: Any) -> Any:
    polls = [{"opcode": one} for one in opcodes]
    return descriptor(pid, 3, "io_uring", f"ring:{pid}", fields={"files": [], "polls": polls}, **known)


def kept(*things: Any) -> tuple[World, list[tuple[int, int, str]]]:
    made = world(inet(LISTENER, "127.0.0.1:80"), *things)
    (socket,) = [one for one in made.sockets.values() if one.ino == LISTENER]
    ties = may_be_kept_by.RELATION.find(made, Subject(None, socket))
    assert {tie.confidence for tie in ties} <= {"unknown"}
    return made, [(tie.holders[0].pid, len(tie.holders), tie.evidence.partition(" (")[0]) for tie in ties]


RING, QUEUE = "a ring with requests that wait", "a queue with descriptors in it"


def test_a_listener_may_be_kept_by_a_ring_that_accepts_and_by_no_other() -> None:
    assert kept(ring(1, 13), ring(2, 27), ring(3))[1] == [(1, 1, RING)]


def test_a_message_that_nobody_received_may_have_it_in_it() -> None:
    queue = [socket_fd(pid, 5, 110, fields={"scm_fds": 2}) for pid in (1, 2)]
    assert kept(*queue, unix(110), socket_fd(1, 6, 111, fields={}))[1] == [(1, 2, QUEUE)]


def test_the_reason_names_them() -> None:
    made, _ = kept(ring(1, 13), socket_fd(2, 5, 110, fields={"scm_fds": 1}), unix(110))
    (socket,) = [one for one in made.sockets.values() if one.ino == LISTENER]
    reason = unheld_reason(made, socket)
    assert reason.startswith("maybe io_uring 1:3, maybe in queue 2:5; ")


def test_another_network_namespace_has_none() -> None:
    assert kept(process(1, netns=NETNS + 1), ring(1, 13))[1] == []


@pytest.mark.parametrize(
    "known",
    [
        socket_fd(9, 9, LISTENER),
        descriptor(9, 9, "io_uring", "r", fields={"files": [{"index": 0, "path": f"socket:[{LISTENER}]"}]}),
    ],
    ids=["a holder", "a ring that has it registered"],
)
def test_where_it_is_known_who_keeps_it_nobody_else_may(known: Any) -> None:
    assert kept(ring(1, 13), known)[1] == []


def test_a_sentence_names_the_first_few_of_many() -> None:
    made, found = kept(*(ring(pid, 13) for pid in range(1, 21)))
    assert len(found) == 20
    (socket,) = made.sockets.values()
    assert " 1:3 or 2:3 or 3:3 or 4:3 or 5:3 or 6:3 or 7:3 or 8:3 and 12 more; " in unheld_reason(made, socket)
