"""What a thread in poll or select waits for, read where its registers point."""

import ctypes
import os
import select
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.kernel.memory import read_memory
from sockscope.kernel.polled import AskedSet, locate_set, parse_set

MOST = 100


@pytest.mark.parametrize(
    ("name", "args", "place"),
    [
        ("poll", (0x7000, 2, 0xFFFFFFFF, 0, 0, 0), AskedSet("pollfd", (0x7000,), 2)),
        ("ppoll", (0x7000, 2, 0, 0, 8, 0), AskedSet("pollfd", (0x7000,), 2)),
        ("poll", (0x7000, 0xDEAD00000002, 0, 0, 0, 0), AskedSet("pollfd", (0x7000,), 2)),
        ("poll", (0x7000, 5000, 0, 0, 0, 0), AskedSet("pollfd", (0x7000,), MOST)),
        ("poll", (0, 0, 50, 0, 0, 0), None),
        ("select", (9, 0x1000, 0, 0x3000, 0, 0), AskedSet("fd_set", (0x1000, 0x3000), 9)),
        ("pselect6", (9, 0, 0x2000, 0, 0, 0), AskedSet("fd_set", (0x2000,), 9)),
        ("select", (0, 0x1000, 0, 0, 0, 0), None),
        ("select", (9, 0, 0, 0, 0x5000, 0), None),
        ("epoll_wait", (9, 0x1000, 1, 0, 0, 0), None),
        ("read", (9, 0x1000, 1, 0, 0, 0), None),
    ],
)
def test_the_set_lies_where_the_registers_say(name: str, args: tuple[int, ...], place: AskedSet | None) -> None:
    assert locate_set(name, args, MOST) == place


def pollfds(*fds: int) -> bytes:
    return b"".join(struct.pack("=ihh", fd, select.POLLIN, 0) for fd in fds)


@pytest.mark.parametrize(
    ("place", "pieces", "fds"),
    [
        (AskedSet("pollfd", (1,), 3), [pollfds(7, 5, 7)], (5, 7)),
        (AskedSet("pollfd", (1,), 3), [pollfds(7, -1, 0)], (0, 7)),
        (AskedSet("pollfd", (1,), 1), [pollfds(7, 5)], (7,)),
        (AskedSet("pollfd", (1,), 2), [pollfds(7)[:-1]], ()),
        (AskedSet("fd_set", (1, 2), 10), [b"\x08\x02", b"\x01\x00"], (0, 3, 9)),
        (AskedSet("fd_set", (1,), 10), [b""], ()),
    ],
)
def test_a_set_is_read_as_the_kernel_reads_it(place: AskedSet, pieces: list[bytes], fds: tuple[int, ...]) -> None:
    assert parse_set(place, pieces) == fds


@given(st.sets(st.integers(0, 1023)))
def test_bits_are_those_that_the_c_library_sets(fds: set[int]) -> None:
    # FD_SET (bits/select.h): bit `fd % 64` of long number `fd / 64`.
    longs = (ctypes.c_ulong * 16)()
    for fd in fds:
        longs[fd // 64] |= 1 << fd % 64
    assert parse_set(AskedSet("fd_set", (1,), 1024), [bytes(longs)]) == tuple(sorted(fds))


@given(st.lists(st.binary(max_size=64), max_size=3), st.sampled_from(["pollfd", "fd_set"]), st.integers(1, 200))
def test_any_bytes_are_a_set(pieces: list[bytes], shape: str, entries: int) -> None:
    found = parse_set(AskedSet(shape, (1,), entries), pieces)
    assert list(found) == sorted(set(found))
    assert all(0 <= fd < 1 << 31 for fd in found)


def test_memory_is_read_up_to_its_end() -> None:
    words = ctypes.create_string_buffer(b"in the memory of this process")
    assert read_memory(os.getpid(), ctypes.addressof(words), 13) == b"in the memory"
    with pytest.raises(OSError, match="Bad address"):
        read_memory(os.getpid(), 8, 8)
