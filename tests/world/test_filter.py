"""What a filter accepts, over a small world with one of everything."""

import os

import msgspec
import pytest

from sockscope.model.epoll import EpollInstance
from sockscope.model.process import NOT_YET
from sockscope.model.wait import Wait
from sockscope.world.filter.compiling import Filter, compile_filter
from sockscope.world.filter.completing import complete, word_at
from sockscope.world.filter.keys import KEYS
from sockscope.world.filter.parsing import parse
from sockscope.world.filter.unheld import accepts_unheld
from sockscope.world.index.store import Told
from sockscope.world.world import World
from tests.world.build import (
    NOW,
    descriptor,
    frame,
    inet,
    key,
    pipe_fd,
    process,
    socket_fd,
    target,
    udp,
    unix,
    waiting,
    world,
)

Place = tuple[int, int]


def filter_of(made: World, text: str) -> Filter:
    return compile_filter(made, parse(text))


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
        EpollInstance("epoll/1", (target(5, "socket:100", held_by=((11, 5),)), target(9, "", status="closed"))),
        inet(100, "127.0.0.1:8888", queue=3, backlog=511),
        inet(101, "10.1.2.3:8888", "10.9.9.9:50000", recv_q=20),
        unix(102, local="/run/x.sock", state="LISTEN"),
        udp(103, "[::1]:53", "[::1]:4444", drops=7),
        unix(104, local="@hidden name"),
        waits=(
            waiting(10, Wait(10, "rt_sigsuspend", since=NOW - 60)),
            waiting(11, Wait(11, "epoll_wait", 12, since=NOW - 2), Wait(13, "futex", since=NOW - 600)),
            waiting(20, Wait(20, "read", 0, halted="frozen", since=NOW - 60)),
        ),
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
        ("waits:epoll_wait kind:epoll", [(11, 12)]),
        ("waits:fd fd:5", [(11, 5)]),
        ("waits:>10s fd:5", [(10, 5), (11, 5)]),
        ("waits:>5m fd:5", [(11, 5)]),
        ("waits:read", []),
        ("waits:rt_* fd:5", [(10, 5)]),
        ("state:frozen kind:pipe", [(20, 1)]),
        ("state:sleeping|listen fd:7", [(11, 7)]),
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
        ("flag:rdwr fd:5", [(10, 5), (11, 5)]),
        ("holders:>1", [(10, 5), (11, 5)]),
        ("drops:>0", [(20, 3)]),
        ("drops:0", []),
        ("stale:1", [(11, 12)]),
        ("stale:0", []),
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
        ("pid:10 -st", ["state:", "stale:"]),
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


def test_a_device_is_found_by_its_number_and_by_its_instance() -> None:
    one = sample()
    fields = ({"device": "10:200", "interface": "tun0"}, {"device": "10:200", "interface": "tun1"}, {"device": "1:3"})
    tables = [descriptor(20, 10 + number, "char-device", fields=held) for number, held in enumerate(fields)]
    one.apply(frame(*tables, full=False))
    for text, fds in (("device:tun1", [11]), ("device:10:200", [10, 11]), ('device:"1:3"', [12]), ("tun0", [10])):
        found = filter_of(one, text)
        owner = one.processes[key(20, 0).process]
        assert [fd for fd, entry in one.tables[owner.key].items() if found.accepts(owner, entry)] == fds, text


@pytest.mark.parametrize("name", KEYS)
def test_every_value_that_completion_offers_is_one_and_finds_something(name: str) -> None:
    hostile = process(40, comm="~a*b", cmdline=('-x "y" | (z)',), tty="*", user="a|b", cgroup="/a:b c", fd_count=2)
    one = sample()
    tun = descriptor(40, 2, "char-device", target="/dev/net/tun", fields={"device": "10:200", "interface": "tun 0"})
    one.apply(
        frame(hostile, descriptor(40, 1, target="/~x*(deleted)"), tun, full=False, waits=(waiting(40, run_ns=1),))
    )
    grown, ran = msgspec.structs.replace(hostile, fd_count=hostile.fd_count + 9), waiting(40, run_ns=9_000_000_001)
    one.apply(frame(grown, full=False, time=one.time + 30, waits=(ran,)))
    one.found = {tun.key: (Told("sick", "stuck", "stuck:1", "It is stuck."),)}
    one.since = {tun.key: "new", grown.key: "changed"}
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


@pytest.mark.parametrize(
    "text", ["state:listen|established|close|bound", "state:*", "state:~.*", "proto:~.*", "family:~."]
)
def test_what_is_not_known_of_a_socket_is_found_by_no_filter_that_asks_for_it(text: str) -> None:
    undescribed = unix(105, state="", family="", type="", protocol="")
    made = world(process(10), socket_fd(10, 5, 105), undescribed)
    found = filter_of(made, text)
    owner, table = made.processes[key(10, 5).process], made.tables[key(10, 5).process]
    assert not found.accepts(owner, table[5])
    assert filter_of(made, "kind:socket").accepts(owner, table[5])
    unheld = accepts_unheld(world(undescribed), parse(text))
    assert unheld is None or not unheld(undescribed)


def test_what_was_not_read_of_a_process_is_asked_for_by_how_much_it_is() -> None:
    one = world(
        process(1, fd_count=3),
        process(2, fd_count=71, unread=70),
        descriptor(2, 0),
        process(3, fd_count=9, denied="permission denied"),
        process(4, fd_count=-1, denied="permission denied"),
        process(5, fd_count=4, denied=NOT_YET),
    )
    for text, pids in (("unread:>0", [2, 3, 5]), ("unread:70", [2]), ("-unread:>0", [1, 4])):
        found = filter_of(one, text)
        assert sorted(entry.pid for entry in one.processes.values() if found.accepts_process(entry)) == pids
