"""Relations that no other room has tests of: what a ring and a pidfd lead to, and where a connection waits."""

import ctypes
import os
import socket
import threading
from contextlib import closing

import pytest

from sockscope.collect.collector import Collector
from sockscope.collect.greeting import hello
from sockscope.world.relations import waits_at
from sockscope.world.relations.relation import Subject
from sockscope.world.world import World
from tests.live.commandline import place, places, show
from tests.live.conftest import Play
from tests.requirements import KernelLacks

SYS_PIDFD_OPEN, PIDFD_THREAD = 434, os.O_EXCL


def look() -> World:
    """Take one look at this machine, as the explorer does."""
    collector = Collector()
    world = World()
    world.greet(hello(collector.procfs, os.geteuid()))
    world.apply(collector.refresh())
    collector.close()
    return world


@pytest.mark.needs("io_uring")
@pytest.mark.relation("keeps_open", "kept_by_io_uring")
def test_a_ring_and_the_socket_that_it_keeps_lead_to_each_other(play: Play) -> None:
    truth = play("uring_file")
    kept = show(*place(truth["ring"]))["relations"]["keeps_open"]
    assert {tie["facts"]["ino"]: places(tie["holders"]) for tie in kept} == {
        truth["ino"]: set(),
        truth["held"]["ino"]: {place(truth["held"])},
    }
    (ring,) = show(*place(truth["held"]))["relations"]["kept_by_io_uring"]
    assert places(ring["holders"]) == {place(truth["ring"])}
    said = {(tie["confidence"], tie["evidence"]) for tie in (*kept, ring)}
    assert said == {("proven", "UserFiles of its fdinfo")}


def pidfd_of_thread(tid: int) -> int:
    """Open a handle on a thread, which Python has no name for yet."""
    fd = ctypes.CDLL(None, use_errno=True).syscall(SYS_PIDFD_OPEN, tid, PIDFD_THREAD)
    if fd < 0:
        lacking = "PIDFD_THREAD"
        raise KernelLacks(lacking)
    return int(fd)


def test_a_handle_on_a_thread_says_whose_thread_it_is() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    tid = thread.native_id or 0
    try:
        fd = pidfd_of_thread(tid)
        found = show(os.getpid(), fd)
        os.close(fd)
    finally:
        stop.set()
        thread.join()
    assert found["sentence"] == f"A handle on a thread, pid {tid}, of process {os.getpid()}."
    assert found["relations"]["handle_on"][0]["note"] == "a thread, which is not shown"


@pytest.mark.relation("handle_on")
def test_a_pidfd_leads_to_its_process() -> None:
    fd = os.pidfd_open(os.getppid())
    try:
        (handle,) = show(os.getpid(), fd)["relations"]["handle_on"]
        assert (handle["pids"], handle["facts"]) == ([os.getppid()], {"pid": os.getppid()})
    finally:
        os.close(fd)


@pytest.mark.needs("tcp_diag")
@pytest.mark.relation("waits_at")
def test_the_half_that_nobody_accepted_leads_to_its_listener() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with closing(server) as listener, closing(socket.create_connection(server.getsockname())) as client:
        world = look()
        theirs = ":".join(map(str, client.getsockname()))
        (half,) = [one for one in world.sockets.values() if one.remote_text == theirs and not one.ino]
        (tie,) = waits_at.RELATION.find(world, Subject(None, half))
        assert [(key.pid, key.fd) for key in tie.holders] == [(os.getpid(), listener.fileno())]
        assert tie.confidence == "inferred"
