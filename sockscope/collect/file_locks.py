"""Locks on a file with who holds each: the kernel's list names a pid at most, fdinfo the very open file.

A lock of flock(2), of an open file (F_OFD_SETLK) or a lease belongs to an open file, however many processes share it.
fdinfo lists it at each descriptor on that open file and at no other (fs/proc/fd.c, `show_fd_locks`). One of a process
(F_SETLK) is listed at the open file that it was set through: so it lies on that file, where others number alike.
"""

from collections import Counter
from collections.abc import Iterable

from sockscope.abi.strings import Clean
from sockscope.abi.text import ours
from sockscope.collect.allowance import LOOK, Allowance
from sockscope.kernel.fdinfo import parse_fdinfo
from sockscope.kernel.locks import parse_lock, parse_locks, read_lock_list
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import CleanFields

MOST = 256
"""Locks of one file that are told of."""
WORK = LOOK.process >> 1
"""Work for the locks of one file, in units of `allowance`: a quarter of a second."""
NOT_ALL = ours("not all locks of the machine were read: there are too many")
LISTED_BY_HOLDERS = frozenset({"POSIX", "FLOCK", "OFDLCK", "LEASE", "DELEG"})
_SAME = ("type", "mode", "pid", "dev", "ino", "start", "end")
INFO_LIMIT = 64 << 10

Slot = tuple[int, int]
"""(pid, fd)."""


def read_file_locks(
    procfs: Procfs, ino: int, slots: Iterable[Slot], notes: list[Clean], work: int = WORK
) -> tuple[CleanFields, ...]:
    """List the locks on files of an inode number, as `kernel.locks.parse_locks` has them, at most `MOST`.

    To those that are held `slots` is added, a list of (pid, fd): which of the given descriptors hold it, of a lock of a
    process those that it was set through. It is left out where several locks read the same, or may do so as not all
    were read, so that nothing tells which of them a descriptor has.

    Args:
        procfs: where to read.
        ino: inode number of the file.
        slots: (pid, fd) of descriptors on it.
        notes: gets what was not looked at.
        work: what reading the descriptors may take, in units of `allowance`.
    """
    listed = read_lock_list(procfs)
    found = parse_locks(listed.text, ino)
    locks = found[:MOST]
    if len(found) > MOST:
        notes.append(ours("{:,} more locks on files of this number are not shown", len(found) - MOST))
    if not listed.whole:
        notes.append(NOT_ALL)
        return tuple(locks)
    held = [lock for lock in found if lock.get("type") in LISTED_BY_HOLDERS and not lock["blocked"]]
    if not held:
        return tuple(locks)
    slots = list(slots)
    allowed = Allowance(work)
    by_lock, asked = held_at(procfs, slots, allowed)
    if asked < len(slots):
        left = len(slots) - asked
        which = ours("1 descriptor was") if left == 1 else ours("{:,} descriptors were", left)
        notes.append(ours("{} not asked which locks they have: there are too many", which))
    alike = Counter(map(lock_identity, held))
    for lock in locks:
        identity = lock_identity(lock)
        if not lock["blocked"] and alike[identity] == 1 and identity in by_lock:
            lock["slots"] = by_lock[identity]
    return tuple(locks)


def held_at(
    procfs: Procfs, slots: Iterable[Slot], allowed: Allowance
) -> tuple[dict[tuple[object, ...], list[Slot]], int]:
    """Read which locks the open files of some descriptors have, and count those that there was room for.

    Returns:
        Descriptors by what a lock reads like, and how many of them were read to the end.
    """
    found: dict[tuple[object, ...], list[Slot]] = {}
    asked = 0
    for slot in slots:
        if allowed.spent >= allowed.most:
            break
        lines, whole = _lines(procfs, slot, allowed)
        asked += whole
        for line in lines:
            found.setdefault(lock_identity(parse_lock(line)), []).append(slot)
    return found, asked


def lock_identity(lock: CleanFields) -> tuple[object, ...]:
    """Return what a lock reads like, in the kernel's list and in fdinfo; two may read the same."""
    return tuple(lock.get(name) for name in _SAME)


def _lines(procfs: Procfs, slot: Slot, allowed: Allowance) -> tuple[list[Clean], bool]:
    """Return the locks of a descriptor, and whether they are all of them."""
    try:
        raw = allowed.read(procfs.fdinfo(*slot, INFO_LIMIT))
        # The line that is cut says something else than it would.
        whole = len(raw) < INFO_LIMIT
        return parse_fdinfo(raw if whole else raw[: raw.rfind(b"\n") + 1]).locks, whole
    except (OSError, ValueError):
        return [], True  # closed meanwhile, or denied
