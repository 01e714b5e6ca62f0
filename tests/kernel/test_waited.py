"""What a blocked call waits for, by registers as kernels wrote them."""

import pytest

from sockscope.kernel.wait import SyscallState, parse_syscall
from sockscope.kernel.waited import Waited, waited

STACK = "0x7ffd00000000 0x7f0000000000"


def call(text: str) -> Waited | None:
    state = parse_syscall(f"{text} {STACK}".encode())
    assert state is not None
    return waited(state, "x86_64")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0 0x3 0x1 0x2 0x0 0x0 0x0", Waited("read", 3, timed=False, child=0, manner="")),
        ("232 0xc 0x1 0x200 0xffffffff 0x0 0x0", Waited("epoll_wait", 12, timed=False, child=0, manner="")),
        ("232 0xc 0x1 0x200 0xffffffffffffffff 0x0 0x0", Waited("epoll_wait", 12, timed=False, child=0, manner="")),
        ("232 0xc 0x1 0x200 0x1388 0x0 0x0", Waited("epoll_wait", 12, timed=True, child=0, manner="")),
        ("441 0xc 0x1 0x200 0x7ffd 0x0 0x0", Waited("epoll_pwait2", 12, timed=True, child=0, manner="")),
        ("7 0x7ffd 0x1 0xffffffff 0x0 0x0 0x0", Waited("poll", -1, timed=False, child=0, manner="")),
        ("7 0x7ffd 0x1 0x64 0x0 0x0 0x0", Waited("poll", -1, timed=True, child=0, manner="")),
        ("271 0x7ffd 0x1 0x0 0x0 0x0 0x0", Waited("ppoll", -1, timed=False, child=0, manner="")),
        ("270 0x4 0x1 0x0 0x0 0x7ffd 0x0", Waited("pselect6", -1, timed=True, child=0, manner="")),
        ("61 0xffffffffffffffff 0x0 0x0 0x0 0x0 0x0", Waited("wait4", -1, timed=False, child=-1, manner="")),
        ("61 0x11 0x0 0x0 0x0 0x0 0x0", Waited("wait4", -1, timed=False, child=17, manner="")),
        ("61 0xffffffffffffff00 0x0 0x0 0x0 0x0 0x0", Waited("wait4", -1, timed=False, child=-1, manner="")),
        ("247 0x1 0x11 0x0 0x0 0x0 0x0", Waited("waitid", -1, timed=False, child=17, manner="")),
        ("247 0x0 0x11 0x0 0x0 0x0 0x0", Waited("waitid", -1, timed=False, child=-1, manner="")),
        ("247 0x3 0x5 0x0 0x0 0x0 0x0", Waited("waitid", 5, timed=False, child=0, manner="")),
        ("202 0x5 0x80 0x0 0x0 0x0 0x0", Waited("futex", -1, timed=False, child=0, manner="private")),
        ("202 0x5 0x189 0x0 0x0 0x0 0x0", Waited("futex", -1, timed=False, child=0, manner="private")),
        ("202 0x5 0x189 0x0 0x7ffd 0x0 0x0", Waited("futex", -1, timed=True, child=0, manner="private")),
        ("202 0x5 0x0 0x0 0x0 0x0 0x0", Waited("futex", -1, timed=False, child=0, manner="shared")),
        ("73 0x4 0x2 0x0 0x0 0x0 0x0", Waited("flock", 4, timed=False, child=0, manner="lock")),
        ("72 0x4 0x7 0x0 0x0 0x0 0x0", Waited("fcntl", 4, timed=False, child=0, manner="lock")),
        ("72 0x4 0x400 0x0 0x0 0x0 0x0", Waited("fcntl", 4, timed=False, child=0, manner="")),
        ("230 0x0 0x0 0x7ffd 0x0 0x0 0x0", Waited("clock_nanosleep", -1, timed=True, child=0, manner="")),
        ("130 0x7ffd 0x8 0x0 0x0 0x0 0x0", Waited("rt_sigsuspend", -1, timed=False, child=0, manner="signal")),
        ("4095 0x1 0x2 0x3 0x4 0x5 0x6", Waited("4095", -1, timed=False, child=0, manner="")),
        ("-1", Waited("", -1, timed=False, child=0, manner="")),
    ],
)
def test_a_call_is_read_by_its_registers(text: str, meant: Waited) -> None:
    assert call(text) == meant


def test_who_runs_waits_for_nothing() -> None:
    assert waited(SyscallState(-1, (), running=True), "x86_64") is None


def test_on_another_machine_the_number_stands_for_the_call() -> None:
    state = parse_syscall(f"0 0x3 0x1 0x2 0x0 0x0 0x0 {STACK}".encode())
    assert state is not None
    assert waited(state, "sparc64") == Waited("0", -1, timed=False, child=0, manner="")
