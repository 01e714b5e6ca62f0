"""Mounts of a process: `/proc/PID/mountinfo`."""

from typing import NamedTuple

from sockscope.abi.octal_escapes import unescape
from sockscope.abi.strings import Clean, Raw
from sockscope.abi.text import clean

_FIELDS_BEFORE, _FIELDS_AFTER = 6, 2
"""Fields that every line has before and after its separator."""


class Mount(NamedTuple):
    """One mount as a process sees it (`proc_pid_mountinfo(5)`)."""

    id: int
    """The `mnt_id` of fdinfo."""
    parent: int
    dev: int
    """Device of its files as `major << 20 | minor`."""
    root: Clean
    """Directory of the file system that is mounted, or `net:[N]` for a mounted namespace; cleaned."""
    mount_point: Clean
    """Cleaned."""
    fstype: Clean
    source: Clean
    """Cleaned."""
    point: Raw = Raw()
    """`mount_point` as it is."""


def parse_mountinfo(data: Raw) -> dict[int, Mount]:
    """Parse `/proc/PID/mountinfo` into mounts by id. Lines that do not look like it are skipped."""
    mounts = (_parse_line(line) for line in data.split(b"\n"))
    return {mount.id: mount for mount in mounts if mount is not None}


def _parse_line(line: Raw) -> Mount | None:
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
    root, point = _text(fields[3]), unescape(fields[4])
    return Mount(number, parent, dev, root, clean(point), _text(source[0]), _text(source[1]), point)


def _text(field: Raw) -> Clean:
    return clean(unescape(field))
