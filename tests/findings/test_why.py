"""One chain, from what waits to whoever should act."""

import pytest

from sockscope.findings.look import Look, Memory
from sockscope.findings.why import Step, why
from sockscope.model.epoll import EpollInstance
from sockscope.model.keys import DescriptorKey, ProcessKey
from sockscope.model.wait import ProcessWaits
from sockscope.report.findings import chain_text
from sockscope.world.world import World
from tests.findings.looking import thread, waits
from tests.findings.test_lock import HELD, request
from tests.findings.test_lock import WAITS as LOCK_WAITS
from tests.world.build import START, descriptor, inet, key, pipe_fd, process, socket_fd, target, waiting, world

PIPELINE = (
    process(10, comm="yes"),
    process(11, comm="sed"),
    process(12, comm="sleep"),
    pipe_fd(10, 1, 1, "w"),
    pipe_fd(11, 0, 1, "r"),
    pipe_fd(11, 1, 2, "w"),
    pipe_fd(12, 0, 2, "r"),
)
SLEEPS = (waits(10, "write", 1), waits(11, "write", 1), waits(12, "clock_nanosleep", timed=True))


def chain(made: World, start: ProcessKey | DescriptorKey) -> list[Step]:
    return why(Look(made, Memory()), start)


def test_a_pipeline_is_followed_to_who_does_not_read() -> None:
    steps = chain(world(*PIPELINE, waits=SLEEPS), ProcessKey(10, START))
    assert chain_text(steps, None).splitlines() == [
        "yes 10            write(1)",
        " └▶ sed 11        write(1); does not read 0 meanwhile",
        "     └▶ sleep 12  clock_nanosleep; does not read 0 meanwhile   ◀ here",
    ]
    assert [step.subject for step in steps] == [ProcessKey(pid, START) for pid in (10, 11, 12)]


def test_a_circle_closes() -> None:
    things = (pipe_fd(10, 3, 1, "w"), pipe_fd(10, 4, 2, "r"), pipe_fd(11, 3, 2, "w"), pipe_fd(11, 4, 1, "r"))
    steps = chain(world(*things, waits=(waits(10, "write", 3), waits(11, "write", 3))), ProcessKey(10, START))
    assert [(step.depth, step.end) for step in steps] == [(0, False), (1, False), (2, True)]
    assert "the circle closes" in steps[-1].what


def test_who_is_waited_for_twice_is_no_circle() -> None:
    children = (process(11, ppid=10), process(12, ppid=10), pipe_fd(11, 1, 1, "w"), pipe_fd(12, 0, 1, "r"))
    asleep = (waits(10, "wait4", child=-1), waits(11, "write", 1), waits(12, "clock_nanosleep"))
    steps = chain(world(process(10), *children, waits=asleep), ProcessKey(10, START))
    assert [(step.depth, step.who, step.end) for step in steps] == [
        (0, "p10 10", False),
        (1, "p11 11", False),
        (2, "p12 12", True),
        (1, "p12 12", False),
    ]
    assert steps[-1].what == "clock_nanosleep: followed above"


def test_who_waits_for_a_child_leads_to_the_child() -> None:
    made = world(process(10), process(11, ppid=10), waits=(waits(10, "wait4", child=-1), waits(11, "pause")))
    assert [step.who for step in chain(made, ProcessKey(10, START))] == ["p10 10", "p11 11"]


def test_a_stopped_one_is_the_end() -> None:
    made = world(*PIPELINE, waits=(SLEEPS[0], waits(11, "write", 1, halted="stopped"), SLEEPS[2]))
    steps = chain(made, ProcessKey(10, START))
    assert len(steps) == 2
    assert (steps[1].end, steps[1].what) == (True, "stopped; was in write(1); does not read 0 meanwhile")


def test_a_listener_names_who_should_accept() -> None:
    made = world(
        socket_fd(10, 5, 100), inet(100, "127.0.0.1:80", queue=3), waits=(waits(10, "recvfrom", 9, halted="stopped"),)
    )
    first, second = chain(made, key(10, 5))
    assert (first.who, first.what) == ("127.0.0.1:80", "3 not accepted")
    assert (second.what, second.end) == ("fd 5: does not attend to it (stopped; was in recvfrom(9))", True)


@pytest.mark.parametrize(
    ("said", "watched", "how"),
    [
        (waits(10, "poll"), False, "fd 5: may watch it: in poll(), on what is not visible (poll())"),
        (waits(10, "poll"), True, "fd 5: attends to it (poll())"),
        (waits(10, "epoll_wait", 7), True, "fd 5: attends to it (epoll_wait(7))"),
        (waits(10, "pause"), False, "fd 5: does not attend to it (pause)"),
    ],
)
def test_what_a_set_of_poll_has_in_it_is_not_visible(said: ProcessWaits, watched: bool, how: str) -> None:
    epoll = descriptor(10, 7, "epoll", "epoll/1"), EpollInstance("epoll/1", (target(5, "socket:100"),))
    made = world(socket_fd(10, 5, 100), inet(100, "127.0.0.1:80"), *(epoll if watched else ()), waits=(said,))
    assert chain(made, key(10, 5))[1].what == how


@pytest.mark.parametrize(
    ("held_by", "lines"),
    [
        (((10, 3),), ["p11 11      flock(4)", " └▶ p10 10  clock_nanosleep; does not unlock 3 meanwhile   ◀ here"]),
        ((), ["p11 11      flock(4)", " └▶ /run/7  who has the lock on it was not found   ◀ here"]),
    ],
)
def test_who_waits_for_a_lock_leads_to_who_has_it(held_by: tuple[tuple[int, int], ...], lines: list[str]) -> None:
    made = world(*HELD, waits=LOCK_WAITS, locks=(request(11, *held_by),))
    assert chain_text(chain(made, ProcessKey(11, START)), None).splitlines() == lines


def test_a_descriptor_leads_to_its_other_end() -> None:
    steps = chain(world(*PIPELINE, waits=SLEEPS), key(11, 1))
    assert [step.who for step in steps] == ["sed 11", "sleep 12"]


def test_that_a_number_may_mean_another_file_by_now_is_said() -> None:
    helped = ProcessWaits(11, START, (thread(11, "write", 1), thread(13, "futex", manner="private")))
    alone, shared = (
        chain(world(*PIPELINE, waits=(SLEEPS[0], said, SLEEPS[2])), ProcessKey(10, START))
        for said in (SLEEPS[1], helped)
    )
    assert "another file" not in "".join(step.what for step in alone)
    assert shared[1].what.endswith("; other threads may have put another file at the number since")
    assert [step.who for step in shared] == [step.who for step in alone]


def test_a_thread_with_a_table_of_its_own_does_not_wait_on_what_its_process_has_at_the_number() -> None:
    own = process(13, thread_of=11)
    said = ProcessWaits(11, START, (thread(13, "accept", 5),))
    made = world(socket_fd(11, 5, 100), socket_fd(13, 5, 101), own, inet(100, "127.0.0.1:80", queue=3), waits=(said,))
    _, second = chain(made, key(11, 5))
    assert second.what.startswith("fd 5: does not attend to it")
    made = world(
        process(11),
        own,
        pipe_fd(11, 4, 1, "r"),
        pipe_fd(13, 4, 2, "r"),
        pipe_fd(12, 3, 1, "w"),
        waits=(ProcessWaits(11, START, (thread(13, "read", 4),)),),
    )
    assert [step.who for step in chain(made, key(11, 4))] == ["p11 11", "p12 12"]


def test_what_is_not_known_is_said() -> None:
    (step,) = chain(world(process(10)), ProcessKey(10, START))
    assert (step.what, step.end) == ("it is not known what it waits in", True)
    (step,) = chain(world(process(10), waits=(waiting(10, running=1),)), ProcessKey(10, START))
    assert step.what == "runs"


def test_a_long_chain_ends() -> None:
    links = [pipe_fd(10 + n, 1, 100 + n, "w") for n in range(90)] + [
        pipe_fd(11 + n, 0, 100 + n, "r") for n in range(90)
    ]
    made = world(*links, waits=tuple(waits(10 + n, "write", 1) for n in range(90)))
    steps = chain(made, ProcessKey(10, START))
    assert len(steps) == 17


def test_a_chain_that_branches_is_cut() -> None:
    readers = [pipe_fd(20 + n, 0, 1, "r") for n in range(50)]
    steps = chain(world(pipe_fd(10, 1, 1, "w"), *readers, waits=(waits(10, "write", 1),)), ProcessKey(10, START))
    assert len(steps) == 1 + 6 + 1
    assert "44 more processes" in steps[-1].who
