"""Which system calls wait for a futex that other processes may wake."""

import pytest

from sockscope.kernel.futex import shared_futex

ADDRESS = 0x7F0000001000
WAIT, WAKE, LOCK_PI, WAIT_BITSET, CLOCK_REALTIME, PRIVATE = 0, 1, 6, 9, 256, 128


@pytest.mark.parametrize(
    ("name", "args", "address"),
    [
        ("futex", (ADDRESS, WAIT, 0, 0, 0, 0), ADDRESS),
        ("futex", (ADDRESS, WAIT_BITSET | CLOCK_REALTIME, 0, 0, 0, 0), ADDRESS),
        ("futex", (ADDRESS, LOCK_PI, 0, 0, 0, 0), ADDRESS),
        ("futex", (ADDRESS, WAIT | PRIVATE, 0, 0, 0, 0), 0),
        ("futex", (ADDRESS, WAKE, 0, 0, 0, 0), 0),
        ("futex_wait", (ADDRESS, 1, 0xFFFFFFFF, 2, 0, 0), ADDRESS),
        ("futex_wait", (ADDRESS, 1, 0xFFFFFFFF, 2 | PRIVATE, 0, 0), 0),
        ("futex_waitv", (ADDRESS, 2, 0, 0, 0, 0), 0),
        ("read", (ADDRESS, WAIT, 0, 0, 0, 0), 0),
        ("running", (), 0),
    ],
)
def test_only_a_thread_that_waits_for_others_has_an_address(name: str, args: tuple[int, ...], address: int) -> None:
    assert shared_futex(name, args) == address
