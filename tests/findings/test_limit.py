"""Limits that are nearly reached, and what is far from them."""

import pytest

from sockscope.findings.rules import limit
from sockscope.model.keys import ProcessKey
from sockscope.model.limits import Limits
from sockscope.model.netns import NetworkNamespace
from tests.findings.looking import found
from tests.world.build import NETNS, START, descriptor, inet, key, process, socket_fd


@pytest.mark.parametrize(("count", "limit", "number"), [(820, 1024, 1), (700, 1024, 0), (-1, 1024, 0), (820, -1, 0)])
def test_a_process_near_its_limit_is_named(count: int, limit: int, number: int) -> None:
    findings = found("limit", process(10, fd_count=count, fd_limit=limit))
    assert [one.subjects for one in findings] == [(ProcessKey(10, START),)] * number


def test_a_table_of_several_processes_is_named_once() -> None:
    sharers = (process(10, fd_count=900, fd_limit=1024), process(11, fd_count=900, fd_limit=1024, table_of=10))
    assert len(found("limit", *sharers)) == 1


@pytest.mark.parametrize(("used", "limit", "number"), [(90, 100, 1), (70, 100, 0), (-1, -1, 0), (5, -1, 0)])
def test_a_machine_near_its_limit_names_who_has_most(used: int, limit: int, number: int) -> None:
    some = (process(10, fd_count=3), process(11, fd_count=30))
    findings = found("limit", *some, limits=Limits(open_files=used, open_files_limit=limit))
    assert [one.subjects[0].pid for one in findings] == [11] * number


def instances(pid: int, count: int, watches: int = 1) -> list[object]:
    return [
        descriptor(pid, 3 + n, "inotify", f"inotify/{pid}/{n}", fields={"watches": [{"wd": w} for w in range(watches)]})
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("instances_limit", "watches_limit", "said"),
    [
        pytest.param(10, 1000, ["user ann has 9 of 10 inotify instances that each user may have"], id="instances"),
        pytest.param(100, 50, ["user ann has 45 of 50 inotify watches that each user may have"], id="watches"),
        pytest.param(100, 1000, [], id="neither"),
        pytest.param(-1, -1, [], id="unknown"),
    ],
)
def test_a_user_near_his_limit_of_inotify_is_named_with_who_has_them(
    instances_limit: int, watches_limit: int, said: list[str]
) -> None:
    mine = (process(10, uid=7, user="ann"), process(11, uid=7, user="ann"), process(12, uid=8, user="bob"))
    held = [*instances(10, 6, 5), *instances(11, 3, 5), *instances(12, 3, 5)]
    limits = Limits(inotify_instances=instances_limit, inotify_watches=watches_limit)
    findings = found("limit", *mine, *held, limits=limits)
    assert [one.sentence for one in findings] == said
    for one in findings:
        assert (one.severity, one.confidence, one.subjects[0]) == ("suspect", "inferred", key(10, 3))
        assert len(one.evidence) == 2


def test_an_instance_that_is_shared_counts_once() -> None:
    both = [one for pid in (10, 11) for one in (descriptor(pid, 3 + n, "inotify", f"inotify/{n}") for n in range(5))]
    assert found("limit", *both, limits=Limits(inotify_instances=12)) == []


PORTS = (1001, 1010)
HOME = (NetworkNamespace(NETNS, "host", "host"),)


def calls(count: int, remote: str = "10.0.0.2:80", **known: object) -> list[object]:
    sockets = [inet(100 + n, f"10.0.0.1:{1001 + n}", remote, **known) for n in range(count)]
    return [*sockets, *(socket_fd(10, 3 + n, 100 + n) for n in range(count - 1))]


def test_a_destination_for_which_ports_run_out_is_named_with_who_has_them() -> None:
    (finding,) = found("limit", *calls(8), limits=Limits(local_ports=PORTS), namespaces=HOME)
    assert finding.sentence == "8 of 10 local ports are in use for 10.0.0.2:80"
    assert finding.evidence == ("10 /usr/bin/p10 -x: 7", "closed and not forgotten yet (TIME_WAIT and the like): 1")
    assert finding.subjects[0] == key(10, 3)


OTHER = [inet(500 + n, f"10.0.0.1:{1001 + n}", f"10.0.0.3:{n + 1}") for n in range(9)]


@pytest.mark.parametrize(
    ("things", "ports", "home"),
    [
        pytest.param(calls(7) + OTHER, PORTS, HOME, id="seven"),
        pytest.param(calls(8, netns=5), PORTS, HOME, id="another network namespace, whose ports are not known"),
        pytest.param(calls(8), (0, 0), HOME, id="which ports is not known"),
        pytest.param(calls(8), (2001, 2010), HOME, id="ports that were asked for"),
        pytest.param(OTHER, PORTS, HOME, id="many destinations"),
        pytest.param(calls(8, protocol="mptcp"), PORTS, HOME, id="not TCP"),
    ],
)
def test_where_there_are_ports_enough_nothing_is_said(
    things: list[object], ports: tuple[int, int], home: object
) -> None:
    assert found("limit", *things, limits=Limits(local_ports=ports), namespaces=home) == []


def test_half_of_a_limit_is_far_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    half = (*calls(5), *instances(11, 5))
    limits = Limits(inotify_instances=10, local_ports=PORTS)
    assert found("limit", *half, limits=limits, namespaces=HOME) == []
    monkeypatch.setattr(limit, "NEAR", 0.5)
    assert len(found("limit", *half, limits=limits, namespaces=HOME)) == 2
