"""Names for network namespaces, ways into them, and paths for cgroups."""

import errno
import os
import subprocess

import pytest

from sockscope.collect.processes.answering import SILENT
from sockscope.collect.processes.cgroups import CgroupPaths
from sockscope.collect.sockets.namespace_names import NamespaceNames, container_name
from sockscope.collect.sockets.netspaces import GONE, DiagSockets, Keeper, NetNamespace, all_keepers, opened_by
from sockscope.kernel.netns import read_netns
from sockscope.model.process import Process

HOME = 1000


def process(pid: int, netns: int, **changes: object) -> Process:
    fields = {"pid": pid, "start": pid, "ppid": 0, "pgid": pid, "sid": pid, "tty": "", "tpgid": -1, "comm": f"p{pid}"}
    fields |= {"cmdline": (), "uid": 0, "user": "root", "state": "S", "netns": netns, "fd_count": 0}
    return Process(**(fields | changes))


def described(processes: list[Process], pins: dict[int, str] | None = None) -> dict[int, object]:
    names = NamespaceNames(HOME)
    survey = names.survey(processes, pins or {})
    return {one.inode: one for one in names.describe(survey, pins or {}, {})}


@pytest.mark.parametrize(
    ("cgroup", "name"),
    [
        ("/system.slice/docker-1a2b3c4d5e6f7890.scope", "docker 1a2b3c4d5e6f"),
        ("/docker/1a2b3c4d5e6f7890", "docker 1a2b3c4d5e6f"),
        ("/machine.slice/libpod-0123456789abcdef.scope/container", "libpod 0123456789ab"),
        ("/lxc.payload.web1/system.slice", "lxc web1"),
        ("/machine.slice/machine-build.scope", "machine build"),
        ("/kubepods/burstable/pod12345678-abcd/0123", "kubernetes pod 12345678-abcd"),
        ("/user.slice/user-1000.slice/session-1.scope", ""),
        ("", ""),
    ],
)
def test_a_container_is_known_by_its_cgroup(cgroup: str, name: str) -> None:
    assert container_name(cgroup) == name


def test_the_namespace_of_pid_1_is_the_host_even_when_ours_is_another() -> None:
    found = described([process(1, 2000), process(50, HOME)])
    assert (found[2000].name, found[HOME].name) == ("host", "netns of p50 50")


def test_where_pid_1_is_hidden_our_own_is_the_host() -> None:
    assert described([process(1, 0), process(50, HOME)])[HOME].name == "host"


def test_a_mounted_name_comes_before_a_container_and_that_before_a_process() -> None:
    members = [
        process(60, 2000, cgroup="/docker/1a2b3c4d5e6f7890"),
        process(61, 3000, cgroup="/docker/1a2b3c4d5e6f7890"),
        process(63, 4000),
        process(62, 4000),
    ]
    found = described(members, {2000: "/run/netns/blue", 5000: "/run/netns/empty"})
    assert [found[inode].name for inode in (2000, 3000, 4000, 5000)] == [
        "blue",
        "docker 1a2b3c4d5e6f",
        "netns of p62 62",
        "empty",
    ]
    assert (found[5000].processes, found[5000].leader, found[4000].processes) == (0, 0, 2)


def test_a_namespace_is_entered_through_a_process_that_may_be_read() -> None:
    names = NamespaceNames(HOME)
    members = [process(60, 2000, denied="permission denied"), process(61, 2000)]
    ways = {
        way.inode: way for way in names.ways_in(names.survey(members, {3000: "/run/netns/x"}), {3000: "/run/netns/x"})
    }
    assert ways[2000].pid == 61
    assert (ways[3000].pid, ways[3000].pin) == (0, "/run/netns/x")
    assert ways[HOME].pid == os.getpid()


def test_a_namespace_is_not_entered_through_a_process_that_does_not_answer() -> None:
    names = NamespaceNames(HOME)
    members = [
        process(60, 2000, denied=SILENT),
        process(61, 2000, denied="permission denied"),
        process(70, 3000, denied=SILENT),
    ]
    ways = {way.inode: way for way in names.ways_in(names.survey(members, {}), {})}
    assert (ways[2000].pid, ways[3000].pid) == (61, 0)
    diag = DiagSockets(HOME)
    assert diag.get(ways[3000]) is None
    assert diag.failures == {3000: "none of its processes answers"}


def test_a_cgroup_is_found_by_the_inode_of_its_directory_and_asked_for_once_when_it_is_gone(tmp_path) -> None:
    (tmp_path / "system.slice" / "nginx.service").mkdir(parents=True)
    number = os.stat(tmp_path / "system.slice" / "nginx.service").st_ino
    paths = CgroupPaths(str(tmp_path))
    assert paths.path(number) == "/system.slice/nginx.service"
    assert paths.path(os.stat(tmp_path).st_ino) == "/"
    (tmp_path / "late").mkdir()
    late = os.stat(tmp_path / "late").st_ino
    paths.begin()
    assert paths.path(late) == "/late"
    assert (paths.path(0), CgroupPaths("").path(late)) == ("", "")


def test_a_namespace_without_a_process_says_what_keeps_it() -> None:
    names, kept = NamespaceNames(HOME), {5000: (Keeper(812, 7),), 6000: (Keeper(812, tid=813),), 7000: (Keeper(9, 1),)}
    pins = {7000: "/run/netns/blue"}
    survey = names.survey([process(1, HOME)], pins, kept)
    found = {one.inode: one for one in names.describe(survey, pins, {}, kept)}
    assert {inode: one.kept_by for inode, one in found.items()} == {
        HOME: "1 process",
        5000: "kept by fd 7 of 812",
        6000: "kept by thread 813 of 812",
        7000: "mounted on /run/netns/blue",
    }
    assert {found[inode].origin for inode in (5000, 6000)} == {"descriptor", "thread"}
    doors = {one.inode: (one.pid, one.keepers) for one in names.ways_in(survey, pins, kept)}
    assert (doors[5000], doors[6000]) == ((0, kept[5000]), (813, kept[6000]))


def test_more_namespaces_than_may_be_open_are_entered_in_turn_and_as_seldom_as_can_be(monkeypatch) -> None:
    entered, closed = [], []

    class Opened:
        def __init__(self, inode: int) -> None:
            self.inode = inode

        def close(self) -> None:
            closed.append(self.inode)

    def enter(_: DiagSockets, namespace: NetNamespace) -> Opened:
        entered.append(namespace.inode)
        return Opened(namespace.inode)

    monkeypatch.setattr(DiagSockets, "_enter", enter)
    diag = DiagSockets(HOME)
    diag._most = 4
    many = [NetNamespace(number, number) for number in range(1, 11)]
    for _ in range(2):
        for namespace in many:
            assert diag.get(namespace) is diag.get(namespace)
            assert diag.is_open(namespace)
            assert len(entered) - len(closed) <= 4
    assert len(entered) == 10 + 6
    diag.keep(())
    assert sorted(entered) == sorted(closed)


@pytest.mark.needs("root")
def test_a_namespace_is_entered_on_the_first_way_that_still_leads_there() -> None:
    inode = read_netns(os.getpid())
    diag = DiagSockets(HOME)
    with open("/proc/self/ns/net", "rb") as lasting, open("/proc/self/ns/net", "rb") as passing:
        closed, kept = Keeper(os.getpid(), passing.fileno()), Keeper(os.getpid(), lasting.fileno())
        passing.close()
        with subprocess.Popen(["true"]) as ended:
            ended.wait()
        namespace = NetNamespace(inode, ended.pid, keepers=(closed, kept))
        assert diag.get(namespace) is not None
        assert (diag.entered, diag.failures) == ({inode}, {})
        diag.shut([inode])
    assert diag.get(namespace) is None
    assert (diag.entered, diag.failures) == (set(), {inode: GONE})


def test_sockets_that_are_kept_make_room_where_no_descriptor_is_left(monkeypatch) -> None:
    held: list[int] = []

    class Opened:
        def __init__(self, inode: int) -> None:
            self.inode = inode
            held.append(inode)

        def close(self) -> None:
            held.remove(self.inode)

    def enter(_: DiagSockets, namespace: NetNamespace) -> Opened:
        if len(held) >= room:
            raise OSError(errno.EMFILE, "Too many open files")
        return Opened(namespace.inode)

    monkeypatch.setattr(DiagSockets, "_enter", enter)
    diag, room = DiagSockets(HOME), 3
    for number in range(1, 6):
        assert diag.get(NetNamespace(number, number)) is not None
    assert diag.failures == {}
    assert diag.entered == {1, 2, 3, 4, 5}
    room = 0
    assert diag.get(NetNamespace(6, 6)) is None
    assert diag.failures == {6: "Too many open files"}
    assert held == []


def test_a_namespace_that_has_not_answered_once_has_been_entered_all_the_same() -> None:
    diag = DiagSockets(HOME)
    assert diag.get(NetNamespace(HOME, os.getpid())) is not None
    diag.drop(HOME)
    assert not diag.is_open(NetNamespace(HOME, os.getpid()))
    assert diag.entered == {HOME}
    diag.close()


def test_of_many_who_keep_a_namespace_a_few_are_known_each_with_its_lowest_descriptor() -> None:
    slots = [(pid, fd) for pid in range(20, 10, -1) for fd in (9, 7, 8)]
    assert opened_by(slots) == (Keeper(11, 7), Keeper(12, 7), Keeper(13, 7), Keeper(14, 7))
    by_thread = {1: (Keeper(5, tid=6),)}
    assert all_keepers(by_thread, {1: opened_by(slots), 2: opened_by(slots[-1:])}) == {
        1: (Keeper(5, tid=6), Keeper(11, 7), Keeper(12, 7), Keeper(13, 7)),
        2: (Keeper(11, 8),),
    }
