"""fanotify: watched files, mounts and file systems."""

import re
from typing import Any

from sockscope.kernel.kinds.family import Family, Fields, Lines, named_bits
from sockscope.kernel.openflags import flag_names

_PAIR = re.compile(rb"([a-z_-]+):([0-9a-f]{1,16})(?= |$)")
_INIT = (
    (0x1, "FAN_CLOEXEC"),
    (0x2, "FAN_NONBLOCK"),
    (0x4, "FAN_CLASS_CONTENT"),
    (0x8, "FAN_CLASS_PRE_CONTENT"),
    (0x10, "FAN_UNLIMITED_QUEUE"),
    (0x20, "FAN_UNLIMITED_MARKS"),
    (0x40, "FAN_ENABLE_AUDIT"),
    (0x80, "FAN_REPORT_PIDFD"),
    (0x100, "FAN_REPORT_TID"),
    (0x200, "FAN_REPORT_FID"),
    (0x400, "FAN_REPORT_DIR_FID"),
    (0x800, "FAN_REPORT_NAME"),
    (0x1000, "FAN_REPORT_TARGET_FID"),
    (0x2000, "FAN_REPORT_FD_ERROR"),
    (0x4000, "FAN_REPORT_MNT"),
)
_MARK = ((0x40, "FAN_MARK_IGNORED_SURV_MODIFY"), (0x200, "FAN_MARK_EVICTABLE"), (0x400, "FAN_MARK_IGNORE"))
_MASK = (
    (0x1, "FAN_ACCESS"),
    (0x2, "FAN_MODIFY"),
    (0x4, "FAN_ATTRIB"),
    (0x8, "FAN_CLOSE_WRITE"),
    (0x10, "FAN_CLOSE_NOWRITE"),
    (0x20, "FAN_OPEN"),
    (0x40, "FAN_MOVED_FROM"),
    (0x80, "FAN_MOVED_TO"),
    (0x100, "FAN_CREATE"),
    (0x200, "FAN_DELETE"),
    (0x400, "FAN_DELETE_SELF"),
    (0x800, "FAN_MOVE_SELF"),
    (0x1000, "FAN_OPEN_EXEC"),
    (0x4000, "FAN_Q_OVERFLOW"),
    (0x8000, "FAN_FS_ERROR"),
    (0x10000, "FAN_OPEN_PERM"),
    (0x20000, "FAN_ACCESS_PERM"),
    (0x40000, "FAN_OPEN_EXEC_PERM"),
    (0x100000, "FAN_PRE_ACCESS"),
    (0x1000000, "FAN_MNT_ATTACH"),
    (0x2000000, "FAN_MNT_DETACH"),
    (0x8000000, "FAN_EVENT_ON_CHILD"),
    (0x10000000, "FAN_RENAME"),
    (0x40000000, "FAN_ONDIR"),
)


def _parse(lines: Lines) -> Fields:
    """Read the flags of `fanotify_init(2)` and the marks; `on` of a mark says what it is set on."""
    fields: Fields = {"marks": []}
    for key, text in lines:
        if not key.startswith(b"fanotify "):
            continue
        values = {name: int(number, 16) for name, number in _PAIR.findall(key[9:] + b":" + text)}
        if b"flags" in values:
            fields["init_flags"] = named_bits(values[b"flags"], _INIT)
            fields["event_flags"] = flag_names(values.get(b"event-flags", -1))
        elif b"mask" in values:
            fields["marks"].append(_mark(values))
    return fields


def _mark(values: dict[bytes, int]) -> dict[str, Any]:
    mark: dict[str, Any] = {"on": _object(values)}
    for key, name in ((b"ino", "ino"), (b"sdev", "dev"), (b"mnt_id", "mnt_id"), (b"mnt_ns", "mnt_ns")):
        if key in values:
            mark[name] = values[key]
    mark["mask"] = named_bits(values[b"mask"], _MASK)
    mark["ignored"] = named_bits(values.get(b"ignored_mask", 0), _MASK)
    mark["flags"] = named_bits(values.get(b"mflags", 0), _MARK)
    return mark


def _object(values: dict[bytes, int]) -> str:
    if b"ino" in values:
        return "inode"
    if b"mnt_id" in values:
        return "mount"
    return "mount namespace" if b"mnt_ns" in values else "filesystem"


FAMILIES = (Family("fanotify", anon=(b"[fanotify]",), parse=_parse),)
