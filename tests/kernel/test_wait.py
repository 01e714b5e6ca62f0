"""What a thread is blocked in."""

import os
import platform
import select
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.procfs import Procfs
from sockscope.kernel.wait import SyscallState, describe, halted, parse_syscall

FAR = "0x7fff21d21b58 0x7f8a8bb162ad"


@pytest.mark.parametrize(
    ("machine", "text", "name", "fd"),
    [
        ("x86_64", f"232 0xc 0x55d0 0x200 0xffffffffffffffff 0x0 0x8 {FAR}", "epoll_wait", 12),
        ("aarch64", f"22 0xc 0x55d0 0x200 0xffffffffffffffff 0x0 0x8 {FAR}", "epoll_pwait", 12),
        ("x86_64", f"281 0x7 0x1 0x1 0x0 0x0 0x8 {FAR}", "epoll_pwait", 7),
        ("x86_64", f"441 0x7 0x1 0x1 0x0 0x0 0x8 {FAR}", "epoll_pwait2", 7),
        ("aarch64", f"441 0x7 0x1 0x1 0x0 0x0 0x8 {FAR}", "epoll_pwait2", 7),
        ("x86_64", f"43 0x3 0x0 0x0 0x0 0x0 0x0 {FAR}", "accept", 3),
        ("aarch64", f"202 0x3 0x0 0x0 0x0 0x0 0x0 {FAR}", "accept", 3),
        ("x86_64", f"288 0x3 0x0 0x0 0x80000 0x0 0x0 {FAR}", "accept4", 3),
        ("aarch64", f"242 0x3 0x0 0x0 0x80000 0x0 0x0 {FAR}", "accept4", 3),
        ("x86_64", f"0 0x0 0x56344042f150 0x2000 0x1000 0x0 0x0 {FAR}", "read", 0),
        ("aarch64", f"63 0x0 0x56344042f150 0x2000 0x1000 0x0 0x0 {FAR}", "read", 0),
        ("x86_64", f"1 0x1 0x0 0x0 0x0 0x0 0x0 {FAR}", "write", 1),
        ("x86_64", f"45 0x5 0x0 0x0 0x0 0x0 0x0 {FAR}", "recvfrom", 5),
        ("x86_64", f"47 0x5 0x0 0x0 0x0 0x0 0x0 {FAR}", "recvmsg", 5),
        ("x86_64", f"42 0x5 0x0 0x0 0x0 0x0 0x0 {FAR}", "connect", 5),
        ("x86_64", f"72 0x5 0x7 0x0 0x0 0x0 0x0 {FAR}", "fcntl", 5),
        ("x86_64", f"73 0x5 0x2 0x0 0x0 0x0 0x0 {FAR}", "flock", 5),
        ("x86_64", f"40 0x5 0x6 0x0 0x0 0x0 0x0 {FAR}", "sendfile", 5),
        ("x86_64", f"275 0x5 0x0 0x6 0x0 0x0 0x0 {FAR}", "splice", 5),
        ("x86_64", f"426 0x5 0x0 0x1 0x1 0x0 0x0 {FAR}", "io_uring_enter", 5),
        ("x86_64", f"426 0x0 0x0 0x1 0x11 0x0 0x0 {FAR}", "io_uring_enter", -1),
        ("x86_64", f"247 0x3 0x9 0x0 0x4 0x0 0x0 {FAR}", "waitid", 9),
        ("x86_64", f"247 0x1 0x9 0x0 0x4 0x0 0x0 {FAR}", "waitid", -1),
        ("x86_64", f"7 0x7ffe 0x2 0xffffffff 0x0 0x0 0x0 {FAR}", "poll", -1),
        ("x86_64", f"271 0x7ffe 0x2 0x0 0x0 0x0 0x0 {FAR}", "ppoll", -1),
        ("x86_64", f"270 0x4 0x2 0x0 0x0 0x0 0x0 {FAR}", "pselect6", -1),
        ("aarch64", f"72 0x4 0x2 0x0 0x0 0x0 0x0 {FAR}", "pselect6", -1),
        ("x86_64", f"202 0x7f 0x80 0x0 0x0 0x0 0x0 {FAR}", "futex", -1),
        ("aarch64", f"98 0x7f 0x80 0x0 0x0 0x0 0x0 {FAR}", "futex", -1),
        ("x86_64", f"130 0x7ffe 0x8 0x0 0x0 0x0 0x0 {FAR}", "rt_sigsuspend", -1),
        ("aarch64", f"133 0x7ffe 0x8 0x0 0x0 0x0 0x0 {FAR}", "rt_sigsuspend", -1),
        ("x86_64", f"61 0xffffffffffffffff 0x0 0x0 0x0 0x0 0x0 {FAR}", "wait4", -1),
        ("aarch64", f"260 0xffffffffffffffff 0x0 0x0 0x0 0x0 0x0 {FAR}", "wait4", -1),
        ("x86_64", f"34 0x0 0x0 0x0 0x0 0x0 0x0 {FAR}", "pause", -1),
        ("x86_64", f"230 0x0 0x0 0x0 0x0 0x0 0x0 {FAR}", "clock_nanosleep", -1),
        ("x86_64", f"257 0x5 0x7f 0x0 0x0 0x0 0x0 {FAR}", "openat", -1),
        ("x86_64", f"0 0xdeadbeef00000007 0x0 0x0 0x0 0x0 0x0 {FAR}", "read", 7),
        ("x86_64", f"0 0xffffffff 0x0 0x0 0x0 0x0 0x0 {FAR}", "read", -1),
        ("x86_64", f"9999 0x5 0x0 0x0 0x0 0x0 0x0 {FAR}", "9999", -1),
        ("s390x", f"3 0x5 0x0 0x0 0x0 0x0 0x0 {FAR}", "3", -1),
        ("x86_64", "3 0x5 0x0 0x0 0x0 0x0 0x0 0xffd21b58 0xf7fa2549", "3", -1),
        ("x86_64", "running", "running", -1),
        ("x86_64", f"-1 {FAR}", "", -1),
    ],
)
def test_the_call_is_named_and_its_descriptor_found(machine: str, text: str, name: str, fd: int) -> None:
    state = parse_syscall(text.encode() + b"\n")
    assert state is not None
    assert describe(state, machine) == (name, fd)


def test_running_and_blocked_outside_of_a_call_are_different_things() -> None:
    assert parse_syscall(b"running\n") == SyscallState(-1, (), running=True)
    assert parse_syscall(b"-1 0x10 0x20\n") == SyscallState(-1, (), running=False, stack=0x10, code=0x20)


@pytest.mark.parametrize("data", [b"", b"\n", b"0", b"0 0x1", b"x 0x1 0x2", b"-1", b"0 1 2 3 4 5 6 7 8 9", b"run ning"])
def test_anything_else_is_no_state(data: bytes) -> None:
    assert parse_syscall(data) is None


@given(st.binary() | st.text(alphabet="0123456789abcdefx- \nrung").map(str.encode))
def test_any_bytes_are_a_state_or_none(data: bytes) -> None:
    state = parse_syscall(data)
    if state is not None:
        name, fd = describe(state, "x86_64")
        assert name.isprintable()
        assert -1 <= fd < 1 << 31


@pytest.mark.skipif(platform.machine() not in {"x86_64", "aarch64"}, reason="no table of calls for this machine")
def test_a_thread_of_this_process_that_waits_in_epoll_is_seen_waiting_there() -> None:
    epoll, (reader, writer), tids = select.epoll(), os.pipe(), []

    def wait() -> None:
        tids.append(threading.get_native_id())
        epoll.poll()

    epoll.register(reader, select.EPOLLIN)
    thread = threading.Thread(target=wait)
    thread.start()
    try:
        seen = _first_wait(tids, epoll.fileno())
    finally:
        os.write(writer, b"x")
        thread.join()
        epoll.close()
        os.close(reader)
        os.close(writer)
    assert seen.startswith("epoll_")


def _first_wait(tids: list[int], fd: int) -> str:
    """Look until the thread waits on `fd`; the test run's own time limit ends a wait that never comes."""
    procfs = Procfs()
    while True:
        state = parse_syscall(procfs.read(os.getpid(), f"task/{tids[0]}/syscall")) if tids else None
        if state is not None and describe(state, platform.machine())[1] == fd:
            return describe(state, platform.machine())[0]


@pytest.mark.parametrize(
    ("state", "place", "why"),
    [
        ("S", b"inet_csk_accept", ""),
        ("T", b"do_signal_stop", "stopped"),
        ("T", b"0", "stopped"),
        ("t", b"ptrace_stop", "traced"),
        ("S", b"get_signal", "frozen"),
        ("S", b"do_freezer_trap", "frozen"),
        ("D", b"__refrigerator", "frozen"),
        ("D", b"get_signal", ""),
        ("S", b"0", ""),
        ("R", b"", ""),
    ],
)
def test_what_keeps_a_thread_from_going_on_is_told(state: str, place: bytes, why: str) -> None:
    assert halted(state, place) == why
