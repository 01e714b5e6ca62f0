"""Waiting in futex(2): the address that a thread sleeps on, where other processes may wake it."""

from collections.abc import Mapping, Sequence

FUTEX_PRIVATE, FUTEX2_PRIVATE = 128, 128
"""Flags of a futex that only threads of one process use (linux/futex.h), wherever it lies."""
_COMMAND = 0x7F
_WAITING = frozenset({0, 6, 9, 11, 13})
"""FUTEX_WAIT, FUTEX_LOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI, FUTEX_LOCK_PI2."""
_FLAGS: Mapping[str, tuple[int, int]] = {"futex": (1, FUTEX_PRIVATE), "futex_wait": (3, FUTEX2_PRIVATE)}
"""Which argument has the flags, and which of them says private."""


def shared_futex(name: str, args: Sequence[int]) -> int:
    """Return the address that a thread in a system call waits on for other processes, 0 where it does not.

    futex_waitv(2) has its addresses in the memory of the process, which is not read.

    Args:
        name: of the call.
        args: its registers.
    """
    if name not in _FLAGS:
        return 0
    position, private = _FLAGS[name]
    if args[position] & private or (name == "futex" and args[1] & _COMMAND not in _WAITING):
        return 0
    return args[0]
