"""What a snapshot lists, and how it looks as a tree."""

import msgspec
from msgspec.structs import replace

from sockscope.model.descriptor import Descriptor
from sockscope.model.process import Process
from sockscope.report.selection import Selection
from sockscope.report.snapshot import snapshot_document
from sockscope.report.tree import snapshot_tree
from tests.report.rich import rich_world
from tests.world.build import descriptor, pipe_fd, process, world

SERVER = Selection(pids=frozenset({10}))


def test_everything_is_listed_by_pid_and_number() -> None:
    document = snapshot_document(rich_world(), Selection())
    assert [one.pid for one in document.processes] == [2, 10, 20, 30, 40, 50]
    places = [(one.pid, one.fd) for one in document.descriptors]
    assert places == sorted(places)
    assert len(document.sockets) == len(rich_world().sockets)
    assert document.outside == []


def test_pids_select_what_is_listed_and_relations_elsewhere_are_still_named() -> None:
    document = snapshot_document(rich_world(), SERVER)
    assert {one.pid for one in document.processes} == {10}
    assert {one.pid for one in document.descriptors} == {10}
    assert {one.object for one in document.epolls} == {"epoll:1"}
    outside = {(one.pid, one.fd): one.relation for one in document.outside}
    assert outside == {(20, 3): "peer", (20, 5): "peer", (30, 6): "peer", (30, 0): "peer"}
    inodes = {one.ino for one in document.sockets}
    assert {100, 101, 102, 110, 111} <= inodes
    assert 112 not in inodes


def test_a_holder_outside_the_selection_is_named() -> None:
    made = world(pipe_fd(1, 3, 7, "r"), pipe_fd(2, 3, 7, "r"))
    document = snapshot_document(made, Selection(pids=frozenset({1})))
    assert [(one.pid, one.fd, one.relation) for one in document.outside] == [(2, 3, "holder")]


def test_a_selected_process_brings_its_threads_with_tables_of_their_own() -> None:
    made = world(process(1), process(7, thread_of=1), process(8))
    assert [one.pid for one in Selection(pids=frozenset({1})).processes(made)] == [1, 7]


def test_a_filter_lists_the_descriptors_it_accepts_and_the_processes_that_have_one() -> None:
    def pipes(owner: Process, entry: Descriptor) -> bool:
        return entry.kind == "pipe"

    document = snapshot_document(rich_world(), Selection(accept=pipes))
    assert [(one.pid, one.fd) for one in document.descriptors] == [(10, 6), (30, 6)]
    assert [one.pid for one in document.processes] == [10, 30]


def test_kernel_threads_can_be_left_out_and_come_when_asked_by_pid() -> None:
    made = rich_world()
    quiet = replace(Selection(), kernel_threads=False)
    assert 2 not in {one.pid for one in quiet.processes(made)}
    assert [one.pid for one in replace(quiet, pids=frozenset({2})).processes(made)] == [2]


def test_a_process_counts_its_descriptors_even_when_they_cannot_be_read() -> None:
    counts = {one.pid: (one.descriptors, one.denied) for one in snapshot_document(rich_world(), Selection()).processes}
    assert counts[40] == (7, "permission denied")
    assert counts[10] == (6, "")
    assert counts[2] == (0, "")


def test_a_start_time_is_in_seconds_since_the_epoch() -> None:
    document = snapshot_document(world(process(1, start=250)), Selection())
    assert document.processes[0].start_time == 1_700_000_002.5


def test_a_socket_without_a_holder_says_why_and_one_with_a_holder_says_nothing() -> None:
    reasons = {one.cookie: one.unheld for one in snapshot_document(rich_world(), Selection()).sockets}
    assert reasons[50].startswith("waiting in the accept queue of ino 100 ")
    assert reasons[100_100] == ""


def test_a_socket_without_an_inode_says_null_and_not_zero() -> None:
    inodes = {one.cookie: one.ino for one in snapshot_document(rich_world(), Selection()).sockets}
    assert inodes[50] is None
    assert inodes[100_100] == 100


def test_user_data_is_exact_in_hexadecimal_where_json_readers_round() -> None:
    (epoll, _) = snapshot_document(rich_world(), Selection()).epolls
    assert (epoll.targets[0].data, epoll.targets[0].data_hex) == ((1 << 64) - 1, "0xffffffffffffffff")
    assert epoll.targets[0].events == ["IN", "ERR", "HUP", "EXCLUSIVE"]


def test_the_device_is_written_as_major_and_minor() -> None:
    (found,) = [one for one in snapshot_document(rich_world(), Selection()).descriptors if one.object == "file:1"]
    assert (found.dev, found.ino) == ("8:1", 12)


# The tree

TREE = """\
web1: 5 processes, 14 descriptors, 0 sockets
1 process with 7 descriptors could not be read
pgrp 10  server -v  1 of 2 processes
  10  server -v  S  6 descriptors
        3  rw  tcp         LISTEN 127.0.0.1:80  1/511
        4  rw  tcp         ESTABLISHED 127.0.0.1:80 → 127.0.0.1:4000
        5  rw  unix        stream ⇄ 20:5 (socketpair)
        6  r   pipe        read end ⇄ 30:6  ×2
        7  rw  pty-master  master of pts/1 ⇄ 30:0
        8  rw  epoll       watches 2 · 1 stale
! one is hidden
"""


def test_the_tree_says_what_the_explorer_says() -> None:
    assert snapshot_tree(rich_world(), SERVER) == TREE


def test_a_group_in_front_of_its_terminal_and_a_hidden_process_are_marked() -> None:
    tree = snapshot_tree(rich_world(), Selection())
    assert "pgrp 30  /usr/bin/p30 -x  1 process  pts/1 ▶ foreground\n" in tree
    assert "  40  /usr/bin/p40 -x  S  7 descriptors, not readable: permission denied\n" in tree
    assert "  20  /usr/bin/p20 -x  S  nobody  5 descriptors\n" in tree


def test_sockets_that_nobody_holds_stand_at_the_bottom_of_the_whole_tree() -> None:
    tree = snapshot_tree(rich_world(), Selection())
    assert "sockets that no readable descriptor leads to  3\n" in tree
    assert "sockets that no readable descriptor leads to" not in snapshot_tree(rich_world(), SERVER)


def test_lines_are_cut_only_where_a_width_is_given() -> None:
    made = world(process(1, cmdline=("x" * 300,)))
    assert "x" * 300 in snapshot_tree(made, Selection())
    lines = snapshot_tree(made, Selection(), 40).splitlines()
    assert max(map(len, lines)) == 40
    assert any(line.endswith("…") for line in lines)


def test_names_from_outside_stay_as_they_are() -> None:
    made = world(descriptor(1, 0, target="/tmp/[/] [@click=app.quit]x[/]"))
    assert "/tmp/[/] [@click=app.quit]x[/]" in snapshot_tree(made, Selection())
    encoded = msgspec.json.encode(snapshot_document(made, Selection()))
    assert b"[@click=app.quit]" in encoded
