"""Holders, siblings, queues, watchers and targets of one descriptor."""

import pytest

from sockscope.model.coverage import Capability, Coverage
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import ProcessKey
from sockscope.world.relations.answers import OTHER, SAME, WATCH, Link, Related
from sockscope.world.relations.registry import RELATIONS
from sockscope.world.world import World
from tests.world.build import (
    NETNS,
    START,
    descriptor,
    inet,
    key,
    pipe_fd,
    places,
    process,
    socket_fd,
    target,
    udp,
    unix,
    world,
)


def related(made: World, pid: int, fd: int) -> Related:
    found = made.related(key(pid, fd))
    assert found is not None
    return found


def test_a_descriptor_that_is_not_open_has_no_surroundings() -> None:
    assert world(descriptor(1, 0)).related(key(1, 9)) is None


def test_holders_are_ordered_by_pid_and_number_as_numbers() -> None:
    made = world(*(socket_fd(pid, fd, 5) for pid, fd in ((10, 3), (9, 12), (9, 3))), unix(5))
    assert places(related(made, 9, 3).holders) == [(9, 3), (9, 12), (10, 3)]


def test_an_object_that_could_not_be_compared_claims_no_other_holder() -> None:
    made = world(descriptor(1, 3, "epoll", "e", unproven=True), descriptor(2, 3, "epoll", "e", unproven=True))
    found = related(made, 1, 3)
    assert (places(found.holders), found.holders_confidence) == ([(1, 3)], "unknown")
    assert "kcmp" in found.notes[0]


def test_a_socket_that_nothing_describes_says_so() -> None:
    found = related(world(socket_fd(1, 3, 5)), 1, 3)
    assert found.socket is None
    assert "no interface describes" in found.notes[0]


def test_a_source_that_leaves_something_open_says_what() -> None:
    poor = world(socket_fd(1, 3, 5), unix(5, source="/proc/net"))
    assert "no unix peers" in related(poor, 1, 3).notes[0]
    assert related(world(socket_fd(1, 3, 5), unix(5)), 1, 3).notes == ()


# Siblings


def test_listeners_on_one_address_are_siblings_and_not_holders() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 3, 6), inet(5, "0.0.0.0:80"), inet(6, "0.0.0.0:80"))
    found = related(made, 1, 3)
    assert places(found.holders) == [(1, 3)]
    assert [(sibling.ino, places(sibling.holders)) for sibling in found.siblings] == [(6, [(2, 3)])]


def test_other_namespaces_interfaces_families_and_protocols_are_no_siblings() -> None:
    made = world(
        socket_fd(1, 3, 5),
        inet(5, "0.0.0.0:80"),
        inet(6, "0.0.0.0:80", netns=NETNS + 1),
        inet(7, "0.0.0.0:80", interface=3),
        inet(8, "[::]:80"),
        udp(9, "0.0.0.0:80"),
        inet(10, "127.0.0.1:80"),
    )
    assert related(made, 1, 3).siblings == ()


def test_any_written_as_a_star_is_no_sibling_of_any_of_the_other_family() -> None:
    made = world(socket_fd(1, 3, 5), inet(5, "0.0.0.0:80"), inet(6, "*:80", family="inet6"))
    assert related(made, 1, 3).siblings == ()


def test_datagram_sockets_on_one_address_are_siblings() -> None:
    made = world(socket_fd(1, 3, 5), udp(5, "0.0.0.0:5353"), udp(6, "0.0.0.0:5353"))
    assert [sibling.ino for sibling in related(made, 1, 3).siblings] == [6]


def test_connections_of_one_server_are_no_siblings_but_name_their_listener() -> None:
    made = world(
        socket_fd(1, 3, 9),
        socket_fd(1, 4, 5),
        inet(9, "127.0.0.1:80"),
        inet(5, "127.0.0.1:80", "127.0.0.1:4000"),
        inet(6, "127.0.0.1:80", "127.0.0.1:4001"),
    )
    found = related(made, 1, 4)
    assert found.siblings == ()
    assert [(listener.ino, places(listener.holders)) for listener in found.listeners] == [(9, [(1, 3)])]


def test_a_connection_names_the_exact_listener_before_the_wildcard() -> None:
    made = world(
        socket_fd(1, 4, 5), inet(5, "127.0.0.1:80", "127.0.0.1:4000"), inet(8, "0.0.0.0:80"), inet(9, "127.0.0.1:80")
    )
    assert [listener.ino for listener in related(made, 1, 4).listeners] == [9]


def test_a_unix_connection_names_the_listener_of_its_file_not_of_its_path() -> None:
    made = world(
        socket_fd(1, 4, 5),
        unix(5, local="/run/x", peer_ino=6, bound=(1, 100)),
        unix(8, local="/run/x", state="LISTEN", bound=(1, 99)),
        unix(9, local="/run/x", state="LISTEN", bound=(1, 100)),
    )
    assert [listener.ino for listener in related(made, 1, 4).listeners] == [9]


# Accept queues


def test_a_unix_listener_knows_who_waits() -> None:
    listener = unix(9, state="LISTEN", local="/run/x", pending=(6, 5))
    made = world(socket_fd(1, 3, 9), socket_fd(2, 3, 5), listener, unix(5), unix(6))
    pending = related(made, 1, 3).pending
    assert [(one.ino, one.confidence, places(one.holders)) for one in pending] == [
        (5, "proven", [(2, 3)]),
        (6, "proven", []),
    ]


def test_a_tcp_listener_knows_who_waits_by_address() -> None:
    made = world(
        socket_fd(1, 3, 9),
        socket_fd(2, 3, 5),
        inet(9, "0.0.0.0:80", queue=2),
        inet(5, "127.0.0.1:4000", "127.0.0.1:80"),
        inet(0, "127.0.0.1:80", "127.0.0.1:4000", key=-11, cookie=1),
        inet(0, "10.0.0.1:80", "10.9.9.9:555", key=2, cookie=2, state="CLOSE_WAIT"),
        inet(0, "127.0.0.1:80", "127.0.0.1:4009", key=3, cookie=3, state="TIME_WAIT"),
        inet(0, "127.0.0.1:81", "127.0.0.1:4010", key=4, cookie=4),
    )
    pending = related(made, 1, 3).pending
    assert [(one.half, one.cookie, one.remote, one.ino, places(one.holders)) for one in pending] == [
        (-11, 1, "127.0.0.1:4000", 5, [(2, 3)]),
        (2, 2, "10.9.9.9:555", 0, []),
    ]
    assert {one.confidence for one in pending} == {"inferred"}


def test_what_waits_at_the_exact_listener_does_not_wait_at_the_wildcard_one() -> None:
    made = world(
        socket_fd(1, 3, 8),
        socket_fd(1, 4, 9),
        inet(8, "0.0.0.0:80", queue=1),
        inet(9, "127.0.0.1:80", queue=1),
        inet(0, "127.0.0.1:80", "127.0.0.1:4000", key=1),
    )
    assert related(made, 1, 3).pending == ()
    assert len(related(made, 1, 4).pending) == 1


# Epoll


def test_every_epoll_that_watches_a_socket_is_named_with_all_its_holders() -> None:
    made = world(
        socket_fd(1, 3, 5),
        unix(5),
        descriptor(1, 8, "epoll", "e1"),
        descriptor(2, 8, "epoll", "e1"),
        descriptor(1, 9, "epoll", "e2"),
        EpollInstance("e1", (target(3, "socket:5"), target(4, "x"))),
        EpollInstance("e2", (target(3, "socket:5", confidence="inferred"),)),
    )
    watchers = related(made, 1, 3).watchers
    assert [(one.object, places(one.holders), one.confidence) for one in watchers] == [
        ("e1", [(1, 8), (2, 8)], "proven"),
        ("e2", [(1, 9)], "inferred"),
    ]


def test_of_a_pipe_only_the_open_file_that_was_registered_is_watched() -> None:
    made = world(
        pipe_fd(1, 3, 7, "r"),
        pipe_fd(1, 4, 7, "w"),
        descriptor(1, 8, "epoll", "e"),
        EpollInstance("e", (target(3, "pipe:7", held_by=((1, 3),)),)),
    )
    assert len(related(made, 1, 3).watchers) == 1
    assert related(made, 1, 4).watchers == ()


def test_the_target_of_an_epoll_is_the_descriptor_with_the_registered_number() -> None:
    made = world(
        socket_fd(1, 3, 5),
        socket_fd(1, 4, 5),
        unix(5),
        descriptor(1, 8, "epoll", "e"),
        EpollInstance("e", (target(4, "socket:5", held_by=((1, 3),)),)),
    )
    (link,) = related(made, 1, 8).targets
    assert places(link.holders) == [(1, 3), (1, 4)]
    assert link.descriptor == socket_fd(1, 4, 5)


def test_a_registration_that_moved_points_to_where_the_file_lives_now() -> None:
    made = world(
        socket_fd(1, 7, 5),
        unix(5),
        descriptor(1, 3),
        descriptor(1, 8, "epoll", "e"),
        EpollInstance("e", (target(3, "socket:5", status="moved", held_by=((1, 7),)),)),
    )
    (link,) = related(made, 1, 8).targets
    assert link.descriptor == socket_fd(1, 7, 5)
    assert related(made, 1, 3).watchers == ()


def test_an_epoll_whose_registrations_could_not_be_read_says_so() -> None:
    made = world(descriptor(1, 8, "epoll", "e"), EpollInstance("e", (), "its fdinfo could not be read"))
    assert related(made, 1, 8).notes == ("its fdinfo could not be read",)


# Signs


def test_signs_tell_the_same_object_from_the_other_end_and_from_a_watcher() -> None:
    made = world(
        socket_fd(1, 3, 5),
        socket_fd(2, 3, 5),
        socket_fd(3, 3, 6),
        unix(5, peer_ino=6),
        unix(6, peer_ino=5),
        descriptor(4, 8, "epoll", "e"),
        EpollInstance("e", (target(3, "socket:5"),)),
    )
    assert related(made, 1, 3).marks() == {key(2, 3): SAME, key(3, 3): OTHER, key(4, 8): WATCH}


def test_the_two_ends_of_a_pipe_have_different_signs_although_they_are_one_object() -> None:
    made = world(pipe_fd(1, 3, 7, "r"), pipe_fd(2, 3, 7, "r"), pipe_fd(3, 3, 7, "w"))
    found = related(made, 1, 3)
    assert places(found.holders) == [(1, 3), (2, 3), (3, 3)]
    assert found.marks() == {key(2, 3): SAME, key(3, 3): OTHER}


# One level up


def test_neighbours_are_named_with_what_lies_between() -> None:
    made = world(
        socket_fd(1, 3, 5),
        socket_fd(1, 4, 6),
        socket_fd(1, 5, 7),
        socket_fd(2, 3, 5),
        socket_fd(2, 4, 6),
        socket_fd(2, 5, 8),
        pipe_fd(1, 6, 40, "r"),
        pipe_fd(3, 6, 40, "w"),
        inet(5, "0.0.0.0:80"),
        inet(6, "0.0.0.0:443"),
        unix(7, peer_ino=8),
        unix(8, peer_ino=7),
    )
    neighbours = made.neighbours([ProcessKey(1, START)])
    assert [(one.process.pid, one.phrase) for one in neighbours] == [
        (2, "1 socketpair, 2 shared listeners"),
        (3, "1 pipe"),
    ]


def test_links_are_counted_in_words() -> None:
    said = (("shared directory", ("a", "b")), ("shared tty", ("a", "b")), ("pipe", ("a",)))
    phrases = [Link(relation, objects, "proven", "kcmp", SAME).phrase for relation, objects in said]
    assert phrases == ["2 shared directories", "2 shared ttys", "1 pipe"]


def test_both_ends_of_one_socketpair_count_once() -> None:
    ends = [socket_fd(pid, fd, ino) for pid in (1, 2) for fd, ino in ((3, 5), (4, 6))]
    made = world(*ends, unix(5, peer_ino=6), unix(6, peer_ino=5))
    assert [one.phrase for one in made.neighbours([ProcessKey(1, START)])] == ["1 socketpair"]


def test_a_device_that_everybody_holds_makes_nobody_a_neighbour() -> None:
    made = world(*(descriptor(pid, 0, "char-device", "char-device:1:3", target="/dev/null") for pid in (1, 2)))
    assert made.neighbours([ProcessKey(1, START)]) == ()


def test_members_of_the_asked_group_are_not_its_neighbours() -> None:
    made = world(socket_fd(1, 3, 5), socket_fd(2, 3, 5), socket_fd(3, 3, 5), unix(5))
    keys = [ProcessKey(1, START), ProcessKey(2, START)]
    assert [one.process.pid for one in made.neighbours(keys)] == [3]


# Sockets that nobody holds


def test_sockets_that_nobody_holds_are_listed_with_the_reason() -> None:
    made = world(
        socket_fd(1, 3, 9),
        inet(9, "127.0.0.1:80"),
        inet(0, "127.0.0.1:80", "127.0.0.1:4000", key=1),
        inet(0, "127.0.0.1:80", "127.0.0.1:4001", key=2, state="TIME_WAIT"),
        inet(0, "127.0.0.1:90", "127.0.0.1:4002", key=3),
        unix(30, local="/run/kernel"),
    )
    reasons = {socket.key: reason for socket, reason in made.unheld()}
    assert reasons[1] == "waiting in the accept queue of ino 9 (127.0.0.1:80)"
    assert reasons[2].startswith("closed;")
    assert reasons[3].startswith("established and not accepted")
    assert reasons[unix(30).key].startswith("no process that could be read")
    assert inet(9, "127.0.0.1:80").key not in reasons


@pytest.mark.parametrize(
    ("kind", "target", "kcmp", "words"),
    [
        ("epoll", "anon_inode:[eventpoll]", False, "kcmp(2) is denied here"),
        ("epoll", "anon_inode:[eventpoll]", True, "told it apart in this look"),
        ("tty", "/dev/pts/3 (deleted)", True, "was hung up"),
        ("tty", "/dev/pts/3 (deleted)", False, "was hung up"),
    ],
)
def test_why_an_object_was_not_compared_is_said_as_it_is(kind: str, target: str, kcmp: bool, words: str) -> None:
    made = world(process(10), descriptor(10, 5, kind, "10:5", target=target, unproven=True, identified=""))
    made.coverage = Coverage(capabilities=(Capability("kcmp", available=kcmp, gives=""),))
    found = made.related(key(10, 5))
    assert found is not None
    assert [words in note for note in found.notes] == [True]


def test_each_of_several_that_are_the_watched_file_is_watched_whatever_its_object_is_called() -> None:
    """What could not be compared has lost what would tell that it is one."""
    made = world(
        descriptor(1, 3, "tty", "gone:1:3"),
        descriptor(2, 3, "tty", "gone:2:3"),
        descriptor(1, 4, "epoll", "e"),
        EpollInstance("e", (target(3, "gone:1:3", held_by=((1, 3), (2, 3))),)),
    )
    for pid in (1, 2):
        found = made.related(key(pid, 3))
        assert found is not None
        assert [tie.target.fd for tie in found.ties["watchers"]] == [3]


def test_who_shares_a_terminal_that_was_hung_up_holds_it_and_is_nothing_outside() -> None:
    """Nothing passes by it any more; of a live one whoever else holds it is named."""
    made = world(*(descriptor(pid, 3, "tty", "t", target="/dev/pts/3 (deleted)") for pid in (1, 2)))
    found = made.related(key(1, 3))
    assert found is not None
    assert places(found.holders) == [(1, 3), (2, 3)]
    (holders,) = (one for one in RELATIONS if one.name == "holders")
    assert holders.outside is not None
    assert holders.outside(descriptor(1, 3, "tty", "t", target="/dev/pts/3 (deleted)")) == ""
    assert holders.outside(descriptor(1, 3, "tty", "t", target="/dev/pts/3")) == "holder"
