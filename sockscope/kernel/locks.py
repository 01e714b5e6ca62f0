"""File locks as the kernel writes them, in fdinfo and in /proc/locks."""

import re
from typing import Any

from sockscope.kernel.text import clean

_LOCK = re.compile(
    r"(?:\d+: +)?(?:-> *)?(\w+) +(\S+) +(\w+) +(-?\d{1,10}) +([0-9a-f]{1,4}):([0-9a-f]{1,6}):(\d{1,19}) +(\d{1,19})"
    r" +(\d{1,19}|EOF)"
)


def parse_lock(line: str) -> dict[str, Any]:
    """Parse one lock (`proc_locks(5)`) into named fields; `{"text": …}` for a line of another shape.

    `type`: POSIX, FLOCK, OFDLCK, LEASE, DELEG; `strictness`: ADVISORY, MANDATORY, or a lease's state;
    `mode`: READ, WRITE, RW, UNLCK; `pid`: who set it, -1 where it belongs to the open file; `start` and
    `end` in bytes, `end` inclusive and None for the end of the file, however far.
    """
    match = _LOCK.fullmatch(line.strip())
    if not match:
        return {"text": clean(line.encode("utf-8", "surrogateescape"))}
    kind, strictness, mode, pid, major, minor, ino, start, end = match.groups()
    return {
        "type": kind,
        "strictness": strictness,
        "mode": mode,
        "pid": int(pid),
        "dev": int(major, 16) << 20 | int(minor, 16),
        "ino": int(ino),
        "start": int(start),
        "end": None if end == "EOF" else int(end),
    }
