"""A frame changes the world by what it says, and says what it changed."""

import pytest

from sockscope.frames.messages import Frame, Table
from sockscope.model.descriptor import Descriptor
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import ProcessKey
from sockscope.model.netns import NetworkNamespace
from sockscope.world.changes import Changes
from tests.world.build import START, descriptor, frame, key, places, process, socket_fd, target, unix, world


def delta(**said: object) -> Frame:
    return Frame(seq=2, full=False, time=2.0, **said)  # type: ignore[arg-type]


def test_the_first_look_is_one_big_change_in_which_nothing_is_new() -> None:
    made = world()
    made.seq = 0
    assert made.apply(frame(descriptor(1, 0))) == Changes(full=True)


def test_a_delta_names_what_is_new_changed_and_closed() -> None:
    made = world(descriptor(1, 0), descriptor(1, 1), descriptor(1, 2))
    changed = descriptor(1, 1, target="/moved")
    changes = made.apply(delta(tables=(Table(1, START, (changed, descriptor(1, 5)), closed=(2,)),)))
    assert changes == Changes(
        descriptors_new={key(1, 5)}, descriptors_changed={key(1, 1)}, descriptors_closed={key(1, 2)}
    )
    assert made.find(1, 1) == changed
    assert made.find(1, 2) is None


def test_a_value_that_is_sent_again_is_no_change() -> None:
    made = world(descriptor(1, 0), unix(5), EpollInstance("e", ()))
    again = frame(descriptor(1, 0), unix(5), EpollInstance("e", ()), full=False, seq=2)
    assert not made.apply(again)


def test_a_number_closed_and_opened_in_one_frame_is_changed_not_new() -> None:
    made = world(descriptor(1, 0))
    other = descriptor(1, 0, "socket", "socket:9", ino=9)
    changes = made.apply(delta(tables=(Table(1, START, (other,), closed=(0,)),)))
    assert changes == Changes(descriptors_changed={key(1, 0)})
    assert made.holders("file/1/0") == ()
    assert places(made.holders("socket:9")) == [(1, 0)]


def test_a_process_that_ended_takes_its_descriptors_along() -> None:
    made = world(socket_fd(1, 3, 9), socket_fd(2, 3, 9))
    changes = made.apply(delta(ended=((1, START),)))
    assert changes == Changes(processes_ended={ProcessKey(1, START)}, descriptors_closed={key(1, 3)})
    assert made.process(1) is None
    assert places(made.holders("socket:9")) == [(2, 3)]
    assert ProcessKey(1, START) not in made.tables


def test_a_reused_pid_is_another_process() -> None:
    made = world(descriptor(1, 0))
    newcomer = process(1, start=START + 5)
    made.apply(delta(ended=((1, START),), processes=(newcomer,)))
    assert made.process(1) == newcomer
    assert made.find(1, 0) is None


def test_of_two_processes_with_one_pid_the_younger_answers() -> None:
    made = world(process(1), process(1, start=START + 5))
    assert made.process(1) == process(1, start=START + 5)
    made.apply(delta(ended=((1, START + 5),)))
    assert made.process(1) == process(1)


def test_a_second_full_frame_comes_as_the_difference() -> None:
    made = world(descriptor(1, 0), descriptor(1, 1), descriptor(2, 0), unix(5), unix(6), EpollInstance("e", ()))
    changes = made.apply(frame(descriptor(1, 0), descriptor(1, 7), unix(5), seq=9))
    assert changes == Changes(
        processes_ended={ProcessKey(2, START)},
        descriptors_new={key(1, 7)},
        descriptors_closed={key(1, 1), key(2, 0)},
        sockets={unix(6).key},
        epolls={"e"},
    )
    assert made.seq == 9


def test_sockets_and_epolls_are_named_when_they_come_change_and_go() -> None:
    made = world(unix(5), EpollInstance("e", ()))
    changes = made.apply(
        delta(
            sockets=(unix(5, recv_q=3), unix(6)),
            epolls=(EpollInstance("e", (target(3, "x"),)), EpollInstance("f", ())),
        )
    )
    assert changes == Changes(sockets={unix(5).key, unix(6).key}, epolls={"e", "f"})
    gone = made.apply(delta(sockets_gone=(unix(5).key, 12345), epolls_gone=("f", "unheard-of")))
    assert gone == Changes(sockets={unix(5).key}, epolls={"f"})
    assert made.socket_by_ino(5) is None


def test_a_frame_that_closes_what_is_not_there_changes_nothing() -> None:
    made = world(descriptor(1, 0))
    changes = made.apply(delta(ended=((77, 1),), tables=(Table(1, START, (), closed=(40,)), Table(9, 9, ()))))
    assert changes == Changes()


def test_the_names_of_network_namespaces_stay_until_a_frame_brings_new_ones() -> None:
    host, blue = NetworkNamespace(7, "host", "host"), NetworkNamespace(8, "blue", "pinned")
    made = world(descriptor(1, 0), namespaces=(host, blue))
    assert made.apply(delta()) == Changes()
    assert (made.netns_name(8), made.netns_name(9)) == ("blue", "")
    assert made.apply(delta(namespaces=(host,))) == Changes(namespaces=True)
    assert made.netns_name(8) == ""


def test_the_time_and_the_coverage_are_those_of_the_last_frame() -> None:
    made = world(descriptor(1, 0))
    made.apply(delta())
    assert (made.seq, made.time, made.coverage.processes) == (2, 2.0, 0)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (descriptor(1, 1, of="a"), descriptor(1, 1, of="b"), True),
        (descriptor(1, 1, ino=5), descriptor(1, 1, ino=6), True),
        (descriptor(1, 1, "file", of="a"), descriptor(1, 1, "pipe", of="a"), True),
        (descriptor(1, 1, target="/old"), descriptor(1, 1, target="/old (deleted)"), False),
        (descriptor(1, 1, "eventfd", of="a"), descriptor(1, 1, "eventfd", of="eventfd?1:1", unproven=True), False),
        (descriptor(1, 1, "eventfd", of="eventfd?1:1", unproven=True), descriptor(1, 1, "eventfd", of="a"), False),
    ],
)
def test_a_number_leads_elsewhere_only_where_the_object_is_known_to_be_another(
    before: Descriptor, after: Descriptor, moved: bool
) -> None:
    changes = world(before).apply(delta(tables=(Table(1, START, (after,)),)))
    assert changes.descriptors_changed == {key(1, 1)}
    assert changes.descriptors_moved == ({key(1, 1)} if moved else set())
