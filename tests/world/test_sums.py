"""Sums: how many descriptors of what, in which state, to where and with whom, against which limit."""

from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import ProcessKey
from sockscope.model.limits import Limits
from sockscope.report.sections.sums import sums_text, user_text
from sockscope.world.sums import sums, user_sums
from sockscope.world.world import World
from tests.world.build import START, descriptor, inet, process, socket_fd, world

A, B = ProcessKey(10, START), ProcessKey(20, START)


def events(pid: int, number: int) -> list[Descriptor]:
    return [descriptor(pid, fd, "eventfd") for fd in range(100, 100 + number)]


def connected() -> World:
    """A server that listens at 443 with two connections of one client, one of them left half closed."""
    return world(
        process(10, fd_count=9, fd_limit=10), process(20, fd_count=2, fd_limit=1024),
        *events(10, 6),
        socket_fd(10, 3, 1), socket_fd(10, 4, 2), socket_fd(10, 5, 3), socket_fd(20, 3, 4), socket_fd(20, 4, 5),
        inet(1, "10.0.0.1:443", state="LISTEN"),
        inet(2, "10.0.0.1:443", "10.0.0.9:5001", state="ESTABLISHED"),
        inet(3, "10.0.0.1:443", "10.0.0.9:5002", state="CLOSE_WAIT"),
        inet(4, "10.0.0.9:5001", "10.0.0.1:443", state="ESTABLISHED"),
        inet(5, "10.0.0.9:5002", "10.0.0.1:443", state="FIN_WAIT2"),
        limits=Limits(100, 1000, 128, 8192),
    )  # fmt: skip


def test_one_line_says_of_how_many_and_which_the_most_first() -> None:
    text = sums_text(sums(connected(), [A]))
    assert text == "9 of 10 descriptors: 6 eventfd, 3 tcp (1 CLOSE-WAIT, 1 ESTABLISHED, 1 LISTEN)"


def test_several_processes_have_no_limit_in_common() -> None:
    found = sums(connected(), [A, B, A])
    assert (found.processes, found.descriptors, found.limit) == (2, 11, -1)
    assert sums_text(found).startswith("11 descriptors: 6 eventfd, 5 tcp (")


def test_connections_are_counted_by_remote_address_service_and_client() -> None:
    found = sums(connected(), [A])
    assert found.remotes == {"10.0.0.9": 2}
    assert found.services == {"tcp:443": 2}
    assert found.clients == {B: 2}
    assert sums(connected(), [B]).services == {}
    assert sums(connected(), [A, B]).clients == {}


def test_who_is_near_the_limit_is_named_the_nearest_first() -> None:
    made = world(
        process(1, fd_count=79, fd_limit=100), process(2, fd_count=80, fd_limit=100),
        process(3, fd_count=9, fd_limit=10), process(4, fd_count=50), process(5, fd_count=5, fd_limit=0),
    )  # fmt: skip
    assert [one.pid for one in sums(made, made.processes).near] == [3, 2]


def test_of_a_table_that_could_not_be_read_the_number_counts() -> None:
    made = world(process(10, fd_count=7, fd_limit=64, denied="permission denied"))
    assert sums_text(sums(made, [A])) == "7 of 64 descriptors: 7 not read"


def test_what_is_not_wanted_is_not_counted() -> None:
    found = sums(connected(), [A], lambda _, one: one.kind == "eventfd")
    assert sums_text(found) == "6 of 10 descriptors: 6 eventfd"


def test_users_are_held_against_what_each_user_may_have() -> None:
    watches = {"watches": [{"wd": 1}, {"wd": 2}]}
    made = world(
        process(1, uid=33, user="www"), process(2, uid=33, user="www"), process(3),
        descriptor(1, 3, "inotify", "inotify#1", fields=watches),
        descriptor(2, 3, "inotify", "inotify#1", fields=watches),
        descriptor(2, 4, "inotify", "inotify#2", fields={"watches": [{"wd": 1}]}),
        limits=Limits(1, 2, 128, 8192),
    )  # fmt: skip
    www, root = user_sums(made, made.processes.values())
    assert (www.processes, www.descriptors, www.inotify_instances, www.inotify_watches) == (2, 3, 2, 3)
    assert user_text(www, made.limits) == "2 processes, 3 descriptors, 2 of 128 inotify instances, 3 of 8,192 watches"
    assert user_text(root, Limits()) == "1 process, 0 descriptors, 0 inotify instances, 0 watches"
