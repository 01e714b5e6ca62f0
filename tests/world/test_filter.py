"""What a filter accepts, over a small world with one of everything."""

import os

import pytest

from sockscope.model.epoll import EpollInstance
from sockscope.world.filter.compiling import filter_of
from sockscope.world.filter.completing import complete, word_at
from sockscope.world.filter.keys import KEYS
from sockscope.world.filter.parsing import parse
from sockscope.world.world import World
from tests.world.build import descriptor, frame, inet, key, pipe_fd, process, socket_fd, target, udp, unix, world

Place = tuple[int, int]


def sample() -> World:
    return world(
        process(10, comm="nginx", cmdline=("nginx: master process",), pgid=10, cgroup="/system.slice/nginx.service"),
        process(11, comm="nginx", cmdline=("nginx: worker process",), pgid=10, user="www-data", uid=33),
        process(20, comm="bash", cmdline=("-bash",), tty="pts/1", user="ann", uid=1000, fd_count=7, netns=5),
        process(30, comm="sshd", cmdline=("sshd: ann",), denied="permission denied", fd_count=9),
        socket_fd(10, 5, 100, flags=os.O_RDWR | os.O_CLOEXEC),
        socket_fd(11, 5, 100, flags=os.O_RDWR),
        socket_fd(11, 6, 101),
        socket_fd(11, 7, 102),
        socket_fd(20, 3, 103),
        socket_fd(20, 4, 104),
        pipe_fd(20, 1, 200, "w"),
        descriptor(20, 0, "file", target="/var/log/Über app.log"),
        descriptor(11, 12, "epoll", "epoll/1"),
        EpollInstance("epoll/1", (target(5, "socket:100", held_by=((11, 5),)),)),
        inet(100, "127.0.0.1:8888", queue=3, backlog=511),
        inet(101, "10.1.2.3:8888", "10.9.9.9:50000", recv_q=20),
        unix(102, local="/run/x.sock", state="LISTEN"),
        udp(103, "[::1]:53", "[::1]:4444"),
        unix(104, local="@hidden name"),
    )


def accepted(text: str) -> list[Place]:
    one = sample()
    found = filter_of(one, text)
    tables = [(one.processes[table], fds) for table, fds in one.tables.items()]
    return sorted((entry.pid, fd) for owner, fds in tables for fd, entry in fds.items() if found.accepts(owner, entry))


ALL = [(10, 5), (11, 5), (11, 6), (11, 7), (11, 12), (20, 0), (20, 1), (20, 3), (20, 4)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ALL),
        ("pid:10", [(10, 5)]),
        ("pgid:10 fd:5", [(10, 5), (11, 5)]),
        ("tty:pts/1 kind:pipe", [(20, 1)]),
        ("tty:none kind:epoll", [(11, 12)]),
        ("user:www-data port:1-65535", [(11, 5), (11, 6)]),
        ("user:33 port:8888", [(11, 5), (11, 6)]),
        ("comm:NGINX -cmd:worker", [(10, 5)]),
        ("cgroup:nginx.service", [(10, 5)]),
        ("fds:>3 fd:0-1", [(20, 0), (20, 1)]),
        ("kind:socket -proto:tcp", [(11, 7), (20, 3), (20, 4)]),
        ("kind:tcp", [(10, 5), (11, 5), (11, 6)]),
        ("kind:pipe|epoll", [(11, 12), (20, 1)]),
        ("family:inet6", [(20, 3)]),
        ("proto:udp|unix", [(11, 7), (20, 3), (20, 4)]),
        ("state:listen", [(10, 5), (11, 5), (11, 7)]),
        ("kind:socket -state:listen", [(11, 6), (20, 3), (20, 4)]),
        ("port:50000", [(11, 6)]),
        ("port:8000-9000", [(10, 5), (11, 5), (11, 6)]),
        ("local:127.0.0.0/8", [(10, 5), (11, 5)]),
        ("local:10.1.2.3:8888", [(11, 6)]),
        ("local::8888", [(10, 5), (11, 5), (11, 6)]),
        ("remote:10.0.0.0/8", [(11, 6)]),
        ("remote:::1", [(20, 3)]),
        ("local:/run", [(11, 7)]),
        ("path:/run/*.sock", [(11, 7)]),
        ("path:@hidden", [(20, 4)]),
        ("path:~^/var.*log$", [(20, 0)]),
        ("ino:200", [(20, 1)]),
        ("netns:5 fd:0", [(20, 0)]),
        ("flag:cloexec", [(10, 5)]),
        ("holders:>1", [(10, 5), (11, 5)]),
        ("watchers:1", [(10, 5), (11, 5)]),
        ("queue:3", [(10, 5), (11, 5)]),
        ("queue:20", [(11, 6)]),
        ("worker epoll", [(11, 12)]),
        ("über", [(20, 0)]),
        ('"ÜBER APP"', [(20, 0)]),
        ("hidden | 50000", [(11, 6), (20, 4)]),
        ("~50000$", [(11, 6)]),
        ("~^tcp$", [(10, 5), (11, 5), (11, 6)]),
        ("(pid:10 fd:5) | fd:12", [(10, 5), (11, 12)]),
        ("nothing-like-it", []),
    ],
)
def test_a_filter_accepts_what_it_describes(text: str, places: list[Place]) -> None:
    assert accepted(text) == places


@pytest.mark.parametrize(
    ("text", "pids"),
    [
        ("", [10, 11, 20, 30]),
        ("user:ann", [20]),
        ("sshd", [30]),
        ("fds:>8", [30]),
        ("comm:nginx kind:socket", []),
        ("holders:>1", []),
    ],
)
def test_a_process_is_wanted_for_itself_when_all_that_is_asked_holds_of_it(text: str, pids: list[int]) -> None:
    one = sample()
    found = filter_of(one, text)
    assert sorted(entry.pid for entry in one.processes.values() if found.accepts_process(entry)) == pids


def test_a_filter_over_a_frame_later_sees_what_changed() -> None:
    one = sample()
    found = filter_of(one, "nginx fds:>0")
    before = one.processes[key(10, 5).process]
    assert found.accepts_process(before)
    one.tables.clear()
    assert not found.accepts_process(before)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("ki", ["kind:"]),
        ("p", ["pid:", "pgid:", "proto:", "port:", "path:"]),
        ("pid:10 -st", ["state:"]),
        ("state:l", ["state:listen", "state:last_ack"]),
        ("port:8", ["port:8888"]),
        ("user:", ["user:root", "user:0", "user:www-data", "user:33", "user:ann", "user:1000"]),
        ("cmd:nginx", ['cmd:"nginx: master process"', 'cmd:"nginx: worker process"']),
        ("flag:clo", ["flag:cloexec"]),
        ("nokey:a", []),
        ("pid:10", []),
    ],
)
def test_completion_offers_keys_and_the_values_there_are(text: str, choices: list[str]) -> None:
    assert complete(sample(), text, len(text)) == choices


@pytest.mark.parametrize("name", KEYS)
def test_every_value_that_completion_offers_is_one_and_finds_something(name: str) -> None:
    hostile = process(40, comm="~a*b", cmdline=('-x "y" | (z)',), tty="*", user="a|b", cgroup="/a:b c")
    one = sample()
    one.apply(frame(hostile, descriptor(40, 1, target="/~x*(deleted)"), full=False))
    offered = complete(one, f"{name}:", len(name) + 1)
    assert offered
    for text in offered:
        assert parse(text).key == name  # type: ignore[union-attr]
    known = [text for text in offered if name not in {"kind", "family", "state", "flag"}]
    for text in known:
        found = filter_of(one, text)
        assert any(
            found.accepts_process(owner)
            or any(found.accepts(owner, entry) for entry in one.tables.get(key, {}).values())
            for key, owner in one.processes.items()
        ), text


def test_completion_looks_at_the_word_before_the_cursor() -> None:
    text = "ki fd:5"
    assert word_at(text, 2) == (0, 2)
    assert complete(sample(), text, 2) == ["kind:"]


@pytest.mark.parametrize("cursor", [-5, 0, 3, 99])
def test_completion_takes_any_cursor(cursor: int) -> None:
    assert isinstance(complete(sample(), "a b", cursor), list)
