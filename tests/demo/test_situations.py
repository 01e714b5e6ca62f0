"""What the example processes show is what the tour says of them."""

import os
import time
from collections.abc import Iterator

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.demo.company import Company
from sockscope.demo.guide import tour
from sockscope.findings.diagnosis import Diagnosis
from sockscope.findings.wait_graph import STILL
from sockscope.model.descriptor import Descriptor
from sockscope.model.keys import DescriptorKey
from sockscope.world.relations.answers import Related
from sockscope.world.targets.forms import resolve
from sockscope.world.world import World
from tests.demo.conftest import Truth
from tests.live.commandline import show
from tests.live.conftest import wait_until


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    with Company() as company:
        yield company


@pytest.fixture(scope="module")
def truth(company: Company) -> Truth:
    return company.truth


@pytest.fixture(scope="module")
def seen(company: Company) -> World:
    collector = Collector(all_flags=True)
    world = World()
    world.greet(hello(collector.procfs, os.geteuid()))
    world.apply(collector.refresh())
    collector.close()
    return world


def related(seen: World, pid: int, fd: int) -> Related:
    descriptor = seen.find(pid, fd)
    assert descriptor is not None
    found = seen.related(descriptor.key)
    assert found is not None
    return found


def found(seen: World, pid: int, fd: int) -> Descriptor:
    descriptor = seen.find(pid, fd)
    assert descriptor is not None
    return descriptor


def pids(keys: object) -> list[int]:
    return sorted({key.pid for key in keys})  # type: ignore[attr-defined]


def test_everything_the_tour_stops_at_is_there(seen: World, truth: Truth) -> None:
    steps = tour(truth)
    assert len(steps) > 8
    for step in steps:
        assert step.text.isprintable()
        if step.target:
            assert resolve(seen, step.target)


def test_every_process_has_a_title_of_its_own(seen: World, company: Company) -> None:
    titles = [process.title for pid in company.pids if (process := seen.process(pid)) is not None]
    assert len(titles) == len(company.pids) == len(set(titles)) + 1
    assert all(title.startswith(("demo: ", "sleep", "cat")) for title in titles)


def test_two_write_to_each_other_and_the_rules_call_it_a_deadlock(truth: Truth) -> None:
    first = truth["sick"]["deadlock"]
    second = first["other"]
    collector, world, diagnosis = Collector(all_flags=True), World(), Diagnosis()
    try:
        world.apply(collector.refresh())
        # Only what has stood still for two seconds is put together.
        wait_until(lambda: time.time() - world.time > STILL)
        world.apply(collector.refresh())
    finally:
        collector.close()
    told = [one for one in diagnosis.look(world) if one.rule == "stuck" and first["pid"] in pids(one.processes)]
    # Whom nobody may look at could be part of it: an ordinary user is told less surely.
    sure = not any("could not be read" in line for one in told for line in one.evidence)
    expected = "sick" if sure else "suspect"
    assert [(one.severity, pids(one.processes)) for one in told] == [(expected, sorted([first["pid"], second["pid"]]))]
    assert {(key.pid, key.fd) for key in told[0].subjects if isinstance(key, DescriptorKey)} == {
        (first["pid"], first["writes"]),
        (second["pid"], second["writes"]),
    }


def test_the_leak_opens_ever_more_that_it_does_not_use(truth: Truth) -> None:
    pid = truth["sick"]["leak"]["pid"]

    def count() -> int:
        return len(os.listdir(f"/proc/{pid}/fd"))

    first = count()
    wait_until(lambda: count() >= first + 2)
    last = os.readlink(f"/proc/{pid}/fd/{max(map(int, os.listdir(f'/proc/{pid}/fd')))}")
    assert last.startswith("socket:")


def test_three_hold_the_listener_and_one_waits(seen: World, truth: Truth) -> None:
    server = truth["server"]
    about = related(seen, server["pid"], server["listener"])
    assert pids(about.holders) == sorted([server["pid"], *(worker["pid"] for worker in server["workers"])])
    (watcher,) = about.watchers
    assert pids(watcher.holders) == [server["workers"][0]["pid"]]


def test_each_worker_has_a_socketpair_with_the_master(seen: World, truth: Truth) -> None:
    server = truth["server"]
    for worker in server["workers"]:
        (peer,) = related(seen, server["pid"], worker["master_channel"]).peers
        assert [(key.pid, key.fd) for key in peer.holders] == [(worker["pid"], worker["channel"])]
        assert peer.via == "socketpair"


def test_the_twin_listeners_are_two_sockets(seen: World, truth: Truth) -> None:
    twins = truth["reuseport"]
    about = related(seen, twins["pid"], twins["listener"])
    assert pids(about.holders) == [twins["pid"]]
    assert [pids(sibling.holders) for sibling in about.siblings] == [[twins["twin"]["pid"]]]


@pytest.mark.needs("kcmp")
def test_the_heir_has_one_of_two_equal_epolls(seen: World, truth: Truth) -> None:
    twins = truth["epolls"]["twins"]
    inherited = found(seen, twins["pid"], twins["inherited"])
    private = found(seen, twins["pid"], twins["private"])
    assert pids(seen.holders(inherited.object)) == [twins["pid"], twins["heir"]["pid"]]
    assert pids(seen.holders(private.object)) == [twins["pid"]]


def test_the_ghost_has_moved(seen: World, truth: Truth) -> None:
    ghost = truth["epolls"]["ghost"]
    (link,) = related(seen, ghost["pid"], ghost["epoll"]).targets
    assert (link.target.fd, link.target.status) == (ghost["registered"], "moved")
    assert [key.fd for key in link.holders] == [ghost["duplicate"]]


def test_the_pipe_line_is_joined_by_pipes(seen: World, truth: Truth) -> None:
    first = truth["pipeline"]
    middle, last = first["middle"], first["middle"]["last"]
    for reader, writer in ((middle, first), (last, middle)):
        (peer,) = related(seen, reader["pid"], reader["reads"]).peers
        assert [(key.pid, key.fd) for key in peer.holders] == [(writer["pid"], writer["writes"])]


def test_the_terminal_has_one_job_in_front(seen: World, truth: Truth) -> None:
    shell = truth["terminal"]["shell"]
    process = seen.process(shell["pid"])
    assert process is not None
    terminal = seen.terminal(process)
    assert terminal is not None
    assert (terminal.tty, terminal.tpgid) == (truth["terminal"]["tty"], shell["front"]["pgid"])
    assert list(terminal.sigint_goes_to) == shell["front"]["pids"]
    stopped, behind = (seen.process(shell[job]["pids"][0]) for job in ("stopped", "behind"))
    assert stopped is not None
    assert stopped.state == "T"
    assert behind is not None
    assert (behind.tty, behind.state) == (terminal.tty, "S")
    assert len({behind.pgid, stopped.pgid, shell["front"]["pgid"], process.pgid}) == 4
    (master,) = related(seen, shell["pid"], shell["slave"]).peers
    assert [(key.pid, key.fd) for key in master.holders] == [
        (truth["terminal"]["pid"], truth["terminal"]["master"]),
    ]


def test_a_connection_waits_to_be_accepted(seen: World, truth: Truth) -> None:
    queue = truth["waiting"]["queue"]
    (pending,) = related(seen, queue["pid"], queue["listener"]).pending
    assert pids(pending.holders) == [queue["client"]["pid"]]


def test_descriptors_are_in_flight_to_a_receiver_and_nobody_holds_them(seen: World, truth: Truth) -> None:
    flight = truth["waiting"]["flight"]
    receiver, sender = flight["receiver"], flight
    (peer,) = related(seen, receiver["pid"], receiver["fd"]).peers
    assert [(key.pid, key.fd) for key in peer.holders] == [(sender["pid"], sender["fd"])]
    assert show(receiver["pid"], receiver["fd"])["in_flight"] == 3
    kinds = {one.kind for pid in (receiver["pid"], sender["pid"]) for one in table(seen, pid)}
    assert "eventfd" not in kinds


def table(seen: World, pid: int) -> list[Descriptor]:
    process = seen.process(pid)
    assert process is not None
    return list(seen.tables[process.key].values())
