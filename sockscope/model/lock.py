"""A lock on a file that somebody waits for."""

from collections.abc import Iterable

from msgspec import Struct

from sockscope.abi.strings import Clean

LockKey = tuple[str, int, int]
"""Device and inode of the file, and pid of who asks."""


class LockWait(Struct, frozen=True, array_like=True):
    """One request that is blocked, and who has the lock that is in its way (`proc_locks(5)`)."""

    type: Clean
    """FLOCK of flock(2), POSIX of fcntl(2) by a process, OFDLCK of fcntl(2) by an open file."""
    mode: Clean
    """READ or WRITE, as it is wanted."""
    waiter: int
    """Pid of who asked, -1 where an open file asks (OFDLCK)."""
    device: Clean
    """Of the file, as the kernel's tables name it: `8:1` is `Descriptor.superblock`."""
    ino: int
    setter: int
    """Pid of who set the lock in the way, as a number: he may be gone and others have the lock; -1 of an open file."""
    held_by: tuple[tuple[int, int], ...] = ()
    """(pid, fd) of the descriptors in whose fdinfo the lock in the way is listed: all on the open file that has it; of
    a process's own lock in the table that has it. Empty where that could not be told."""


def locks_by_request(waits: Iterable[LockWait]) -> dict[LockKey, list[LockWait]]:
    """Sort blocked requests by file and who asks."""
    found: dict[LockKey, list[LockWait]] = {}
    for one in waits:
        found.setdefault((one.device, one.ino, one.waiter), []).append(one)
    return found
