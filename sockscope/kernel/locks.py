"""File locks as the kernel writes them, in fdinfo and in /proc/locks."""

import re
from typing import NamedTuple

from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean, clean_str, ours
from sockscope.kernel.procfs import Procfs
from sockscope.model.descriptor import CleanFields

WAITED_FOR = frozenset({"FLOCK", "POSIX", "OFDLCK"})
"""Locks that flock(2) and fcntl(2) wait for."""

_LOCK = re.compile(
    r"(?:\d+: +)?(?:-> *)?(\w+) +(\S+) +(\w+) +(-?\d{1,10}) +([0-9a-f]{1,4}):([0-9a-f]{1,6}):(\d{1,19}) +(\d{1,19})"
    r" +(\d{1,19}|EOF)"
)


def parse_lock(line: Clean) -> CleanFields:
    """Parse one lock (`proc_locks(5)`) into named fields; `{"text": …}` for a line of another shape.

    `type`: POSIX, FLOCK, OFDLCK, LEASE, DELEG; `strictness`: ADVISORY, MANDATORY, or a lease's state;
    `dev` as `8:1`; `mode`: READ, WRITE, RW, UNLCK; `pid`: who set it, -1 where it belongs to the open file; `start` and
    `end` in bytes, `end` inclusive and None for the end of the file, however far.
    """
    match = _LOCK.fullmatch(line.strip())
    if not match:
        return {"text": line}
    kind, strictness, mode, pid, major, minor, ino, start, end = match.groups()
    return {
        "type": clean_str(kind),
        "strictness": clean_str(strictness),
        "mode": clean_str(mode),
        "pid": int(pid),
        "dev": ours("{}:{}", int(major, 16), int(minor, 16)),
        "ino": int(ino),
        "start": int(start),
        "end": None if end == "EOF" else int(end),
    }


MOST_READ = 1 << 20
"""Bytes of `/proc/locks` that are read: some 20,000 locks. Any user may make more."""


class LockList(NamedTuple):
    """`/proc/locks` as the kernel writes it."""

    text: Raw
    """Whole lines."""
    whole: bool
    """Whether that is all of it."""


class BlockedLock(NamedTuple):
    """A request that waits, and the lock that it waits for; each as `parse_lock` has it."""

    wanted: CleanFields
    by: CleanFields


def parse_blocked(data: Raw, most: int) -> list[BlockedLock]:
    """Parse the requests of `/proc/locks` that are blocked, at most that many.

    They follow the lock that they wait for, and those who queue behind a request (`->` further to the right) wait for
    that lock as well (fs/locks.c, `locks_show`). Leases are left out, as no call on the file waits for them.
    """
    found: list[BlockedLock] = []
    first = Raw()
    for line in data.split(b"\n"):
        if line.find(b"-> ") < 0:
            first = line
            continue
        wanted, by = parse_lock(clean(line)), parse_lock(clean(first))
        if wanted.get("type") in WAITED_FOR and by.get("type") in WAITED_FOR:
            found.append(BlockedLock(wanted, by))
            if len(found) == most:
                break
    return found


def parse_locks(data: Raw, ino: int) -> list[CleanFields]:
    """Parse the lines of `/proc/locks` about files of one inode number, on whatever device.

    Each as `parse_lock` has it, with `blocked`: whether it waits for another (`->` in the line, fs/locks.c).
    """
    found = []
    mark = b":%d " % ino
    for line in data.split(b"\n"):
        if line.find(mark) >= 0:
            text = clean(line)
            lock = parse_lock(text)
            if lock.get("ino") == ino:
                found.append(lock | {"blocked": "->" in text})
    return found


def read_lock_list(procfs: Procfs) -> LockList:
    """Read the kernel's list of locks; empty where it cannot be read."""
    try:
        text = procfs.read_system("locks", MOST_READ)
    except OSError:
        return LockList(Raw(), whole=True)
    if len(text) < MOST_READ:
        return LockList(text, whole=True)
    return LockList(text[: text.rfind(b"\n") + 1], whole=False)
