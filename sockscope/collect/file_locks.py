"""Locks on a file with who holds each: the kernel's list names a pid at most, fdinfo the very open file.

A lock of flock(2), of an open file (F_OFD_SETLK) or a lease belongs to an open file, however many processes share it.
fdinfo lists it at each descriptor on that open file and at no other (fs/proc/fd.c, `show_fd_locks`). One of a process
(F_SETLK) is listed at the open file that it was set through: so it lies on that file, where others number alike.
"""

from collections.abc import Iterable

from sockscope.abi.strings import Clean
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.locks import parse_lock, read_locks
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import CleanFields

MOST = 256
"""Locks of one file that are told of."""
LISTED_BY_HOLDERS = frozenset({"POSIX", "FLOCK", "OFDLCK", "LEASE", "DELEG"})
_SAME = ("type", "mode", "pid", "dev", "ino", "start", "end")
INFO_LIMIT = 64 << 10

Slot = tuple[int, int]
"""(pid, fd)."""


def read_file_locks(procfs: Procfs, ino: int, slots: Iterable[Slot]) -> tuple[CleanFields, ...]:
    """List the locks on files of an inode number, as `kernel.locks.parse_locks` has them.

    To those that are held `slots` is added, a list of (pid, fd): which of the given descriptors hold it, of a lock of a
    process those that it was set through. It is left out where several locks read the same, so that nothing tells
    which of them a descriptor has.
    """
    locks = read_locks(procfs, ino)[:MOST]
    held = [lock for lock in locks if lock.get("type") in LISTED_BY_HOLDERS and not lock["blocked"]]
    if not held:
        return tuple(locks)
    by_lock = held_at(procfs, slots)
    alike = [lock_identity(lock) for lock in held]
    for lock in held:
        identity = lock_identity(lock)
        if alike.count(identity) == 1 and identity in by_lock:
            lock["slots"] = by_lock[identity]
    return tuple(locks)


def held_at(procfs: Procfs, slots: Iterable[Slot]) -> dict[tuple[object, ...], list[Slot]]:
    """Read which locks the open files of some descriptors have: descriptors by what a lock reads like."""
    found: dict[tuple[object, ...], list[Slot]] = {}
    for slot in slots:
        for line in _lines(procfs, slot):
            found.setdefault(lock_identity(parse_lock(line)), []).append(slot)
    return found


def lock_identity(lock: CleanFields) -> tuple[object, ...]:
    """Return what a lock reads like, in the kernel's list and in fdinfo; two may read the same."""
    return tuple(lock.get(name) for name in _SAME)


def _lines(procfs: Procfs, slot: Slot) -> list[Clean]:
    try:
        return parse_fdinfo(procfs.fdinfo(*slot, INFO_LIMIT)).locks
    except (OSError, ValueError):
        return []  # closed meanwhile, or denied
