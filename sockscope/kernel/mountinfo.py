"""Mounts of a process: `/proc/PID/mountinfo`."""

import re
from typing import NamedTuple

from sockscope.kernel.text import clean

_FIELDS_BEFORE, _FIELDS_AFTER = 6, 2
"""Fields that every line has before and after its separator."""
_OCTAL = re.compile(rb"\\([0-7]{3})")


class Mount(NamedTuple):
    """One mount as a process sees it (`proc_pid_mountinfo(5)`)."""

    id: int
    """The `mnt_id` of fdinfo."""
    parent: int
    dev: int
    """Device of its files as `major << 20 | minor`."""
    root: str
    """Directory of the file system that is mounted, or `net:[N]` for a mounted namespace; cleaned."""
    mount_point: str
    """Cleaned."""
    fstype: str
    source: str
    """Cleaned."""


def parse_mountinfo(data: bytes) -> dict[int, Mount]:
    """Parse `/proc/PID/mountinfo` into mounts by id. Lines that do not look like it are skipped."""
    mounts = (_parse_line(line) for line in data.split(b"\n"))
    return {mount.id: mount for mount in mounts if mount is not None}


def _parse_line(line: bytes) -> Mount | None:
    # Optional fields come before the separator, and a blank inside a field is written as an escape.
    left, _, right = line.partition(b" - ")
    fields, source = left.split(b" "), right.split(b" ")
    if len(fields) < _FIELDS_BEFORE or len(source) < _FIELDS_AFTER:
        return None
    major, _, minor = fields[2].partition(b":")
    try:
        number, parent, dev = int(fields[0]), int(fields[1]), int(major) << 20 | int(minor)
    except ValueError:
        return None
    return Mount(number, parent, dev, _text(fields[3]), _text(fields[4]), _text(source[0]), _text(source[1]))


def _text(field: bytes) -> str:
    return clean(unescape(field))


def unescape(field: bytes) -> bytes:
    r"""Undo the octal escapes (`\040`) with which the kernel writes paths into tables (`seq_path`)."""
    return _OCTAL.sub(lambda match: bytes((int(match[1], 8) & 0xFF,)), field) if b"\\" in field else field
