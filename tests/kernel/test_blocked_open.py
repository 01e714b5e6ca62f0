"""Which ends of a FIFO a call opens, by its registers."""

import os

import pytest

from sockscope.kernel.blocked_open import FOR_ANSWER, FOR_PARTNER, opened_for

CWD, PATH = 0xFFFFFF9C, 0x7FFD84691932


@pytest.mark.parametrize(
    ("call", "arguments", "ends"),
    [
        ("openat", (CWD, PATH, os.O_RDONLY, 0, 0, 0), "r"),
        ("openat", (CWD, PATH, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666, 0, 0), "w"),
        ("open", (PATH, os.O_WRONLY, os.O_RDONLY, 0, 0, 0), "w"),
        ("open_by_handle_at", (3, PATH, os.O_WRONLY, 0, 0, 0), "w"),
        ("creat", (PATH, 0o600, 0, 0, 0, 0), "w"),
        ("openat2", (CWD, PATH, PATH, 24, 0, 0), ""),
        ("read", (3, PATH, 1, 0, 0, 0), ""),
        ("openat", (), ""),
    ],
)
def test_the_flags_of_a_call_tell_the_end(call: str, arguments: tuple[int, ...], ends: str) -> None:
    assert opened_for(call, arguments) == ends


def test_the_two_waits_are_told_apart() -> None:
    assert not FOR_ANSWER & FOR_PARTNER
