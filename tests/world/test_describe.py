"""What a row says of a descriptor, and what one sentence says."""

import os

import msgspec
import pytest

from sockscope.abi.text import cut
from sockscope.model.epoll import EpollInstance
from sockscope.world.describe import kind_label, row_text, sentence
from sockscope.world.relations.holders import holding
from sockscope.world.relations.peers import peers
from sockscope.world.world import World
from tests.world.build import (
    descriptor,
    inet,
    pipe_fd,
    process,
    pty_fd,
    socket_fd,
    target,
    udp,
    unix,
    world,
)


@pytest.fixture(scope="module")
def made() -> World:
    sockets = [
        inet(1, "127.0.0.1:8888", queue=2, backlog=511),
        inet(2, "127.0.0.1:8888", "127.0.0.1:4000"),
        udp(3, "0.0.0.0:53"),
        unix(4, state="LISTEN", local="/run/x.sock", queue=1, backlog=5, pending=(9,)),
        unix(5, peer_ino=6),
        unix(6, peer_ino=5),
        unix(7, type="dgram", local="@name", state="UNCONNECTED"),
        unix(8, local="/run/x.sock", peer_ino=6),
        unix(9),
        inet(10, "route portid 7", family="netlink", protocol="route", state="UNCONNECTED"),
        inet(11, "", family="xdp", protocol="xdp", state=""),
    ]
    return world(
        process(1, cmdline=("nginx:", "master")),
        *(socket_fd(1, one.ino, one.ino) for one in sockets if one.ino != 6),
        socket_fd(2, 6, 6),
        socket_fd(1, 77, 77),
        pipe_fd(1, 20, 50, "r"),
        pipe_fd(2, 20, 50, "w"),
        pipe_fd(2, 21, 50, "w"),
        pipe_fd(1, 22, 51, "w"),
        pty_fd(1, 30, "pty-master", 3, 9),
        pty_fd(2, 30, "tty", 3, 9),
        descriptor(1, 40, "epoll", "e1"),
        descriptor(1, 41, "epoll", "e2"),
        descriptor(1, 42, "epoll", "e3"),
        EpollInstance("e1", (target(1, "socket:1"), target(2, "socket:2"))),
        EpollInstance("e2", ()),
        descriptor(1, 50, "file", target="/etc/passwd"),
        *sockets,
    )


@pytest.mark.parametrize(
    ("fd", "row"),
    [
        (1, "LISTEN 127.0.0.1:8888  2/511"),
        (2, "ESTABLISHED 127.0.0.1:8888 → 127.0.0.1:4000"),
        (3, "UNCONNECTED 0.0.0.0:53"),
        (4, "stream LISTEN /run/x.sock  1/5"),
        (5, "stream ⇄ 2:6 (socketpair)"),
        (7, "dgram @name"),
        (8, "stream /run/x.sock ⇄ 2:6"),
        (9, "stream ⇄ waiting in the accept queue of ino 4 (/run/x.sock)"),
        (10, "route portid 7"),
        (11, "xdp"),
        (77, "ino 77, described by no interface"),
        (20, "read end ⇄ 2:20 +1"),
        (22, "write end ⇄ nobody that could be read"),
        (30, "master of pts/3 ⇄ 2:30"),
        (40, "watches 2"),
        (41, "watches nothing"),
        (42, "registrations not read"),
        (50, "/etc/passwd"),
    ],
)
def test_a_row_says_what_it_is(made: World, fd: int, row: str) -> None:
    found = made.find(1, fd)
    assert found is not None
    assert row_text(made, found) == row


@pytest.mark.parametrize(
    ("pid", "fd", "said"),
    [
        (1, 1, "A tcp socket that listens on 127.0.0.1:8888; connections that wait to be accepted: 2, limit 511 + 1."),
        (1, 2, "A tcp socket from 127.0.0.1:8888 to 127.0.0.1:4000, ESTABLISHED."),
        (1, 5, "One end of an unnamed stream socketpair; its other end is held by 2:6 /usr/bin/p2 -x."),
        (1, 7, "A unix dgram socket bound to @name."),
        (1, 9, "A unix stream socket; its other end: waiting in the accept queue of ino 4 (/run/x.sock)."),
        (1, 77, "A socket that no interface describes (inode 77)."),
        (1, 20, "The read end of a pipe; its other end is held by 2:20 /usr/bin/p2 -x and 1 more."),
        (2, 20, "The write end of a pipe; its other end is held by 1:20 nginx: master."),
        (1, 40, "An epoll instance that watches 2 files."),
        (1, 42, "An epoll instance whose registrations could not be read."),
    ],
)
def test_a_sentence_says_what_it_is_and_who_is_at_the_other_end(made: World, pid: int, fd: int, said: str) -> None:
    found = made.find(pid, fd)
    assert found is not None
    assert sentence(made, found) == said


def test_a_sentence_that_ends_in_a_cut_name_gets_no_full_stop_behind_the_dots() -> None:
    reader = pipe_fd(1, 3, 9, "r")
    made = world(process(1), process(2, cmdline=("x" * 60,)), reader, pipe_fd(2, 4, 9, "w"))
    assert sentence(made, reader).endswith("xxx…")


def test_a_netlink_socket_says_whose_pid_its_portid_is_unless_that_is_its_holder() -> None:
    socket = inet(1, "route portid 7", family="netlink", protocol="route", state="UNCONNECTED", extra={"portid": 7})
    bound, handed_on = process(7, cmdline=("networkd",)), socket_fd(9, 3, 1)
    said = sentence(world(bound, handed_on, socket), handed_on)
    assert said == "A netlink socket bound to route portid 7, the pid of 7 networkd; its other end: the kernel."
    own = socket_fd(7, 3, 1)
    assert "the pid of" not in sentence(world(bound, own, socket), own)


def test_of_an_other_end_a_holder_in_another_process_is_named() -> None:
    master, kept, worker = socket_fd(15, 8, 1), socket_fd(15, 9, 2), socket_fd(16, 9, 2)
    made = world(master, kept, worker, unix(1, peer_ino=2), unix(2, peer_ino=1))
    assert row_text(made, master) == "stream ⇄ 16:9 +1 (socketpair)"
    assert "held by 16:9" in sentence(made, master)
    assert row_text(made, worker) == "stream ⇄ 15:8 (socketpair)"
    assert row_text(made, kept) == "stream ⇄ 15:8 (socketpair)"
    ends = pipe_fd(15, 3, 50, "r"), pipe_fd(15, 4, 50, "w"), pipe_fd(16, 4, 50, "w")
    assert row_text(world(*ends), ends[0]) == "read end ⇄ 16:4 +1"


def test_a_queue_may_hold_one_more_than_its_backlog() -> None:
    made = world(socket_fd(1, 3, 1), inet(1, "127.0.0.1:80", queue=3, backlog=2))
    assert sentence(made, socket_fd(1, 3, 1)).endswith("connections that wait to be accepted: 3, limit 2 + 1.")


def test_a_fifo_opened_for_both_holds_both_ends_itself() -> None:
    both = pipe_fd(1, 3, 9, "rw", "fifo")
    assert row_text(world(both), both) == "both ends pipe:[9]"
    assert sentence(world(both), both) == "Both ends of a fifo pipe:[9]; it holds both ends itself."
    reader = pipe_fd(2, 4, 9, "r", "fifo")
    made = world(process(1), both, process(2), reader)
    assert row_text(made, both) == "both ends pipe:[9] ⇄ 2:4"
    assert row_text(made, reader) == "read end pipe:[9] ⇄ 1:3"


def test_a_fifo_by_name_only_is_no_end_of_it_and_nobodys_other_end() -> None:
    name = msgspec.structs.replace(pipe_fd(1, 3, 9, "", "fifo"), flags=os.O_PATH)
    writer = pipe_fd(2, 4, 9, "w", "fifo")
    made = world(name, writer)
    assert row_text(made, name) == "pipe:[9], no end: by name only (O_PATH)"
    assert sentence(made, name) == "The fifo pipe:[9] by name only (O_PATH): no end of it is held."
    assert row_text(made, writer) == "write end pipe:[9] ⇄ nobody that could be read"
    pipe = msgspec.structs.replace(pipe_fd(1, 3, 9, ""), flags=os.O_PATH)
    assert row_text(world(pipe), pipe) == "no end: by name only (O_PATH)"
    assert [holding(made, one).same_end for one in (name, writer)] == [(name.key,), (writer.key,)]


def test_dev_tty_is_the_terminal_that_it_stands_for() -> None:
    opened = msgspec.structs.replace(descriptor(2, 3, "tty", target="/dev/tty"), fields={"device": "5:0"})
    made = world(process(1, cmdline=("sshd",)), process(2, tty="pts/3"), opened, pty_fd(1, 30, "pty-master", 3, 9))
    assert row_text(made, opened) == "tty = pts/3 ⇄ 1:30"
    assert sentence(made, opened) == (
        "The terminal tty, which stands for pts/3, the controlling terminal of this process; "
        "its other end is held by 1:30 sshd."
    )
    assert [peer.confidence for peer in peers(made, opened)] == ["inferred"]
    plain = msgspec.structs.replace(opened, fields=None)
    assert row_text(world(process(2, tty="pts/3"), plain), plain) == "tty"


def test_a_terminal_by_name_only_is_no_end_of_it() -> None:
    name = msgspec.structs.replace(pty_fd(2, 3, "tty", 3, 9), access="", flags=os.O_PATH)
    master = pty_fd(1, 30, "pty-master", 3, 9)
    made = world(name, master)
    assert row_text(made, master) == "master of pts/3"
    assert sentence(made, name) == "The terminal pts/3, by name only (O_PATH)."


def test_the_pidfd_of_a_zombie_has_ended() -> None:
    handle = descriptor(1, 3, "pidfd", fields={"pid": 7, "ended": False})
    made = world(process(1), process(7, state="Z", ended=True), handle)
    assert row_text(made, handle) == "→ pid 7, ended"
    assert sentence(made, handle) == "A handle on a process that has ended and was not waited for, pid 7."
    running = world(process(1), process(7, state="Z"), handle)
    assert row_text(running, handle) == "→ pid 7"


def test_flags_that_a_look_has_told_are_said_before_anything_is_asked() -> None:
    nameless = descriptor(1, 3, target="/tmp/#12 (deleted)", flags=os.O_TMPFILE | os.O_RDWR)
    assert sentence(world(nameless), nameless) == "A file that was made without a name (O_TMPFILE) in /tmp."


def test_a_receiver_with_very_many_senders_counts_them() -> None:
    senders = [unix(100 + number, type="dgram", peer_ino=1) for number in range(70)]
    made = world(socket_fd(1, 1, 1), unix(1, type="dgram", local="/dev/log"), *senders)
    assert row_text(made, socket_fd(1, 1, 1)) == "dgram /dev/log ⇄ 70 sockets"


def test_every_sentence_ends_with_one_full_stop_and_no_row_is_empty(made: World) -> None:
    for table in made.tables.values():
        for found in table.values():
            said = sentence(made, found)
            assert said.endswith(".")
            assert not said.endswith("..")
            assert row_text(made, found)


def test_a_socket_is_called_by_its_protocol(made: World) -> None:
    labels = [kind_label(made, made.tables[key][fd]) for key in sorted(made.tables)[:1] for fd in (1, 3, 5, 10, 77, 20)]
    assert labels == ["tcp", "udp", "unix", "netlink", "socket", "pipe"]


def test_a_command_is_cut_to_its_limit_with_a_sign() -> None:
    long = process(1, cmdline=("a" * 10, "b"))
    assert cut(long.title, 0) == "aaaaaaaaaa b"
    assert cut(long.title, 12) == "aaaaaaaaaa b"
    assert cut(long.title, 5) == "aaaa…"
    assert process(2, cmdline=(), comm="kworker").title == "[kworker]"
